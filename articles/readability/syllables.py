"""The syllables of English words, counted by rules."""

import re

_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(  # an e that is not spoken: “called” and “shoes” have one, “gentle”, “needed” and “aches” do not
    r"e(?=(?:ful|fully|ly|ment|ments|less|ness|thing|times|body)$)"
    r"|(?<=[^aeiouy])(?<![^aeiouylr]l)e$"
    r"|(?<=[^aeiouytd])(?<![^aeiouylr]l)ed$"
    r"|(?<=[^aeiouysxzcgi])(?<!sh)(?<!ch)(?<!bet)(?<![^aeiouylr]l)es$"
)
_SPLIT = re.compile(  # neighbors that are spoken apart: “area”, “fluid”, “radius”, “doing”, “diet”, “spasm”, “didn’t”
    r"ia(?!l|n)|iu|io(?!n|u)|ie(?=r$|st$|t)|(?<=[^cstg])ious|eous|creat|luid|steo|[^q]ua[lt]|rea$|reas$"
    r"|[aeoy]ing$|ya|yer$|sms?$|(?<=[ds])n(?=[’']t$)"
)


def syllables(word: str) -> int:
    """The syllables of an English word, at least 1; those of an abbreviation are its letters."""
    if word.isupper() and len(word) > 1:
        return len(word)
    return sum(_part_syllables(part) for part in word.casefold().split("-"))


def _part_syllables(part: str) -> int:
    """The syllables of a word without hyphen, at least 1."""
    spoken = _SILENT.sub("", part)
    return max(1, len(_VOWELS.findall(spoken)) + len(_SPLIT.findall(part)))
