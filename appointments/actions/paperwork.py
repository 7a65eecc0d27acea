"""What the desk does for the chart, the bill and the law: entered, insured, estimated, kept, copied."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.actions.moves import Actor, WrongMove, check_it_is_for_a_visit, count_estimate, finish, lock
from appointments.models import AppointmentRequest, Event
from appointments.offices import plans_of
from appointments.offices.plans import named
from appointments.vocabulary import InsuranceKind
from common.times import local


@transaction.atomic
def enter_in_chart(*, inquiry: AppointmentRequest, actor: Actor, number: str = "") -> None:
    """The visit was entered in the practice's chart, under that number if it has one; or the number is another one.
    Raises WrongMove.
    """
    inquiry = lock(inquiry, actor)
    check_it_is_for_a_visit(inquiry)
    if inquiry.booked_for is None:
        raise WrongMove(_("No visit is booked, so there is nothing to enter in the chart."))
    inquiry.charted_at = inquiry.charted_at or timezone.now()
    inquiry.chart_number = number
    finish(inquiry, actor, Event.Kind.CHARTED, facts={"number": number})


@transaction.atomic
def write_down_insurance(*, inquiry: AppointmentRequest, actor: Actor, kind: InsuranceKind, name: str) -> None:
    """Who pays: a plan by its name, or nobody but the patient. It settles whether an estimate is owed.

    Raises WrongMove.
    """
    inquiry = lock(inquiry, actor)
    check_it_is_for_a_visit(inquiry)
    before = {"kind": inquiry.insurance_kind, "name": inquiry.insurance}
    inquiry.insurance_kind, inquiry.insurance = kind, name
    if not (before["kind"] and InsuranceKind(before["kind"]).needs_estimate and kind.needs_estimate):
        count_estimate(inquiry, booked_on=_booked_on(inquiry))
    if before["name"] != name:
        inquiry.network_told_at = None  # of another plan something else is true
    finish(inquiry, actor, Event.Kind.INSURANCE, facts={"before": before, "after": {"kind": kind, "name": name}})


def _booked_on(inquiry: AppointmentRequest) -> date:
    """When the visit as it stands was agreed on; today if nothing tells it any more."""
    for event in inquiry.events.filter(kind__in=Event.BOOKINGS).order_by("-pk"):
        at = event.facts.get("booked_for")
        if at and datetime.fromisoformat(at) == inquiry.booked_for:
            return local(event.at).date()
    return timezone.localdate()


@transaction.atomic
def give_estimate(*, inquiry: AppointmentRequest, actor: Actor) -> None:
    """The patient has the good-faith estimate: owed, or asked for. Raises WrongMove."""
    inquiry = lock(inquiry, actor)
    check_it_is_for_a_visit(inquiry)
    if inquiry.estimate_given_at:
        raise WrongMove(_("The estimate was written down as given already."))
    inquiry.estimate_given_at = timezone.now()
    finish(inquiry, actor, Event.Kind.ESTIMATE)


@transaction.atomic
def tell_network(*, inquiry: AppointmentRequest, actor: Actor) -> None:
    """The patient was told whether this office is in the network of their plan (N.J.S.A. 26:2SS-5). Kept with what was
    true then. Raises WrongMove.
    """
    inquiry = lock(inquiry, actor)
    check_it_is_for_a_visit(inquiry)
    if inquiry.network_told_at:
        raise WrongMove(_("It was written down as told already."))
    plan = named(str(inquiry.insurance), plans_of(inquiry.office_id))
    inquiry.network_told_at = timezone.now()
    facts = {
        "office": inquiry.office.name,
        "plan": str(inquiry.insurance),
        "listed": plan is not None,
        "checked_on": plan.checked_on.isoformat() if plan and plan.checked_on else "",
    }
    finish(inquiry, actor, Event.Kind.NETWORK, facts=facts)


@transaction.atomic
def put_on_hold(*, inquiry: AppointmentRequest, actor: Actor, reason: str) -> None:
    """Never deleted until the hold is lifted, whatever the settings say. Raises WrongMove."""
    inquiry = lock(inquiry, actor)
    if inquiry.on_legal_hold:
        raise WrongMove(_("This request is on legal hold already."))
    inquiry.on_legal_hold = True
    finish(inquiry, actor, Event.Kind.LEGAL_HOLD, note=reason)


@transaction.atomic
def lift_hold(*, inquiry: AppointmentRequest, actor: Actor, reason: str) -> None:
    """Deleted again when its time is over. Raises WrongMove."""
    inquiry = lock(inquiry, actor)
    if not inquiry.on_legal_hold:
        raise WrongMove(_("This request is not on legal hold."))
    inquiry.on_legal_hold = False
    finish(inquiry, actor, Event.Kind.HOLD_LIFTED, note=reason)


@transaction.atomic
def copy_for_patient(*, inquiry: AppointmentRequest, actor: Actor) -> None:
    """What is held of the request is printed for who asked for it; nothing in it changes."""
    finish(lock(inquiry, actor), actor, Event.Kind.COPIED, undoable=False)
