"""Making typed text safe to keep without changing what a person meant."""

import unicodedata

# Characters that show nothing and can turn a line around or hide in it; the joiners that scripts need stay.
_HIDDEN = set("\u200b\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

LONGEST_NUMBER = 18


def clean_text(text: str, *, lines: bool = False) -> str:
    """`text` in NFC without control and direction characters, spaces tidied; line ends kept only with `lines`."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = "".join(
        character if character == "\n" and lines else " " if character in "\n\t" else character
        for character in text
        if character in "\n\t" or (unicodedata.category(character) not in ("Cc", "Cs") and character not in _HIDDEN)
    )
    return "\n".join(" ".join(line.split()) for line in kept.split("\n")).strip()


def whole_number(typed: str) -> int | None:
    """0 or more, of at most 18 digits, as a database can keep it; None for anything else that may stand there."""
    return int(typed) if typed.isdecimal() and len(typed) <= LONGEST_NUMBER else None
