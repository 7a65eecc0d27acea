"""Finding requests by what is encrypted: keyed digests of parts of names, of phone numbers and birth dates.

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

from appointments.models import AppointmentRequest, RequestQuerySet, SearchKey
from common.crypto import digest, digests
from common.encrypted_fields import Unreadable
from common.networks import connection_of

SHORTEST_PART = 3  # letters; two help little to find a name, and tell more about who shares one
SHORTEST_TEXT = 60  # letters
LONGEST_PART = 10  # of a longer name part only the beginning counts
NAMED_UP_TO = 1_000  # requests that have something in common
FOUND_BY = ("patient_name", "caller_name", "phone", "birth_date", "details")
DATE_FORMATS = ("%m/%d/%Y", "%m-%d-%Y", "%Y-%m-%d", "%m %d %Y", "%b %d %Y", "%B %d %Y", "%d %B %Y", "%m/%d/%y")


def name_parts(name: str) -> list[str]:
    """A name's words as they are compared: "Müller-O’Neil" gives muller, oneil; other scripts stay as they are."""
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(letter)
    )
    return re.findall(r"\w+", re.sub(r"['’ʼ`´]", "", plain))


def person_key(phone: str, name: str) -> int:
    """The same for two requests with the same phone (E.164) and the same name, however it is written."""
    return _key("person", f"{phone}\0{' '.join(sorted(name_parts(name)))}")


def phone_keys(phone: str) -> set[int]:
    """What each request with this phone (E.164) has one of."""
    return _keys("phone", _national_digits(phone))


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
    digits = _national_digits(inquiry.phone)
    keys |= {_key("phone", part) for part in (digits, digits[-7:], digits[-4:]) if part}
    if plain := _long_words(inquiry.details):
        keys.add(_key("text", plain))
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


def is_readable(inquiry: AppointmentRequest) -> bool:
    """Whether everything that it is found by can be read."""
    return not any(isinstance(getattr(inquiry, name), Unreadable) for name in FOUND_BY)


def search(requests: RequestQuerySet, words: str) -> RequestQuerySet:
    """Those of `requests` that all the words fit: parts of names, one phone, one birth date, one reference.

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
    words = " ".join(words.replace(",", " ").split())
    if born := _birth_date(words):
        yield _keys("born", born.isoformat())
        return
    if re.fullmatch(r"[-+().\s\d]*\d{3}[-+().\s\d]*", words):
        digits = re.sub(r"\D", "", words)
        yield _keys("phone", digits, digits.removeprefix("1")) | (
            _keys("phone", _national_digits(words)) if words.startswith("+") else set()
        )
        return
    for word in words.split():
        if born := _birth_date(word):
            yield _keys("born", born.isoformat())
            continue
        reference = re.sub(r"[^A-Z0-9]", "", word.upper().split("-", 1)[-1] if word.count("-") > 1 else word.upper())
        for part in name_parts(word):
            if len(part) < _shortest(part) <= len(words):
                continue  # an initial beside other words: too short to look for
            yield _keys("name", part[:LONGEST_PART]) | _keys("reference", reference) | _keys("phone", part)


def _starts(name: str) -> Iterable[str]:
    """What may be typed to find a name: each word's beginnings."""
    for part in name_parts(name):
        shortest = min(_shortest(part), len(part))
        yield from (part[:length] for length in range(shortest, min(len(part), LONGEST_PART) + 1))


def _shortest(part: str) -> int:
    """Beginnings that a name is found by have at least so many letters; where a letter is a syllable or a word, two."""
    return SHORTEST_PART if part.isascii() else 2


def _national_digits(phone: str) -> str:
    """A number as it is dialled at home; the digits of what is none."""
    try:
        return phonenumbers.national_significant_number(phonenumbers.parse(phone, "US"))
    except phonenumbers.NumberParseException:
        return re.sub(r"\D", "", phone)


def _birth_date(text: str) -> date | None:
    for form in DATE_FORMATS:
        try:
            born = datetime.strptime(text, form).date()  # noqa: DTZ007 a calendar date has no zone
        except ValueError:
            continue
        return born.replace(year=born.year - 100) if born > date.today() else born  # noqa: DTZ011 "54" was 1954
    return None


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
