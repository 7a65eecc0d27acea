"""How hard an English text is to read, and what would make it easier. Pure: text in, values out.

`article_text` gives an article's body as plain text, a line for each paragraph, list item or question;
`judge` measures such a text:

    reading = judge(article_text(article.body.raw_data))
    reading.grade           # 6.4: a US school grade, by Flesch and Kincaid
    reading.long_sentences  # those of more than 25 words, whole
    reading.hard_words      # [("edema", "swelling")]: as written, and the simpler word

Syllables are counted by rules: the libraries for it need a dictionary that they download. Of the words of the starter
articles 98 % come out as in the CMU Pronouncing Dictionary, and the errors go both ways.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

LONG_SENTENCE = 25  # words
GRADES = (5.0, 8.0)  # what patients' texts should stay between: half of US adults read at grade 8 or below

# Words that officials and clinicians use, and what people say. A noun or verb stands for its plural and past, too.
PLAINER = {
    "abrasion": "scrape",
    "accompanied by": "with",
    "accomplish": "do",
    "accumulate": "build up",
    "additional": "more",
    "adhere to": "follow",
    "administer": "give",
    "adverse": "harmful",
    "alleviate": "ease",
    "ambulate": "walk",
    "ambulation": "walking",
    "analgesic": "pain medicine",
    "anterior": "front",
    "antipyretic": "fever medicine",
    "approximately": "about",
    "ascertain": "find out",
    "assist": "help",
    "asymptomatic": "without symptoms",
    "attempt": "try",
    "benign": "not cancer",
    "bilateral": "on both sides",
    "cease": "stop",
    "cessation": "stopping",
    "chronic": "long-lasting",
    "commence": "start",
    "consequently": "so",
    "contraindicated": "not safe",
    "contusion": "bruise",
    "debilitating": "very bad",
    "debridement": "cleaning the wound",
    "demonstrate": "show",
    "dermal": "of the skin",
    "determine": "find out",
    "discontinue": "stop",
    "distal": "farther from the body",
    "due to the fact that": "because",
    "dysfunction": "problem",
    "edema": "swelling",
    "elevate": "raise",
    "eliminate": "get rid of",
    "endeavor": "try",
    "erythema": "redness",
    "etiology": "cause",
    "evaluate": "check",
    "exacerbate": "make worse",
    "excise": "cut out",
    "excision": "cutting out",
    "facilitate": "help",
    "febrile": "with a fever",
    "frequently": "often",
    "gait": "way of walking",
    "hematoma": "bruise",
    "hemorrhage": "bleeding",
    "hypertension": "high blood pressure",
    "immobilize": "keep still",
    "implement": "carry out",
    "in order to": "to",
    "in the event that": "if",
    "indicate": "show",
    "inferior": "below",
    "inflammation": "irritation",
    "inhibit": "slow down",
    "initial": "first",
    "initiate": "start",
    "inquire": "ask",
    "intervention": "treatment",
    "laceration": "cut",
    "lesion": "sore",
    "localized": "in one place",
    "maintain": "keep",
    "malignant": "cancerous",
    "medication": "medicine",
    "methodology": "method",
    "mitigate": "ease",
    "modality": "treatment",
    "modify": "change",
    "monitor": "watch",
    "necessitate": "need",
    "nocturnal": "at night",
    "numerous": "many",
    "obtain": "get",
    "onset": "start",
    "palpate": "feel",
    "paresthesia": "tingling",
    "participate": "take part",
    "pathology": "disease",
    "perform": "do",
    "persist": "last",
    "physician": "doctor",
    "posterior": "back",
    "prior to": "before",
    "prognosis": "outlook",
    "prophylactic": "preventive",
    "proximal": "nearer to the body",
    "pruritus": "itching",
    "purchase": "buy",
    "purulent": "with pus",
    "receive": "get",
    "recurrence": "return",
    "reside": "live",
    "subsequently": "later",
    "sufficient": "enough",
    "sustain": "keep up",
    "symptomatic": "with symptoms",
    "terminate": "end",
    "topical": "put on the skin",
    "transmit": "pass on",
    "trauma": "injury",
    "ulceration": "open sore",
    "unilateral": "on one side",
    "utilization": "use",
    "utilize": "use",
}


@dataclass(frozen=True)
class Reading:
    """What `judge` found. An empty text has grade 0."""

    grade: float
    sentences: int
    words: int
    longest: int  # words of the longest sentence
    long_sentences: list[str]
    hard_words: list[tuple[str, str]]  # as written and simpler, each once, in the order of the text


def judge(text: str) -> Reading:
    """How hard an English text is. Each line is a sentence of its own, as list items are; numbers count as words."""
    found = sentences(text)
    counts = [len(words(sentence)) for sentence in found]
    return Reading(
        grade=_flesch_kincaid(len(found), sum(counts), sum(syllables(word) for word in words(text))),
        sentences=len(found),
        words=sum(counts),
        longest=max(counts, default=0),
        long_sentences=[sentence for sentence, count in zip(found, counts, strict=True) if count > LONG_SENTENCE],
        hard_words=hard_words(text),
    )


def article_text(body: Iterable[Mapping[str, Any]]) -> str:
    """The words of an article's body in the order they stand: a line for each paragraph, list item or question.

    `body` is raw stream data: `article.body.raw_data`, a revision's content read from JSON, or a library file's.
    Left out are section headings, which would lower the grade, descriptions of pictures, and the sources.
    """
    return "\n".join(line for block in body if block["type"] != "sources" for line in _lines(block["value"]))


def sentences(text: str) -> list[str]:
    """The sentences; a line ends one, too."""
    cut = (_SENTENCE_END.split(" ".join(line.split())) for line in text.splitlines())
    return [sentence for line in cut for sentence in line if words(sentence)]


def words(text: str) -> list[str]:
    """The words and numbers. “X-ray” and “don’t” are one word each."""
    return _WORD.findall(text)


def hard_words(text: str) -> list[tuple[str, str]]:
    """Words with a simpler one, as written, each once."""
    found: dict[str, str] = {}
    for match in _HARD.finditer(text):
        found.setdefault(match[0].casefold(), match[0])
    return [(written, _FORMS[form]) for form, written in found.items()]


def syllables(word: str) -> int:
    """The syllables of an English word, at least 1; those of an abbreviation are its letters."""
    if word.isupper() and len(word) > 1:
        return len(word)
    return sum(_part_syllables(part) for part in word.casefold().split("-"))


def _flesch_kincaid(sentences: int, words: int, syllables: int) -> float:
    """The US school grade (Kincaid and others, 1975), 0 at the least."""
    if not sentences:
        return 0.0
    return round(max(0.0, 0.39 * words / sentences + 11.8 * syllables / words - 15.59), 1)


# How fields stand on the page; PostgreSQL gives the fields of JSON back in an order of its own.
_READ = ("now", "today", "soon", "do", "do_not", "question", "answer")


def _lines(value: Any) -> Iterator[str]:
    """The plain lines of a raw block: a string, a list, or a dictionary with fields."""
    match value:
        case str():
            for line in _LINE_TAG.split(value):
                if text := " ".join(unescape(_TAG.sub("", line)).split()):
                    yield text
        case list():
            for item in value:
                yield from _lines(item)
        case {"type": _, "value": inner}:  # a block within a stream or a list
            yield from _lines(inner)
        case {"image": _, "caption": words} | {"name": _, "caption": words}:  # a photo, a drawing
            yield from _lines(words)
        case Mapping():
            for name in sorted(value, key=lambda name: (_READ.index(name) if name in _READ else len(_READ), name)):
                if name != "heading":
                    yield from _lines(value[name])


def _forms(word: str) -> Iterator[str]:
    """A word with its plural and its past: "utilize", "utilizes", "utilized", "utilizing"."""
    stem = word.removesuffix("e")
    changed = word.removesuffix("y") + "ie" if word.endswith("y") else word
    yield from (word, f"{changed}s", f"{changed.removesuffix('e')}ed", f"{stem}ing")


_FORMS = {form: plain for word, plain in PLAINER.items() for form in _forms(word)}
_HARD = re.compile(rf"\b(?:{'|'.join(sorted(_FORMS, key=len, reverse=True))})\b", re.IGNORECASE)

_SENTENCE_END = re.compile(r"(?<=[.!?])(?<!\bDr\.)(?<!\bvs\.)[”\"’)]*\s+(?=[“\"‘(]?[A-Z0-9])")
_WORD = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*")
_TAG = re.compile(r"<[^>]*>")
_LINE_TAG = re.compile(r"</?(?:p|li|ul|ol|br|h\d)\b[^>]*>")

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


def _part_syllables(part: str) -> int:
    """The syllables of a word without hyphen, at least 1."""
    spoken = _SILENT.sub("", part)
    return max(1, len(_VOWELS.findall(spoken)) + len(_SPLIT.findall(part)))
