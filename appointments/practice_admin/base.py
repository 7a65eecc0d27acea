"""What all these pages share: every change is audited; by names, never by values."""

from typing import Any

from django import forms
from django.db import models
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from common import audit
from common.confirm import AsksFirst

# The browser's own pickers: Django's say what time it is in another zone, and need a script.
PICKERS: dict[Any, Any] = {
    models.TimeField: {"widget": forms.TimeInput(attrs={"type": "time"}, format="%H:%M")},
    models.DateField: {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")},
}


def audit_change(request: HttpRequest, action: str, row: Model) -> None:
    """Who changed which record of the settings."""
    audit.record_by(request, action=f"settings {action}", record=f"{row._meta.model_name} {row.pk}")


class AuditedAdmin(AsksFirst):
    """Writes into the audit whatever Django writes into its own log."""

    formfield_overrides = PICKERS

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        audit_change(request, "added", obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """Changed; a form that was saved as it was is no change."""
        if message:
            audit_change(request, "changed", obj)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        for row in queryset:
            audit_change(request, "deleted", row)
        return super().log_deletions(request, queryset)
