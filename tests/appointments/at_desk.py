"""What tests of the front desk share: its addresses, what a person reads there, and every action filled in."""

import html
import re
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from appointments import actions, appointment_book
from appointments.actions import Actor
from appointments.models import (
    MOST_WRONG_FACTS,
    AppointmentRequest,
    CloseReason,
    Event,
    Mail,
    Office,
    SearchKey,
    Status,
)
from appointments.vocabulary import InsuranceKind
from common.crypto import digest
from common.models import AuditEntry, User
from tests.conftest import MONDAY, NEW_YORK, contents

LIST = "/admin/appointments/appointmentrequest/"
SEARCH = f"{LIST}search/"
SCRIPT = "<script>alert(1)</script>"
CORRECTED = {  # Harold's request with another phone number
    "correct-patient_name": "Harold Sample",
    "correct-birth_date": "9/14/1954",
    "correct-phone": "(732) 555-0143",
    "correct-email": "harold@example.com",
    "correct-zip_code": "08753",
    "correct-language": "en",
}
TUESDAY_AT_TEN = datetime(2026, 12, 1, 10, 0, tzinfo=NEW_YORK)


def page_of(inquiry: AppointmentRequest) -> str:
    return f"{LIST}{inquiry.pk}/change/"


def act_on(inquiry: AppointmentRequest, action: str) -> str:
    return f"{LIST}{inquiry.pk}/{action}/"


def plain(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def words(response: Any) -> str:
    """What a person reads on the page, in one line."""
    return plain(re.sub(r"(?s)<(script|style)\b.*?</\1>", " ", response.content.decode()))


def rows(response: Any) -> str:
    """What the table of the list says."""
    found = re.search(r"(?s)<tbody.*</tbody>", response.content.decode())
    return plain(found.group() if found else "")


def names(response: Any) -> list[str]:
    """The patients of the list, in order."""
    return re.findall(r'(?s)<th scope="row"[^>]*><a [^>]*>(.*?)</a>', response.content.decode())


def steps(response: Any) -> list[tuple[str, str]]:
    """The buttons of the list: words and address."""
    table = response.content.decode().partition("<tbody")[2]
    links = re.findall(r'(?s)<a class="act[^"]*" href="([^"]+)">(.*?)<span', table)
    return [(plain(label), html.unescape(address)) for address, label in links]


def history(response: Any) -> list[str]:
    """The lines of the timeline, newest first."""
    found = re.search(r'(?s)<ol class="history">(.*?)</ol>', response.content.decode())
    return [plain(line) for line in re.findall(r"(?s)<li>(.*?)</li>", found.group(1) if found else "")]


def offered(response: Any) -> set[str]:
    """The actions of which the page has a form."""
    return set(re.findall(rf'<form method="post" action="{LIST}\d+/([a-z-]+)/"', response.content.decode()))


def everything() -> list[Any]:
    """All rows that a button could touch, to compare before and after."""
    models = (AppointmentRequest, Event, Mail, SearchKey)
    return [contents(model._default_manager.order_by("pk")) for model in models]


def entries(**which: str) -> list[tuple[str, ...]]:
    found = AuditEntry.objects.filter(**which).order_by("pk")
    return [(entry.actor, entry.record, entry.office, entry.address) for entry in found]


def queries(browser: Client, address: str) -> int:
    """How many queries a page costs; the savepoints are the tests' own, whose outer transaction never ends."""
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address).status_code == 200
    return sum("SAVEPOINT" not in query["sql"] for query in captured.captured_queries)


def search_for(browser: Client, typed: str) -> Any:
    """Type words into the search; returns the page of what they find."""
    return browser.post(SEARCH, {"words": typed}, follow=True)


def message(**changes: Any) -> AppointmentRequest:
    """A message to Toms River."""
    answers = {
        "office": "toms-river",
        "topic": "A bill",
        "details": "I got it twice.",
        "patient_name": "Mel Message",
        "phone": "+17325550194",
        "email": "mel@example.com",
        "contact": {"best_way": "call", "language": "en"},
    }
    number = AppointmentRequest.objects.count()
    return actions.send_message(
        draft_digest=digest("draft", f"message {number}"), answers={**answers, **changes}, language="en", actor=Actor()
    )


def hold(inquiry: AppointmentRequest) -> None:
    """Put it into quarantine, as a suspicious one is from the start."""
    AppointmentRequest.objects.filter(pk=inquiry.pk).update(status=Status.HELD, held_because="too fast")
    inquiry.mails.all().delete()
    inquiry.refresh_from_db()


def visit_is_over(inquiry: AppointmentRequest, at: datetime = MONDAY - timedelta(hours=1)) -> None:
    """Its visit was booked, and its time has passed."""
    AppointmentRequest.objects.filter(pk=inquiry.pk).update(status=Status.BOOKED, booked_for=at)
    inquiry.refresh_from_db()
    appointment_book.sync(inquiry)


def prepare(inquiry: AppointmentRequest, action: str, user: User) -> None:
    """Bring a waiting request to where the action makes sense."""
    actor = Actor(user)
    match action:
        case "remind":
            actions.propose(inquiry=inquiry, actor=actor, times=[TUESDAY_AT_TEN], although_taken=True)
        case "back":
            actions.log_call(inquiry=inquiry, actor=actor, outcome=Event.Kind.SPOKE)
        case "earlier":
            actions.book(inquiry=inquiry, actor=actor, at=TUESDAY_AT_TEN, although_taken=True)
        case "came" | "missed":
            visit_is_over(inquiry)
        case "answer":
            actions.ask_manager(inquiry=inquiry, actor=actor, note="May I?")
        case "reopen":
            actions.close(inquiry=inquiry, actor=actor, reason=CloseReason.NO_ANSWER)
        case "release":
            hold(inquiry)
        case "unlock":
            for _try in range(MOST_WRONG_FACTS):
                actions.tell_second_fact(inquiry=inquiry, actor=Actor(), right=False)
        case "routine":
            actions.make_urgent(inquiry=inquiry, actor=actor, reason="An open sore.")
        case "chart":
            actions.book(inquiry=inquiry, actor=actor, at=TUESDAY_AT_TEN, although_taken=True)
        case "estimate":
            actions.write_down_insurance(inquiry=inquiry, actor=actor, kind=InsuranceKind.NONE, name="")
        case "lift":
            actions.put_on_hold(inquiry=inquiry, actor=actor, reason="Our lawyer asked.")
        case "safety":
            inquiry.safety |= {"asked": False}
            inquiry.urgent = True
            inquiry.save(update_fields=["safety", "urgent"])
        case "undo":
            actions.log_call(inquiry=inquiry, actor=actor, outcome=Event.Kind.SPOKE)


def filled(action: str, other: AppointmentRequest | None = None) -> dict[str, Any]:
    """What the desk sends with a button, filled so that it works. other: another request of the same person."""
    return {
        "call": {"call-outcome": "voicemail", "call-note": "Will be home at 5."},
        "later": {"later-at": "2026-11-24T15:00", "later-note": "Back from work then."},
        "times": {"times-call_times": ["afternoon"], "times-say_who": "first_name"},
        "propose": {"propose-first": "2026-12-01T10:15", "propose-second": "2026-12-03T09:30"},
        "remind": {},
        "book": {"book-at": "2026-12-01T10:15", "book-note": "Bring shoes"},
        "came": {},
        "missed": {},
        "back": {"back-reason": "Pressed on the wrong one"},
        "earlier": {"earlier-wanted": "on"},
        "reminders": {"reminders-how": "neutral"},
        "send": {"send-office": Office.objects.get(slug="belleville").pk, "send-reason": "Lives there"},
        "assign": {"assign-to": User.objects.get(username="tess").pk if User.objects.filter(username="tess") else ""},
        "note": {"note-text": "Call after 5."},
        "ask": {"ask-text": "May he come on a Saturday?"},
        "answer": {"answer-text": "Yes, once."},
        "reply": {"reply-text": "We open at 9."},
        "correct": CORRECTED,
        "urgent": {"urgent-reason": "An open sore, and diabetes."},
        "routine": {"routine-reason": "It has healed."},
        "send-link": {},
        "show-code": {},
        "close": {"close-reason": "declined", "close-note": "Said so"},
        "duplicate": {"duplicate-reference": other.reference if other else "GS-3333-33"},
        "reopen": {"reopen-reason": "Called us back."},
        "release": {},
        "unlock": {},
        "chart": {"chart-number": "A20417"},
        "insurance": {"insurance-kind": "plan", "insurance-name": "Horizon"},
        "estimate": {},
        "network": {},
        "hold": {"hold-reason": "A letter from a lawyer."},
        "lift": {"lift-reason": "The case is over."},
        "safety": {"safety-flags": "none", "safety-conditions": "none"},
        "undo": {},
    }[action]
