"""Finding requests by what is encrypted: keyed digests of parts of names, of phone numbers, mail addresses, birth
dates and numbers in the chart.

Only equality shows in the database: without DIGEST_KEY a digest can't be made from a guess. But who sends a request of
their own has one made, and can see whose it equals if they also get at the database; see "What the search gives away"
in docs/security.md. A digest here is 63 bits long, so that it fits the databases' largest integer; two things with the
same one are not to be expected in the life of a practice.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime

import phonenumbers
from django.utils import timezone

from appointments.models import AppointmentRequest, RequestQuerySet, SearchKey
from common.crypto import digest, digests
from common.emails import plain_email
from common.encrypted_fields import Unreadable
from common.networks import connection_of
from common.phones import number_alone, without_extension
from common.text import exact_text
from common.typed_dates import cut_dates, dates_of

WAY = "2"  # one more with each change of what requests are found by: the worker then makes older ones' keys anew
SHORTEST_PART = 3  # letters; two help little to find a name, and tell more about who shares one
SHORTEST_TEXT = 60  # letters
LONGEST_PART = 10  # of a longer name part only the beginning counts
NAMED_UP_TO = 1_000  # requests that have something in common
MOST_JOINED = 4  # words of a name that somebody may write as one
FOUND_BY = ("patient_name", "caller_name", "phone", "email", "birth_date", "details", "chart_number")
# Letters that Unicode does not take apart; casefold knows the ß.
PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t", "ŋ": "n"}
)
# Little words before a name, which people write apart or together with it.
PARTICLES = {
    *("de", "del", "dela", "della", "la", "las", "le", "los", "da", "das", "do", "dos", "di", "du", "van", "von"),
    *("der", "den", "ter", "ten", "el", "al", "bin", "ibn", "mac", "mc", "o", "san", "st"),
}
PHONE = re.compile(r"(?<!\w)\+?[(\d][-+().\s\d]{5,}\d(?!\w)", re.ASCII)


def name_parts(name: str) -> list[str]:
    """A name's words as they are compared: "Müller-O’Neil" gives muller, oneil; other scripts stay as they are."""
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(letter)
    )
    return re.findall(r"\w+", re.sub(r"['’ʼ`´]", "", plain.translate(PLAIN)))


def whole_names(name: str) -> list[str]:
    """The same with little words joined to what follows: "Maria de la Cruz" gives maria, delacruz."""
    names, before = [], ""
    for part in name_parts(name):
        before += part
        if part not in PARTICLES:
            names.append(before)
            before = ""
    return [*names, before] if before else names


def person_key(phone: str, name: str) -> int:
    """The same for two requests with the same phone, whatever its extension, and the same name, however written."""
    return _key("person", f"{number_alone(phone)}\0{' '.join(sorted(whole_names(name)))}")


def phone_keys(phone: str) -> set[int]:
    """What each request with this phone (E.164) has one of."""
    return _keys("phone", _national_digits(phone))


def born_keys(born: date) -> set[int]:
    """What each request of somebody born on this day has one of."""
    return _keys("born", born.isoformat())


def name_keys(name: str) -> set[int]:
    """What each request with one of these names has one of."""
    return _keys("name", *(part[:LONGEST_PART] for part in whole_names(name)))


def sender_key(address: str, at: datetime) -> int | None:
    """The same for what one connection sends during an hour of the clock, so that no later request is linked with it;
    None where no address is known.
    """
    return _key("sender", f"{at.astimezone(UTC):%Y-%m-%d %H}\0{connection_of(address)}") if address else None


def text_keys(text: str) -> set[int]:
    """What each long text in these words has one of; none for one so short that many people write it."""
    plain = _long_words(text)
    return _keys("text", plain) if plain else set()


def keys_of(inquiry: AppointmentRequest) -> set[int]:
    """All that the request can be found by, under the newest key. What can't be read gives nothing."""
    keys = {
        _key("name", start) for name in (inquiry.patient_name, inquiry.caller_name) if name for start in _starts(name)
    }
    if inquiry.chart_number:
        keys.add(_key("chart", inquiry.chart_number.casefold()))
    digits = _national_digits(inquiry.phone)
    keys |= {_key("phone", part) for part in (digits, digits[-7:], digits[-4:]) if part}
    if plain := _long_words(inquiry.details):
        keys.add(_key("text", plain))
    if inquiry.email:
        keys.add(_key("email", plain_email(inquiry.email).casefold()))
    if born := inquiry.birth_date:
        keys.add(_key("born", born if isinstance(born, str) else born.isoformat()))
    letters = inquiry.reference.split("-", 1)[-1].replace("-", "")
    keys |= {_key("reference", letters[:length]) for length in range(4, len(letters) + 1)}
    return keys


def add(inquiry: AppointmentRequest) -> None:
    """Make a saved request findable, by all it can be found by now. Two queries.

    By what can't be read it stays findable as it was.
    """
    if is_readable(inquiry):
        SearchKey.objects.filter(request=inquiry).delete()
    rows = [SearchKey(request=inquiry, key=key) for key in sorted(keys_of(inquiry))]
    SearchKey.objects.bulk_create(rows, ignore_conflicts=True)


def renew(inquiry: AppointmentRequest) -> bool:
    """Make a locked request findable in today's way, under the newest key. Whether there was something to do; what
    can't be read stays as it was.
    """
    if not is_readable(inquiry):
        return False
    person = person_key(inquiry.phone, inquiry.patient_name)
    known = set(SearchKey.objects.filter(request=inquiry).values_list("key", flat=True))
    if inquiry.person_key == person and known == keys_of(inquiry):
        return False
    inquiry.person_key = person
    inquiry.save(update_fields=["person_key"])
    add(inquiry)
    return True


def is_readable(inquiry: AppointmentRequest) -> bool:
    """Whether everything that it is found by can be read."""
    return not any(isinstance(getattr(inquiry, name), Unreadable) for name in FOUND_BY)


def search(requests: RequestQuerySet, words: str) -> RequestQuerySet:
    """Those of `requests` that all the words fit: parts of names, a phone, a birth date, a mail address, a
    reference, a number in the chart.

    One query for each word, beside that for what it returns.
    """
    wanted = list(_wanted(words))
    if not wanted:
        return requests.none()
    for alternatives in wanted:
        found = SearchKey.objects.filter(key__in=alternatives).order_by().values_list("request", flat=True)
        # No database knows how rare a key is: of a rare one the requests are named, or it might look at all there are.
        named = list(found[: NAMED_UP_TO + 1])
        requests = requests.filter(pk__in=named if len(named) <= NAMED_UP_TO else found)
    return requests


def _wanted(words: str) -> Iterator[set[int]]:
    """For each thing that is looked for, the digests of which one must be there."""
    words = without_extension(exact_text(words))
    if days := dates_of(words, timezone.localdate()):
        yield _born(days) | _keys("chart", words)  # "042761" may be either
        return
    if re.fullmatch(r"[-+().\s\d]*\d{3}[-+().\s\d]*", words):
        yield _phone(words) | _keys("chart", re.sub(r"\D", "", words))
        return
    for word in [word for word in words.split() if "@" in word]:
        yield _keys("email", plain_email(word).casefold())
        words = words.replace(word, " ")
    found, words = cut_dates(words, timezone.localdate())
    yield from map(_born, found)
    for number in PHONE.findall(words):
        yield _phone(number)
    yield from _names(PHONE.sub(" ", words).split())


def _names(words: list[str]) -> Iterator[set[int]]:
    """For each part of the words: itself, and what it makes with those beside it, should they be written as one."""
    parts = [(part, word) for word in words for part in name_parts(word)]
    long_enough = [pair for pair in parts if len(pair[0]) >= _shortest(pair[0])]
    for place, (part, word) in enumerate(parts):
        if long_enough and len(part) < _shortest(part):
            continue  # an initial beside other words: too short to look for
        joined = {
            "".join(each for each, _word in parts[start:end])[:LONGEST_PART]
            for start in range(max(0, place - MOST_JOINED + 1), place + 1)
            for end in range(place + 1, min(len(parts), start + MOST_JOINED) + 1)
        }
        reference = re.sub(r"[^A-Z0-9]", "", word.upper().split("-", 1)[-1] if word.count("-") > 1 else word.upper())
        yield _keys("name", *joined) | _keys("reference", reference) | _keys("phone", part) | _keys("chart", part)


def _born(days: set[date]) -> set[int]:
    return set().union(*map(born_keys, days))


def _phone(words: str) -> set[int]:
    digits = re.sub(r"\D", "", words)
    abroad = _keys("phone", _national_digits(words)) if words.startswith("+") else set()
    return _keys("phone", digits, digits.removeprefix("1")) | abroad


def _starts(name: str) -> Iterable[str]:
    """What may be typed to find a name: the beginnings from each word on, as if what follows were one with it."""
    parts = name_parts(name)
    for place, part in enumerate(parts):
        rest = "".join(parts[place : place + MOST_JOINED])[:LONGEST_PART]
        yield from (rest[:length] for length in range(min(_shortest(part), len(part)), len(rest) + 1))


def _shortest(part: str) -> int:
    """Beginnings that a name is found by have at least so many letters; where a letter is a syllable or a word, two."""
    return SHORTEST_PART if part.isascii() else 2


def _national_digits(phone: str) -> str:
    """A number as it is dialled at home; the digits of what is none."""
    try:
        return phonenumbers.national_significant_number(phonenumbers.parse(phone, "US"))
    except phonenumbers.NumberParseException:
        return re.sub(r"\D", "", phone)


def _long_words(text: str) -> str:
    """The words of a text; "" if they are few."""
    plain = " ".join(name_parts(text))
    return plain if len(plain) >= SHORTEST_TEXT else ""


def _key(kind: str, text: str) -> int:
    """63 bits of a keyed digest; a part of a name never looks like a part of a number."""
    return _number(digest("search", f"{kind}\0{text}"))


def _keys(kind: str, *texts: str) -> set[int]:
    """What to look for: the same under every key of DIGEST_KEY, of which an older one may have made what is stored."""
    return {_number(made) for text in texts for made in digests("search", f"{kind}\0{text}")}


def _number(hexadecimal: str) -> int:
    return int(hexadecimal[:16], 16) >> 1
