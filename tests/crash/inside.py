"""Work in a process of a site, the one of the environment: `python -m tests.crash.inside` with the kind of work.

A request or draft is told from the others by its number, which stands in the patient's name and in the details.
"""

import contextlib
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


def make_requests(count: int, *, address_each: int = 4) -> None:
    """As the form's last step makes them; every fourth patient has an address for a receipt, or every so many."""
    from appointments import actions

    take_requests()
    for number in range(count):
        actions.submit(
            draft_digest=f"request {number}",
            answers=answers_of(number, email=number % address_each == 0),
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


def make_visits(count: int, at: str) -> None:
    """Booked at that moment, by patients who want to be reminded; nothing else is owed to anybody."""
    from datetime import datetime

    from appointments import actions
    from appointments.models import AppointmentRequest, Mail
    from appointments.vocabulary import Reminders

    make_requests(count, address_each=1)
    for inquiry in AppointmentRequest.objects.order_by("pk"):
        actions.book(inquiry=inquiry, actor=actions.Actor(), at=datetime.fromisoformat(at), although_taken=True)
        actions.set_reminders(inquiry=inquiry, actor=actions.Actor(), reminders=Reminders.NEUTRAL)
    Mail.objects.all().delete()


def run_at(moment: str, *command: str) -> None:
    """A command of the site, whose clock says at its start what it is told to."""
    from datetime import datetime

    import time_machine
    from django.core.management import call_command

    with time_machine.travel(datetime.fromisoformat(moment), tick=True):
        call_command(*command)


def give_times(desk: int, base: str) -> None:
    """A desk offers each time to a patient of its own, and books every third; what is taken, or done, is left so."""
    from datetime import datetime

    from appointments import actions
    from appointments.models import AppointmentRequest, Status

    for number, inquiry in enumerate(AppointmentRequest.objects.order_by("pk")):
        if number % 2 != desk or inquiry.status != Status.NEW:
            continue
        at = datetime.fromisoformat(base) + timedelta(hours=number // 2)
        with contextlib.suppress(actions.TimeTaken):
            if number // 2 % 3:
                actions.propose(inquiry=inquiry, actor=actions.Actor(), times=[at])
            else:
                actions.book(inquiry=inquiry, actor=actions.Actor(), at=at)


def tell_book() -> dict[str, Any]:
    """How many times are given, which of them twice, and the requests that say otherwise."""
    from appointments.models import AppointmentRequest, Visit

    starts = Counter(Visit.objects.filter(state__in=Visit.LIVE).values_list("starts_at", flat=True))
    wrong = []
    for inquiry in AppointmentRequest.objects.order_by("pk"):
        said = {*inquiry.offered_times, *([inquiry.booked_for.isoformat()] if inquiry.booked_for else [])}
        if said != {visit.starts_at.isoformat() for visit in inquiry.visits.all()}:
            wrong.append(inquiry.reference)
    twice = [at.isoformat() for at, count in starts.items() if count > 1]
    return {"times": len(starts), "given twice": twice, "not as the requests say": wrong}


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


def tell_reminded() -> list[tuple[str, int]]:
    """Every reminder of a visit that was ever owed: its Message-ID, and the number of the request."""
    from appointments.models import Mail

    return list(Mail.objects.filter(kind=Mail.Kind.VISIT_SOON).values_list("message_id", "request"))


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
        case ["visits", count, at]:
            make_visits(int(count), at)
        case ["at", moment, *command]:
            run_at(moment, *command)
        case ["drafts"]:
            make_drafts(json.load(sys.stdin))
        case ["give", desk, base]:
            give_times(int(desk), base)
        case ["staff", password]:
            make_staff(password)
        case ["tell", "book"]:
            print(json.dumps(tell_book()))
        case ["tell", "kept"]:
            print(json.dumps(tell_kept()))
        case ["tell", "rows"]:
            print(json.dumps(tell_rows(json.load(sys.stdin))))
        case ["tell", "mails"]:
            print(json.dumps(tell_mails()))
        case ["tell", "reminded"]:
            print(json.dumps(tell_reminded()))
        case ["tell", "requests"]:
            print(json.dumps(tell_requests()))


if __name__ == "__main__":
    main()
