"""What was sent to another office: for a minute its sender can take that back, and later still learns where it is.

The sender can't see such a request any more; nothing of it is told but its reference and whose it is now.
"""

from collections.abc import Iterable
from contextlib import suppress

from django.contrib import messages
from django.core import signing
from django.db.models import Exists, OuterRef, Prefetch
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from appointments import actions
from appointments.actions import UNDO_SECONDS, Actor, WrongMove
from appointments.desk.access import may_change, user_of
from appointments.desk.search import search
from appointments.models import AppointmentRequest, Event, Office
from appointments.models.history import taken_back
from appointments.offices import directory
from common.client import client_address
from common.models import User

LIST = "admin:appointments_appointmentrequest_changelist"
SALT = "appointments.sent_away"
LOOKED_AT = 50


def list_with_undo(inquiry: AppointmentRequest, kept: str) -> str:
    """The address of a list that offers to take back the last step: it names a line of the history, signed.

    kept: the query of that list.
    """
    last = inquiry.events.order_by("pk").last()
    query = QueryDict(kept, mutable=True)
    query["sent"] = signing.dumps(last.pk if last else 0, salt=SALT)
    return f"{reverse(LIST)}?{query.urlencode()}"


def step_of(token: str, user: User) -> Event | None:
    """The step that `user` may still take back."""
    try:
        pk = signing.loads(token, salt=SALT, max_age=UNDO_SECONDS)
    except signing.BadSignature:
        return None
    step = Event.objects.select_related("request__office").filter(pk=pk, kind=Event.Kind.REROUTED).first()
    if step is None or not actions.can_undo(step.request, user, step):
        return None
    back_to = Office.objects.worked_by(user).filter(pk=step.before["work"]["office_id"])
    return step if back_to.exists() and step == step.request.events.order_by("pk").last() else None


def take_back(request: HttpRequest) -> HttpResponse:
    """By POST only. Whoever did it, within the minute, unless something has happened there since."""
    if not may_change(request):
        raise Http404
    if request.method != "POST":
        return redirect(LIST)
    user = user_of(request)
    if step := step_of(request.POST.get("sent", ""), user):
        with suppress(WrongMove):  # whatever happened there meanwhile is the other office's business
            actions.undo(inquiry=step.request, actor=Actor(user, client_address(request), step.pk))
            messages.success(request, _("Taken back."))
            return redirect(step.request)
    messages.error(request, _("The last step can’t be undone any more."))
    return redirect(LIST)


def now_elsewhere(offices: Iterable[Office], words: str) -> list[AppointmentRequest]:
    """What these words find that was sent away from one of these offices. Its patient is none of theirs any more: only
    reference and office may be shown. A query for each word, and two.
    """
    own = {office.pk for office in offices}
    if own >= {facts.pk for facts in directory()}:
        return []  # nothing is elsewhere, and nothing is looked for among all that were ever sent on
    steps = Event.objects.filter(kind__in=(Event.Kind.REROUTED, Event.Kind.UNDONE))
    moved = AppointmentRequest.objects.filter(Exists(steps.filter(request=OuterRef("pk")))).exclude(office__in=own)
    found = search(moved, words).select_related("office").only("reference", "office")
    found = found.prefetch_related(Prefetch("events", steps))[:LOOKED_AT]
    return [inquiry for inquiry in found if own & set(_sent_from(inquiry.events.all()))]


def _sent_from(steps: Iterable[Event]) -> list[int]:
    steps = list(steps)
    undone = taken_back(step for step in steps if step.facts)
    sent = [step for step in steps if step.facts and step.pk not in undone]
    return [step.facts["from_office"] for step in sent if "from_office" in step.facts]
