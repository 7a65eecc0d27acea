"""What stands around an article on the page it was copied from, and is none of it: found at its top and its end."""

import re
from dataclasses import dataclass

from articles.importing.kinds import KINDS
from articles.importing.text_lines import ENDS, Line

TOP_LINES = 15
PHONE = re.compile(r"(?:\+?1[-. ]?)?\(?\b\d{3}\)?[-. /]*\d{3}[-. ]\d{4}\b(?:\s*(?:x|ext\.?)\s*\d+)?")
MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
PAGE = re.compile(r"(?:https?://|www\.)\S+")
PLACE = re.compile(
    r"\b\d{1,5}\s+(?:[NSEW]\.?\s+)?(?:[A-Z][\w.’'-]*\s+){1,4}(?:st|street|ave|avenue|rd|road|dr|drive|way|blvd|"
    r"boulevard|lane|ln|ct|court|pkwy|parkway|highway|hwy|plaza|square|circle|route|rt)\b\.?(?:[^.]*?\b[A-Z]{2},?\s+\d{5}"
    r"(?:-\d{4})?)?|\b(?:suite|ste\.?|bldg\.?|building|floor|unit)\s+[\w-]+"
    r"|[A-Z][\w. ]*,?\s+[A-Z]{2},?\s+\d{5}(?:-\d{4})?",
    re.IGNORECASE,
)
HOURS = re.compile(
    r"\b(?:mon|tues?|wed|thurs?|fri|sat|sun)(?:day)?s?\b\.?|\b(?:lunes|martes|miércoles|jueves|viernes|sábado|domingo)\b"
    r"|\d{1,2}(?::\d\d)?\s*(?:[ap]\.?m\.?)|\bclosed\b|\bcerrado\b",
    re.IGNORECASE,
)
LABEL = re.compile(
    r"(?:(?:tele)?phone|tel|call|fax|text|e-?mail|address|(?:office |business )?hours?|locations?"
    r"|our (?:offices?|locations?)|(?:get )?directions|map|follow us|teléfono|dirección|correo|horario|llámenos)\W*"
    r"|(?:[A-Z][\w.&’'-]*,?\s+){1,5}(?:office|location|oficina)\W*",
    re.IGNORECASE,
)
# On every blog's page, below the text or above it.
AROUND = re.compile(
    r"(?:no|\d+)\s+(?:comments?|comentarios?|replies|responses?)(?:\s+(?:on|en|to)\b.*)?|comments? (?:are )?closed.*"
    r"|leave a (?:comment|reply).*|deja(?:r)? un comentario.*|add a comment.*|post a comment.*|write a comment.*"
    r"|share(?: this)?(?: (?:post|article|page|on|entry)\b.*)?:?|compartir(?: esto)?:?|tweet|pin it|print|email this"
    r"|(?:facebook|twitter|linkedin|instagram|pinterest|youtube|x)"
    r"(?:\s*[|,·/]?\s*(?:facebook|twitter|linkedin|instagram|pinterest|youtube|x))*|like this:?|loading\.*"
    r"|posted (?:in|on|by)\b.*|filed under\b.*|tagged (?:with|as|under)\b.*"
    r"|tags?:.*|categor(?:y|ies):.*|(?:previous|next|older|newer)(?: (?:post|article|page|entry)|:).{0,80}"
    r"|related (?:posts?|articles?)\W*|you (?:may|might) also (?:like|enjoy)\W*|recent posts?|back to (?:top|blog).*"
    r"|(?:copyright\b|©|\(c\) ?\d{4}).*|all rights reserved.*|privacy policy.*|terms (?:of use|and conditions).*"
    r"|sitemap|skip to (?:main )?content|menu|toggle navigation|home(?:\s*[>»/|›]\s*.+)+"
    r"|\d+\s+min(?:utes?)?\.? (?:read|de lectura)",
    re.IGNORECASE,
)
AT_TOP = re.compile(
    r"(?i:home|blog|news|search|advertisement|(?:last )?updated:?(?: on)? .{4,30}\d{4}|"
    r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)\w*\.? \d{1,2},? \d{4}(?:\W+by\b.*)?)"
    r"|(?:By|Por|by)\s+(?:Dr\.?\s+)?(?:admin|[A-Z][\w.’'-]+(?: [A-Z][\w.’'-]+){1,3}(?:, \w{2,4})?)"
)
URGENT = re.compile(r"\b911\b|emergenc|right away|immediately|same day|urgent|at once|de inmediato", re.IGNORECASE)
COMMENTS = re.compile(r"[1-9]\d*\s+(?:comments?|comentarios?|replies|responses?)\b.*", re.IGNORECASE)
CALL = re.compile(
    r"contact\b|call (?:us|our|today|now)|get in touch|schedule|book (?:an?|your|now|online)|request an? |make an? "
    r"(?:appointment|visit)|visit us|find us|our (?:offices?|locations?)|locations?\b|ready to\b|reach (?:us|out)|"
    r"contácte|comuníquese|llame|pida (?:su|una) cita|haga (?:su|una) cita|nuestras oficinas|visítenos",
    re.IGNORECASE,
)
VISIT = re.compile(
    r"\b(?:schedule|book|request|make|agend\w+|programe)\b.*\b(?:appointment|visit|cita|consult\w*)\b", re.IGNORECASE
)
# What tells a reader when a visit is needed.
WHEN = re.compile(
    r"\b(?:lasts?|longer than|more than|(?:\d+|one|two|three|four|few|several) (?:days?|weeks?|months?)|"
    r"diabet\w+|numb\w*|"
    r"swell\w*|swollen|fever|wounds?|redness|worse|bleed\w*|infect\w*|can(?:not|['’]t) (?:walk|stand)|dura|empeora|"
    r"semanas?|días|fiebre|herida)\b",
    re.IGNORECASE,
)
MOST_WORDS_LEFT = 4
HEADING_WORDS, HEADING_LETTERS = 14, 80


@dataclass
class Inside:
    """An article's own lines, and the words of the others."""

    lines: list[Line]
    left_out: list[str]


def without_furniture(lines: list[Line]) -> Inside:
    """Nothing that tells when to get help at once is ever left out."""
    end = _end(lines)
    begin = next((place for place, line in enumerate(lines[:end]) if len(line.text) > HEADING_LETTERS), end)
    inner: list[Line] = []
    left_out: list[str] = []
    for place, line in enumerate(lines):
        at_top = place < min(begin, TOP_LINES) and AT_TOP.fullmatch(line.text)
        gone = place >= end or _around(line) or (at_top and not _urgent(line.text))
        (left_out.append(line.text) if gone else inner.append(line))
    return Inside(inner, left_out)


def _end(lines: list[Line]) -> int:
    """Where the closing block begins: how to reach the practice, what to press, readers' comments."""
    comments = next((place for place, line in enumerate(lines) if place and COMMENTS.fullmatch(line.text)), None)
    end = len(lines) if comments is None else comments
    sure = end  # where what is surely no text begins
    for place in range(end - 1, 0, -1):
        line = lines[place]
        if _around(line) or _is_contact(line) or (sure < end and (_calls(line) or _is_name(line, lines[place + 1]))):
            sure = place
        elif sure == end or not _may_belong(line):
            break
    while sure < end and sure > 1 and _is_over(lines[sure - 1], lines[sure]):
        sure -= 1
    return sure


def _is_contact(line: Line) -> bool:
    """An item that is a web address may be a source."""
    reach = any(pattern.search(line.text) for pattern in (PHONE, MAIL, PLACE))
    return is_contact(line.text) and (line.kind == "text" or reach)


def _is_over(line: Line, below: Line) -> bool:
    """A heading over a closing paragraph: "Don’t ignore your feet"."""
    short = line.kind == "text" and len(line.text.split()) <= HEADING_WORDS and not line.text.endswith(ENDS)
    named = any(pattern.search(line.text) for pattern in KINDS.values())
    return short and not named and not _urgent(line.text) and len(below.text) > HEADING_LETTERS


def is_contact(text: str) -> bool:
    """A line that says how to reach somebody, and next to nothing else."""
    if _urgent(text):
        return False
    rest = text
    for pattern in (PAGE, MAIL, PHONE, PLACE):
        rest = pattern.sub(" ", rest)
    found = rest != text
    if LABEL.fullmatch(rest.strip()):
        return True
    hours = HOURS.sub(" ", rest)
    found = found or len(re.findall(HOURS, rest)) > 1
    words = re.findall(r"[^\W\d_]{2,}", hours)
    return found and len(words) <= MOST_WORDS_LEFT


def _around(line: Line) -> bool:
    return bool(AROUND.fullmatch(line.text)) and not _urgent(line.text)


def _urgent(text: str) -> bool:
    return bool(URGENT.search(text))


def _is_name(line: Line, below: Line) -> bool:
    """Whose address stands below: "Shore Foot Center", "Dr. Ann Example, DPM"."""
    words = [word for word in line.text.split() if word.isalpha() and len(word) > 3]
    short = line.kind == "text" and 1 < len(line.text.split()) <= 6 and not line.text.endswith((":", "?", "."))
    named = any(pattern.search(line.text) for pattern in KINDS.values())
    return (
        short
        and not named
        and all(word[0].isupper() for word in words)
        and (is_contact(below.text) or _short_name(below))
    )


def _short_name(line: Line) -> bool:
    return len(line.text.split()) <= 6 and not line.text.endswith((".", "?", "!"))


def _may_belong(line: Line) -> bool:
    """A line between others of a closing block: a short one, or one that calls for a visit."""
    if _urgent(line.text) or WHEN.search(line.text) or line.kind in ("item", "number"):
        return False
    short = len(line.text.split()) <= HEADING_WORDS and not line.text.endswith(ENDS)
    named = any(words.search(line.text) for kind, words in KINDS.items() if kind != "treatment")
    return (
        (short and not named)
        or _calls(line)
        or bool(re.search(r"\b(?:we|our|us|nuestr\w+)\b", line.text, re.IGNORECASE))
    )


def _calls(line: Line) -> bool:
    """For a visit, and nothing that tells when one is needed."""
    if _urgent(line.text) or WHEN.search(line.text):
        return False
    return bool(CALL.match(line.text) or VISIT.search(line.text))
