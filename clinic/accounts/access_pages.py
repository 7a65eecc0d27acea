"""The desk's page "Access": what waits for a second person, and who works another office in an emergency."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from appointments.models import EmergencyAccess, Office, RightsWaiting
from clinic.accounts import access
from clinic.accounts.access import MAY_CONFIRM, MAY_GIVE_IN_EMERGENCY, NotNow
from common.models import User


class EmergencyForm(forms.Form):
    """Whom a manager gives which office, and why; reasons of our own, because the audit keeps them for years."""

    person = forms.ModelChoiceField(
        label=gettext_lazy("Colleague"),
        queryset=User.objects.none(),
        error_messages={"required": gettext_lazy("Choose a colleague")},
    )
    office = forms.ModelChoiceField(
        label=gettext_lazy("Office whose requests they are to see"),
        queryset=Office.objects.all(),
        error_messages={"required": gettext_lazy("Choose an office")},
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        choices=[("", "---------"), *EmergencyAccess.Reason.choices],
        error_messages={"required": gettext_lazy("Choose a reason")},
    )

    def __init__(self, data: Any, by: User) -> None:
        super().__init__(data)
        works = Q(groups__permissions__codename="change_appointmentrequest")
        people = User.objects.filter(works, is_active=True).exclude(pk=by.pk).distinct().order_by("username")
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


def urls(wrap: Callable[..., Any]) -> list[URLPattern]:
    """For the admin; `wrap` lets in staff only."""
    return [
        path("access/", wrap(page), name="access"),
        path("access/emergency/", wrap(give), name="access_give"),
        path("access/<int:pk>/confirm/", wrap(confirm), name="access_confirm"),
        path("access/<int:pk>/end/", wrap(end), name="access_end"),
    ]


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """For who may confirm."""
    return _show(request, _who_may(request, MAY_CONFIRM))


def _show(request: HttpRequest, by: User, form: EmergencyForm | None = None) -> HttpResponse:
    rows = RightsWaiting.objects.select_related("user").prefetch_related("groups", "offices", "hands").order_by("since")
    gives = by.has_perm(MAY_GIVE_IN_EMERGENCY)
    context = {
        **admin.site.each_context(request),
        "title": _("Access"),
        "waiting": [(row, access.why_not_confirm(row, by)) for row in rows],
        "emergencies": EmergencyAccess.objects.select_related("user", "office"),
        "form": (form or EmergencyForm(None, by)) if gives else None,
        "gives": gives,
        "hours": access.EMERGENCY_HOURS,
    }
    return TemplateResponse(request, "admin/access.html", context)


@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """What waits for the person with this number."""
    by, person = _who_may(request, MAY_CONFIRM), get_object_or_404(User, pk=pk)
    try:
        access.confirm(person=person, by=by)
    except NotNow as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("%(name)s has the access now.") % {"name": person})
    return redirect("admin:access")


@require_POST
def give(request: HttpRequest) -> HttpResponse:
    """An office to a colleague, for some hours."""
    by = _who_may(request, MAY_GIVE_IN_EMERGENCY)
    form = EmergencyForm(request.POST, by)
    if not form.is_valid():
        return _show(request, by, form)
    try:
        given = access.give_in_emergency(**form.cleaned_data, by=by)
    except NotNow as problem:
        form.add_error("person", str(problem))
        return _show(request, by, form)
    words = _("%(name)s sees the requests of %(office)s now. All managers are told by mail.")
    messages.success(request, words % {"name": given.user, "office": given.office})
    return redirect("admin:access")


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """The emergency access with this number, before its time."""
    by = _who_may(request, MAY_GIVE_IN_EMERGENCY)
    found = get_object_or_404(EmergencyAccess.objects.select_related("user", "office"), pk=pk)
    access.end_emergency(access=found, by=by)
    messages.success(request, _("Ended."))
    return redirect("admin:access")


def _who_may(request: HttpRequest, right: str) -> User:
    """Who is signed in. Raises PermissionDenied."""
    user = request.user
    if not (isinstance(user, User) and user.has_perm(right)):
        raise PermissionDenied
    return user
