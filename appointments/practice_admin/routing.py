"""ZIP codes that go to an office by the practice's own rule."""

from django import forms
from django.utils.translation import gettext_lazy

from appointments.models import RoutingOverride
from appointments.practice_admin.base import AuditedAdmin
from appointments.practice_admin.offices import five_digits


class RoutingOverrideForm(forms.ModelForm[RoutingOverride]):
    """A ZIP code and where it goes."""

    class Meta:
        model = RoutingOverride
        fields = ("zip_code", "office", "note")
        error_messages = {"zip_code": {"unique": gettext_lazy("This ZIP code has an override already")}}

    def clean_zip_code(self) -> str:
        return five_digits(self.cleaned_data["zip_code"])


class RoutingOverrideAdmin(AuditedAdmin):
    """ZIP codes that go elsewhere."""

    form = RoutingOverrideForm
    list_display = ("zip_code", "office", "note")
    list_select_related = ("office",)
    search_fields = ("zip_code",)
