"""The questions of the safety check, as patients answer them and as the desk reads them aloud."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from appointments.warning_signs.table import Table

NONE_OF_THESE = "none"


class SafetyQuestions(forms.Form):
    """Which signs there are, and what makes them more serious, by a version of the table."""

    flags = forms.MultipleChoiceField(
        label=_("Is any of this so today?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose an answer, or choose “No, none of these”"),
            "invalid_choice": _("Choose an answer, or choose “No, none of these”"),
        },
    )
    conditions = forms.MultipleChoiceField(
        label=_("Do you, or the person you are asking for, have any of these?"),
        help_text=_("They make some foot problems more serious."),
        required=False,  # only where the answer changes something
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose what applies, or choose “No, none of these”")},
    )
    table: Table

    def ask(self, table: Table) -> None:
        """The questions of that version."""
        self.table = table
        for name, rows in (("flags", table.signs), ("conditions", table.conditions)):
            self.fields[name].choices = [  # type: ignore[attr-defined]
                *((row.slug, row.question) for row in rows),
                (NONE_OF_THESE, _("No, none of these")),
            ]
        if not table.conditions:
            del self.fields["conditions"]

    def clean_flags(self) -> list[str] | None:
        """The signs' slugs; an empty list for "none of these"."""
        return self.without_none("flags")

    def clean_conditions(self) -> list[str] | None:
        """The conditions' slugs; an empty list for "none of these", None for no answer."""
        return self.without_none("conditions") if self.cleaned_data["conditions"] else None

    def without_none(self, name: str) -> list[str]:
        """What was ticked. Raises ValidationError for "none of these" beside something."""
        chosen: list[str] = self.cleaned_data[name]
        if NONE_OF_THESE in chosen and len(chosen) > 1:
            raise ValidationError(_("Choose what applies to you, or “No, none of these”, but not both"))
        return [slug for slug in chosen if slug != NONE_OF_THESE]

    def clean(self) -> dict[str, Any]:
        """With the version that was answered. Conditions must be known where they decide how soon care is needed."""
        data = super().clean() or {}
        unanswered = data.get("conditions", []) is None
        if unanswered and self.table.matters_with_condition(data.get("flags") or []):
            problem = _("Choose what applies, or “No, none of these”. It decides how soon you need care.")
            self.add_error("conditions", problem)
        return {"conditions": None, **data, "version": self.table.version}
