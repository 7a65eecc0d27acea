"""The front desk in Django's admin: the requests' own pages, and the practice's settings.

A request is read and worked here and changed only through `actions.py`: there is no edit form, no add, no delete.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments import actions, audit, inbox
from appointments.actions import Actor, WrongMove
from appointments.models import (
    AppointmentRequest,
    AuditEntry,
    CloseReason,
    Closure,
    Event,
    Mail,
    Office,
    OpeningHours,
    RedFlag,
    RequestQuerySet,
    RoutingOverride,
    SafetyCheck,
    Status,
)
from appointments.offices import facts_of
from clinic.common.client import client_address
from clinic.common.form_fields import CleanCharField
from clinic.common.text import clean_text

PER_PAGE = 50
NOTE_LENGTH = 5000
LATEST_BOOKING = timedelta(days=731)


def _note_field(label: Any, *, required: bool, missing: Any = "") -> CleanCharField:
    return CleanCharField(
        label=label,
        lines=True,
        required=required,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": missing, "max_length": gettext_lazy("Use 5,000 letters or fewer")},
    )


class NoteForm(forms.Form):
    """A note for the history."""

    prefix = "note"
    text = _note_field(gettext_lazy("Note"), required=True, missing=gettext_lazy("Write the note first"))


class SendForm(forms.Form):
    """To another office, and why."""

    prefix = "send"
    office = forms.ModelChoiceField(label=gettext_lazy("Office"), queryset=Office.objects.none(), empty_label=None)
    reason = _note_field(
        gettext_lazy("Reason"), required=True, missing=gettext_lazy("Say why it goes to the other office")
    )

    def __init__(self, *args: Any, request_row: AppointmentRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].queryset = Office.objects.exclude(pk=request_row.office_id)  # type: ignore[attr-defined]


class CloseForm(forms.Form):
    """Why nothing more is to be done."""

    prefix = "close"
    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        choices=[("", gettext_lazy("Choose a reason")), *CloseReason.choices],
        error_messages={
            "required": gettext_lazy("Choose a reason"),
            "invalid_choice": gettext_lazy("Choose a reason"),
        },
    )
    note = _note_field(gettext_lazy("Note"), required=False)


class BookForm(forms.Form):
    """A day and time, on the practice's clock."""

    prefix = "book"
    at = forms.DateTimeField(
        label=gettext_lazy("Day and time"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        error_messages={
            "required": gettext_lazy("Choose a day and time"),
            "invalid": gettext_lazy("Enter a day and time, like 2026-12-01 10:15"),
        },
    )
    note = CleanCharField(
        label=gettext_lazy("Note for the visit"),
        required=False,
        max_length=200,
        error_messages={"max_length": gettext_lazy("Use 200 letters or fewer")},
    )
    outside_hours = forms.BooleanField(label=gettext_lazy("Book although the office is closed then"), required=False)

    def __init__(self, *args: Any, request_row: AppointmentRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request_row = request_row

    def clean(self) -> dict[str, Any]:
        """In the future; in a closed hour only on purpose."""
        data = super().clean() or {}
        if at := data.get("at"):
            office = facts_of(self.request_row.office)
            if at <= timezone.now():
                self.add_error("at", _("Choose a day and time in the future"))
            elif at > timezone.now() + LATEST_BOOKING:
                self.add_error("at", _("Choose a day within the next two years"))
            elif not office.schedule.is_open(at) and not data.get("outside_hours"):
                self.add_error(
                    "at",
                    _("The %(office)s office is closed then. Choose another time, or tick the box to book anyway.")
                    % {"office": office.name},
                )
        return data


@admin.register(AppointmentRequest)
class RequestAdmin(admin.ModelAdmin[AppointmentRequest]):
    """The inbox and the page of one request."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Patients make requests."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AppointmentRequest | None = None) -> bool:
        """Nobody deletes one by hand."""
        return False

    def get_queryset(self, request: HttpRequest) -> RequestQuerySet:
        """What this person may see; everything on these pages starts here."""
        return AppointmentRequest.objects.visible_to(request.user)

    def get_urls(self) -> list[URLPattern]:
        """Only our own pages: the admin's add, edit, delete and history forms don't exist for requests."""
        wrap = self.admin_site.admin_view
        return [
            path("", wrap(self.inbox), name="appointments_appointmentrequest_changelist"),
            path("<int:pk>/change/", wrap(self.page), name="appointments_appointmentrequest_change"),
            path("<int:pk>/<slug:action>/", wrap(self.act), name="appointments_appointmentrequest_act"),
        ]

    def inbox(self, request: HttpRequest) -> HttpResponse:
        """The list: by stage and office, urgent first, then the oldest deadline."""
        if not self.has_view_permission(request):
            raise Http404
        offices = list(Office.objects.filter(staff=request.user.pk))
        tab = inbox.Tab(request.GET["tab"]) if request.GET.get("tab") in inbox.Tab.values else inbox.Tab.CALL
        office = next((row for row in offices if row.slug == request.GET.get("office")), None)
        words = clean_text(request.GET.get("q", ""))[:40]
        visible = self.get_queryset(request)
        now = timezone.now()
        by_office = dict(
            visible.filter(status__in=inbox.TAB_STATUSES[tab]).values_list("office").annotate(Count("pk")).order_by()
        )
        if office:
            visible = visible.filter(office=office)
        counts = visible.aggregate(
            overdue=Count("pk", filter=Q(status=Status.NEW, call_by__lt=now)),
            **{name: Count("pk", filter=Q(status__in=inbox.TAB_STATUSES[name])) for name in inbox.Tab.values},
        )
        rows = visible.filter(status__in=inbox.TAB_STATUSES[tab]).by_urgency()
        if tab in (inbox.Tab.BOOKED, inbox.Tab.CLOSED):
            rows = rows.order_by("booked_for" if tab == inbox.Tab.BOOKED else "-created_at")
        if words:
            rows = self.get_queryset(request).filter(reference__icontains=words).by_urgency()
        calls = Event.objects.filter(kind__in=Event.CALLS).only("kind", "at", "request_id")
        page = Paginator(
            rows.select_related("office")
            .defer("details", "birth_date", "routing", "email", "zip_code")
            .prefetch_related(Prefetch("events", queryset=calls)),
            PER_PAGE,
        ).get_page(request.GET.get("page"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Requests"),
            "now": now,
            "tabs": [(name, label, counts[name]) for name, label in inbox.Tab.choices],
            "tab": tab,
            "overdue": counts["overdue"],
            "offices": [(row, by_office.get(row.pk, 0)) for row in offices],
            "office": office,
            "all_count": sum(by_office.values()),
            "words": words,
            "page": page,
            "rows": [inbox.row(found, now) for found in page],
            "undelivered": Mail.objects.filter(
                request__in=self.get_queryset(request), kind=Mail.Kind.OFFICE_NOTICE, sent_at=None, tries__gt=0
            )
            .exclude(problem="")
            .count(),
            "opts": self.opts,
        }
        audit.record(
            actor=request.user.get_username(),
            action="search" if words else "list",
            record=", ".join(sorted(row.reference for row in page)),
            office=office.slug if office else "",
            address=client_address(request),
        )
        return TemplateResponse(request, "admin/appointments/inbox.html", context)

    def page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One request, whole."""
        return self._show(request, self._visible(request, pk))

    def act(self, request: HttpRequest, pk: int, action: str) -> HttpResponse:
        """Take an action. Someone else's request is 404 before anything else is looked at."""
        found = self._visible(request, pk)
        if not request.user.has_perm("appointments.change_appointmentrequest") or action not in ACTIONS:
            raise Http404
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        form = self._forms(found, action, request.POST).get(action)
        if form is not None and not form.is_valid():
            return self._show(request, found, {action: form})
        seen = request.POST.get("seen", "")
        actor = Actor(self._user(request), client_address(request), int(seen) if seen.isdecimal() else None)
        try:
            message = ACTIONS[action](found, actor, form.cleaned_data if form else {})
        except WrongMove as problem:
            messages.error(request, str(problem))
            return self._show(request, self._visible(request, pk), {action: form} if form else {})
        messages.success(request, message)
        if not self.get_queryset(request).filter(pk=pk).exists():
            return redirect("admin:appointments_appointmentrequest_changelist")
        return redirect("admin:appointments_appointmentrequest_change", pk)

    def _user(self, request: HttpRequest) -> Any:
        return request.user

    def _visible(self, request: HttpRequest, pk: int) -> AppointmentRequest:
        """The request, if this person may see it. Raises Http404."""
        found = self.get_queryset(request).select_related("office").filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def _forms(self, found: AppointmentRequest, action: str = "", data: Any = None) -> dict[str, forms.Form]:
        """The page's forms by action; the named one bound to `data`."""
        makers: dict[str, Callable[[Any], forms.Form]] = {
            "book": lambda posted: BookForm(posted, request_row=found),
            "send": lambda posted: SendForm(posted, request_row=found),
            "close": CloseForm,
            "note": NoteForm,
        }
        return {name: make(data if name == action else None) for name, make in makers.items()}

    def _show(
        self, request: HttpRequest, found: AppointmentRequest, bound: dict[str, forms.Form] | None = None
    ) -> HttpResponse:
        """The page, with the forms that have errors."""
        events = list(found.events.select_related("by", "request"))
        names = dict(Office.objects.values_list("slug", "name"))
        waiting = self.get_queryset(request).filter(status=Status.NEW).exclude(pk=found.pk).by_urgency()
        context = {
            **self.admin_site.each_context(request),
            "title": found.patient_name,
            "found": found,
            "office": facts_of(found.office),
            "clock": inbox.call_clock(found, timezone.now()),
            "age": inbox.age(found),
            "wishes": inbox.wishes(found),
            "contact": inbox.contact_sentence(found),
            "contact_so_far": inbox.contact_so_far(events),
            "why": inbox.why_this_office(found, names),
            "mails": [inbox.mail_state(mail) for mail in found.mails.all()],
            "history": [(event, inbox.event_in_words(event)) for event in reversed(events)],
            "forms": {**self._forms(found), **(bound or {})},
            "other_offices": len(names) > 1,
            "is_open": found.status != Status.CLOSED,
            "seen": max((event.pk for event in events), default=0),
            "next_in_list": waiting.only("pk").first(),
            "may_act": request.user.has_perm("appointments.change_appointmentrequest"),
            "opts": self.opts,
        }
        audit.record(
            actor=request.user.get_username(),
            action="view",
            record=found.reference,
            office=found.office.slug,
            address=client_address(request),
        )
        return TemplateResponse(request, "admin/appointments/request.html", context)


def _call(outcome: Event.Kind) -> Callable[[AppointmentRequest, Actor, dict[str, Any]], str]:
    def act(found: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
        actions.log_call(request=found, actor=actor, outcome=outcome)
        return _("Written down: %(outcome)s.") % {"outcome": outcome.label}

    return act


def _note(found: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    actions.add_note(request=found, actor=actor, note=data["text"])
    return _("Note saved.")


def _book(found: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    actions.book(request=found, actor=actor, at=data["at"], note=data["note"])
    return _("Visit booked.")


def _send(found: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    actions.send_to_office(request=found, actor=actor, office=data["office"], reason=data["reason"])
    return _("%(reference)s is with the %(office)s office now, and it gets a notice.") % {
        "reference": found.reference,
        "office": data["office"].name,
    }


def _close(found: AppointmentRequest, actor: Actor, data: dict[str, Any]) -> str:
    actions.close(request=found, actor=actor, reason=CloseReason(data["reason"]), note=data["note"])
    return _("Request closed.")


# Every way to change a request, by the last part of its address.
ACTIONS: dict[str, Callable[[AppointmentRequest, Actor, dict[str, Any]], str]] = {
    "spoke": _call(Event.Kind.SPOKE),
    "voicemail": _call(Event.Kind.VOICEMAIL),
    "no-answer": _call(Event.Kind.NO_ANSWER),
    "note": _note,
    "book": _book,
    "send": _send,
    "close": _close,
}


class OpeningHoursInline(admin.TabularInline[OpeningHours, Office]):
    """The week."""

    model = OpeningHours
    extra = 1


class ClosureInline(admin.TabularInline[Closure, Office]):
    """Days off."""

    model = Closure
    extra = 1


@admin.register(Office)
class OfficeAdmin(admin.ModelAdmin[Office]):
    """Address, hours, staff."""

    list_display = ("name", "phone", "notice_email", "hours_confirmed", "takes_requests", "not_taking_until")
    inlines = (OpeningHoursInline, ClosureInline)
    prepopulated_fields: ClassVar = {"slug": ("name",)}

    def view_on_site(self, obj: Office) -> str:
        """The office's page itself, not Django's redirect to it."""
        return obj.get_absolute_url()

    def formfield_for_manytomany(self, *args: Any, **kwargs: Any) -> Any:
        """Checkboxes for the staff: a practice has few people, and Django's two boxes can't be used by everyone."""
        return super().formfield_for_manytomany(*args, **{**kwargs, "widget": forms.CheckboxSelectMultiple()})


@admin.register(RoutingOverride)
class RoutingOverrideAdmin(admin.ModelAdmin[RoutingOverride]):
    """ZIP codes that go elsewhere."""

    list_display = ("zip_code", "office", "note")
    search_fields = ("zip_code",)


class RedFlagInline(admin.StackedInline[RedFlag, SafetyCheck]):
    """The questions of a version."""

    model = RedFlag
    extra = 0


@admin.register(SafetyCheck)
class SafetyCheckAdmin(admin.ModelAdmin[SafetyCheck]):
    """The wording that a podiatrist signs off."""

    list_display = ("version", "signed_off_by", "created_at")
    inlines = (RedFlagInline,)


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin[AuditEntry]):
    """To read, never to change."""

    list_display = ("at", "actor", "action", "record", "office", "address")
    list_filter = ("action", "office")
    search_fields = ("actor", "record")
    date_hierarchy = "at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The code writes it."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        """Never."""
        return False
