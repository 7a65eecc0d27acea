"""How often the search has the right answer first: `python -m bench.search` prints totals, never a phrase.

The phrases in `tests/articles/data/phrases.tsv` of A, B, C and D were written by people who had seen neither articles
nor search; those of T by who tuned it. A was looked at while the search was made, B and C once they had been reported
on (136 of 149, 91 of 100); of T 89 to 95 of 100 were right when they were first tried. D has never been read. E and F
came with the second 14 articles, written by somebody who had seen the titles and the phrases before, but neither the
texts nor what the search finds: E may be looked at by whoever tunes, F never; when first tried 91 and 89 of 120 were
right. G was written by a third hand who saw titles alone: 176 of 200 were right before the search learned from
`articles/library/typed.tsv`, 186 with it, and 190 once it learned from 6,269 phrases by their letters (D then 95, F
109). Only the figures of D, F and G say what readers meet. Keep it so, or have new ones written.

Right is one of the expected articles or answers, and for URGENT the warning card; NONE expects that nothing is found.
It makes a database of its own in a temporary folder.
"""

import argparse
import csv
import os
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

PHRASES = Path(__file__).parents[1] / "tests" / "articles" / "data" / "phrases.tsv"
HALVES = "ABCDEFGT"
NOTHING, URGENT, ASK = "NONE", "URGENT", "ASK"
# What a phrase may expect besides articles, by the name of the site's answer. All others are "call and ask".
KINDS = {"offices": "OFFICES", "request": "REQUEST", "my-request": "MY-REQUEST", "privacy": "PRIVACY"}

Phrase = tuple[str, frozenset[str]]  # what is typed, and what may be first


@dataclass
class Totals:
    """How many phrases had the right answer first, a wrong one, or none although there is one."""

    right: int = 0
    wrong: int = 0
    none: int = 0

    @property
    def share(self) -> float:
        return self.right / max(1, self.right + self.wrong + self.none)

    def __str__(self) -> str:
        return f"{self.right} right, {self.wrong} wrong, {self.none} none: {self.share:.1%} first"


def phrases(half: str) -> list[Phrase]:
    """Those of A, B, C, D, E, F, G or T."""
    with PHRASES.open(newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(typed, frozenset(right.split("|"))) for typed, right, of in rows if of == half]


def totals(asked: Iterable[Phrase], first: Callable[[str], str], is_urgent: Callable[[str], bool]) -> Totals:
    """Counts. `first` tells what comes first for a phrase, `is_urgent` whether the warning card is shown."""
    counted = Totals()
    for typed, right in asked:
        got = first(typed)
        if got in right or (URGENT in right and is_urgent(typed)):
            counted.right += 1
        elif got == NOTHING:
            counted.none += 1
        else:
            counted.wrong += 1
    return counted


def first_of_site(typed: str) -> str:
    """The kind of the site's answer, else the first article's slug, else NONE."""
    from articles.search import index

    results = index.current().search(typed)
    if results.answer:
        return KINDS.get(results.answer.name, ASK)
    return results.hits[0].document.slug if results.hits else NOTHING


def is_urgent_to_site(typed: str) -> bool:
    """Whether the site shows its warning card above what was found."""
    from appointments.warning_signs import current

    table = current.current()
    return table.judge({piece.sign for piece in table.found_in(typed)}).level.is_urgent


def main() -> None:
    """The figures of each."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update({"DEMO": "1", "VAR_DIR": folder, "DJANGO_SETTINGS_MODULE": "clinic.settings"})
        os.environ.pop("DATABASE_URL", None)
        import django
        from django.core.management import call_command

        django.setup()
        print("Preparing a database (a minute) ...", flush=True)
        for command in ("migrate", "load_practice", "load_articles"):
            call_command(command, verbosity=0)
        for half in HALVES:
            print(f"{half}: {totals(phrases(half), first_of_site, is_urgent_to_site)}")


if __name__ == "__main__":
    main()
