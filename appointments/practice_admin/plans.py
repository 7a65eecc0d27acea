"""The insurance plans that an office takes, and the hospitals where its podiatrists treat patients.

Plans come many at once: pasted on the office's page, one on each line. What is on the list is looked through, checked
and corrected on a page of its own.
"""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from appointments.models import Facility, InsurancePlan, Office
from appointments.offices import forget, only_office
from appointments.offices.plans import is_fresh, key_of
from appointments.practice_admin.base import FIELDS, AuditedAdmin, audit_change
from common.form_fields import CleanCharField

NAME_LENGTH = 80


class PlanLinesField(CleanCharField):
    """Names of plans, one on each line. `clean` returns each once, in the order they were typed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(lines=True, widget=forms.Textarea(attrs={"rows": 6, "cols": 60}), **kwargs)

    def clean(self, value: Any) -> Any:
        """Raises ValidationError with the first line that is too long."""
        names = [name for name in map(str.strip, super().clean(value).splitlines()) if name]
        for name in names:
            if len(name) > NAME_LENGTH:
                raise ValidationError(
                    _("80 letters are the most for a plan. Too long: %(name)s") % {"name": f"{name[:40]}…"}
                )
        return names


def add_plans(request: HttpRequest, office: Office, names: list[str], checked_on: Any) -> None:
    """Puts on the office's list what is not there yet, and says how many, and which were there already."""
    known = {key_of(name) for name in InsurancePlan.objects.filter(office=office).values_list("name", flat=True)}
    added: list[str] = []
    there: list[str] = []
    for name in names:
        (there if key_of(name) in known else added).append(name)
        known.add(key_of(name))
    InsurancePlan.objects.bulk_create(InsurancePlan(office=office, name=name, checked_on=checked_on) for name in added)
    if added:
        forget()
        audit_change(request, "plans added", office)
        words = ngettext("%(count)d insurance plan added.", "%(count)d insurance plans added.", len(added))
        messages.info(request, words % {"count": len(added)})
    if there:
        messages.warning(request, _("On the list already, or typed twice: %(names)s") % {"names": "; ".join(there)})


def clean_checked_on(form: forms.BaseForm) -> Any:
    """For forms: a day that has come, or none. Raises ValidationError."""
    day = form.cleaned_data["checked_on"]
    if day and day > timezone.localdate():
        raise ValidationError(_("Enter today, or a day that is over"))
    return day


class FacilityForm(forms.ModelForm[Facility]):
    """A place, and when somebody last asked."""

    class Meta:
        model = Facility
        fields = ("name", "city", "checked_on")

    clean_checked_on = clean_checked_on


class FacilityInline(admin.StackedInline[Facility, Office]):
    """By name and city, and when somebody last asked."""

    model = Facility
    form = FacilityForm
    fields = (("name", "city", "checked_on"),)
    formfield_overrides = FIELDS
    extra = 1


class PlanForm(forms.ModelForm[InsurancePlan]):
    """Its name, and when it was checked. It stays with its office."""

    class Meta:
        model = InsurancePlan
        fields = ("name", "checked_on")

    clean_checked_on = clean_checked_on

    def clean_name(self) -> str:
        """Once on the office's list, whatever its capitals."""
        name = str(self.cleaned_data["name"])
        others = InsurancePlan.objects.filter(office=self.instance.office_id).exclude(pk=self.instance.pk)
        if key_of(name) in {key_of(other) for other in others.values_list("name", flat=True)}:
            raise ValidationError(_("This plan is on the list already"))
        return name


class InsurancePlanAdmin(AuditedAdmin):
    """To look through, check and correct; new ones come on the office's page."""

    form = PlanForm
    list_display = ("name", "office", "checked_on", "told")
    list_filter = ("office",)
    search_fields = ("name",)
    ordering = ("office__position", "name")
    list_per_page = 500
    actions = ("checked_today",)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """The office only where there are several."""
        return [name for name in self.list_display if name != "office" or not only_office()]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Many at once, on the office's page."""
        return False

    @admin.display(description=gettext_lazy("patients are told"))
    def told(self, plan: InsurancePlan) -> str:
        """Whether it was checked lately enough."""
        return _("yes") if is_fresh(plan.checked_on, timezone.localdate()) else _("to ask us: check it again")

    @admin.action(description=gettext_lazy("Checked today: we take these plans"), permissions=["change"])
    def checked_today(self, request: HttpRequest, queryset: QuerySet[InsurancePlan]) -> None:
        """The insurers were asked today."""
        for plan in queryset.select_related("office"):
            plan.checked_on = timezone.localdate()
            plan.save(update_fields=["checked_on"])
            self.log_change(request, plan, _("Checked today"))
        messages.info(request, _("Checked today: %(count)d plans.") % {"count": queryset.count()})
