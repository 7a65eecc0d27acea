"""Articles and pages as text files, in the form of articles/library.py and articles/page_library.py, so that importing
one gives the same text again.

writer.py, pages.py   an article, a page
markdown.py           words and rich text
record.py             what goes along for people: questions, history
"""

from articles.exporting.pages import page_to_text
from articles.exporting.writer import PICTURES, Exported, to_text

__all__ = ["PICTURES", "Exported", "page_to_text", "to_text"]
