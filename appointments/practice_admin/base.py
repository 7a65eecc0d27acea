"""What all these pages share: every change is audited; by names, never by values."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import models
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import ngettext

from appointments import actions, offices
from appointments.practice_admin.touched import by_recount
from common import audit
from common.client import client_address
from common.confirm import AsksFirst, NotConfirmed, Touched
from common.form_fields import CleanCharField, Exact
from common.models import User


class _LinesField(CleanCharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(lines=True, **kwargs)


class _EmailField(Exact, forms.EmailField):
    """An address without what pasting brings along."""


# Texts are cleaned as everywhere. The browser's own pickers: Django's say what time it is in another zone, and need a
# script.
FIELDS: dict[Any, Any] = {
    models.CharField: {"form_class": CleanCharField},
    models.TextField: {"form_class": _LinesField},
    models.EmailField: {"form_class": _EmailField},
    models.SlugField: {"form_class": forms.SlugField},
    models.TimeField: {"widget": forms.TimeInput(attrs={"type": "time"}, format="%H:%M")},
    models.DateField: {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")},
}


def audit_change(request: HttpRequest, action: str, row: Model) -> None:
    """Who changed which record of the settings."""
    audit.record_by(request, action=f"settings {action}", record=f"{row._meta.model_name} {row.pk}")


def actor_of(request: HttpRequest) -> actions.Actor:
    """Who saves the page."""
    return actions.Actor(request.user if isinstance(request.user, User) else None, client_address(request))


class AuditedAdmin(AsksFirst):
    """Writes into the audit whatever Django writes into its own log."""

    formfield_overrides = FIELDS

    def confirm(self, request: HttpRequest, touched: list[Touched]) -> None:
        """As for all; what pages have read meanwhile of the unsaved offices and settings is forgotten."""
        try:
            super().confirm(request, touched)
        except NotConfirmed:
            offices.forget()
            raise

    def recount(self, request: HttpRequest, touched: list[Touched], **what: Any) -> None:
        """Counts deadlines anew, asks if somebody would be called later than promised, and says how many moved."""
        recounted = actions.recount(actor=actor_of(request), **what)
        self.confirm(request, [*touched, *by_recount(recounted, request.user)])
        if moved := len(recounted.moved):
            words = ngettext("Deadline of %(count)d request moved.", "Deadlines of %(count)d requests moved.", moved)
            told = ngettext("%(count)d patient gets a mail.", "%(count)d patients get a mail.", recounted.mailed)
            messages.info(request, f"{words % {'count': moved}} {told % {'count': recounted.mailed}}")

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
