"""ZIP codes that go to an office by the practice's own rule."""

from typing import ClassVar

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from appointments.models import RoutingOverride
from appointments.offices import only_office
from appointments.practice_admin.base import AuditedAdmin
from common.form_fields import ZipField


class RoutingOverrideForm(forms.ModelForm[RoutingOverride]):
    """A ZIP code and where it goes."""

    class Meta:
        model = RoutingOverride
        fields = ("zip_code", "office", "note")
        field_classes: ClassVar = {"zip_code": ZipField}
        error_messages = {"zip_code": {"unique": gettext_lazy("This ZIP code has an override already")}}


class RoutingOverrideAdmin(AuditedAdmin):
    """ZIP codes that go elsewhere."""

    form = RoutingOverrideForm
    list_display = ("zip_code", "office", "note")
    list_select_related = ("office",)
    search_fields = ("zip_code",)

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        """Where there is one office no ZIP code goes elsewhere, so the index does not name them."""
        return {} if only_office() else super().get_model_perms(request)
