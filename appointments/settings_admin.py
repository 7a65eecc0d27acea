"""What the practice settles for itself in Django's admin: settings, offices, routing overrides, wording.

Every change is in the object's own history (Django's log) and in the audit: who, when, which record; never a value.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import time
from typing import Any

import phonenumbers
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Model, QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from appointments import audit, emails, retention, touched
from appointments.messages import LABELS, NEEDED, PLACES, Script, Wording, default_wording, fill, unknown_places
from appointments.models import (
    KEEP_AT_LEAST,
    WORDS_HELP,
    Closure,
    FlagRule,
    MessageText,
    Office,
    OpeningHours,
    PracticeSettings,
    RedFlag,
    RiskCondition,
    RoutingOverride,
    SafetyCheck,
    Weekday,
)
from appointments.offices import directory, facts_now, facts_of, phone_in_words, somebody_takes
from appointments.warning_signs.reader import BadPattern, Reader
from common.client import client_address
from common.confirm import AsksFirst, Touched
from common.form_fields import CleanCharField
from common.text import whole_number
from common.times import clock

# The browser's own pickers: Django's say what time it is in another zone, and need a script.
PICKERS: dict[Any, Any] = {
    models.TimeField: {"widget": forms.TimeInput(attrs={"type": "time"}, format="%H:%M")},
    models.DateField: {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")},
}


def audit_change(request: HttpRequest, action: str, row: Model) -> None:
    """Who changed which record of the settings."""
    audit.record(
        actor=request.user.get_username(),
        action=f"settings {action}",
        record=f"{row._meta.model_name} {row.pk}",
        address=client_address(request),
    )


class AuditedAdmin(AsksFirst):
    """Writes into the audit whatever Django writes into its own log."""

    formfield_overrides = PICKERS

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """Made."""
        audit_change(request, "added", obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """Changed; a form that was saved as it was is no change."""
        if message:
            audit_change(request, "changed", obj)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """Deleted."""
        for row in queryset:
            audit_change(request, "deleted", row)
        return super().log_deletions(request, queryset)


# --- The practice's settings ---


class PracticeSettingsForm(forms.ModelForm[PracticeSettings]):
    """Numbers that are of use."""

    class Meta:
        model = PracticeSettings
        fields = [field.name for field in PracticeSettings._meta.fields if field.editable and not field.primary_key]
        widgets = {"what_to_bring": forms.Textarea(attrs={"rows": 2, "cols": 60})}
        error_messages = {"manager_email": {"invalid": gettext_lazy("Enter an e-mail address like name@example.com")}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if name not in LIMITS:
                continue
            least, most = LIMITS[name]
            field.widget.attrs |= {"min": least, "max": most}
            field.error_messages["invalid"] = _("Enter a number")

    def clean(self) -> dict[str, Any]:
        """Each number by itself, and against its neighbors."""
        data = super().clean() or {}
        for name, (least, most) in LIMITS.items():
            value = data.get(name)
            if value is not None and value < least:
                self.add_error(name, _("Enter %(least)d or more") % {"least": least})
            elif value is not None and not value <= most:  # "not a number" is no number either
                self.add_error(name, _("Enter %(most)d or less") % {"most": most})
        self._compare(
            "call_by_urgent_minutes", "call_by_minutes", _("Urgent requests can’t be called later than others")
        )
        self._compare(
            "call_by_urgent_minutes", "promise_urgent_minutes", _("The desk can’t be given more time than is promised")
        )
        self._compare("near_tie_miles", "far_miles", _("Far away can’t be nearer than a near tie"))
        return data

    def _compare(self, smaller: str, larger: str, sentence: str) -> None:
        """Raises nothing when either has an error of its own."""
        data = self.cleaned_data
        if data.get(smaller) is not None and data.get(larger) is not None and data[smaller] > data[larger]:
            self.add_error(larger, sentence)


# Least and most of what can be of use. Minutes are opening minutes, 480 a day, but for the length of a visit.
LIMITS = {
    "near_tie_miles": (0, 100),
    "far_miles": (1, 500),
    "call_by_minutes": (1, 600),  # others are promised a call by the end of the next business day
    "call_by_urgent_minutes": (1, 600),
    "promise_urgent_minutes": (1, 480),
    "choose_minutes": (1, 9600),
    "visit_minutes": (5, 240),
    "status_link_days": (1, 365),
    "unopened_minutes": (1, 1440),
    "escalate_minutes": (0, 1440),
    "keep_closed_days": (KEEP_AT_LEAST, 18_262),  # 50 years
}


class PracticeSettingsAdmin(AuditedAdmin):
    """One row: the list is its form."""

    form = PracticeSettingsForm
    fieldsets = (
        (
            gettext_lazy("When the desk calls"),
            {"fields": ("call_by_minutes", "call_by_urgent_minutes", "promise_urgent_minutes")},
        ),
        (
            gettext_lazy("Nobody is forgotten"),
            {"fields": ("unopened_minutes", "escalate_minutes", "manager_email", "digest_at")},
        ),
        (
            gettext_lazy("Offering times"),
            {"fields": ("choose_minutes", "visit_minutes", "what_to_bring", "status_link_days")},
        ),
        (gettext_lazy("Which office"), {"fields": ("near_tie_miles", "far_miles")}),
        (gettext_lazy("Keeping requests"), {"fields": ("keep_closed_days",)}),
    )

    def save_model(self, request: HttpRequest, obj: PracticeSettings, form: Any, change: bool) -> None:
        """Asks before requests are deleted earlier than so far."""
        before = PracticeSettings.objects.select_for_update().get(pk=obj.pk)
        super().save_model(request, obj, form, change)
        if obj.keep_closed_days < before.keep_closed_days:
            going = retention.old_requests(retention.cut(obj.keep_closed_days)).count()
            words = ngettext(
                "Closed requests were kept for %(before)d days. With %(after)d days, %(count)d request is deleted "
                "within a day, and nobody can bring it back.",
                "Closed requests were kept for %(before)d days. With %(after)d days, %(count)d requests are deleted "
                "within a day, and nobody can bring them back.",
                going,
            )
            values = {"before": before.keep_closed_days, "after": obj.keep_closed_days, "count": going}
            self.confirm(request, [Touched(retention.held_back(obj.keep_closed_days) or words % values)])

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Straight to the form."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        row, _made = PracticeSettings.objects.get_or_create(pk=1)
        return redirect("admin:appointments_practicesettings_change", row.pk)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There is one."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: PracticeSettings | None = None) -> bool:
        """Never."""
        return False


# --- Offices ---


class OpeningHoursForm(forms.ModelForm[OpeningHours]):
    """One span."""

    class Meta:
        model = OpeningHours
        fields = ("weekday", "opens", "closes")

    def clean(self) -> dict[str, Any]:
        """In order."""
        data = super().clean() or {}
        if data.get("opens") and data.get("closes") and data["closes"] <= data["opens"]:
            self.add_error("closes", _("Enter a time after %(opens)s") % {"opens": clock(data["opens"])})
        return data

    def validate_constraints(self) -> None:
        """`clean` says it in words."""


class OpeningHoursFormSet(BaseInlineFormSet[OpeningHours, Office, Any]):
    """The week, without overlaps."""

    def clean(self) -> None:
        """Raises ValidationError for two spans of a day that overlap."""
        super().clean()
        days: dict[int, list[tuple[time, time]]] = defaultdict(list)
        for form in self.forms:
            data = getattr(form, "cleaned_data", {})
            if {"weekday", "opens", "closes"} <= data.keys() and not data.get("DELETE"):
                days[data["weekday"]].append((data["opens"], data["closes"]))
        for weekday, spans in sorted(days.items()):
            for (opens, closes), (next_opens, next_closes) in zip(sorted(spans), sorted(spans)[1:], strict=False):
                if next_opens < closes:
                    raise ValidationError(
                        _("%(day)s: %(first)s and %(second)s overlap. Change one of them.")
                        % {
                            "day": Weekday(weekday).label,
                            "first": f"{clock(opens)}–{clock(closes)}",
                            "second": f"{clock(next_opens)}–{clock(next_closes)}",
                        }
                    )


class OpeningHoursInline(admin.StackedInline[OpeningHours, Office]):
    """The week. Stacked, because fields in Django's tables have no labels of their own."""

    model = OpeningHours
    form = OpeningHoursForm
    formset = OpeningHoursFormSet
    fields = (("weekday", "opens", "closes"),)
    formfield_overrides = PICKERS
    extra = 1


class ClosureForm(forms.ModelForm[Closure]):
    """Days off that are still to come, or have begun."""

    class Meta:
        model = Closure
        fields = ("first_day", "last_day", "reason")

    def clean(self) -> dict[str, Any]:
        """What was entered long ago may stay as it is."""
        data = super().clean() or {}
        first, last = data.get("first_day"), data.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("Enter a day that is not before the first day"))
        elif self.has_changed() and last and last < timezone.localdate():
            self.add_error("last_day", _("This closure is over already. Enter a day from today on."))
        return data

    def validate_constraints(self) -> None:
        """`clean` says it in words."""


class ClosureInline(admin.StackedInline[Closure, Office]):
    """Days off."""

    model = Closure
    form = ClosureForm
    fields = (("first_day", "last_day", "reason"),)
    formfield_overrides = PICKERS
    extra = 1


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
        """Five digits."""
        return _five_digits(self.cleaned_data["zip_code"])

    def clean_state(self) -> str:
        """NJ."""
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
        """Degrees north."""
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


def _five_digits(value: str) -> str:
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
        """As people write it."""
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


# --- Routing overrides ---


class RoutingOverrideForm(forms.ModelForm[RoutingOverride]):
    """A ZIP code and where it goes."""

    class Meta:
        model = RoutingOverride
        fields = ("zip_code", "office", "note")
        error_messages = {"zip_code": {"unique": gettext_lazy("This ZIP code has an override already")}}

    def clean_zip_code(self) -> str:
        """Five digits."""
        return _five_digits(self.cleaned_data["zip_code"])


class RoutingOverrideAdmin(AuditedAdmin):
    """ZIP codes that go elsewhere."""

    form = RoutingOverrideForm
    list_display = ("zip_code", "office", "note")
    list_select_related = ("office",)
    search_fields = ("zip_code",)


# --- The safety check: versions of its wording ---


def _is_newest(check: SafetyCheck) -> bool:
    return not SafetyCheck.objects.filter(version__gt=check.version).exists()


class RedFlagFormSet(BaseInlineFormSet[RedFlag, SafetyCheck, Any]):
    """The signs."""

    def clean(self) -> None:
        """Raises ValidationError when none is left."""
        super().clean()
        if not any(form.cleaned_data and not form.cleaned_data.get("DELETE") for form in self.forms if form.is_valid()):
            raise ValidationError(_("A safety check needs at least one question."))


class WordsForm(forms.ModelForm[Any]):
    """A sign or condition with what patients call it. Line ends are the same whatever a browser makes of them."""

    words = CleanCharField(
        label=gettext_lazy("patients’ own words"),
        help_text=WORDS_HELP,
        required=False,
        lines=True,
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    def clean_words(self) -> str:
        """Raises ValidationError for a line that the reader can't understand; what was there before was read before."""
        words: str = self.cleaned_data["words"]
        if "words" not in self.changed_data:
            return words
        try:
            Reader(
                (self.cleaned_data.get("slug", ""), line) for line in filter(None, map(str.strip, words.splitlines()))
            )
        except BadPattern as problem:
            raise ValidationError(str(problem)) from problem
        return words


class RuleForm(forms.ModelForm[FlagRule]):
    """A rule, with the signs of this version to tick."""

    signs = forms.MultipleChoiceField(label=gettext_lazy("these signs together"), widget=forms.CheckboxSelectMultiple)
    version: SafetyCheck | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = RedFlag.objects.filter(check_version=self.version).values_list("slug", "short")
        self.fields["signs"].choices = list(known)  # type: ignore[attr-defined]


class OfNewest(admin.StackedInline[Any, SafetyCheck]):
    """Rows of a version; those of the newest can be changed."""

    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: SafetyCheck | None = None) -> bool:
        """To the newest."""
        return super().has_add_permission(request, obj) and (obj is None or _is_newest(obj))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Of the newest."""
        return super().has_change_permission(request, obj) and (obj is None or _is_newest(obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """From the newest."""
        return super().has_delete_permission(request, obj) and (obj is None or _is_newest(obj))


class RiskConditionInline(OfNewest):
    """What makes signs more serious."""

    model = RiskCondition
    form = WordsForm
    fields = ("position", "question", "short", "words", "slug")


class RedFlagInline(OfNewest):
    """The signs."""

    model = RedFlag
    form = WordsForm
    formset = RedFlagFormSet
    fields = ("position", "question", "short", "advice", "level", "only_911", "home", "words", "slug")


class FlagRuleInline(OfNewest):
    """Which of them are more serious together."""

    model = FlagRule
    fields = ("position", "signs", "with_condition", "level", "home")

    def get_formset(self, request: HttpRequest, obj: SafetyCheck | None = None, **kwargs: Any) -> Any:
        """With the signs of the version that is shown."""
        kwargs["form"] = type("RuleFormOfVersion", (RuleForm,), {"version": obj})
        return super().get_formset(request, obj, **kwargs)


class SafetyCheckAdmin(AuditedAdmin):
    """The wording that a podiatrist signs off. Requests name the version they were asked with, so none ever changes:
    whoever changes words makes the next version.
    """

    list_display = ("version", "signed_off_by", "created_at")
    fields = ("version", "created_at", "signed_off_by")
    readonly_fields = ("version", "created_at")
    inlines = (RedFlagInline, RiskConditionInline, FlagRuleInline)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The next version is made by changing the newest one."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: SafetyCheck | None = None) -> bool:
        """Never: requests name it."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: SafetyCheck | None = None) -> bool:
        """Of the newest."""
        return super().has_change_permission(request, obj) and (obj is None or _is_newest(obj))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Held while it is saved, so that two people can't both make the next version from it."""
        if request.method == "POST" and (number := whole_number(object_id)):
            SafetyCheck.objects.select_for_update().filter(pk=number).first()
        return super().get_object(request, object_id, from_field)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Who saves a version that is not the newest any more is told so."""
        check = SafetyCheck.objects.filter(pk=whole_number(object_id) or 0).first()
        if request.method == "POST" and check and not _is_newest(check):
            messages.error(request, _("Meanwhile somebody saved a newer version. Look at it, then change that one."))
            return redirect("admin:appointments_safetycheck_changelist")
        return super().change_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: SafetyCheck, form: Any, change: bool) -> None:
        """Waits for the questions: `save_related` knows whether this is a new version."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """A sign-off stands on the version it was given to; other words are the next version, signed off by nobody yet
        unless a name was entered with them.
        """
        check = form.instance
        for formset in formsets:
            formset.save(commit=False)  # for Django's own log, which reads what was new, changed and deleted
        if not any(formset.has_changed() for formset in formsets):
            check.save(update_fields=["signed_off_by"])
            return
        if "signed_off_by" not in form.changed_data:
            check.signed_off_by = ""
        _make_next_version(check, formsets)
        messages.info(request, _("Version %(version)s is asked from now on.") % {"version": check.version})


def _make_next_version(check: SafetyCheck, formsets: Sequence[Any]) -> None:
    """Turn `check` into the next version, with these rows; the old one stays as it was."""
    check.pk = None
    check._state.adding = True
    check.version += 1
    check.save(force_insert=True)
    for formset in formsets:
        for form in formset.forms:
            if form.cleaned_data and not form.cleaned_data.get("DELETE"):
                row = {name: value for name, value in form.cleaned_data.items() if name not in ("id", "DELETE")}
                formset.model.objects.create(**{**row, "check_version": check})
    there = set(check.flags.values_list("slug", flat=True))
    for rule in check.rules.all():
        if not there.issuperset(rule.signs):  # the company that one of its signs kept has gone
            rule.delete()


# --- Messages ---


class MessageForm(forms.Form):
    """The words of a mail or a call, with places that can be filled."""

    subject = CleanCharField(
        label=gettext_lazy("Subject"),
        max_length=120,
        error_messages={"required": gettext_lazy("Write a subject")},
    )
    body = CleanCharField(
        label=gettext_lazy("Text"),
        lines=True,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 16}),
        error_messages={"required": gettext_lazy("Write a text")},
    )

    def __init__(self, key: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.key = key
        if key in Script.values:
            del self.fields["subject"]

    def clean(self) -> dict[str, Any]:
        """Only what can be filled; and what a mail is of no use without."""
        data = super().clean() or {}
        for name in list(data):
            if unknown := unknown_places(self.key, data[name]):
                allowed = ", ".join(f"{{{place}}}" for place in PLACES[self.key])
                self.add_error(
                    name,
                    _("%(unknown)s can’t be filled in here. You can use: %(allowed)s.")
                    % {"unknown": ", ".join(dict.fromkeys(unknown)), "allowed": allowed},
                )
        needed = f"{{{NEEDED.get(self.key, '')}}}"
        if self.key in NEEDED and "body" in data and needed not in data["body"]:
            self.add_error("body", _("Without %(place)s this mail leads nowhere. Put it back in.") % {"place": needed})
        return data

    @property
    def wording(self) -> Wording:
        """What was entered."""
        return Wording(self.cleaned_data.get("subject", ""), self.cleaned_data["body"])


class MessageTextAdmin(admin.ModelAdmin[MessageText]):
    """Every text in every language: the software's words, or the practice's own."""

    def get_urls(self) -> list[URLPattern]:
        """A list, and a page for each text."""
        wrap = self.admin_site.admin_view
        return [
            path("", wrap(self.changelist_view), name="appointments_messagetext_changelist"),
            path("<slug:key>/<slug:language>/", wrap(self.edit), name="appointments_messagetext_edit"),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """All keys and languages."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        own = set(MessageText.objects.values_list("key", "language"))
        languages = self._languages()
        context = {
            **self.admin_site.each_context(request),
            "title": _("Messages"),
            "opts": self.opts,
            "rows": [
                {"label": LABELS[key], "key": key, "language": code, "language_name": name, "own": (key, code) in own}
                for key in PLACES
                for code, name in languages.items()
            ],
            "several_languages": len(languages) > 1,
        }
        return TemplateResponse(request, "admin/appointments/message_list.html", context)

    def edit(self, request: HttpRequest, key: str, language: str) -> HttpResponse:
        """One text: look at it, change it, or go back to the software's words."""
        if key not in PLACES or language not in self._languages():
            raise Http404
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        may_change = self.has_change_permission(request)
        if request.method == "POST" and not may_change:
            raise PermissionDenied
        own = MessageText.objects.filter(key=key, language=language).first()
        said = Wording(own.subject, own.body) if own else default_wording(key, language)
        if request.method == "POST" and "default" in request.POST:
            if own:
                self._back_to_default(request, own)
            return redirect("admin:appointments_messagetext_edit", key, language)
        form = MessageForm(key, request.POST if request.method == "POST" else None, initial=vars(said))
        if request.method == "POST" and form.is_valid():
            if "save" in request.POST:
                self._save(request, key, language, form.wording)
                return redirect("admin:appointments_messagetext_edit", key, language)
            said = form.wording
        context = {
            **self.admin_site.each_context(request),
            "title": LABELS[key],
            "subtitle": self._languages()[language],
            "opts": self.opts,
            "form": form,
            "own": own,
            "may_change": may_change,
            "places": [f"{{{place}}}" for place in PLACES[key]],
            "is_mail": key not in Script.values,
            "is_draft": form.is_bound,
            "preview": _preview(key, language, said),
            "history": self._history(key, language),
        }
        return TemplateResponse(request, "admin/appointments/message_edit.html", context)

    def _languages(self) -> dict[str, str]:
        return {code: str(name) for code, name in settings.LANGUAGES}

    @transaction.atomic
    def _save(self, request: HttpRequest, key: str, language: str, words: Wording) -> None:
        row, _made = MessageText.objects.update_or_create(key=key, language=language, defaults=vars(words))
        self._log(request, row, CHANGE, "changed")
        messages.success(request, _("Saved. It is said from now on."))

    @transaction.atomic
    def _back_to_default(self, request: HttpRequest, row: MessageText) -> None:
        self._log(request, row, DELETION, "deleted")
        row.delete()
        messages.success(request, _("The software’s own words are back."))

    def _log(self, request: HttpRequest, row: MessageText, flag: int, action: str) -> None:
        LogEntry.objects.log_actions(request.user.pk or 0, [row], flag, single_object=True)
        audit.record(
            actor=request.user.get_username(),
            action=f"settings {action}",
            record=f"messagetext {row.key} {row.language}",
            address=client_address(request),
        )

    def _history(self, key: str, language: str) -> QuerySet[LogEntry]:
        """By its name: the row itself comes and goes."""
        kind = ContentType.objects.get_for_model(MessageText)
        name = str(MessageText(key=key, language=language))
        return LogEntry.objects.filter(content_type=kind, object_repr=name).select_related("user")[:20]


def _preview(key: str, language: str, said: Wording) -> dict[str, Any]:
    """What it looks like, filled with made-up values."""
    office = directory()[0]
    with translation.override(language):
        values = emails.sample_values(key, office)
        if key in Script.values:
            return {"text": fill(said.body, values)}
        return {"subject": fill(said.subject, values), "blocks": list(emails.blocks(said.body, values, office))}
