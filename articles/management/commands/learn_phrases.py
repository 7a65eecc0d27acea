"""Learn anew from what people typed, for the search."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from articles.library import parse
from articles.search.index import LEARNED
from articles.search.learned import Learned, Phrase, mark_of

LIBRARY = Path(__file__).resolve().parents[2] / "library"
TYPED = LIBRARY / "typed.tsv"


class Command(BaseCommand):
    """For developers, after a change of the phrases or of a starter article's names; some seconds."""

    help = "Learn which article people mean from articles/library/typed.tsv and the starter articles’ names."

    def handle(self, *args: Any, **options: Any) -> None:
        """Writes the file that the search reads."""
        phrases = [*phrases_to_learn()]
        Learned.of(phrases).write(LEARNED, mark_of(phrases))
        self.stdout.write(f"Learned from {len(phrases)} phrases: {LEARNED.stat().st_size // 1024} KB")


def phrases_to_learn() -> Iterator[Phrase]:
    """The names of the starter articles, and what people typed."""
    for path in sorted(LIBRARY.glob("*.md")):
        fields = parse(path.read_text(), path.stem).fields
        for name in dict.fromkeys((fields["title"], fields["medical_name"], *fields["lay_names"].splitlines())):
            if name:
                yield path.stem, name
    for line in TYPED.read_text().splitlines():
        slug, _tab, typed = line.partition("\t")
        yield slug, typed
