"""Phone numbers: as people type them, as we keep them, as people read them.

Kept as E.164, with an extension as RFC 3966 writes it: "+17325550142;ext=12" can be dialed from a link as it stands.
"""

import re

import phonenumbers

_OF_ONE_NUMBER = 4  # digits; what has as many on each side of an "or" are two numbers
_LONGEST = 15  # digits of a number anywhere, ITU-T E.164
_HOME = 10  # digits of a number here
# What people write beside a number, once all of it is there; with fewer digits letters may be part of it.
_NOTES = re.compile(
    r"\b(?:my|cell(?:ular|phone)?|mobile|home|house|work|office|phone|tel(?:ephone)?|number|no|landline|land line|main"
    r"|day(?:time)?|evening|casa|celular|m[óo]vil|trabajo|tel[ée]fono|o|y)\b[.:]?",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\b(?:or|and|o|y)\b|[/,;&](?!\s*(?:ext|int|x|#))", re.IGNORECASE)


class NoSuchPhone(ValueError):
    """Why nobody can be called there: "unreachable", "two", "words", "area" or "exchange", and the digits meant."""

    def __init__(self, code: str, digits: str = "") -> None:
        super().__init__(code)
        self.code, self.digits = code, digits


def phone_of(typed: str) -> str:
    """What we keep. US and Canadian numbers as they are usual here; others with + or 011 and the country.

    Raises NoSuchPhone.
    """
    complete = len(_digits(typed)) >= _HOME
    if complete and sum(len(_digits(part)) >= _OF_ONE_NUMBER for part in _BETWEEN.split(typed)) > 1:
        raise NoSuchPhone("two")
    plain = re.sub(r"\(\W*\)", " ", _NOTES.sub(" ", typed)) if complete else typed
    try:
        number = phonenumbers.parse(re.sub(r"^\W*011", "+", plain), "US")
    except phonenumbers.NumberParseException:
        raise _unreachable(plain) from None
    # "Possible" and not "valid": numbers newer than the library's tables, and 555 ones, are real to somebody.
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise _unreachable(plain)
    if number.country_code == 1:
        _check_home(phonenumbers.national_significant_number(number))
    kept = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{kept};ext={number.extension}" if number.extension else kept


def _unreachable(typed: str) -> NoSuchPhone:
    """Why it is no number, as far as that can be told."""
    digits = len(_digits(typed))
    if digits >= _HOME and re.search(r"[^\W\d_]{2}", typed):
        return NoSuchPhone("words")
    return NoSuchPhone("two" if digits > _LONGEST else "unreachable")


def _check_home(digits: str) -> None:
    """The North American Numbering Plan: area code and exchange begin with 2 to 9, and no area code is N11."""
    area, exchange = digits[:3], digits[3:6]
    if area[0] in "01" or area[1:] == "11":
        raise NoSuchPhone("area", area)
    if exchange[0] in "01":
        raise NoSuchPhone("exchange", exchange)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def number_alone(kept: str) -> str:
    """Without the extension."""
    return kept.partition(";")[0]


def last_four(kept: str) -> str:
    """Digits of the number itself, not of its extension."""
    return number_alone(kept)[-4:]


def takes_texts(kept: str) -> bool:
    """Whether a text can be sent there: none goes to an extension."""
    return ";" not in kept


def without_extension(words: str) -> str:
    """What may be a number, as the desk types it to look for one."""
    return re.sub(r"(?<=\d{4})[\s,;]*(?:ext(?:ension)?\.?|x|#)\W*\d{1,7}(?!\S)", "", words, flags=re.IGNORECASE)


def phone_in_words(kept: str) -> str:
    """A kept number as people write it here. Text that is no number comes back as it is."""
    try:
        number = phonenumbers.parse(kept)
    except phonenumbers.NumberParseException:
        return kept
    home = number.country_code == 1
    form = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, form).replace(" ", "\N{NO-BREAK SPACE}")
