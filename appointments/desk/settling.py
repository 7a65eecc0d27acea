"""The evening list: what became of the visits whose time has passed, in one form."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments import actions
from appointments.actions import Actor, WrongMove
from appointments.desk.access import check_may_look, may_change, user_of, visible
from appointments.desk.presenters import present
from appointments.models import AppointmentRequest, Event
from common import audit
from common.client import client_address
from common.text import whole_number
from common.times import local

HERE = "admin:appointments_appointmentrequest_settle"
MOST = 200  # in one form
SETTLED = {"came": actions.came, "missed": actions.did_not_come}


def settle(request: HttpRequest) -> HttpResponse:
    """Today's visits first, then older ones, newest first. By POST each row that something was chosen for is settled by
    itself; one that has changed meanwhile is left as it is, and named.
    """
    check_may_look(request)
    if request.method == "POST":
        if not may_change(request):
            raise Http404
        return _settle(request)
    now = timezone.now()
    last = Event.objects.filter(request=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    listed = list(
        visible(request)
        .visits_to_settle(now)
        .select_related("office", "assigned_to")
        .annotate(seen=Subquery(last))
        .order_by("-booked_for", "pk")[: MOST + 1]
    )
    shown = listed[:MOST]
    today = [
        inquiry for inquiry in shown if inquiry.booked_for and local(inquiry.booked_for).date() == local(now).date()
    ]
    earlier = [inquiry for inquiry in shown if inquiry not in today]
    for record in audit.in_records(sorted(inquiry.reference for inquiry in shown)) or [""]:
        audit.record_by(request, action="list", record=record)
    groups = ((_("Today"), today[::-1]), (_("Earlier"), earlier))
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Settle visits"),
        "opts": AppointmentRequest._meta,
        "groups": [
            (title, [(present(inquiry, [], now), inquiry.seen) for inquiry in inquiries])  # type: ignore[attr-defined]
            for title, inquiries in groups
            if inquiries
        ],
        "more": len(listed) > MOST,
        "may_change": may_change(request),
    }
    return TemplateResponse(request, "admin/appointments/settle.html", context)


def _settle(request: HttpRequest) -> HttpResponse:
    settled = 0
    for inquiry in (
        visible(request).select_related("office").filter(pk__in=_posted(request)).order_by("booked_for", "pk")
    ):
        if action := SETTLED.get(_choice(request, inquiry.pk)):
            seen = whole_number(request.POST.get(f"seen-{inquiry.pk}", ""))
            try:
                action(inquiry=inquiry, actor=Actor(user_of(request), client_address(request), seen))
                settled += 1
            except WrongMove as problem:
                messages.error(request, f"{inquiry.reference}: {problem}")
    words = ngettext("%(count)d visit settled.", "%(count)d visits settled.", settled) % {"count": settled}
    messages.success(request, words) if settled else messages.warning(request, words)
    return redirect(HERE)


def _posted(request: HttpRequest) -> list[int]:
    """The numbers of the rows that were on the page."""
    names = (name.removeprefix("seen-") for name in request.POST if name.startswith("seen-"))
    return [pk for name in list(names)[:MOST] if (pk := whole_number(name))]


def _choice(request: HttpRequest, pk: int) -> str:
    """What was chosen for a row; "all came" is for those where nothing was."""
    return request.POST.get(f"visit-{pk}") or ("came" if request.POST.get("all-came") else "")
