"""An article as a text file, in the form of articles/library.py, so that importing it gives the same article again."""

from articles.exporting.writer import PICTURES, Exported, to_text

__all__ = ["PICTURES", "Exported", "to_text"]
