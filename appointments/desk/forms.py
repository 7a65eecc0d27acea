"""The forms of the front desk. Each says in one sentence what to do about what was typed; nothing typed is cut off."""

import re
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.actions import why_it_does_not_go_on
from appointments.models import OPEN, AppointmentRequest, CloseReason, Event, RequestQuerySet
from appointments.offices import directory, facts_of, practice
from common.form_fields import CleanCharField
from common.models import User
from common.text import whole_number
from common.times import recent

NOTE_LENGTH = 5000
VISIT_NOTE_LENGTH = 200
LATEST_BOOKING = timedelta(days=731)
MOST_OFFERED_DUPLICATES = 10
FIRST_YEAR, LAST_YEAR = 2000, 2100  # that anybody looks for


class NoteField(CleanCharField):
    """Lines of text up to NOTE_LENGTH letters."""

    def __init__(self, label: Any, *, required: bool = True, missing: Any = "", rows: int = 2) -> None:
        super().__init__(
            label=label,
            lines=True,
            required=required,
            max_length=NOTE_LENGTH,
            widget=forms.Textarea(attrs={"rows": rows, "data-most": NOTE_LENGTH}),
            error_messages={
                "required": missing,
                "max_length": gettext_lazy("Use 5,000 letters or fewer. You have used %(show_value)s."),
            },
        )

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Without `maxlength`: browsers would silently cut off what is pasted."""
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}


class VisitTimeField(forms.DateTimeField):
    """A day and time on the practice's clock."""

    def __init__(self, label: Any, *, required: bool = True) -> None:
        super().__init__(
            label=label,
            required=required,
            widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": 300}, format="%Y-%m-%dT%H:%M"),
            input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
            error_messages={
                "required": gettext_lazy("Choose a day and time"),
                "invalid": gettext_lazy("Enter a day and time, like 2026-12-01 10:15"),
            },
        )


class DeskForm(forms.Form):
    """A form about one request.

    found: the request. user: who acts. mine: the requests they may see.
    """

    def __init__(
        self, data: Any = None, *, found: AppointmentRequest, user: User, mine: RequestQuerySet, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.found, self.user, self.mine = found, user, mine
        self.set_up()

    def set_up(self) -> None:
        """For what depends on the request."""

    def typed(self) -> list[str]:
        """The texts that somebody wrote into it, to show them where the form itself can't be shown again."""
        texts = [self[name].value() for name, field in self.fields.items() if isinstance(field, CleanCharField)]
        return [str(text) for text in texts if text]


class _TimesForm(DeskForm):
    """Checks times of visits."""

    closed_then = False  # the tick is offered once it is needed

    def check_time(self, name: str) -> datetime | None:
        """A time that was typed, with an error on its field if it can't be: in the past, far off, or closed then."""
        at: datetime | None = self.cleaned_data.get(name)
        if at is None:
            return None
        office = facts_of(self.found.office)
        if at <= timezone.now():
            self.add_error(name, _("Choose a day and time in the future"))
        elif at > timezone.now() + LATEST_BOOKING:
            self.add_error(name, _("Choose a day within the next two years"))
        elif not office.schedule.is_open(at, practice().visit_minutes):
            self.closed_then = True
            if not self.cleaned_data.get("outside_hours"):
                words = _("The %(office)s office is closed then. Choose another time, or tick the box to go on anyway.")
                if office.schedule.is_open(at):
                    words = _(
                        "The %(office)s office closes before the visit is over: it takes %(count)d minutes. "
                        "Choose another time, or tick the box to go on anyway."
                    )
                self.add_error(name, words % {"office": office.name, "count": practice().visit_minutes})
        return at


class CallForm(DeskForm):
    """How a call went, and what was said."""

    prefix = "call"
    note = NoteField(gettext_lazy("What was said"), required=False)
    outcome = forms.ChoiceField(
        choices=[(kind.value, kind.label) for kind in Event.CALLS],
        error_messages={
            "required": gettext_lazy("Press the button that says how the call went"),
            "invalid_choice": gettext_lazy("Press the button that says how the call went"),
        },
    )


class ProposeForm(_TimesForm):
    """Up to three times to pick from. `now` is set by the button that books the first one."""

    prefix = "propose"
    first = VisitTimeField(gettext_lazy("Time 1"))
    second = VisitTimeField(gettext_lazy("Time 2"), required=False)
    third = VisitTimeField(gettext_lazy("Time 3"), required=False)
    outside_hours = forms.BooleanField(
        label=gettext_lazy("Offer these times although the office is closed then"), required=False
    )
    by_phone = forms.BooleanField(label=gettext_lazy("I will tell them by phone"), required=False)
    now = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def set_up(self) -> None:
        """Who can be told by mail needs no call."""
        if self.found.email:
            del self.fields["by_phone"]

    def clean(self) -> dict[str, Any]:
        """Adds "times"; with `now` only the first counts."""
        data = super().clean() or {}
        names = ["first"] if data.get("now") else ["first", "second", "third"]
        for name in {"second", "third"} - set(names):
            self.errors.pop(name, None)
        times: list[datetime] = []
        for name in names:
            if at := self.check_time(name):
                if at in times:
                    self.add_error(name, _("This time is there already. Choose another one, or leave it empty."))
                times.append(at)
        if "by_phone" in self.fields and not data.get("now") and not data.get("by_phone"):
            self.add_error(
                "by_phone", _("There is no email address. Tick the box if you will tell them the times by phone.")
            )
        return {**data, "times": times}


class BookForm(_TimesForm):
    """A day and time that was agreed on."""

    prefix = "book"
    at = VisitTimeField(gettext_lazy("Day and time"))
    note = CleanCharField(
        label=gettext_lazy("Note for the visit"),
        required=False,
        max_length=VISIT_NOTE_LENGTH,
        widget=forms.TextInput(attrs={"data-most": VISIT_NOTE_LENGTH}),
        error_messages={"max_length": gettext_lazy("Use 200 letters or fewer. You have used %(show_value)s.")},
    )
    outside_hours = forms.BooleanField(label=gettext_lazy("Book although the office is closed then"), required=False)

    def set_up(self) -> None:
        """As in NoteField: nothing pasted is cut off."""
        self.fields["note"].widget.attrs.pop("maxlength", None)

    def clean(self) -> dict[str, Any]:
        """In the future; in a closed hour only on purpose."""
        data = super().clean() or {}
        self.check_time("at")
        return data


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

    def set_up(self) -> None:
        """The other offices; with only one, it is chosen."""
        others = [
            (
                facts.pk,
                facts.name if facts.taking_requests else _("%(office)s (takes none now)") % {"office": facts.name},
            )
            for facts in directory()
            if facts.pk != self.found.office_id
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
        self.initial["to"] = self.found.assigned_to_id

    def _choices(self) -> list[tuple[Any, str]]:
        people = User.objects.filter(is_active=True, offices=self.found.office_id).order_by("username")
        return [("", _("Nobody")), *((person.pk, str(person)) for person in people)]


class NoteForm(DeskForm):
    """A note for the history."""

    prefix = "note"
    text = NoteField(gettext_lazy("Note"), missing=gettext_lazy("Write the note first"))


class AskForm(DeskForm):
    """A question to the manager."""

    prefix = "ask"
    text = NoteField(gettext_lazy("Your question"), missing=gettext_lazy("Write your question first"))


class AnswerForm(DeskForm):
    """The manager's answer."""

    prefix = "answer"
    text = NoteField(gettext_lazy("Your answer"), missing=gettext_lazy("Write your answer first"))


class ReopenForm(DeskForm):
    """Why a closed request needs a call after all."""

    prefix = "reopen"
    reason = NoteField(gettext_lazy("Reason"), missing=gettext_lazy("Say why it is opened again"))


class CloseForm(DeskForm):
    """Why nothing more is to be done."""

    prefix = "close"
    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        error_messages={
            "required": gettext_lazy("Choose a reason"),
            "invalid_choice": gettext_lazy("Choose a reason"),
        },
    )
    note = NoteField(gettext_lazy("Note"), required=False)

    def set_up(self) -> None:
        """A message was no visit."""
        reasons = [reason for reason in CloseReason if self.found.kind in reason.closing.by_desk]
        self.fields["reason"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose a reason")),
            *((reason.value, reason.label) for reason in reasons),
        ]


class DuplicateForm(DeskForm):
    """The other request of the same person, which goes on."""

    prefix = "duplicate"
    of = forms.ChoiceField(
        label=gettext_lazy("Other requests of this person"),
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": gettext_lazy("Choose one of these requests, or enter its reference")},
    )
    reference = CleanCharField(label=gettext_lazy("Or its reference"), required=False, max_length=20)

    def set_up(self) -> None:
        """The newest open ones of the same phone and name, before and after this one. One query."""
        self.fields["of"].choices = self._choices()  # type: ignore[attr-defined]

    def _choices(self) -> list[tuple[int, str]]:
        if self.found.person_key is None:
            return []
        chosen = whole_number(self.data.get(self.add_prefix("of"), ""))  # told why, if it does not go on any more
        wanted = Q(status__in=OPEN) | Q(pk=chosen or 0)
        same = self.mine.filter(wanted, person_key=self.found.person_key).exclude(pk=self.found.pk).order_by("-pk")
        rows = same.only("reference", "created_at", "status", "reason")[:MOST_OFFERED_DUPLICATES]
        return [
            (row.pk, f"{row.reference} · {recent(row.created_at)} · {row.get_status_display()} · {row.reason}")
            for row in rows
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
        wanted = {"reference": canonical_reference(typed)} if typed else {"pk": data["of"]}
        other = self.mine.filter(**wanted).exclude(pk=self.found.pk).first()
        if other is None:
            self.add_error("reference", _("No other request of yours has this reference"))
        elif why_not := why_it_does_not_go_on(other):
            self.add_error("reference", why_not)
        return {**data, "other": other}


def canonical_reference(typed: str) -> str:
    """ "gs 7k4m39" as it is stored: "GS-7K4M-39"."""
    letters = re.sub(r"[^A-Z0-9]", "", typed.upper()).removeprefix(settings.REFERENCE_PREFIX.upper())
    return f"{settings.REFERENCE_PREFIX}-{letters[:4]}-{letters[4:]}"


class DayField(forms.DateField):
    """A day that may be left out. Raises ValidationError for one at the end of the calendar, which has no next day."""

    def __init__(self, label: Any) -> None:
        super().__init__(
            label=label,
            required=False,
            widget=forms.DateInput(attrs={"type": "date"}),
            error_messages={"invalid": gettext_lazy("Enter a day like 11/23/2026")},
        )

    def validate(self, value: date | None) -> None:
        """Of these days."""
        super().validate(value)
        if value and not FIRST_YEAR <= value.year <= LAST_YEAR:
            raise ValidationError(self.error_messages["invalid"], code="invalid")


class FilterForm(forms.Form):
    """Which part of a list is wanted; all of it is optional, and stands in the address."""

    since = DayField(gettext_lazy("Received from"))
    until = DayField(gettext_lazy("to"))
    urgent = forms.BooleanField(label=gettext_lazy("Urgent only"), required=False)
    who = forms.ChoiceField(label=gettext_lazy("Assigned to"), required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        required=False,
        choices=[("", gettext_lazy("All")), *AppointmentRequest.Kind.choices],
    )

    def __init__(self, data: Any, *, colleagues: dict[int, str]) -> None:
        super().__init__(data)
        self.fields["who"].choices = [  # type: ignore[attr-defined]
            ("", _("Anybody")),
            ("me", _("Me")),
            ("nobody", _("Nobody")),
            ("manager", _("Manager was asked")),
            *((str(pk), name) for pk, name in colleagues.items()),
        ]
        self.is_valid()

    @property
    def chosen(self) -> dict[str, Any]:
        """What was chosen and could be understood."""
        return {name: value for name, value in self.cleaned_data.items() if value}
