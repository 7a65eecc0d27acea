"""A new request that the desk writes down: the page, and what to say once it is saved."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from appointments import actions
from appointments.actions import Actor
from appointments.desk.access import may_change, user_of, visible
from appointments.desk.forms.new_request import NewRequestForm
from appointments.desk.presenters import say_now
from appointments.desk.shown import write_down_shown
from appointments.models import AppointmentRequest, Event, Office
from appointments.offices import facts_of
from appointments.vocabulary import Channel, Level
from appointments.warning_signs import current
from appointments.warning_signs.table import Judgment
from common import audit
from common.client import client_address
from common.form_layout import problems
from common.times import moment_by

NAME = "admin:appointments_appointmentrequest"


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The form; what it saves. The button "look" shows who the person is and complains of nothing; the page's script
    presses it while somebody types. Raises PermissionDenied.
    """
    if not may_change(request):
        raise PermissionDenied
    own = list(Office.objects.worked_by(request.user).values_list("slug", flat=True))
    form = NewRequestForm(request.POST if request.method == "POST" else None, mine=visible(request), own=own)
    if request.method == "POST" and "look" in request.POST:
        form.look_only()
    elif form.is_bound and form.is_valid():
        try:
            inquiry = actions.write_down(
                draft_digest=form.draft_digest,
                answers=form.answers(),
                channel=form.door,
                actor=Actor(user_of(request), client_address(request)),
                note=form.why_this_office,
            )
        except actions.NobodyTakes:
            form.add_error(None, _("No office takes requests at this moment, so nothing was saved."))
        else:
            return _go_on(request, form, inquiry)
    return _show(request, form, own)


def _go_on(request: HttpRequest, form: NewRequestForm, inquiry: AppointmentRequest) -> HttpResponse:
    """Straight to "book", unless there is something to say first, or it is another office's by now."""
    can_wait = not form.told.level.is_urgent
    if "book" in request.POST and can_wait and visible(request).filter(pk=inquiry.pk).exists():
        messages.success(request, _("Saved. The reference is %(reference)s.") % {"reference": inquiry.reference})
        return redirect(f"{inquiry.get_absolute_url()}?open=book#book")
    return redirect(f"{NAME}_saved", inquiry.pk)


def _show(request: HttpRequest, form: NewRequestForm, own: list[str]) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": _("New request"),
        "form": form,
        "no_office": not own,
        "problems": problems(form),
        "shown": write_down_shown(request, [match.inquiry for match in form.matches], action="search"),
        "say_now": say_now(form.told) if form.is_bound else None,
    }
    return TemplateResponse(request, "admin/appointments/new_request.html", context)


@require_safe
def saved(request: HttpRequest, pk: int) -> HttpResponse:
    """What to say back: reference and promise, and first of all what can't wait. For who has just written it down,
    also where another office has it now. Nothing of the patient stands here.
    """
    since = timezone.now() - timedelta(minutes=settings.SENT_PAGE_MINUTES)
    theirs = Event.objects.filter(kind=Event.Kind.RECEIVED, by=request.user.pk, at__gt=since)
    inquiry = AppointmentRequest.objects.filter(pk=pk, events__in=theirs).select_related("office").first()
    if inquiry is None:
        raise Http404
    audit.record_by(request, action="view", record=inquiry.reference, office=inquiry.office.slug)
    office, by = facts_of(inquiry.office), moment_by(inquiry.promised_by)
    told = {"office": office.name, "by": by, "reference": inquiry.reference, "phone": office.phone_in_words}
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Saved: %(reference)s") % {"reference": inquiry.reference},
        "inquiry": inquiry,
        "mine": visible(request).filter(pk=pk).exists(),
        "is_talk": Channel(inquiry.channel).is_talk,
        "say_now": say_now(_told_in(inquiry)),
        "script": [
            _("Thank you. Your reference is %(reference)s.") % told,
            _("The %(office)s office will call you %(by)s.") % told,
            _("If it gets worse, or you need to change something, call %(phone)s.") % told,
        ],
        "next": _("Call %(by)s. The reference is %(reference)s.") % (told | {"by": moment_by(inquiry.call_by)}),
        "elsewhere": _(
            "It is with the %(office)s office now, which gets a notice by email. You do not see it any more."
        )
        % told,
    }
    return TemplateResponse(request, "admin/appointments/new_request_saved.html", context)


def _told_in(inquiry: AppointmentRequest) -> Judgment:
    """What the patient told us of, as it was saved."""
    safety = inquiry.safety
    told = [row["slug"] for row in (*safety.get("flags", []), *safety.get("conditions", []))]
    judgment = current.of_version(safety.get("version") or 0).judge(told)
    return replace(judgment, level=Level(safety.get("level") or Level.ROUTINE))
