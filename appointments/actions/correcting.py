"""What was told wrong, or has changed, is put right: facts, how urgent it is, the way to the private page."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments import private_link, search_keys
from appointments.actions.call_clock import count_anew, deadline_of, take_call_wishes
from appointments.actions.moves import UNDO_SECONDS, Actor, WrongMove, finish, lock, mail_patient, set_fact
from appointments.answers import SHARED_COLUMNS, kept_in
from appointments.models import TO_CALL, AppointmentRequest, Event, Mail, Status
from appointments.offices import facts_of
from appointments.offices.promises import call_deadline
from common.encrypted_fields import Unreadable

Changes = dict[str, list[Any]]  # answer -> what it was, and what it is
SECOND_FACTS = ("phone", "birth_date")  # that open the private page
ON_THE_CLOCK = (Status.HELD, *TO_CALL, Status.CONTACTED)  # to be called by `call_by`


@transaction.atomic
def correct(*, inquiry: AppointmentRequest, actor: Actor, wanted: Mapping[str, Any]) -> Changes:
    """Put facts right for the patient. Where it stays with which office is not decided anew. Raises WrongMove.

    wanted: as `put_right` takes it. Returns what changed; for nothing, nothing is written.
    """
    inquiry = lock(inquiry, actor)
    changed = put_right(inquiry, wanted)
    if changed:
        if "email" in changed and inquiry.status != Status.HELD:
            mail_patient(Mail.Kind.LINK, inquiry)
        gone = "email" in changed and not inquiry.email  # and with it the mails that were owed
        finish(inquiry, actor, Event.Kind.CORRECTED, facts={"changed": changed}, undoable=not gone)
    return changed


def put_right(inquiry: AppointmentRequest, wanted: Mapping[str, Any]) -> Changes:
    """Set columns that are others than what is kept, with what follows from them. What can't be read stays, unless
    there is something in its place.

    The search and who is the same person follow name and phone. Whoever had opened the private page tells the second
    fact again when that is another one (the page's cookie holds to it). Who was sent the page at another email address
    has it no longer: mails that are still owed go to the new one, or to nobody.
    """
    changed: Changes = {}
    for name, value in wanted.items():
        old = getattr(inquiry, name)
        differences = _differences(name, old, value)
        if differences:
            changed |= differences
            set_fact(inquiry, name, value)
            if name == "email":
                _give_new_link(inquiry, had_one=old != "")
    if changed.keys() & {"phone", "patient_name"} and inquiry.phone and inquiry.patient_name:
        set_fact(inquiry, "person_key", search_keys.person_key(inquiry.phone, inquiry.patient_name))
    if "insurance" in changed:
        inquiry.network_told_at = None  # of another plan something else is true
    if not changed.keys().isdisjoint(SECOND_FACTS):
        set_fact(inquiry, "wrong_facts", 0)
    return changed


def _differences(column: str, old: Any, new: Any) -> Changes:
    if column in SHARED_COLUMNS:
        pairs = {name: [old.get(name), new.get(name)] for name in kept_in(column)}
    else:
        pairs = {column: ["" if isinstance(old, Unreadable) else old, new]}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1] and any(pair)}


def _give_new_link(inquiry: AppointmentRequest, *, had_one: bool) -> None:
    """For another email address; where there was none before, nobody else was sent the link."""
    if had_one:
        set_fact(inquiry, "link_number", inquiry.link_number + 1)
        set_fact(inquiry, "link_digest", private_link.digest_of(private_link.token(inquiry)))
        inquiry.earlier_links.all().delete()
    owed = inquiry.mails.filter(kind__in=Mail.TO_PATIENT, sent_at=None)
    if inquiry.email:  # as new ones, once this can't be undone any more
        owed.update(due_at=timezone.now() + timedelta(seconds=UNDO_SECONDS), tries=0, problem="")
    else:
        owed.delete()


@transaction.atomic
def make_urgent(*, inquiry: AppointmentRequest, actor: Actor, reason: str) -> None:
    """Somebody of the desk has heard what can't wait. Raises WrongMove."""
    inquiry = lock(inquiry, actor)
    if inquiry.status == Status.CLOSED:
        raise WrongMove(_("This request is closed. Open it again first."))
    if inquiry.urgent:
        raise WrongMove(_("This request is urgent already."))
    raise_urgency(inquiry)
    finish(inquiry, actor, Event.Kind.URGENT, note=reason)


def raise_urgency(inquiry: AppointmentRequest) -> None:
    """Urgent from now on: its call is due by the clock of what is urgent, or as before if that is sooner."""
    inquiry.urgent = True
    take_call_wishes(inquiry)
    if inquiry.status in ON_THE_CLOCK:
        inquiry.call_from = timezone.now()
        due = call_deadline(facts_of(inquiry.office).schedule, urgent=True, start=inquiry.call_from)
        inquiry.call_by = min(inquiry.call_by, due)


@transaction.atomic
def make_not_urgent(*, inquiry: AppointmentRequest, actor: Actor, reason: str) -> None:
    """Somebody of the desk knows that it can wait. What the patient told us of stays to be seen. Raises WrongMove."""
    inquiry = lock(inquiry, actor)
    if inquiry.status == Status.CLOSED:
        raise WrongMove(_("This request is closed. Open it again first."))
    if not inquiry.urgent:
        raise WrongMove(_("This request is not urgent."))
    inquiry.urgent = False
    take_call_wishes(inquiry)
    if inquiry.status in ON_THE_CLOCK and inquiry.call_after:
        count_anew(inquiry)
    elif inquiry.status in ON_THE_CLOCK:
        inquiry.call_by = deadline_of(inquiry)
        if inquiry.first_called_at is None:
            inquiry.call_by = min(inquiry.call_by, inquiry.promised_by)
    finish(inquiry, actor, Event.Kind.NOT_URGENT, note=reason)


@transaction.atomic
def send_link(*, inquiry: AppointmentRequest, actor: Actor) -> None:
    """Mail the private page's address once more. Raises WrongMove."""
    inquiry = lock(inquiry, actor)
    _check_page_is_there(inquiry)
    if not inquiry.email:
        raise WrongMove(_("There is no email address to send it to."))
    mail_patient(Mail.Kind.LINK, inquiry)
    finish(inquiry, actor, Event.Kind.LINK_SENT)


@transaction.atomic
def show_code(*, inquiry: AppointmentRequest, actor: Actor) -> None:
    """Make a code that leads to the private page for some hours, to be read aloud; the one before ends. Raises
    WrongMove.
    """
    inquiry = lock(inquiry, actor)
    _check_page_is_there(inquiry)
    finish(inquiry, actor, Event.Kind.LINK_SHOWN, undoable=False)


def _check_page_is_there(inquiry: AppointmentRequest) -> None:
    if inquiry.status == Status.HELD:
        raise WrongMove(_("This request is in quarantine. Let it through first."))
    if timezone.now() >= private_link.open_until(inquiry):
        raise WrongMove(_("The private page has closed: its time is over."))
