"""What the patient does on their private page."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.actions.call_clock import new_call_wishes
from appointments.actions.closing import let_through
from appointments.actions.correcting import put_right, raise_urgency
from appointments.actions.moves import (
    Actor,
    WrongMove,
    back_to_desk,
    finish,
    lock,
    set_booked,
    set_closed,
    set_fact,
    tell_both,
)
from appointments.appointment_book import minutes_of
from appointments.call_wishes import CallWishes
from appointments.mail import outbox
from appointments.models import AppointmentRequest, CloseReason, Event, Mail, Status
from appointments.offices import facts_of
from appointments.vocabulary import Level, highest
from appointments.warning_signs import current
from appointments.warning_signs.second_look import Addition, in_addition
from appointments.warning_signs.table import Table
from common.times import moment

MOST_ADDED = 10  # times that a patient adds something to one request


@transaction.atomic
def choose_time(*, inquiry: AppointmentRequest, actor: Actor, at: datetime) -> None:
    """Pick one of the offered times. Raises WrongMove, with the reason in the patient's words."""
    inquiry = lock(inquiry, actor)
    if inquiry.status == Status.BOOKED and inquiry.booked_for == at:
        return  # a second click
    if inquiry.status != Status.PROPOSED or at.isoformat() not in inquiry.offered_times:
        raise WrongMove(_("That time is no longer available."))
    if at <= timezone.now():
        raise WrongMove(_("That time has passed. Please choose another one, or call us."))
    if inquiry.choose_by and inquiry.choose_by <= timezone.now():
        until = _("We held these times until %(moment)s. We will call you to find another one, or call us.")
        raise WrongMove(until % {"moment": moment(inquiry.choose_by)})
    is_open = facts_of(inquiry.office).schedule.is_open(at, minutes_of(inquiry))
    if not (is_open or _offered_although_closed(inquiry, at)):
        raise WrongMove(_("The office is now closed at that time. Please choose another one, or call us."))
    inquiry.status = Status.BOOKED
    set_booked(inquiry, at)
    tell_both(Mail.Kind.BOOKED, inquiry)
    finish(inquiry, actor, Event.Kind.CHOSEN, facts={"booked_for": at})


def _offered_although_closed(inquiry: AppointmentRequest, at: datetime) -> bool:
    """Whether the desk has offered it on purpose, knowing that the office is closed then."""
    offers = inquiry.events.filter(kind=Event.Kind.PROPOSED)
    return any(offer.facts and at.isoformat() in offer.facts.get("although_closed", ()) for offer in offers)


@transaction.atomic
def no_time_suits(*, inquiry: AppointmentRequest, actor: Actor) -> None:
    """None of the offered times: the desk calls again. A second click changes nothing. Raises WrongMove."""
    inquiry = lock(inquiry, actor)
    if inquiry.status != Status.PROPOSED:
        if inquiry.events.order_by("pk").last().kind == Event.Kind.NONE_SUITS:  # type: ignore[union-attr]
            return
        raise WrongMove(_("These times are no longer available."))
    back_to_desk(inquiry)
    outbox.queue(Mail.Kind.OFFICE_NEWS, inquiry, inquiry.office)
    finish(inquiry, actor, Event.Kind.NONE_SUITS)


@transaction.atomic
def change_contact(*, inquiry: AppointmentRequest, actor: Actor, wanted: Mapping[str, Any]) -> None:
    """The patient can be reached in another way, or at other times. With another email address the private page has
    another one, too, and it is mailed there. Raises WrongMove.

    wanted: as `put_right` takes it.
    """
    inquiry = lock(inquiry, actor)
    if inquiry.status == Status.CLOSED:
        raise WrongMove(_("This request is closed."))
    before = CallWishes.of(inquiry.contact)
    changed = put_right(inquiry, wanted)
    if not changed:
        return
    new_call_wishes(inquiry, before)
    if "email" in changed and inquiry.email and inquiry.status != Status.HELD:
        outbox.queue(Mail.Kind.LINK, inquiry, inquiry.office)
    outbox.queue(Mail.Kind.OFFICE_NEWS, inquiry, inquiry.office)
    finish(inquiry, actor, Event.Kind.CHANGED, facts={"changed": changed})


@transaction.atomic
def add_words(*, inquiry: AppointmentRequest, actor: Actor, text: str, so: bool | None) -> None:
    """The patient forgot to say something. It is read for warning signs beside all that they told before, and a new
    one makes it urgent: back to "needs a call", but for a visit that is booked. A second click changes nothing.
    Raises WrongMove.

    so: whether what the words speak of is so today; None if nobody was asked.
    """
    inquiry = lock(inquiry, actor)
    if inquiry.status == Status.CLOSED:
        raise WrongMove(_("This request is closed, so nobody would read it. Please call us."))
    added = [event.note for event in inquiry.events.filter(kind=Event.Kind.ADDED)]
    if text in added:
        return
    if len(added) >= MOST_ADDED:
        raise WrongMove(_("You have added a lot already. Please call us and tell us the rest."))
    seen = new_signs(inquiry, text)
    if seen.words:
        _make_urgent(inquiry, seen, so=so)
    outbox.queue(Mail.Kind.OFFICE_NEWS, inquiry, inquiry.office)
    finish(inquiry, actor, Event.Kind.ADDED, note=text, facts={"urgent": bool(seen.words)})


def new_signs(inquiry: AppointmentRequest, text: str) -> Addition:
    """What the patient's own `text` adds to all that they told before. Three queries at most."""
    safety = inquiry.safety
    table = current.of_version(safety["version"]) if safety else Table()  # what can't be read is urgent already
    added = inquiry.events.filter(kind=Event.Kind.ADDED).order_by("pk")
    before = "\n".join([inquiry.details, *(event.note for event in added)])
    ticked = {row["slug"] for row in (*safety["flags"], *safety.get("conditions", []))}
    return in_addition(table, before, text, ticked, urgent=inquiry.urgent)


def _make_urgent(inquiry: AppointmentRequest, seen: Addition, *, so: bool | None) -> None:
    """For new signs. Who says that they are so today is not held up by anything."""
    safety = inquiry.safety
    told = seen.together if so else seen.ticked
    words = [{"sign": sign, "words": words} for sign, words in seen.words]
    new = {
        "level": highest(Level(safety["level"]), told.level),
        "only_911": safety["only_911"] or told.only_911,
        "words": [*safety.get("words", []), *words],
        "so": safety.get("so") or so,
    }
    set_fact(inquiry, "safety", {**safety, **new})
    if inquiry.status in (Status.CONTACTED, Status.PROPOSED):
        back_to_desk(inquiry)
    raise_urgency(inquiry)
    if inquiry.status == Status.HELD and so:
        let_through(inquiry)


@transaction.atomic
def cancel(*, inquiry: AppointmentRequest, actor: Actor) -> None:
    """The patient does not want the visit. A second click changes nothing. Raises WrongMove."""
    inquiry = lock(inquiry, actor)
    if inquiry.close_reason == CloseReason.CANCELLED:
        return
    if inquiry.status == Status.CLOSED:
        raise WrongMove(_("This request is closed already."))
    inquiry.status = Status.CLOSED
    set_closed(inquiry, CloseReason.CANCELLED)
    tell_both(Mail.Kind.CANCELLED, inquiry)
    finish(inquiry, actor, Event.Kind.CANCELLED)
