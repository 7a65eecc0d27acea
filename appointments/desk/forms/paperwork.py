"""What the desk writes down for the chart, the bill and the law."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.desk.forms.base import DeskForm, NoteField
from appointments.offices import PlanFacts, plans_of
from appointments.vocabulary import InsuranceKind
from common.form_fields import CleanCharField, ExactCharField, name_without_number
from common.times import day_in_list

CHART_NUMBER_LENGTH = 30


class ChartForm(DeskForm):
    """That the visit is in the practice's chart, and the chart's number."""

    prefix = "chart"
    number = ExactCharField(
        label=gettext_lazy("Number in the chart"),
        required=False,
        max_length=CHART_NUMBER_LENGTH,
        validators=[RegexValidator(r"\A[A-Za-z0-9]+\Z", gettext_lazy("Use letters and digits only, like 20417"))],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": gettext_lazy("Use 30 characters or fewer. You have used %(show_value)s.")},
    )

    def set_up(self) -> None:
        """The number that is known; nothing pasted is cut off."""
        self.fields["number"].widget.attrs.pop("maxlength", None)
        self.initial["number"] = self.inquiry.chart_number or ""


class InsuranceForm(DeskForm):
    """Who pays: a plan of the office's list, another company by its name, or nobody but the patient."""

    prefix = "insurance"
    kind = forms.TypedChoiceField(
        label=gettext_lazy("Who pays?"),
        choices=[("", gettext_lazy("Choose one")), *InsuranceKind.choices],
        coerce=InsuranceKind,
        error_messages={
            "required": gettext_lazy("Choose who pays"),
            "invalid_choice": gettext_lazy("Choose who pays"),
        },
    )
    plan = forms.ChoiceField(
        label=gettext_lazy("Plan on our list"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose a plan of the list")},
    )
    name = CleanCharField(
        label=gettext_lazy("Or the company’s name"),
        required=False,
        max_length=80,
        validators=[name_without_number],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": gettext_lazy("The company’s name must be 80 characters or fewer")},
    )

    def set_up(self) -> None:
        """The plans of the office, if it has a list, and what is known so far."""
        self.fields["name"].widget.attrs.pop("maxlength", None)
        known = self.inquiry.insurance or ""
        plans = plans_of(self.inquiry.office_id)
        listed = known in [plan.name for plan in plans]
        self.initial = {
            "kind": self.inquiry.insurance_kind or (InsuranceKind.PLAN if known else ""),
            "plan": known if listed else "",
            "name": "" if listed else known,
        }
        if plans:
            choices = [("", _("None of these")), *((plan.name, self._label(plan)) for plan in plans)]
            self.fields["plan"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["plan"]

    def _label(self, plan: PlanFacts) -> str:
        if plan.checked_on is None:
            return _("%(plan)s (not checked yet)") % {"plan": plan.name}
        return _("%(plan)s (checked on %(day)s)") % {"plan": plan.name, "day": day_in_list(plan.checked_on)}

    def clean(self) -> dict[str, Any]:
        """As "name" what is to be kept. What the patient typed gives way to a plan of the list."""
        data = super().clean() or {}
        if self.errors:
            return data
        plan, typed = data.get("plan", ""), data["name"]
        if plan and typed not in ("", self.initial["name"]):
            self.add_error("name", _("Choose a plan of the list, or enter a name, but not both"))
        if data["kind"] == InsuranceKind.PLAN and not (plan or typed):
            self.add_error("name", _("Choose the plan, or enter the company’s name"))
        return {**data, "name": "" if data["kind"] == InsuranceKind.NONE else plan or typed}


class HoldForm(DeskForm):
    """Why a request must not be deleted."""

    prefix = "hold"
    reason = NoteField(gettext_lazy("Reason"), missing=gettext_lazy("Say why it must be kept"))


class LiftForm(DeskForm):
    """Why it may be deleted again."""

    prefix = "lift"
    reason = NoteField(gettext_lazy("Reason"), missing=gettext_lazy("Say why it need not be kept any longer"))
