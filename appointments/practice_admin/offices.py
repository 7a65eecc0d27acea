"""Offices."""

import re
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.models import Office
from appointments.offices import facts_now, facts_of, somebody_takes
from appointments.offices.deadlines import holidays_ahead
from appointments.offices.plans import is_fresh
from appointments.practice_admin import touched
from appointments.practice_admin.base import AuditedAdmin
from appointments.practice_admin.hours import OpeningHoursInline, OtherDaysInline
from appointments.practice_admin.plans import FacilityInline, PlanLinesField, add_plans, clean_checked_on
from common.form_fields import PhoneField, ZipField
from common.phones import phone_in_words
from common.times import day

MOST_AT_ONCE = 50


class OfficeForm(forms.ModelForm[Office]):
    """An address people can find and a phone that rings."""

    class Meta:
        model = Office
        exclude = ("staff",)  # noqa: DJ006 who works where is settled with the person, in one place
        field_classes: ClassVar = {"phone": PhoneField, "calls_from": PhoneField, "zip_code": ZipField}
        error_messages = {"notice_email": {"invalid": gettext_lazy("Enter an e-mail address like name@example.com")}}

    open_holidays = forms.MultipleChoiceField(
        label=gettext_lazy("Open on these holidays"),
        choices=lambda: [
            (name, f"{_(name).replace(chr(39), '’')} ({day(on)})")
            for name, on in holidays_ahead(timezone.localdate()).items()
        ],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy(
            "With the week’s hours, also on the Friday or Monday when the holiday is observed. "
            "For other hours, or for one year only, enter the day below."
        ),
    )

    add_plans = PlanLinesField(
        label=gettext_lazy("Add insurance plans"),
        required=False,
        help_text=gettext_lazy("One plan on each line. What is on the list already is left out, and told."),
    )
    checked_on = forms.DateField(
        label=gettext_lazy("These plans were checked on"),
        required=False,
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("When somebody last asked the insurers. Empty: patients are told to ask."),
    )
    clean_checked_on = clean_checked_on

    def clean_state(self) -> str:
        state = str(self.cleaned_data["state"]).upper()
        if not re.fullmatch("[A-Z]{2}", state):
            raise ValidationError(_("Enter the two letters of the state, like CO"))
        return state

    def clean_letter(self) -> str:
        """One that no other office has: the lists tell offices apart by it."""
        letter = str(self.cleaned_data["letter"]).upper()
        other = Office.objects.filter(letter__iexact=letter).exclude(pk=self.instance.pk).first()
        if other:
            raise ValidationError(_("%(office)s has this letter. Choose another one.") % {"office": other})
        return letter

    def clean_latitude(self) -> float:
        return _degrees(self.cleaned_data["latitude"], 90)

    def clean_longitude(self) -> float:
        """Degrees east; in America below zero."""
        return _degrees(self.cleaned_data["longitude"], 180)

    def clean_visits_at_once(self) -> int:
        """At least one: else every time would be taken."""
        most: int = self.cleaned_data["visits_at_once"]
        if not 1 <= most <= MOST_AT_ONCE:
            raise ValidationError(_("Enter a number from 1 to %(most)d") % {"most": MOST_AT_ONCE})
        return most

    def clean_not_taking_until(self) -> Any:
        """A day to come, or none."""
        until = self.cleaned_data["not_taking_until"]
        if until and "not_taking_until" in self.changed_data and until <= timezone.localdate():
            raise ValidationError(_("Enter a day after today, or leave it empty to take requests now."))
        return until


def _degrees(value: float, most: int) -> float:
    if not -most <= value <= most:
        raise ValidationError(_("Enter degrees between -%(most)d and %(most)d") % {"most": most})
    return value


class OfficeAdmin(AuditedAdmin):
    """Address, hours, days with other hours, and whether it takes requests."""

    form = OfficeForm
    list_display = ("name", "phone_in_words", "notice_email", "hours_confirmed", "requests_now")
    inlines = (OpeningHoursInline, OtherDaysInline, FacilityInline)
    fieldsets = (
        (None, {"fields": ("name", "slug", "letter", "color", "position")}),
        (
            gettext_lazy("Requests"),
            {"fields": ("requests_now", "notice_email", "takes_requests", "not_taking_until", "staff_list")},
        ),
        (
            gettext_lazy("Address"),
            {"fields": ("street", "city", "state", "zip_code", "phone", "calls_from", "latitude", "longitude")},
        ),
        (
            gettext_lazy("Opening hours (the times are below)"),
            {"fields": ("hours_confirmed", "keeps_holidays", "open_holidays")},
        ),
        (gettext_lazy("Visits"), {"fields": ("visits_at_once",)}),
        (gettext_lazy("Insurance plans"), {"fields": ("plans_list", "add_plans", "checked_on")}),
        (gettext_lazy("Hospitals (each is below)"), {"fields": ("no_facilities",)}),
        (gettext_lazy("For visitors"), {"fields": ("getting_here", "parking", "access")}),
        (
            gettext_lazy("Sketch of the way"),
            {"fields": ("sketch_side", "sketch_main_road", "sketch_building", "sketch_parking", "sketch_note")},
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Office | None = None) -> tuple[str, ...]:
        """The web address stays: it is printed, linked and found by search engines."""
        shown = ("requests_now", "staff_list", "plans_list")
        return (*shown, "slug") if obj else shown

    def get_prepopulated_fields(self, request: HttpRequest, obj: Office | None = None) -> dict[str, Any]:
        """A new office's web address comes from its name."""
        return {} if obj else {"slug": ("name",)}

    @admin.display(description=gettext_lazy("phone"))
    def phone_in_words(self, office: Office) -> str:
        return phone_in_words(office.phone)

    @admin.display(description=gettext_lazy("staff"))
    def staff_list(self, office: Office) -> str:
        """Who works its requests; settled with each person's account."""
        names = [str(user) for user in office.staff.filter(is_active=True)] if office.pk else []
        return ", ".join(names) or _("Nobody yet. An administrator adds people under Users.")

    @admin.display(description=gettext_lazy("on the list"))
    def plans_list(self, office: Office) -> str:
        """How many there are, and how many are to be checked again."""
        dates = list(office.plans.values_list("checked_on", flat=True)) if office.pk else []
        if not dates:
            return _("None yet. Paste them below.")
        old = sum(not is_fresh(checked_on, timezone.localdate()) for checked_on in dates)
        words = _("%(count)d plans, %(old)d of them to be checked again. See the list.")
        address = f"{reverse('admin:appointments_insuranceplan_changelist')}?office__id__exact={office.pk}"
        return format_html('<a href="{}">{}</a>', address, words % {"count": len(dates), "old": old})

    @admin.display(description=gettext_lazy("requests now"))
    def requests_now(self, office: Office) -> str:
        """Whether it takes requests today, else why not."""
        if not office.pk:
            return _("It takes requests once it has staff, opening hours and an e-mail address for notices.")
        return facts_of(office).why_not or _("Takes requests.")

    def view_on_site(self, obj: Office) -> str:
        """The office's page itself, not Django's redirect to it."""
        return obj.get_absolute_url()

    def save_model(self, request: HttpRequest, obj: Office, form: Any, change: bool) -> None:
        """Remembers what the office was; it is held, so that of two people the second is asked about what is then."""
        if change:
            Office.objects.select_for_update(no_key=True).get(pk=obj.pk)  # who writes it a request need not wait
            form.before = facts_now(obj.pk)
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Asks about the visits and requests that this touches; says so when no office takes requests any more."""
        super().save_related(request, form, formsets, change)
        if names := form.cleaned_data.get("add_plans"):
            add_plans(request, form.instance, names, form.cleaned_data.get("checked_on"))
        if change:
            after = facts_now(form.instance.pk)
            notices = touched.by_office(form.before, after, request.user)
            if after.schedule == form.before.schedule:
                self.confirm(request, notices)
            else:
                self.recount(request, notices, offices=[after], before=form.before.schedule)
        if not somebody_takes():
            messages.warning(request, _("No office takes requests now: patients are asked to call instead."))
