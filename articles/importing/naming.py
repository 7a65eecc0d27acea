"""An article's title, address and summary from what its source has of them."""

import re
from urllib.parse import unquote, urlsplit

from django.utils.text import slugify

from articles.importing.plain_text import sentences
from articles.models import SLUG_LENGTH, SUMMARY_WORDS

TITLE_LENGTH, DESCRIPTION_LENGTH = 120, 155
DATED = re.compile(r"^\d{4}-\d\d?-\d\d?-(?=\D)")
OF_A_MACHINE = re.compile(
    r"(?:index|untitled|document|page|post|article|img|download|default|new|copy)?[-_ .()]*[\da-f]*[) ]*"
    r"|[\d_-]*[\da-f]{6,}[\d_-]*"
)


def telling(name: str) -> str:
    """A file's name without its date; "" if no person wrote it: "index", "000_1245e45117"."""
    name = DATED.sub("", name).strip()
    return "" if OF_A_MACHINE.fullmatch(name.lower()) else name


def last_part(address: str) -> str:
    """Of its path, without an ending: "heel-pain" of "https://old.example/blog/heel-pain.html"."""
    try:
        return re.sub(r"\.\w{2,5}$", "", urlsplit(address).path.rstrip("/").rpartition("/")[2])
    except ValueError:
        return ""


def slug_of(*candidates: str) -> str:
    """An address of plain letters from the first candidate that has any; "%c3%b1" is a letter, too."""
    for candidate in candidates:
        whole = re.sub(r"-+", "-", slugify(unquote(candidate)))
        if len(whole) > SLUG_LENGTH:
            whole = whole[: SLUG_LENGTH + 1].rpartition("-")[0] or whole[:SLUG_LENGTH]
        if re.search(r"[a-z]", whole):
            return whole
    return "article"


def summary_of(text: str) -> str:
    """Whole sentences of a paragraph, as many as fit; "" if its first does not."""
    taken: list[str] = []
    for sentence in sentences(text):
        if len(" ".join([*taken, sentence]).split()) > SUMMARY_WORDS:
            break
        taken.append(sentence)
    return " ".join(taken)


def description_of(summary: str) -> str:
    """Its first sentences, as many as fit; cut off at a word only where the first one is longer than that."""
    taken = ""
    for sentence in sentences(summary):
        longer = f"{taken} {sentence}".strip()
        if len(longer) > DESCRIPTION_LENGTH:
            break
        taken = longer
    return taken or cut_words(summary, DESCRIPTION_LENGTH)


def cut_words(text: str, letters: int) -> str:
    """Cut off at a word where it is longer."""
    if len(text) <= letters:
        return text
    return f"{text[: letters - 1].rpartition(' ')[0] or text[: letters - 1]}…"
