"""What time does."""

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from appointments import appointment_book
from appointments.actions.handing_on import assign
from appointments.actions.moves import Actor, back_to_desk, finish, lock
from appointments.models import STILL_BOOKED, AppointmentRequest, Event, Status, Visit
from common.models import User


def unassign_in_vain(*, actor: Actor, person: User | None = None) -> int:
    """What is the job of somebody (of `person`) who can't see it becomes nobody's. Returns how many."""
    in_vain = AppointmentRequest.objects.assigned_in_vain()
    theirs = in_vain.filter(assigned_to=person) if person else in_vain
    unassigned = 0
    for pk in list(theirs.values_list("pk", flat=True)):
        with transaction.atomic():
            if inquiry := theirs.select_for_update(of=("self",)).filter(pk=pk).first():
                assign(inquiry=inquiry, actor=actor, to=None)
                unassigned += 1
    return unassigned


def mend_book() -> int:
    """Open requests that the appointment book does not know, as from before there was one, are written into it.
    Returns how many.
    """
    missing = AppointmentRequest.objects.filter(
        ~Exists(Visit.objects.filter(request=OuterRef("pk"), state__in=Visit.LIVE)),
        status__in=STILL_BOOKED,
    )
    mended = 0
    for pk in list(missing.values_list("pk", flat=True)):
        with transaction.atomic():
            if inquiry := missing.select_for_update(of=("self",)).filter(pk=pk).first():
                appointment_book.sync(inquiry)
                mended += 1
    return mended


def lapse_offers() -> int:
    """Offers that nobody chose from: each goes back to the desk for a call. Returns how many."""
    lapsed = 0
    for inquiry in AppointmentRequest.objects.filter(status=Status.PROPOSED, choose_by__lte=timezone.now()):
        with transaction.atomic():
            locked = lock(inquiry, Actor())
            if locked.status == Status.PROPOSED and locked.choose_by and locked.choose_by <= timezone.now():
                back_to_desk(locked)
                finish(locked, Actor(worker=True), Event.Kind.LAPSED)
                lapsed += 1
    return lapsed
