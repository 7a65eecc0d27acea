"""Whose an inquiry is: another office's, a colleague's, or the same patient's other one."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments import references
from appointments.actions import why_it_does_not_go_on
from appointments.desk.forms.base import DeskForm, NoteField
from appointments.models import OPEN
from appointments.offices import directory
from common.form_fields import ExactCharField
from common.models import User
from common.text import whole_number
from common.times import moment, recent

MOST_OFFERED_DUPLICATES = 10


class SendForm(DeskForm):
    """To another office, and why."""

    prefix = "send"
    office = forms.TypedChoiceField(
        label=gettext_lazy("Office"),
        coerce=int,
        error_messages={
            "required": gettext_lazy("Choose an office"),
            "invalid_choice": gettext_lazy("Choose an office"),
        },
    )
    reason = NoteField(gettext_lazy("Reason"), missing=gettext_lazy("Say why it goes to the other office"))
    gives_up = forms.BooleanField(
        error_messages={"required": gettext_lazy("Tick the box if the visit is to be canceled, or move it first")}
    )

    def set_up(self) -> None:
        """The other offices; with only one, it is chosen. What cancels a visit is ticked."""
        if (visit := self.inquiry.booked_for) and self.inquiry.visit_stands:
            self.fields["gives_up"].label = _("This cancels %(moment)s, and the patient is told") % {
                "moment": moment(visit)
            }
        else:
            del self.fields["gives_up"]
        others = [
            (
                facts.pk,
                facts.name if facts.taking_requests else _("%(office)s (takes none now)") % {"office": facts.name},
            )
            for facts in directory()
            if facts.pk != self.inquiry.office_id
        ]
        first = [("", _("Choose an office"))] if len(others) > 1 else []
        self.fields["office"].choices = [*first, *others]  # type: ignore[attr-defined]


class AssignForm(DeskForm):
    """Whose job it is."""

    prefix = "assign"
    to = forms.TypedChoiceField(
        label=gettext_lazy("Whose job is it?"),
        required=False,
        coerce=int,
        empty_value=None,
        error_messages={"invalid_choice": gettext_lazy("Choose somebody who works at this office")},
    )

    def set_up(self) -> None:
        """Who works at the office. One query."""
        self.fields["to"].choices = self._choices()  # type: ignore[attr-defined]
        self.initial["to"] = self.inquiry.assigned_to_id

    def _choices(self) -> list[tuple[Any, str]]:
        people = User.objects.filter(is_active=True, offices=self.inquiry.office_id).order_by("username")
        return [("", _("Nobody")), *((person.pk, str(person)) for person in people)]


class DuplicateForm(DeskForm):
    """The other request of the same person, which goes on."""

    prefix = "duplicate"
    of = forms.ChoiceField(
        label=gettext_lazy("Other requests of this person"),
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": gettext_lazy("Choose one of these requests, or enter its reference")},
    )
    reference = ExactCharField(label=gettext_lazy("Or its reference"), required=False, max_length=20)

    def set_up(self) -> None:
        """The newest open ones of the same phone and name, before and after this one. One query."""
        self.fields["of"].choices = self._choices()  # type: ignore[attr-defined]

    def _choices(self) -> list[tuple[int, str]]:
        if self.inquiry.person_key is None:
            return []
        chosen = whole_number(self.data.get(self.add_prefix("of"), ""))  # told why, if it does not go on any more
        wanted = Q(status__in=OPEN) | Q(pk=chosen or 0)
        same = self.mine.filter(wanted, person_key=self.inquiry.person_key).exclude(pk=self.inquiry.pk).order_by("-pk")
        others = same.only("reference", "created_at", "status", "reason")[:MOST_OFFERED_DUPLICATES]
        return [
            (it.pk, f"{it.reference} · {recent(it.created_at)} · {it.get_status_display()} · {it.reason}")
            for it in others
        ]

    def clean(self) -> dict[str, Any]:
        """Adds "other", an open request that this person may see."""
        data = super().clean() or {}
        if self.errors:
            return data
        typed = data.get("reference", "")
        if not typed and not data.get("of"):
            self.add_error("reference", _("Choose the other request, or enter its reference"))
            return data
        wanted = {"reference": references.canonical(typed)} if typed else {"pk": data["of"]}
        other = self.mine.filter(**wanted).exclude(pk=self.inquiry.pk).first()
        if other is None:
            self.add_error("reference", _("No other request of yours has this reference"))
        elif why_not := why_it_does_not_go_on(other):
            self.add_error("reference", why_not)
        return {**data, "other": other}
