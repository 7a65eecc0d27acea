"""The ground floor: keys and ciphertext, encrypted columns, visitors' addresses, typed text, times in words."""

import re
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import RequestFactory

from appointments.models import AppointmentRequest, Draft
from common import crypto
from common.client import client_address
from common.crypto import CannotDecrypt, decrypt, digest, digests, encrypt
from common.encrypted_fields import EncryptedTextField, Unreadable
from common.text import clean_text, whole_number
from common.times import clock, date_in_words, day, duration, moment, moment_by, recent

NEW_YORK = ZoneInfo("America/New_York")
OLD_KEY = "old-key-0123456789-0123456789-0123456789"
NEW_KEY = "new-key-0123456789-0123456789-0123456789"
ROOT = Path(__file__).resolve().parents[2]
NBSP = "\N{NO-BREAK SPACE}"


def test_nothing_of_ours_is_drawn_by_a_lot_that_can_be_guessed():
    """Keys, references, cookies and tokens are made by `secrets`; `random` is for tests. One command has to go through
    phrases in the same order each time, and draws nothing else.
    """
    files = [path for app in ("clinic", "articles", "appointments", "common") for path in (ROOT / app).rglob("*.py")]
    drawing = {
        path.name: path.read_text()
        for path in files
        if re.search(r"^\s*(?:import|from) random\b", path.read_text(), re.M)
    }

    assert len(files) > 100
    assert drawing.keys() == {"learned.py"}
    assert re.findall(r"\brandom\.\S+", drawing["learned.py"]) == ["random.Random(1)"]
    assert re.findall(r"\bdice\.\S+", drawing["learned.py"]) == ["dice.shuffle(told)"]


def old_ciphertext(text: str) -> str:
    """As it was written before ciphertexts were bound to places."""
    key_id, cipher = next(iter(crypto.key_ring(django_settings.FIELD_KEYS).items()))
    return f"{key_id}.{cipher.unbound.encrypt(text.encode()).decode()}"


def kept(answers: object) -> Draft:
    """A draft with these answers."""
    return Draft.objects.create(key_digest="a", answers=answers, expires_at=datetime(2026, 11, 23, tzinfo=UTC))


def raw(column: str) -> str:
    """What stands in the draft's column."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM appointments_draft")
        return cursor.fetchone()[0]


@pytest.fixture
def keys(settings):
    """Set the key ring: `keys("2:new,1:old")`."""

    def set_keys(ring: str) -> None:
        settings.FIELD_KEYS = ring

    return set_keys


# --- encryption ---


@pytest.mark.parametrize("text", ["Harold Sample", "李小龍 👣", "نیک‌پی", "line\nline", "a.b:c,d", "", "x" * 100_000])
def test_encrypt_comes_back_as_it_was(text):
    assert decrypt(encrypt(text)) == text


def test_encrypt_hides_the_text():
    assert "Harold" not in encrypt("Harold Sample")


def test_encrypt_twice_gives_two_ciphertexts():
    assert encrypt("Harold Sample") != encrypt("Harold Sample")


def test_encrypt_uses_the_newest_key_and_names_it(keys):
    keys(f"2:{NEW_KEY},1:{OLD_KEY}")

    assert encrypt("Harold Sample").startswith("v2.2.")


def test_decrypt_reads_what_an_old_key_wrote_after_a_new_one_is_put_in_front(keys):
    keys(f"1:{OLD_KEY}")
    stored = encrypt("Harold Sample")

    keys(f"2:{NEW_KEY},1:{OLD_KEY}")

    assert decrypt(stored) == "Harold Sample"


def test_decrypt_key_without_a_name_is_called_1(keys):
    keys(OLD_KEY)
    stored = encrypt("Harold Sample")

    keys(f"2:{NEW_KEY}, 1:{OLD_KEY}")

    assert stored.startswith("v2.1.")
    assert decrypt(stored) == "Harold Sample"


def test_encrypt_key_may_be_named_after_a_month(keys):
    keys(f"2026-11:{NEW_KEY}")

    assert decrypt(encrypt("Harold Sample")) == "Harold Sample"


@pytest.mark.parametrize(
    ("ring", "why"),
    [
        (f"2026.11:{NEW_KEY}", "a dot in its id"),
        (f"2:{NEW_KEY},1:{OLD_KEY[:31]}", "too short: its key '1'"),
        (f"1:{NEW_KEY},1:{OLD_KEY}", "two keys with the id '1'"),
        (f"{NEW_KEY},1:{OLD_KEY}", "two keys with the id '1'"),
    ],
    ids=["dot", "short", "same id", "same id, one without"],
)
def test_ring_with_a_key_that_is_of_no_use_is_refused(keys, ring, why):
    keys(ring)

    with pytest.raises(ImproperlyConfigured, match=why):
        encrypt("Harold Sample")


def test_encrypt_comma_too_many_does_not_change_the_key(keys):
    keys(f"1:{OLD_KEY}")
    stored = encrypt("Harold Sample")

    keys(f"1:{OLD_KEY},")

    assert decrypt(stored) == "Harold Sample"


def test_decrypt_with_another_key_of_the_same_name_raises(keys):
    keys(f"1:{OLD_KEY}")
    stored = encrypt("Harold Sample")

    keys(f"1:{NEW_KEY}")

    with pytest.raises(CannotDecrypt):
        decrypt(stored)


def test_decrypt_when_the_key_was_thrown_away_says_which_and_nothing_else(keys):
    keys(f"1:{OLD_KEY}")
    stored = encrypt("Harold Sample")

    keys(f"2:{NEW_KEY}")

    with pytest.raises(CannotDecrypt, match=r"^The key '1' is not in FIELD_KEYS$"):
        decrypt(stored)


def test_decrypt_any_changed_character_raises():
    stored = encrypt("Harold Sample")
    last = len(stored.rstrip("=")) - 2  # in the one before "=" base64 has bits that mean nothing

    for position in range(last):
        changed = stored[:position] + ("A" if stored[position] != "A" else "B") + stored[position + 1 :]
        with pytest.raises(CannotDecrypt):
            decrypt(changed)


@pytest.mark.parametrize("start", ["", "2.", "v2.2."])
@pytest.mark.parametrize("stored", ["", "2", ".", "abc", "Harold Sample", "Zoë", "\x00", "A" * 40, "v2.2.v2.2."])
@pytest.mark.parametrize("unbound", [True, False])
def test_decrypt_of_what_was_never_encrypted_raises(start, stored, unbound):
    with pytest.raises(CannotDecrypt):
        decrypt(start + stored, unbound=unbound)


def test_decrypt_under_another_keys_name_raises():
    stored = encrypt("Harold Sample")

    with pytest.raises(CannotDecrypt):
        decrypt(stored.replace("v2.2.", "v2.1.", 1))


def test_decrypt_in_another_place_raises():
    stored = encrypt("+17325550142", "Request", "phone", "GS-7K4M-39")

    assert decrypt(stored, "Request", "phone", "GS-7K4M-39") == "+17325550142"
    for place in ((), ("Request", "phone", "GS-4444-44"), ("Request", "email", "GS-7K4M-39"), ("Requestphone",)):
        with pytest.raises(CannotDecrypt):
            decrypt(stored, *place)


def test_encrypt_hides_whether_it_was_yes_or_no():
    assert len(encrypt("yes")) == len(encrypt("no")) == len(encrypt(""))


def test_decrypt_reads_what_was_written_before_only_where_that_is_said():
    stored = old_ciphertext("Harold Sample")

    assert decrypt(stored, "anywhere", unbound=True) == "Harold Sample"
    with pytest.raises(CannotDecrypt):
        decrypt(stored, "anywhere")


def test_decrypt_key_that_was_called_v2_is_no_new_form(keys):
    keys(f"v2:{OLD_KEY}")
    stored = old_ciphertext("Harold Sample")

    assert stored.startswith("v2.")
    assert decrypt(stored, unbound=True) == "Harold Sample"
    assert decrypt(encrypt("Harold Sample")) == "Harold Sample"


# --- digests ---


def test_digest_is_the_same_each_time_and_hides_the_text():
    assert digest("draft", "cookie") == digest("draft", "cookie")
    assert len(digest("draft", "cookie")) == 64


def test_digest_differs_by_purpose_and_text():
    made = {digest("draft", "a"), digest("audit", "a"), digest("draft", "b"), digest("drafta", "")}

    assert len(made) == 4


def test_digest_under_a_bare_key_is_the_same_when_the_key_gets_its_id(settings):
    before = digest("draft", "cookie")

    settings.DIGEST_KEY = f"1:{settings.DIGEST_KEY}"

    assert digest("draft", "cookie") == before


def test_digest_is_made_with_the_newest_key_and_compared_with_each(settings):
    before = digest("draft", "cookie")

    settings.DIGEST_KEY = f"2:{NEW_KEY},1:{settings.DIGEST_KEY}"

    assert digest("draft", "cookie") != before
    assert digest("draft", "cookie", like=before) == before
    assert digest("draft", "cookie", like="0" * 64) == digest("draft", "cookie")
    assert digests("draft", "cookie") == [digest("draft", "cookie"), before]


def test_digest_differs_by_key(settings):
    before = digest("draft", "cookie")

    settings.DIGEST_KEY = "another-digest-key-0123456789-0123456789"

    assert digest("draft", "cookie") != before


# --- encrypted columns ---


@pytest.mark.parametrize(
    "answers", [{"days": ["1", "3"], "name": "Zoë", "flags": [], "yes": True, "none": None}, {}, []]
)
@pytest.mark.django_db
def test_encrypted_field_comes_back_as_it_was(answers):
    kept(answers)

    assert raw("answers").startswith("v2.2.")
    assert Draft.objects.get().answers == answers


@pytest.mark.django_db
def test_encrypted_json_keeps_a_date_as_iso_text():
    kept({"birth_date": date(1954, 9, 14)})

    assert Draft.objects.get().answers == {"birth_date": "1954-09-14"}


@pytest.mark.parametrize("nothing", [None, ""])
def test_encrypted_field_keeps_nothing_as_nothing(nothing):
    field = EncryptedTextField()

    assert field.get_prep_value(nothing) == nothing
    assert field.from_db_value(nothing, None, connection) == nothing


@pytest.mark.django_db
def test_encrypted_field_is_not_written_without_its_row():
    kept({})

    with pytest.raises(TypeError, match="written by save"):
        Draft.objects.update(answers={"name": "Harold"})


@pytest.mark.django_db
def test_encrypted_field_that_nobody_looked_at_is_saved_as_it_is():
    kept({"name": "Harold"})
    before = raw("answers")

    Draft.objects.get().save()

    assert raw("answers") == before


@pytest.mark.parametrize(
    "lookup",
    [
        {"patient_name": "Harold Sample"},
        {"patient_name__in": ["Harold Sample"]},
        {"patient_name__icontains": "harold"},
        {"patient_name__startswith": "H"},
        {"birth_date": date(1954, 9, 14)},
        {"birth_date__lt": date(1954, 9, 14)},
        {"contact": {}},
        {"phone__gt": "+1"},
        {"zip_code__regex": "08"},
    ],
)
def test_encrypted_field_refuses_to_be_searched(lookup):
    with pytest.raises(TypeError, match="is encrypted and can't be searched"):
        AppointmentRequest.objects.filter(**lookup)


@pytest.mark.django_db
def test_encrypted_field_can_be_asked_whether_it_is_null():
    assert not Draft.objects.filter(answers__isnull=True).exists()


@pytest.mark.django_db
def test_encrypted_field_changed_behind_our_back_is_not_shown():
    kept({"name": "Harold"})
    with connection.cursor() as cursor:
        cursor.execute("UPDATE appointments_draft SET answers = %s", ['{"name": "Mallory"}'])

    assert isinstance(Draft.objects.get().answers, Unreadable)


# --- where a visitor comes from ---


def address(hops: int, settings, forwarded: str | None = None) -> str:
    """What we take for the visitor's address behind `hops` proxies; 10.0.0.9 is who connected."""
    settings.TRUSTED_PROXY_HOPS = hops
    extra = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return client_address(RequestFactory().get("/", REMOTE_ADDR="10.0.0.9", **extra))


def test_client_address_without_a_proxy_is_who_connected(settings):
    assert address(0, settings) == "10.0.0.9"


@pytest.mark.parametrize("forged", ["203.0.113.7", "203.0.113.7, 198.51.100.1", "", "unknown", "<script>"])
def test_client_address_without_a_proxy_ignores_a_forged_header(settings, forged):
    assert address(0, settings, forged) == "10.0.0.9"


@pytest.mark.parametrize(
    ("forwarded", "visitor"),
    [
        pytest.param("198.51.100.1", "198.51.100.1", id="plain"),
        pytest.param("203.0.113.7, 198.51.100.1", "198.51.100.1", id="one forged"),
        pytest.param("127.0.0.1,  10.0.0.1 ,198.51.100.1", "198.51.100.1", id="two forged, untidy"),
        pytest.param("2001:db8::1", "2001:db8::1", id="IPv6"),
    ],
)
def test_client_address_behind_one_proxy_is_the_last_entry(settings, forwarded, visitor):
    assert address(1, settings, forwarded) == visitor


@pytest.mark.parametrize(
    ("forwarded", "visitor"),
    [
        pytest.param("198.51.100.1, 10.0.0.2", "198.51.100.1", id="plain"),
        pytest.param("203.0.113.7, 198.51.100.1, 10.0.0.2", "198.51.100.1", id="one forged"),
    ],
)
def test_client_address_behind_two_proxies_is_the_last_but_one(settings, forwarded, visitor):
    assert address(2, settings, forwarded) == visitor


@pytest.mark.parametrize("hops", [1, 2])
@pytest.mark.parametrize("forwarded", [None, ""])
def test_client_address_past_the_proxy_is_who_connected(settings, hops, forwarded):
    assert address(hops, settings, forwarded) == "10.0.0.9"


def test_client_address_with_fewer_entries_than_proxies_is_who_connected(settings):
    assert address(2, settings, "203.0.113.7") == "10.0.0.9"


# --- typed text ---


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  a   b  ", "a b"),
        ("a\x00b\x1fc\x7fd\x9fe", "abcde"),
        ("a\r\nb\rc\nd\te", "a b c d e"),
        ("\u202egnol\u202c", "gnol"),
        ("a\u200bb\u2060c\ufeffd\u2066e\u2069f", "abcdef"),
        ("e\N{COMBINING ACUTE ACCENT}", "é"),
        ("ن\u200cی क्\u200dष", "ن\u200cی क्\u200dष"),
        ("\ud83d", ""),
        ("", ""),
    ],
)
def test_clean_text_on_one_line(typed, kept):
    assert clean_text(typed) == kept


def test_clean_text_with_lines_keeps_them_and_tidies_each():
    assert clean_text("\n a  b \r\n\x00\rc\td \n", lines=True) == "a b\n\nc d"


def test_clean_text_cleaned_twice_is_the_same():
    once = clean_text(" e\N{COMBINING ACUTE ACCENT}\x00 \u202eb\r\n c ", lines=True)

    assert clean_text(once, lines=True) == once


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        *(("0", 0), ("42", 42), ("007", 7), ("٣", 3), ("9" * 18, 10**18 - 1)),
        *((nothing, None) for nothing in ("", "-1", "1.5", "1e9", " 1", "²", "x", "9" * 19, "9" * 5_000)),
    ],
    ids=lambda value: ascii(value)[:20],
)
def test_whole_number(typed, number):
    assert whole_number(typed) == number


# --- times in words ---


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (time(17), "5 pm"),
        (time(9, 30), "9:30 am"),
        (time(9, 5), "9:05 am"),
        (time(12), "noon"),
        (time(12, 1), "12:01 pm"),
        (time(0), "12 am"),
        (time(0, 15), "12:15 am"),
        (time(11, 59), "11:59 am"),
        (time(23, 59), "11:59 pm"),
        (time(13), "1 pm"),
        (time(17, 0, 59), "5 pm"),
    ],
)
def test_clock_in_words(value, words):
    assert clock(value) == words.replace(" ", NBSP)


@pytest.mark.parametrize(
    ("moment_in_utc", "words"),
    [
        (datetime(2026, 11, 23, 22, tzinfo=UTC), "5 pm"),  # winter
        (datetime(2026, 7, 23, 22, tzinfo=UTC), "6 pm"),  # summer
        (datetime(2026, 3, 8, 6, 59, tzinfo=UTC), "1:59 am"),  # the clock is about to go forward
        (datetime(2026, 3, 8, 7, tzinfo=UTC), "3 am"),
        (datetime(2026, 11, 1, 5, 30, tzinfo=UTC), "1:30 am"),  # the clock goes back, and it is 1:30 twice
        (datetime(2026, 11, 1, 6, 30, tzinfo=UTC), "1:30 am"),
        (datetime(2027, 3, 14, 7, tzinfo=UTC), "3 am"),
        (datetime(2027, 11, 7, 7, tzinfo=UTC), "2 am"),
    ],
)
def test_clock_of_a_moment_is_new_yorks(moment_in_utc, words):
    assert clock(moment_in_utc) == words.replace(" ", NBSP)


def test_moment_by_holds_together_what_belongs_together(monday):
    assert moment_by(datetime(2026, 11, 24, 22, tzinfo=UTC)) == f"by 5{NBSP}pm on Tuesday, November{NBSP}24"


def test_moment_says_day_and_time(monday):
    assert moment(datetime(2026, 11, 23, 15, 12, tzinfo=UTC)) == f"Monday, November{NBSP}23 at 10:12{NBSP}am"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (datetime(2026, 11, 24, 3, tzinfo=UTC), f"Monday, November{NBSP}23"),  # Tuesday in London
        (date(2026, 12, 2), f"Wednesday, December{NBSP}2"),
        (date(2027, 1, 4), f"Monday, January{NBSP}4, 2027"),
        (date(2027, 1, 2), f"Saturday, January{NBSP}2, 2027"),
        (date(2025, 12, 31), f"Wednesday, December{NBSP}31, 2025"),
    ],
)
def test_day_in_words_has_a_year_when_it_is_not_this_one(monday, value, words):
    assert day(value) == words


def test_day_this_year_begins_at_midnight_in_new_york():
    with time_machine.travel(datetime(2027, 1, 1, 3, tzinfo=UTC), tick=False):  # still December 31 there
        assert day(date(2026, 12, 31)) == f"Thursday, December{NBSP}31"
        assert day(date(2027, 1, 4)) == f"Monday, January{NBSP}4, 2027"


def test_date_in_words_always_has_its_year(monday):
    assert date_in_words(date(2026, 11, 3)) == "November 3, 2026"


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2026, 11, 23, 15, 12, tzinfo=UTC), "today, 10:12 am"),
        (datetime(2026, 11, 24, 4, 59, tzinfo=UTC), "today, 11:59 pm"),
        (datetime(2026, 11, 23, 4, 59, tzinfo=UTC), "Nov 22, 11:59 pm"),
        (datetime(2025, 11, 22, 15, 12, tzinfo=UTC), "Nov 22, 2025, 10:12 am"),
    ],
)
def test_recent_is_today_or_a_date(monday, at, words):
    assert recent(at).replace(NBSP, " ") == words


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "0 min"), (35, "35 min"), (60, "1 h"), (130, "2 h 10 min"), (1440, "24 h")],
)
def test_duration_in_words(minutes, words):
    assert duration(minutes) == words.replace(" ", NBSP)
