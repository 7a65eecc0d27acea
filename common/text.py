"""Making typed text safe to keep without changing what a person meant.

Every box that takes text cleans it here, through the fields of `common/form_fields/`: prose by `clean_text`, what is
compared, dialed or reckoned with by `exact_text`.
"""

import unicodedata

# Characters that show nothing and can turn a line around or hide in it; the joiners that scripts need stay.
_HIDDEN = {
    *map(chr, (0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x180E, 0x200B, 0x200E, 0x200F, 0x2800, 0x3164, 0xFEFF, 0xFFA0)),
    *map(chr, (*range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0xFFF9, 0xFFFC), *range(0xE0000, 0xE0080))),
}
_PLAIN = str.maketrans({"\N{MINUS SIGN}": "-", "\N{HYPHEN BULLET}": "-"} | dict.fromkeys("‘’ʼ´`", "'"))

LONGEST_NUMBER = 18


def clean_text(text: str, *, lines: bool = False) -> str:
    """`text` in NFC without control and direction characters, spaces tidied; line ends kept only with `lines`."""
    if text.isascii() and text.isprintable():  # most lines: nothing in them needs a look
        return " ".join(text.split())
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = "".join(
        character if character == "\n" and lines else " " if character in "\n\t" else character
        for character in text
        if character in "\n\t" or (unicodedata.category(character) not in ("Cc", "Cs") and character not in _HIDDEN)
    )
    return "\n".join(" ".join(line.split()) for line in kept.split("\n")).strip()


def exact_text(text: str) -> str:
    """One line as a plain keyboard would give it: digits, letters and signs of any width or script's kind are the
    simple ones, every dash is "-", every apostrophe "'", and nothing is there that can't be seen.
    """
    plain = unicodedata.normalize("NFKC", clean_text(text)).translate(_PLAIN)
    return " ".join("".join(map(_exact, plain)).split())


def _exact(character: str) -> str:
    match unicodedata.category(character):
        case "Cf":
            return ""
        case "Pd":
            return "-"
        case "Nd":
            return str(unicodedata.decimal(character))
    return character


def whole_number(typed: str) -> int | None:
    """0 or more, of at most 18 digits, as a database can keep it; None for anything else that may stand there."""
    return int(typed) if typed.isdecimal() and len(typed) <= LONGEST_NUMBER else None
