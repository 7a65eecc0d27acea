"""A made-up request for an office, sent through the site's own pages, looked for where it has to be, and undone.

All of it happens in one transaction that is always rolled back: no other process ever sees the request, so no list,
figure, export, search, mail or reminder can hold it. What it would have sent is composed and thrown away.
"""

import re
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import TextChoices
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.complaints import NOT_SURE
from appointments.desk.lists import in_tab, page_of
from appointments.desk.tabs import Tab
from appointments.mail.compose import compose
from appointments.mail.still_owed import is_owed
from appointments.models import AppointmentRequest, Mail, Status, workers
from appointments.offices import OfficeFacts, decide_office, only_office, practice
from appointments.offices.routing import Rule
from appointments.vocabulary import ANY_DAY, BeenBefore, BestWay, Language, TimeOfDay, VisitFor, Voicemail
from appointments.warning_signs import current
from common.crypto import BOUND
from common.spam_traps import new_stamp

if TYPE_CHECKING:
    from django.test import Client

FORM = "/appointments/new/"
NAME = "Morning Rehearsal"
PHONE = "(201) 555-0123"
WEB_SECONDS = 15


class Step(TextChoices):
    """What can fail, in the order it is tried, as managers read it."""

    WEB = "web", _("the site’s own address does not show the form")
    FORM = "form", _("the form does not go through")
    ROUTING = "routing", _("the office’s own ZIP code does not lead to it")
    SAVING = "saving", _("a request is not saved, or not encrypted")
    NOTICE = "notice", _("no notice is made for the office")
    DESK = "desk", _("the desk’s list does not show it")
    MAIL = "mail", _("no mail leaves")
    MISSING = "missing", _("the rehearsal was not made, or not finished")


class Failed(Exception):
    """It stopped at this step; the cause is what was raised, if anything."""

    def __init__(self, step: Step) -> None:
        super().__init__(step.value)
        self.step = step


def look_at_address() -> None:
    """The form as anybody gets it: name server, certificate, proxy and web server. Raises Failed."""
    with _at(Step.WEB):
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=ssl.create_default_context()), _Stay
        )
        with opener.open(settings.REHEARSAL_URL + FORM, timeout=WEB_SECONDS) as answer:  # the operator's own setting
            _must(b'name="flags"' in answer.read(), Step.WEB)


def walk(office: OfficeFacts) -> None:
    """Raises Failed. Leaves nothing behind, whatever happens. While it goes on, half a second or so, SQLite takes no
    other writer: what a process does only once, which takes seconds, is done before.
    """
    with _at(Step.FORM):
        browser = _browser()
        _must(browser.get(FORM, secure=True).status_code == 200, Step.FORM)
        current.current().found_in("")
    with transaction.atomic():
        try:
            with _at(Step.FORM):
                _fill_in(browser, office)
            with _at(Step.SAVING):
                inquiry = _send(browser, office)
                _check_row(inquiry)
            with _at(Step.NOTICE):
                _check_notice(inquiry, office)
            with _at(Step.DESK):
                _check_desk(inquiry, office)
        finally:
            transaction.set_rollback(True)


def _browser() -> "Client":
    from django.test import Client  # only the worker needs it, once a day

    browser = Client(raise_request_exception=False, SERVER_NAME=settings.ALLOWED_HOSTS[0])
    if settings.TRUSTED_PROXY_HOPS:
        browser.defaults["HTTP_X_FORWARDED_PROTO"] = "https"
    return browser


def _fill_in(browser: "Client", office: OfficeFacts) -> None:
    """The four steps, as a browser would."""
    _post(browser, FORM, {"flags": ["none"], "conditions": ["none"]})
    about = {"visit_for": VisitFor.SELF, "patient_name": NAME, "been_before": BeenBefore.NO, "phone": PHONE}
    born = {"birth_date_0": "1", "birth_date_1": "2", "birth_date_2": "1970"}
    _post(browser, f"{FORM}about-you/", {**about, **born, "zip_code": office.zip_code})
    visit = browser.get(f"{FORM}visit/", secure=True)
    with _at(Step.ROUTING):
        _check_routing(visit.content.decode(), office)
    wishes = {"office": office.slug, "days": [ANY_DAY], "time_of_day": TimeOfDay.ANY}
    _post(browser, f"{FORM}visit/", {**wishes, "reason": NOT_SURE.slug})
    contact = {"best_way": BestWay.CALL, "voicemail": Voicemail.NO, "language": Language.ENGLISH, "consent": "on"}
    _post(browser, f"{FORM}contact/", contact)


def _post(browser: "Client", page: str, answers: dict[str, Any]) -> None:
    _must(browser.get(page, secure=True).status_code == 200, Step.FORM)
    _must(browser.post(page, answers, secure=True).status_code == 302, Step.FORM)


def _check_routing(page: str, office: OfficeFacts) -> None:
    """The office is offered, the ZIP code is known, and is near; first stands whom routing suggests. Where the practice
    has one, there is nothing to suggest.
    """
    if only_office():
        return
    offered = re.findall(r'name="office"[^>]*? value="([^"]+)"', page)
    _must(office.slug in offered, Step.ROUTING)
    decision = decide_office(office.zip_code)
    _must(decision.miles.get(office.slug, inf) <= practice().far_miles, Step.ROUTING)
    if decision.rule == Rule.NEAREST:
        _must(offered[0] == decision.office, Step.ROUTING)


def _send(browser: "Client", office: OfficeFacts) -> AppointmentRequest:
    """The request, as the confirmation names it."""
    check = reverse("appointments:check")
    _must(browser.get(check, secure=True).status_code == 200, Step.FORM)
    shown_at = time.time() - 60  # else it would be too quick for a person
    answer = browser.post(check, {"stamp": new_stamp(shown_at)}, secure=True)
    _must(answer.status_code == 302, Step.SAVING)
    _must(browser.get(answer.headers["Location"], secure=True).status_code == 200, Step.SAVING)
    inquiry = AppointmentRequest.objects.get(reference=answer.headers["Location"].rstrip("/").rpartition("/")[2])
    _must(inquiry.status == Status.NEW and inquiry.office_id == office.pk, Step.SAVING)
    return inquiry


def _check_row(inquiry: AppointmentRequest) -> None:
    """What stands in the table is encrypted, and can be read with the key."""
    table = connection.ops.quote_name(AppointmentRequest._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT patient_name, phone, birth_date FROM {table} WHERE id = %s", [inquiry.pk])  # noqa: S608
        stored = cursor.fetchone()
    _must(all(value.startswith(BOUND) for value in stored), Step.SAVING)
    _must(inquiry.patient_name == NAME, Step.SAVING)


def _check_notice(inquiry: AppointmentRequest, office: OfficeFacts) -> None:
    mail = Mail.objects.get(request=inquiry)
    _must(mail.kind == Mail.Kind.OFFICE_NOTICE and is_owed(mail), Step.NOTICE)
    message = compose(mail)
    _must(message.to == [office.notice_email] and inquiry.reference in str(message.body), Step.NOTICE)


def _check_desk(inquiry: AppointmentRequest, office: OfficeFacts) -> None:
    """Somebody of the office has it in the list of whom to call, and can read it there."""
    somebody = workers().filter(offices=office.pk).first()
    _must(somebody is not None, Step.DESK)
    assert somebody  # noqa: S101  # says so to the type checker
    mine = AppointmentRequest.objects.visible_to(somebody).filter(pk=inquiry.pk)
    shown = page_of(in_tab(mine, Tab.CALL), "1", somebody, timezone.now()).inquiries
    _must([row.patient_name for row in shown] == [NAME], Step.DESK)


def _must(holds: bool, step: Step) -> None:
    if not holds:
        raise Failed(step)


@contextmanager
def _at(step: Step) -> Iterator[None]:
    """Whatever is raised, it failed at this step."""
    try:
        yield
    except Failed:
        raise
    except Exception as problem:
        raise Failed(step) from problem


class _Stay(urllib.request.HTTPRedirectHandler):
    """The form is at its address, or it is not."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """An answer that sends us on is an error."""
