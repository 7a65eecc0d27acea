"""What no browser can do to a demonstration: fill it, let time pass, count. Run inside its own Django:

demo.manage("shell", "-v", "0", "-c", "from tests.browser import backstage; backstage.send(...)")
"""

import json
import secrets
import sys
from collections import Counter
from datetime import datetime, time, timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.utils import timezone

from appointments import actions, appointment_book, private_link
from appointments.actions import Actor
from appointments.models import AppointmentRequest, CloseReason, Event, Mail, Office, OpeningHours, VisitKind
from common.models import User

DAYS_UNTIL_CLOSED = 3  # the offices are closed on the weekday after so many days


def tell(what: Any) -> None:
    """Print it for the test."""
    sys.stdout.write(json.dumps(what))


def open_all_day() -> None:
    """Both offices are open day and night, so that the story is the same at any hour; but for one weekday."""
    closed = (timezone.localdate() + timedelta(days=DAYS_UNTIL_CLOSED)).weekday()
    OpeningHours.objects.all().delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(office=office, weekday=weekday, opens=time(0), closes=time(23, 59))
        for office in Office.objects.all()
        for weekday in range(7)
        if weekday != closed
    )
    Office.objects.update(keeps_holidays=False)


def send(*patients: dict[str, Any]) -> None:
    """Send a request for each, without the form; tells their references. "hours": sent so many hours ago."""
    tell([_send(**patient).reference for patient in patients])


def _send(name: str, *, hours: int = 0, held_because: str = "", **given: Any) -> AppointmentRequest:
    about = {
        "visit_for": "me",
        "caller_name": "",
        "caller_relation": "",
        "patient_name": name,
        "birth_date": given.get("born", "1954-09-14"),
        "been_before": "no",
        "phone": given.get("phone", "+17325550142"),
        "email": given.get("email", ""),
        "zip_code": given.get("zip_code", "08753"),
    }
    visit = {
        "reason": "Heel pain",
        "body_area": "",
        "details": "Worse in the morning.",
        "office": given.get("office", "toms-river"),
        "days": ["any"],
        "time_of_day": "any",
    }
    contact = {"best_way": "call", "voicemail": "yes", "language": "en", "other_language": "", "interpreter": False}
    inquiry = actions.submit(
        draft_digest=secrets.token_hex(32),
        answers={
            "about_you": about,
            "visit": visit,
            "contact": contact,
            "safety": {"version": 1, "flags": given.get("flags", [])},
        },
        language="en",
        actor=Actor(),
        held_because=held_because,
    )
    if hours:
        ago = timedelta(hours=hours)
        moved = {name: getattr(inquiry, name) - ago for name in ("created_at", "call_from", "call_by", "promised_by")}
        AppointmentRequest.objects.filter(pk=inquiry.pk).update(**moved)
    return inquiry


def one_of_each() -> None:
    """A request in every state; tells their numbers by state. Again after a while, too: nobody minds taken times."""
    by = Actor(User.objects.get(username="manager"))
    visit = timezone.now() + timedelta(days=40)
    made = {
        "new": _send("Norma New", zip_code="08204", office="first"),
        "urgent": _send("Ursula Urgent", flags=["fever"], hours=30),
        "held": _send("Quentin Quarantine", held_because="fast"),
        "contacted": _send("Connie Contacted"),
        "proposed": _send("Paul Proposed", email="paul@example.com"),
        "booked": _send("Bea Booked"),
        "moving": _send("Mia Moving", email="mia@example.com"),
        "canceled": _send("Carl Canceled"),
        "over": _send("Olga Over"),
        "missed": _send("Mo Missed", email="mo@example.com"),
        "closed": _send("Clara Closed"),
        "message": actions.send_message(
            draft_digest=secrets.token_hex(32),
            answers={
                "office": "toms-river",
                "topic": "A bill or insurance",
                "details": "I got it twice.\nWhy?",
                "patient_name": "Mel Message",
                "phone": "+17325550194",
                "email": "a.very.long.address.without.any.end@mail.subdomain.example.com",
                "contact": {"best_way": "email", "language": "en"},
            },
            language="en",
            actor=Actor(),
        ),
    }
    actions.log_call(inquiry=made["urgent"], actor=by, outcome=Event.Kind.NO_ANSWER, note="Rang out. " * 20)
    actions.assign(inquiry=made["urgent"], actor=by, to=by.user)
    actions.ask_manager(inquiry=made["urgent"], actor=by, note="Wolfeschlegelsteinhausenbergerdorff" * 4)
    actions.log_call(inquiry=made["contacted"], actor=by, outcome=Event.Kind.SPOKE)
    actions.propose(inquiry=made["proposed"], actor=by, times=[visit, visit + timedelta(days=1)], although_taken=True)
    actions.book(inquiry=made["booked"], actor=by, at=visit - timedelta(hours=2), although_taken=True)
    actions.want_earlier(inquiry=made["booked"], actor=by, wanted=True)
    for state, before in {"moving": 1, "canceled": 2, "over": 3, "missed": 4}.items():
        actions.book(inquiry=made[state], actor=by, at=visit - timedelta(days=before), although_taken=True)
    actions.ask_to_move(inquiry=made["moving"], actor=Actor(), wishes={}, note="Wolfeschlegelsteinhausenberger" * 4)
    actions.cancel(inquiry=made["canceled"], actor=Actor())
    for state in ("over", "missed"):
        _was_an_hour_ago(made[state])
    actions.did_not_come(inquiry=made["missed"], actor=by)
    actions.close(inquiry=made["closed"], actor=by, reason=CloseReason.NO_ANSWER)
    tell({state: inquiry.pk for state, inquiry in made.items()})


def full_day(day: str) -> None:
    """Thirty visits at Toms River, with much to say of each, and more of every fifth."""
    by = Actor(User.objects.get(username="manager"))
    kind = VisitKind.objects.get(for_new=True)
    opens = timezone.make_aware(datetime.fromisoformat(f"{day}T09:00"))
    for number in range(30):
        inquiry = _send(f"Wolfeschlegelstein-Hausenberger {number}", flags=["fever"] if number % 10 == 0 else [])
        at = opens + timedelta(minutes=15 * number)
        note = "Bring the old orthotics and the list of all medicines" if number % 5 == 0 else "Bring old orthotics"
        actions.book(inquiry=inquiry, actor=by, at=at, kind=kind, with_whom="Dr. A", note=note, although_taken=True)


def _was_an_hour_ago(inquiry: AppointmentRequest) -> None:
    AppointmentRequest.objects.filter(pk=inquiry.pk).update(booked_for=timezone.now() - timedelta(hours=1))
    inquiry.refresh_from_db()
    appointment_book.sync(inquiry)


def book_and_be_over(*references: str) -> None:
    """Visits whose time has passed."""
    by = Actor(User.objects.get(username="manager"))
    for day, reference in enumerate(references, 50):
        inquiry = AppointmentRequest.objects.get(reference=reference)
        actions.book(inquiry=inquiry, actor=by, at=timezone.now() + timedelta(days=day), although_taken=True)
        _was_an_hour_ago(inquiry)


def private_pages() -> None:
    """Addresses of private pages, all with the same phone: a visit that is booked, to be moved, missed."""
    by = Actor(User.objects.get(username="manager"))
    made = {state: _send(f"Pat {state.title()}", email="pat@example.com") for state in ("booked", "moving", "missed")}
    for number, inquiry in enumerate(made.values()):
        actions.book(inquiry=inquiry, actor=by, at=timezone.now() + timedelta(days=30 + number), although_taken=True)
    actions.ask_to_move(inquiry=made["moving"], actor=Actor(), wishes={})
    _was_an_hour_ago(made["missed"])
    actions.did_not_come(inquiry=made["missed"], actor=by)
    tell({state: private_link.path(inquiry) for state, inquiry in made.items()})


def staff_of_toms_river(there: bool) -> None:
    """Whether anybody works there."""
    office = Office.objects.get(slug="toms-river")
    office.staff.set(User.objects.filter(username__in=["desk-toms-river", "manager"]) if there else [])


def end_sessions_of(username: str) -> None:
    """As if this person had been away for too long."""
    pk = str(User.objects.get(username=username).pk)
    for row in Session.objects.all():
        data = row.get_decoded()
        if data.get("_auth_user_id") == pk:
            row.session_data = Session.objects.encode({**data, "seen_at": 0})
            row.save()


def books() -> None:
    """What the database holds, for comparing with what was done and what the pages say."""
    requests = AppointmentRequest.objects.all()
    tell(
        {
            "statuses": dict(requests.values_list("reference", "status")),
            "offices": dict(requests.values_list("reference", "office__slug")),
            "count": Counter(requests.values_list("status", flat=True)),
            "without_history": requests.exclude(events__kind=Event.Kind.RECEIVED).count(),
            "not_announced": requests.exclude(status="held")
            .exclude(status="closed")  # one that was closed before its notice had left needs none any more
            .exclude(mails__kind=Mail.Kind.OFFICE_NOTICE)
            .count(),
            "mails_with_problems": Mail.objects.exclude(problem="").filter(sent_at=None).count(),
        }
    )
