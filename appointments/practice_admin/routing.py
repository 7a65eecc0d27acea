"""ZIP codes that go to an office by the practice's own rule."""

from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy

from appointments.models import RoutingOverride
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
