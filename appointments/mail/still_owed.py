"""Whether what a mail tells of is still so: one that a change has overtaken is not sent. Each kind says what it stands
on, looked at in the moment before it would leave.
"""

from collections.abc import Callable
from datetime import datetime

from django.utils import timezone

from appointments import private_link
from appointments.mail.compose import digest_counts
from appointments.mail.lateness import (
    TO_BE_CALLED,
    manager_should_know,
    manager_should_know_of_visit,
    office_should_know,
    visit_should_be_settled,
)
from appointments.mail.reminder_moments import KINDS, moments
from appointments.models import STILL_BOOKED, AppointmentRequest, CloseReason, Mail, Status
from appointments.offices import facts_of
from common.times import local

Stands = Callable[[Mail, AppointmentRequest, datetime], bool]
Late = Callable[[AppointmentRequest, datetime], bool]


def is_owed(mail: Mail) -> bool:
    """Whether it is to be sent as things stand now."""
    now = timezone.now()
    if mail.is_rehearsal:
        return _is_of_today(mail, now)
    if mail.request is None:
        return _day_is_on_and_has_something_to_say(mail, now)
    return STANDS[Mail.Kind(mail.kind)](mail, mail.request, now)


def _day_is_on_and_has_something_to_say(mail: Mail, now: datetime) -> bool:
    return _is_of_today(mail, now) and any(digest_counts(facts_of(mail.office)).values())


def _is_of_today(mail: Mail, now: datetime) -> bool:
    return mail.deadline is not None and local(mail.deadline).date() == local(now).date()


def _goes_on(_mail: Mail, inquiry: AppointmentRequest, _now: datetime) -> bool:
    return inquiry.status != Status.CLOSED


def _times_are_on_offer(_mail: Mail, inquiry: AppointmentRequest, now: datetime) -> bool:
    return inquiry.status == Status.PROPOSED and inquiry.choose_by is not None and inquiry.choose_by > now


def _visit_is_to_come(_mail: Mail, inquiry: AppointmentRequest, now: datetime) -> bool:
    return inquiry.visit_stands and inquiry.booked_for is not None and inquiry.booked_for > now


def _is_canceled(_mail: Mail, inquiry: AppointmentRequest, _now: datetime) -> bool:
    return inquiry.close_reason == CloseReason.CANCELLED


def _page_is_open(_mail: Mail, inquiry: AppointmentRequest, now: datetime) -> bool:
    return now < private_link.open_until(inquiry)


def _is_news_to_the_patient(mail: Mail, inquiry: AppointmentRequest, now: datetime) -> bool:
    return _page_is_open(mail, inquiry, now) and not _is_canceled(mail, inquiry, now)


def _is_to_be_reminded_so(mail: Mail, inquiry: AppointmentRequest, now: datetime) -> bool:
    """The visit is booked as it was, and the patient wants just this reminder."""
    visit = inquiry.booked_for
    stands = inquiry.status == Status.BOOKED and visit is not None and visit > now and mail.deadline in moments(visit)
    return stands and KINDS.get(inquiry.reminders) == mail.kind


def _is_new_to_that_office(mail: Mail, inquiry: AppointmentRequest, _now: datetime) -> bool:
    return inquiry.status != Status.CLOSED and inquiry.office_id == mail.office_id


def _is_news_to_that_office(mail: Mail, inquiry: AppointmentRequest, _now: datetime) -> bool:
    """Nobody of the desk has done anything since, which they do after they have read what is new."""
    done_since = inquiry.events.filter(by__isnull=False, at__gt=mail.created_at)
    return inquiry.office_id == mail.office_id and not done_since.exists()


def _is_asked(_mail: Mail, inquiry: AppointmentRequest, _now: datetime) -> bool:
    return inquiry.needs_manager


def _is_late(call: Late, visit: Late) -> Stands:
    """The call, or the settling of the visit, that it was about is still to be done, and late."""

    def stands(mail: Mail, inquiry: AppointmentRequest, now: datetime) -> bool:
        if inquiry.office_id != mail.office_id:
            return False
        if inquiry.status in STILL_BOOKED and mail.deadline == inquiry.booked_for:
            return visit(inquiry, now)
        return inquiry.status in TO_BE_CALLED and mail.deadline == inquiry.call_by and call(inquiry, now)

    return stands


STANDS: dict[Mail.Kind, Stands] = {
    Mail.Kind.RECEIPT: _goes_on,
    Mail.Kind.OFFER: _times_are_on_offer,
    Mail.Kind.BOOKED: _visit_is_to_come,
    Mail.Kind.CANCELLED: _is_canceled,
    Mail.Kind.LINK: _page_is_open,
    Mail.Kind.PATIENT_NEWS: _is_news_to_the_patient,
    Mail.Kind.REPLY: _page_is_open,
    Mail.Kind.VISIT_SOON: _is_to_be_reminded_so,
    Mail.Kind.VISIT_SOON_AT: _is_to_be_reminded_so,
    Mail.Kind.OFFICE_NOTICE: _is_new_to_that_office,
    Mail.Kind.OFFICE_NEWS: _is_news_to_that_office,
    Mail.Kind.LATE_OFFICE: _is_late(office_should_know, visit_should_be_settled),
    Mail.Kind.LATE_MANAGER: _is_late(manager_should_know, manager_should_know_of_visit),
    Mail.Kind.MANAGER_ASKED: _is_asked,
}
