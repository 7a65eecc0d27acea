"""Offices."""

import re
from typing import Any

import phonenumbers
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.models import Office
from appointments.offices import facts_now, facts_of, somebody_takes
from appointments.practice_admin import touched
from appointments.practice_admin.base import AuditedAdmin
from appointments.practice_admin.hours import ClosureInline, OpeningHoursInline
from common.phones import phone_in_words


class OfficeForm(forms.ModelForm[Office]):
    """An address people can find and a phone that rings."""

    class Meta:
        model = Office
        exclude = ("staff",)  # noqa: DJ006 who works where is settled with the person, in one place
        error_messages = {"notice_email": {"invalid": gettext_lazy("Enter an e-mail address like name@example.com")}}

    def clean_phone(self) -> str:
        """As it is stored: +17325579900. Typed in any way that is usual here."""
        try:
            number = phonenumbers.parse(self.cleaned_data["phone"], "US")
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_valid_number(number):
            raise ValidationError(_("Enter a phone number with 10 digits, like (732) 557-9900"))
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def clean_zip_code(self) -> str:
        return five_digits(self.cleaned_data["zip_code"])

    def clean_state(self) -> str:
        state = str(self.cleaned_data["state"]).upper()
        if not re.fullmatch("[A-Z]{2}", state):
            raise ValidationError(_("Enter the two letters of the state, like NJ"))
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

    def clean_not_taking_until(self) -> Any:
        """A day to come, or none."""
        until = self.cleaned_data["not_taking_until"]
        if until and "not_taking_until" in self.changed_data and until <= timezone.localdate():
            raise ValidationError(_("Enter a day after today, or leave it empty to take requests now."))
        return until


def five_digits(value: str) -> str:
    if not re.fullmatch(r"[0-9]{5}", value):
        raise ValidationError(_("Enter a ZIP code with 5 digits"))
    return value


def _degrees(value: float, most: int) -> float:
    if not -most <= value <= most:
        raise ValidationError(_("Enter degrees between -%(most)d and %(most)d") % {"most": most})
    return value


class OfficeAdmin(AuditedAdmin):
    """Address, hours, closures, and whether it takes requests."""

    form = OfficeForm
    list_display = ("name", "phone_in_words", "notice_email", "hours_confirmed", "requests_now")
    inlines = (OpeningHoursInline, ClosureInline)
    fieldsets = (
        (None, {"fields": ("name", "slug", "letter", "color", "position")}),
        (
            gettext_lazy("Requests"),
            {"fields": ("requests_now", "notice_email", "takes_requests", "not_taking_until", "staff_list")},
        ),
        (
            gettext_lazy("Address"),
            {"fields": ("street", "city", "state", "zip_code", "phone", "latitude", "longitude")},
        ),
        (gettext_lazy("Opening hours (the times are below)"), {"fields": ("hours_confirmed", "keeps_holidays")}),
        (gettext_lazy("For visitors"), {"fields": ("getting_here", "parking", "access")}),
        (
            gettext_lazy("Sketch of the way"),
            {"fields": ("sketch_side", "sketch_main_road", "sketch_building", "sketch_parking", "sketch_note")},
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Office | None = None) -> tuple[str, ...]:
        """The web address stays: it is printed, linked and found by search engines."""
        return ("requests_now", "staff_list", "slug") if obj else ("requests_now", "staff_list")

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
            Office.objects.select_for_update().get(pk=obj.pk)
            form.before = facts_now(obj.pk)
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Asks about the visits and requests that this touches; says so when no office takes requests any more."""
        super().save_related(request, form, formsets, change)
        if change:
            self.confirm(request, touched.by_office(form.before, facts_now(form.instance.pk), request.user))
        if not somebody_takes():
            messages.warning(request, _("No office takes requests now: patients are asked to call instead."))
