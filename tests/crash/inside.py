"""Work in a process of a site, the one of the environment: `python -m tests.crash.inside requests|drafts|staff|tell`.

A request or draft is told from the others by its number, which stands in the patient's name and in the details.
"""

import json
import os
import re
import sys
from collections import Counter, defaultdict
from datetime import timedelta
from typing import Any

import django

from tests.clinic.busy_site import answers, take_requests


def cookie(number: int) -> str:
    """Of the browser whose draft that is."""
    return f"browser-of-patient-{number}"


def answers_of(number: int, *, email: bool) -> dict[str, dict[str, object]]:
    """Complete ones, with a phone of their own."""
    known = answers(number)
    known["about_you"] |= {"phone": f"+1732555{number % 10000:04}", "email": f"harold{number}@example.com" * email}
    return known


def make_requests(count: int) -> None:
    """As the form's last step makes them; every fourth patient has an address for a receipt."""
    from appointments import actions

    take_requests()
    for number in range(count):
        actions.submit(
            draft_digest=f"request {number}",
            answers=answers_of(number, email=number % 4 == 0),
            language="en",
            actor=actions.Actor(address="192.0.2.1"),
        )


def make_drafts(numbers: list[int]) -> None:
    """All four steps answered, ready to be sent from the browser with that cookie."""
    from django.utils import timezone

    from appointments.models import Draft
    from common.crypto import digest

    take_requests()
    end = timezone.now() + timedelta(hours=12)
    Draft.objects.bulk_create(
        Draft(key_digest=digest("draft", cookie(number)), answers=answers_of(number, email=True), expires_at=end)
        for number in numbers
    )


def make_staff(password: str) -> None:
    """Tess, who works at the desk in Toms River, and manages it, too."""
    from django.contrib.auth.models import Group

    from appointments.models import Office
    from common.models import User

    Office.objects.update(notice_email="desk@clinic.example")
    user = User.objects.create_user("tess", password=password, is_staff=True)
    user.groups.set(Group.objects.filter(name__in=["Front desk", "Manager"]))
    user.offices.set(Office.objects.all())


def tell_kept() -> list[str]:
    """What sessions and cache hold, decoded: in the database's own bytes it would not show."""
    import base64
    from importlib import import_module

    from django.conf import settings
    from django.contrib.sessions.models import Session
    from django.db import connection

    decode = import_module(settings.SESSION_ENGINE).SessionStore().decode
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM shared_cache")
        cached = [f"{key} {base64.b64decode(value)!r}" for key, value in cursor.fetchall()]
    return [*cached, *(repr(decode(data)) for data in Session.objects.values_list("session_data", flat=True))]


def tell_rows(tables: list[str]) -> str:
    """All that stands in the tables, as the database has it."""
    from django.db import connection

    with connection.cursor() as cursor:
        told = []
        for table in tables:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            told.append(repr(cursor.fetchall()))
    return "\n".join(told)


def tell_mails() -> list[tuple[str, bool]]:
    """Every mail that was ever owed: its Message-ID, and whether it counts as sent."""
    from appointments.models import Mail

    return [
        (message_id, sent_at is not None) for message_id, sent_at in Mail.objects.values_list("message_id", "sent_at")
    ]


def tell_requests() -> dict[str, Any]:
    """By reference: the number, and what is missing of it or there too often. Beside them what belongs to none."""
    from appointments import search_keys
    from appointments.models import AppointmentRequest, Draft, Event, Mail, SearchKey
    from common.crypto import digest
    from common.models import AuditEntry

    sent = Counter(AuditEntry.objects.filter(action="request sent").values_list("record", flat=True))
    kinds: dict[Any, dict[int, list[str]]] = {Event: defaultdict(list), Mail: defaultdict(list)}
    for model, found in kinds.items():
        for pk, kind in model.objects.values_list("request", "kind"):
            found[pk].append(kind)
    keys = defaultdict(set)
    for pk, key in SearchKey.objects.values_list("request", "key"):
        keys[pk].add(key)
    drafts = set(Draft.objects.values_list("key_digest", flat=True))
    told = {}
    for inquiry in AppointmentRequest.objects.iterator():
        number = int(re.fullmatch(r"Harold Sample (\d+)", inquiry.patient_name)[1])  # type: ignore[index]
        wrong = {
            "details": str(number) not in inquiry.details,
            "phone": inquiry.phone != f"+1732555{number % 10000:04}",
            "email": inquiry.email != f"harold{number}@example.com",
            "event": kinds[Event][inquiry.pk] != ["received"],
            "mails": sorted(kinds[Mail][inquiry.pk]) != ["office_notice", "receipt"],
            "audit": sent[inquiry.reference] != 1,
            "search keys": keys[inquiry.pk] != search_keys.keys_of(inquiry),
            "draft still there": inquiry.draft_digest in drafts,
        }
        told[inquiry.reference] = (number, [what for what, is_so in wrong.items() if is_so])
    return {
        "requests": told,
        "audited": sum(sent.values()),
        "drafts left": sum(digest("draft", cookie(number)) in drafts for number, _wrong in told.values()),
    }


def main() -> None:
    """Answers in one line of JSON."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "clinic.settings"
    django.setup()
    match sys.argv[1:]:
        case ["requests", count]:
            make_requests(int(count))
        case ["drafts"]:
            make_drafts(json.load(sys.stdin))
        case ["staff", password]:
            make_staff(password)
        case ["tell", "kept"]:
            print(json.dumps(tell_kept()))
        case ["tell", "rows"]:
            print(json.dumps(tell_rows(json.load(sys.stdin))))
        case ["tell", "mails"]:
            print(json.dumps(tell_mails()))
        case ["tell", "requests"]:
            print(json.dumps(tell_requests()))


if __name__ == "__main__":
    main()
