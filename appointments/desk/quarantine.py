"""The quarantine is settled in its list: spam or not, one by one or all that are ticked, and back for a minute."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments import actions
from appointments.actions import Actor, WrongMove
from appointments.desk.access import may_change, user_of, visible
from appointments.desk.way_back import WayBack
from appointments.models import AppointmentRequest, RequestQuerySet
from common.client import client_address
from common.text import whole_number

MOST = 50  # a page of the list
DONE = "done"  # in the address: what was settled just now
STEPS: dict[str, Callable[..., None]] = {
    "spam": actions.close_as_spam,
    "release": actions.release,
    "undo": actions.undo,
}


def settle(request: HttpRequest) -> HttpResponse:
    """Take the step `do` with each `pk`. What somebody else has settled meanwhile, or is of another office, stays."""
    if not may_change(request):
        raise Http404
    way_back = WayBack("tab=quarantine")
    step = request.POST.get("do", "")
    if request.method != "POST" or step not in STEPS:
        return redirect(way_back.address)
    way_back = WayBack(request.POST.get("list", "") or way_back.kept)
    wanted = _chosen(visible(request), request.POST.getlist("pk"))
    actor = Actor(user_of(request), client_address(request))
    done = []
    for inquiry in wanted:
        try:
            STEPS[step](inquiry=inquiry, actor=actor)
            done.append(inquiry.pk)
        except WrongMove as problem:
            messages.error(request, f"{inquiry.reference}: {problem}")
    if not wanted:
        messages.error(request, _("Tick the requests first."))
    if done:
        messages.success(request, _told(step, len(done)))
    kept = f"&{DONE}={'-'.join(map(str, done))}" if done and step != "undo" else ""
    return redirect(f"{way_back.address}{kept}")


def may_be_taken_back(request: HttpRequest) -> list[AppointmentRequest]:
    """Those that were settled just now, as the address says, by this person, who may still undo it."""
    if DONE not in request.GET:
        return []
    settled = _chosen(visible(request), request.GET[DONE].split("-"))
    user = user_of(request)
    return [inquiry for inquiry in settled if actions.can_undo(inquiry, user, inquiry.events.order_by("pk").last())]


def _chosen(mine: RequestQuerySet, typed: list[str]) -> list[AppointmentRequest]:
    numbers = [number for each in typed[:MOST] if (number := whole_number(each)) is not None]
    return list(mine.filter(pk__in=numbers).select_related("office").order_by("pk"))


def _told(step: str, count: int) -> str:
    words = {
        "spam": ngettext("%(count)d request closed as spam.", "%(count)d requests closed as spam.", count),
        "release": ngettext("%(count)d request is out of quarantine.", "%(count)d requests are out.", count),
        "undo": ngettext("Taken back.", "%(count)d taken back.", count),
    }
    return words[step] % {"count": count}
