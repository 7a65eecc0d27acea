"""How hard the starter articles are to read: `python -m bench.reading` prints a table, hardest first.

Words and grade (Flesch and Kincaid) of the text below the summary without headings and sources, words of the longest
sentence, and the words that have a simpler one. Needs neither database nor network.
"""

import argparse
import os
from pathlib import Path

LIBRARY = Path(__file__).parents[1] / "articles" / "library"


def main() -> None:
    """The table."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from articles.library import parse
    from articles.readability import article_text, judge

    readings = [
        (file.stem, judge(article_text(parse(file.read_text(), file.stem).body))) for file in LIBRARY.glob("*.md")
    ]
    print(f"{'article':<42} {'words':>5} {'grade':>5} {'longest':>7}  hard words")
    for slug, reading in sorted(readings, key=lambda row: -row[1].grade):
        hard = ", ".join(f"{word} ({plain})" for word, plain in reading.hard_words)
        print(f"{slug:<42} {reading.words:>5} {reading.grade:>5} {reading.longest:>7}  {hard}")
    grades = sorted(reading.grade for _slug, reading in readings)
    print(f"{len(readings)} articles, grades {grades[0]} to {grades[-1]}, middle {grades[len(grades) // 2]}")


if __name__ == "__main__":
    main()
