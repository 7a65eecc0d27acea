"""References: what a patient says on the phone, and types when nobody is there to ask.

None holds letters or digits that look alike (0 O, 1 I L, 2 Z, 5 S, 8 B, U V) or sound alike (of 3 C D G P T only D is
left, of A J K only K, of M N only M). Those given before had more of them, and are found like all.
"""

import re
import secrets

from django.utils.functional import lazy
from django.utils.translation import gettext as _

from common.identity import identity

LETTERS = "4679DFHKMQRWXY"  # no words without A E
LENGTH = 6
# As American dispatchers spell.
SPELLED = {
    word[0].upper(): word
    for word in (
        *("Adam", "Boy", "Charles", "David", "Edward", "Frank", "George", "Henry", "Ida", "John", "King", "Lincoln"),
        *("Mary", "Nora", "Ocean", "Paul", "Queen", "Robert", "Sam", "Tom", "Union", "Victor", "William", "X-ray"),
        *("Young", "Zebra"),
    )
}


def make_reference() -> str:
    """One that is safe to say by phone: "GS-7K4M-96"."""
    return written("".join(secrets.choice(LETTERS) for _position in range(LENGTH)))


def written(letters: str) -> str:
    """As it is stored and shown, with the practice's prefix."""
    return f"{identity().letters}-{letters[:4]}-{letters[4:]}"


def letters_of(typed: str, *, more: int = 0) -> str:
    """Of a reference, however it is typed, with the prefix or without. more: how many letters a code has beside it."""
    letters = re.sub(r"[^A-Z0-9]", "", typed.upper())
    prefix = identity().letters.upper()
    return letters.removeprefix(prefix) if len(letters) - len(prefix) in (LENGTH, LENGTH + more) else letters


def is_whole(typed: str) -> bool:
    """Whether it has as many letters as a reference has."""
    return len(letters_of(typed)) == LENGTH


def canonical(typed: str) -> str:
    """ "gs 7k4m96" as it is stored: "GS-7K4M-96"."""
    return written(letters_of(typed))


EXAMPLE = lazy(written, str)("7K4M96")  # what one looks like


def aloud(reference: str) -> str:
    """How to say it, without the prefix that all have: "7, K as in King, 4, M as in Mary, 9, 6"."""
    return ", ".join(
        _("%(letter)s as in %(word)s") % {"letter": letter, "word": SPELLED[letter]} if letter in SPELLED else letter
        for letter in letters_of(reference)
    )
