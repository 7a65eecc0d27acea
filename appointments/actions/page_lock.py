"""The second fact that opens the private page, and the lock after too many wrong ones."""

from django.db import transaction
from django.utils.translation import gettext as _

from appointments.actions.moves import Actor, WrongMove, finish, lock, write_audit
from appointments.models import MOST_WRONG_FACTS, AppointmentRequest, Event


@transaction.atomic
def tell_second_fact(*, inquiry: AppointmentRequest, actor: Actor, right: bool) -> bool:
    """Whether the private page opens to somebody who told a right or a wrong fact. The last wrong one closes it."""
    inquiry = lock(inquiry, actor)
    if inquiry.page_is_closed:
        return False
    inquiry.wrong_facts = 0 if right else inquiry.wrong_facts + 1
    inquiry.save(update_fields=["wrong_facts"])
    write_audit(inquiry, actor, "own page opened" if right else "own page wrong fact")
    if inquiry.wrong_facts == MOST_WRONG_FACTS:
        Event.objects.create(request=inquiry, kind=Event.Kind.LOCKED, at=inquiry.acted_at)
        write_audit(inquiry, actor, "own page closed")
    return right


def second_fact_refused(*, inquiry: AppointmentRequest, actor: Actor) -> None:
    """Somebody tried too often, or on a closed page; nothing that they told was looked at."""
    write_audit(inquiry, actor, "own page refused")


def told_code(*, inquiry: AppointmentRequest, actor: Actor) -> None:
    """Somebody has typed the code that the desk had read to the patient, and gets to the page's lock."""
    write_audit(inquiry, actor, "own page found by code")


@transaction.atomic
def open_page_again(*, inquiry: AppointmentRequest, actor: Actor) -> None:
    """The private page takes second facts again, after a word with the patient. Raises WrongMove."""
    inquiry = lock(inquiry, actor)
    if not inquiry.page_is_closed:
        raise WrongMove(_("The patient’s private page is not closed."))
    inquiry.wrong_facts = 0
    inquiry.save(update_fields=["wrong_facts"])
    finish(inquiry, actor, Event.Kind.UNLOCKED, undoable=False)
