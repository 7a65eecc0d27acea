"""Inside a site's process: what stands in a release's dump, and what people do on it after an upgrade.

python -m tests.clinic.release_site fill    make the requests, mails, staff and texts; tells them as JSON
python -m tests.clinic.release_site walk    with those facts on standard input; tells as JSON what each journey saw
"""

import json
import os
import shutil
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tests.clinic.busy_site import answers, take_requests

ARTICLES = ("heel-pain", "heel-spurs", "corns-and-calluses")
LIST = "/admin/appointments/appointmentrequest/"
# What becomes of a request, by the name of its patient.
STAGES = {
    "Hedda Held": "held",
    "Nora New": "new",
    "Connie Contacted": "contacted",
    "Petra Proposed": "proposed",
    "Boris Booked": "booked",
    "Milo Moving": "moving",
    "Clara Closed": "closed",
    "Sid Spam": "closed",
    "Vera Voicemail": "new",
    "Mia Message": "new",
}


def fill() -> dict[str, Any]:
    """A request in each state, by each door that differs; mails; an article that an editor has changed."""
    from django.core.management import call_command

    from articles.management.commands import load_articles
    from articles.models import Article
    from common import audit

    with tempfile.TemporaryDirectory() as name:
        library = Path(name)
        (library / "pages").mkdir()
        for slug in ARTICLES:
            shutil.copy(load_articles.LIBRARY / f"{slug}.md", library)
        shutil.copy(next(iter(sorted(load_articles.PAGES.glob("*.md")))), library / "pages")
        with patch.object(load_articles, "LIBRARY", library), patch.object(load_articles, "PAGES", library / "pages"):
            call_command("load_articles", verbosity=0, stdout=sys.stderr)
    edited = Article.objects.get(slug=ARTICLES[1])
    edited.title = "Heel spurs, as an editor called them"
    edited.save_revision()
    take_requests()
    requests = [_request(name) for name in STAGES]
    call_command("worker", "--once", stdout=sys.stderr)
    return {"articles": {slug: Article.objects.get(slug=slug).title for slug in ARTICLES}, "requests": requests} | {
        "audit_mark": audit.verify().mark
    }


def _request(name: str) -> dict[str, Any]:
    from django.utils import timezone

    from appointments import actions
    from appointments.actions import Actor
    from appointments.models import CloseReason, Event
    from appointments.vocabulary import Channel
    from common.crypto import digest
    from common.models import User

    number = [*STAGES].index(name)
    given: dict[str, Any] = answers(number)
    given["about_you"] |= {"patient_name": name, "phone": f"+1732555{number:04}", "email": f"p{number}@example.com"}
    sent: dict[str, Any] = {"draft_digest": digest("draft", f"browser {number}")}
    patient, desk = Actor(address="192.0.2.1"), Actor(User.objects.get(username="keeper"))
    visit = (timezone.now() + timedelta(days=20, hours=number)).replace(minute=0, second=0, microsecond=0)
    if name == "Mia Message":
        told = {key: given["about_you"][key] for key in ("patient_name", "phone", "email")}
        words = {"office": "toms-river", "topic": "A bill", "details": given["visit"]["details"]}
        message = {**told, **words, "contact": given["contact"]}
        inquiry = actions.send_message(**sent, answers=message, language="en", actor=patient)
    elif name == "Vera Voicemail":
        given |= {"safety": None, "second_look": {"so": None}, "referred_by": ""}
        inquiry = actions.write_down(**sent, answers={**given, "consent": True}, channel=Channel.VOICEMAIL, actor=desk)
    else:
        held = "fast" if name in ("Hedda Held", "Sid Spam") else ""
        inquiry = actions.submit(**sent, answers=given, language="en", actor=patient, held_because=held)
    on: dict[str, Any] = {"inquiry": inquiry, "actor": desk}
    match name:
        case "Connie Contacted":
            actions.log_call(**on, outcome=Event.Kind.SPOKE, note="Calls back on Monday")
        case "Petra Proposed":
            actions.propose(**on, times=[visit, visit + timedelta(days=1)], although_taken=True)
        case "Boris Booked":
            actions.book(**on, at=visit, although_taken=True)
        case "Milo Moving":
            actions.book(**on, at=visit, although_taken=True)
            actions.ask_to_move(inquiry=inquiry, actor=patient, wishes={"days": ["2"]}, note="Not on that day")
        case "Clara Closed":
            actions.close(**on, reason=CloseReason.DECLINED, note="Moved away")
        case "Sid Spam":
            actions.close_as_spam(**on)
    inquiry.refresh_from_db()
    assert inquiry.status == STAGES[name], (name, inquiry.status)
    return {"reference": inquiry.reference, "status": inquiry.status, "name": name, "details": inquiry.details}


# --- The journeys ---


def walk(facts: dict[str, Any]) -> dict[str, Any]:
    """Each journey: what is not as it should be."""
    return {
        "articles": _articles(facts),
        "desk": [problem for request in facts["requests"] for problem in _at_the_desk(request)],
        "search": [request["name"] for request in facts["requests"] if not _is_found(request)],
        "audit": _audit(facts),
        "own page": _own_page(facts),
        "ready": _ready(),
        "sent": _new_request(),
    }


def _visitor(*, staff: bool = False) -> Any:
    from common.models import User
    from tests.conftest import Browser

    visitor = Browser(headers={"host": "localhost"})
    if staff:
        visitor.force_login(User.objects.get(username="keeper"))
    return visitor


def _articles(facts: dict[str, Any]) -> list[str]:
    from tests.appointments.at_desk import words

    visitor, wrong = _visitor(), []
    for slug, title in facts["articles"].items():
        answer = visitor.get(f"/conditions/{slug}/")
        if answer.status_code != 200 or title not in words(answer):
            wrong.append(f"{slug} {answer.status_code}")
    return wrong


def _at_the_desk(request: dict[str, Any]) -> list[str]:
    from appointments.models import AppointmentRequest
    from tests.appointments.at_desk import words

    inquiry = AppointmentRequest.objects.get(reference=request["reference"])
    page = words(_visitor(staff=True).get(f"{LIST}{inquiry.pk}/change/"))
    wrong = [what for what in ("reference", "name", "details") if request[what] not in page]
    if inquiry.status != request["status"]:
        wrong.append(f"is {inquiry.status}")
    return [f"{request['name']}: {what}" for what in wrong]


def _is_found(request: dict[str, Any]) -> bool:
    answer = _visitor(staff=True).post(f"{LIST}search/", {"words": request["name"]}, follow=True)
    return request["reference"] in answer.content.decode()


def _audit(facts: dict[str, Any]) -> str:
    from common import audit

    try:
        audit.verify(expected=facts["audit_mark"])
    except audit.Broken as problem:
        return str(problem)
    return ""


def _own_page(facts: dict[str, Any]) -> str:
    """The address that was mailed to the patient leads to the page that asks for the second fact."""
    from appointments import private_link
    from appointments.models import AppointmentRequest

    booked = next(request for request in facts["requests"] if request["status"] == "booked")
    address = private_link.path(AppointmentRequest.objects.get(reference=booked["reference"]))
    answer = _visitor().get(address, follow=True)
    return "" if answer.status_code == 200 and "date of birth" in answer.content.decode().lower() else "not opened"


def _ready() -> str:
    return str(_visitor().get("/readyz").content.decode())


def _new_request() -> dict[str, Any]:
    from appointments.models import AppointmentRequest
    from tests.conftest import post_steps

    visitor = _visitor()
    post_steps(visitor)
    sent = visitor.post("/appointments/check/")
    reference = sent["Location"].rstrip("/").rpartition("/")[2]
    inquiry = AppointmentRequest.objects.get(reference=reference)
    return {"status": inquiry.status, "name": inquiry.patient_name, "page": visitor.get(sent["Location"]).status_code}


def main() -> None:
    """Answers in one line of JSON."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "clinic.settings"
    import django
    from django.conf import settings

    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.FASTEST_SECONDS = 0  # the walker fills in faster than people
    django.setup()
    print(json.dumps(fill() if sys.argv[1:] == ["fill"] else walk(json.load(sys.stdin))))


if __name__ == "__main__":
    main()
