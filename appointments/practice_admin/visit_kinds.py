"""Kinds of visits, and how long they take."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.models import VisitKind
from appointments.practice_admin.base import AuditedAdmin

SHORTEST, LONGEST = 5, 480  # clock minutes


class VisitKindForm(forms.ModelForm[VisitKind]):
    """A name and a length that is of use."""

    class Meta:
        model = VisitKind
        fields = ("name", "minutes", "for_new", "position")
        error_messages = {"name": {"unique": gettext_lazy("This kind is there already")}}

    def clean_minutes(self) -> int:
        """Of use."""
        minutes: int = self.cleaned_data["minutes"]
        if not SHORTEST <= minutes <= LONGEST:
            raise ValidationError(
                _("Enter minutes between %(least)d and %(most)d") % {"least": SHORTEST, "most": LONGEST}
            )
        return minutes

    def validate_constraints(self) -> None:
        """`clean_minutes` says it in words."""


class VisitKindAdmin(AuditedAdmin):
    """A visit that is booked keeps the length it was booked with, whatever becomes of its kind."""

    form = VisitKindForm
    list_display = ("name", "minutes", "for_new", "position")
