"""Whether what was sent looks like advertising, or like a machine's work.

Signs are weighed against each other, and none of them bans anybody. From ASK on the sender's browser is asked to
prove some work (proof_of_work.py); who has done that gets through. From HOLD on, or without the proof, the request
waits in quarantine until somebody of the desk has looked at it. Nothing is ever refused, and nobody who ticked or
confirmed what can't wait is held up at all.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

import yaml
from django.conf import settings
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments import search_keys
from appointments.models import AppointmentRequest
from appointments.spam import proof_of_work as proof

ASK = 3
HOLD = 6
PHRASES = Path(__file__).parents[1] / "data" / "advertising.yaml"
MOST_RELIEF = 2  # how much words about one's own feet take away: enough for a slip, not for a sales letter
SAME_TEXT_DAYS = 30
HOUR = timedelta(hours=1)

LINK = re.compile(
    r"https?://|\bwww\.|(?<![\w@.-])[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|info|biz|io|me|co|shop|ru|cn|xyz)\b"
)
SHADY_LINK = re.compile(
    r"\b(?:bit\.ly|t\.me|wa\.me|tinyurl\.com|cutt\.ly|goo\.su|telegra\.ph)\b|\.(?:ru|xyz|top|click|shop|win|loan|site|online|club)\b"
)
MARKUP = re.compile(r"\[/?(?:url|link|b|img)\b|<\s*/?\s*(?:a|b|p|br|div|img|iframe|script|h\d)\b[^<]*>", re.IGNORECASE)
MONEY = re.compile(r"[$€£₹]\s?\d|\d[\d.,]*\s?(?:%|usd|dollars?|euros?|btc|reais|元|руб|zł)", re.IGNORECASE)
MACHINE_WORD = re.compile(r"\b\w*(?:[a-z][A-Z]\w*?){3,}\b")  # "gUxLsQwRz"; DeShawn and LaToya have one such place


class Sign(TextChoices):
    """Why something looks off, as the desk reads it."""

    BOX = "box", _("filled in a box that people do not see")
    FAST = "fast", _("faster than people can type")
    LINKS = "links", _("web addresses")
    MARKUP = "markup", _("code in the text")
    WORDS = "words", _("words of advertising")
    MONEY = "money", _("sums of money")
    LETTERS = "letters", _("letters at random")
    AGAIN = "again", _("same words sent from other phone numbers")
    ADDRESS = "address", _("many from one internet connection")
    PHONE = "phone", _("many with one phone number")


Signs = dict[Sign, int]


def signs_of(*, names: Iterable[str], text: str, phone: str, address: str, filled_box: bool, fast: bool) -> Signs:
    """All signs of something about to be sent, and how much each weighs. Three queries."""
    signs = signs_of_words(names, text) | signs_of_sender(phone, address, text)
    if filled_box:
        signs[Sign.BOX] = 4  # some browsers fill in everything: asked for a proof, held only with another sign
    if fast:
        signs[Sign.FAST] = 3
    return signs


def held_because(signs: Signs, posted: Mapping[str, str]) -> str | None:
    """The signs to hold it for, separated by commas; "" if it may go through; None: ask for a proof of work first.

    posted: what came with the form. Who was asked and has no proof, for want of JavaScript, is held; who brings one
    that has grown old in the meantime is asked again.
    """
    score = sum(signs.values())
    if score < ASK:
        return ""
    given = posted.get("proof", "")
    if not proof.is_solved(given):
        if given or "asked" not in posted:
            return None
    elif score < HOLD:
        return ""
    return ",".join(signs)


def in_words(held: str) -> str:
    """What `held_because` said, for the desk."""
    labels = {sign.value: str(sign.label) for sign in Sign}
    return ", ".join(labels.get(sign, sign) for sign in held.split(","))


def signs_of_words(names: Iterable[str], text: str) -> Signs:
    """What the words themselves show."""
    names = list(names)
    links = len(LINK.findall(text.lower()))
    weights = {
        Sign.LINKS: (min(links, 3) + 2 * bool(SHADY_LINK.search(text.lower())))
        + 4 * any(LINK.search(name.lower()) for name in names),
        Sign.MARKUP: 4 * bool(MARKUP.search(" ".join([*names, text]))),
        Sign.WORDS: weight_of(" ".join([*names, text])),
        Sign.MONEY: min(len(MONEY.findall(text)), 2),
        Sign.LETTERS: 3 * any(MACHINE_WORD.search(part) for part in [*names, text]),
    }
    return {sign: weight for sign, weight in weights.items() if weight > 0}


def signs_of_sender(phone: str, address: str, text: str) -> Signs:
    """What was sent before from there, with that phone (E.164), or in the same words. A nursing home sends many."""
    now = timezone.now()
    requests = AppointmentRequest.objects.filter(created_at__gt=now - timedelta(days=1))
    signs: Signs = {}
    keys = [search_keys.sender_key(address, at) for at in (now, now - HOUR)]
    from_there = AppointmentRequest.objects.filter(created_at__gt=now - HOUR, sender_key__in=keys)
    if address and from_there.count() >= settings.MOST_SENT_PER_ADDRESS:
        signs[Sign.ADDRESS] = 3
    with_phone = {"search_keys__key__in": search_keys.phone_keys(phone)}
    if requests.filter(**with_phone).count() >= settings.MOST_SENT_PER_PHONE:
        signs[Sign.PHONE] = 3
    if text_keys := search_keys.text_keys(text):
        same = AppointmentRequest.objects.filter(
            search_keys__key__in=text_keys, created_at__gt=now - timedelta(days=SAME_TEXT_DAYS)
        )
        if same.exclude(**with_phone).exists():
            signs[Sign.AGAIN] = 3
    return signs


def weight_of(text: str) -> int:
    """How much a text sounds like advertising: each phrase once, less what it says of the sender's own feet."""
    weights = list(_phrases()[1])
    found = {(match[0], weights[(match.lastindex or 1) - 1]) for match in _phrases()[0].finditer(_plain(text))}
    against = sum(weight for _phrase, weight in found if weight > 0)
    relief = -sum(weight for _phrase, weight in found if weight < 0)
    return max(0, against - min(relief, MOST_RELIEF))


@lru_cache(maxsize=1)
def _phrases() -> tuple[re.Pattern[str], tuple[int, ...]]:
    """A pattern with a group for each weight, heaviest first, so that "your website" is not "website" too."""
    groups: dict[int, list[str]] = yaml.safe_load(PHRASES.read_text())
    weights = tuple(sorted(groups, reverse=True))
    return re.compile("|".join(f"({'|'.join(map(_pattern, groups[weight]))})" for weight in weights)), weights


def _pattern(phrase: str) -> str:
    """Whole words, or beginnings with *; Chinese, Japanese and Korean put no space between words."""
    plain = _plain(phrase.removesuffix("*"))
    pattern = re.escape(plain)
    if re.search(r"[\u1100-\u11ff\u3040-\u9fff\uac00-\ud7a3]", plain):
        return pattern
    before = r"(?<!\w)" if plain[0].isalnum() else ""
    return before + pattern + ("" if phrase.endswith("*") else r"(?!\w)")


def _plain(text: str) -> str:
    """Small letters without accents, one space between words."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    kept = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(unicodedata.normalize("NFC", kept).split())
