"""The dashboard: how quickly patients were called, what came in, from where, and what is overdue now.

For managers (the right `view_figures`), and of their own offices only. All but the overdue ones is read from the
nameless daily figures (`day_figures.py`); the template draws what `charts.py` has measured out.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from appointments.dashboard.pictures import SHOWN, by_article, per_day, time_to_call
from appointments.dashboard.scope import MAY_OVERRIDE, PERIODS, Scope
from appointments.dashboard.tables import OUTCOMES, by_channel, by_outcome, by_zip, cards, minutes_late, rerouted
from appointments.day_figures import Figures
from appointments.desk import spreadsheets
from appointments.desk.lists import COUNT_UP_TO, UNSHOWN, in_words
from appointments.desk.presenters import present
from appointments.mail import unread
from appointments.models import TO_CALL, AppointmentRequest, RoutingOverride
from appointments.offices import facts_of
from appointments.vocabulary import Channel
from common import audit
from common.times import duration


def urls(wrap: Callable[..., Any]) -> list[URLPattern]:
    """For the admin; `wrap` lets in staff only."""
    return [
        path("dashboard/", wrap(page), name="dashboard"),
        path("dashboard/figures.csv", wrap(as_csv), name="dashboard_csv"),
        path("dashboard/override/", wrap(always_send), name="dashboard_override"),
    ]


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The dashboard. Whoever sees the overdue table is in the audit with what it showed."""
    scope = Scope.of(request)
    figures = scope.between(scope.since, scope.today)
    visible = AppointmentRequest.objects.visible_to(request.user).filter(office__in=scope.offices)
    late = visible.filter(status__in=TO_CALL, call_by__lt=scope.now).order_by("call_by", "pk")
    overdue = list(late.select_related("office").defer(*UNSHOWN)[:SHOWN])
    if overdue:
        shown = ", ".join(inquiry.reference for inquiry in overdue)
        audit.record_by(request, action="dashboard", record=shown, office=scope.office.slug if scope.office else "")
    how_many = late.order_by().values("pk")[: COUNT_UP_TO + 1].count() if len(overdue) == SHOWN else len(overdue)
    zips = by_zip(scope, figures)
    context = {
        **admin.site.each_context(request),
        "title": _("Dashboard"),
        "now": scope.now,
        "scope": scope,
        "periods": [(days, scope.query(days=days), days == scope.days) for days in PERIODS],
        "switch": [
            (office, scope.query(office=office.slug if office else ""), office == scope.office)
            for office in (None, *scope.own)
        ],
        "here": scope.query(),
        "nothing_yet": not (figures.received or figures.held or figures.came or figures.missed or overdue),
        "unread": list(unread.troubles(map(facts_of, scope.offices)).values()),
        "cards": cards(scope, figures, visible),
        "late": in_words(how_many),
        "is_late": how_many > 0,
        "oldest": duration(minutes_late(overdue[0], scope.now)) if overdue else "",
        "overdue": [
            (
                inquiry,
                duration(minutes_late(inquiry, scope.now)),
                present(inquiry, [], scope.now).next_step(called=inquiry.first_called_at is not None),
            )
            for inquiry in overdue
        ],
        "more": how_many > len(overdue),
        "before_overdue": [time_to_call(scope), per_day(scope), by_article(figures)],
        "after_overdue": [by_outcome(figures), by_channel(figures)],
        "zips": zips[:SHOWN],
        "more_zips": max(len(zips) - SHOWN, 0),
        "rerouted": rerouted(figures),
        "may_override": request.user.has_perm(MAY_OVERRIDE),
    }
    return TemplateResponse(request, "admin/appointments/dashboard.html", context)


@require_safe
def as_csv(request: HttpRequest) -> HttpResponse:
    """The figures of each office and day, for a spreadsheet."""
    scope = Scope.of(request)
    response = HttpResponse(spreadsheets.csv_lines(_csv_rows(scope)), content_type="text/csv; charset=utf-8")
    name = f"figures-{scope.since}-to-{scope.today}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _csv_rows(scope: Scope) -> Iterator[list[Any]]:
    yield [
        *(_("Office"), _("Day"), _("Requests"), _("Visits"), _("Messages"), _("Urgent")),
        *(_("Middle minutes to first call"), _("90th percentile minutes"), _("Called in time"), _("Called late")),
        *(_("Not called"), _("Sent on from another office"), _("Held as spam"), *map(str, OUTCOMES.values())),
        *(_("Visits of the day: came"), _("Visits of the day: did not come")),
        *(str(channel.label) for channel in Channel),
    ]
    for office in scope.offices:
        for day in scope.all_days:
            figures = scope.by_day.get((office.pk, day), Figures())
            middle, slow = figures.percentile(50), figures.percentile(90)
            yield [
                *(office.name, day.isoformat(), figures.received, figures.visits, figures.messages, figures.urgent),
                *("" if middle is None else middle, "" if slow is None else slow, figures.in_time, figures.late),
                *(figures.uncalled, figures.rerouted, figures.held, *(figures.outcomes[key] for key in OUTCOMES)),
                *(figures.came, figures.missed),
                *(figures.channels[channel] for channel in Channel),
            ]


@require_POST
def always_send(request: HttpRequest) -> HttpResponse:
    """Make a routing override: a ZIP code's requests go to one of this person's offices from now on."""
    scope = Scope.of(request)
    if not request.user.has_perm(MAY_OVERRIDE):
        raise PermissionDenied
    office = next((office for office in scope.own if office.slug == request.POST.get("to")), None)
    code = request.POST.get("zip", "")
    if office is None or not re.fullmatch(r"[0-9]{5}", code):
        raise Http404
    override, made = RoutingOverride.objects.select_related("office").get_or_create(
        zip_code=code, defaults={"office": office, "note": _("From the dashboard")}
    )
    if made:
        admin.site.get_model_admin(RoutingOverride).log_addition(request, override, [{"added": {}}])
    told = {"zip": code, "office": override.office.name}
    if override.office_id == office.pk:
        messages.success(request, _("Patients from %(zip)s who have no wish go to %(office)s from now on.") % told)
    else:
        messages.error(
            request, _("An override sends %(zip)s to %(office)s already. Change it under “All admin”.") % told
        )
    return redirect(reverse("admin:dashboard") + scope.query())
