"""A request that comes by another door than the web form: one form, from the first word to "book"."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments import offices
from appointments.complaints import choices_in_words
from appointments.desk import known_callers
from appointments.desk.forms.safety import SafetyAloud
from appointments.desk.presenters import routing_in_words
from appointments.models import AppointmentRequest, RequestQuerySet
from appointments.offices import directory, only_office
from appointments.offices.routing import Decision
from appointments.vocabulary import BeenBefore, BestWay, Channel, Language, VisitFor, Voicemail
from common.crypto import digest
from common.form_fields import CleanCharField, CleanEmailField, DateOfBirthField, PhoneField, ZipField

NOT_ASKED = "not-asked"
NOT_SAID = gettext_lazy("Not said")  # the main problem
DETAILS_LENGTH = 2000
ASKED_IN_A_TALK = ("birth_date", "zip_code", "reason", "consent")  # who left a voicemail can't be asked


def _line(label: Any, most: int, **kwargs: Any) -> CleanCharField:
    words = gettext_lazy("Use %(limit_value)s characters or fewer. You have used %(show_value)s.")
    errors = {"max_length": words, **kwargs.pop("error_messages", {})}
    return CleanCharField(label=label, max_length=most, error_messages=errors, **kwargs)


class NewRequestForm(SafetyAloud):
    """What the desk asks, in the order of a call. mine, own: the requests and offices (slugs) of who asks."""

    nonce = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    channel = forms.ChoiceField(
        label=gettext_lazy("How did it come?"),
        choices=[(channel.value, channel.label) for channel in Channel if channel != Channel.WEB],
        initial=Channel.PHONE,
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose how it came")),
    )
    referred_by = _line(gettext_lazy("Which practice referred the patient?"), 200, required=False)
    patient_name = _line(
        gettext_lazy("Full name of the patient"),
        200,
        error_messages={"required": gettext_lazy("Enter the patient’s name")},
    )
    birth_date = DateOfBirthField(label=gettext_lazy("Date of birth"), required=False)
    phone = PhoneField(label=gettext_lazy("Phone number"))
    caller_name = _line(gettext_lazy("Who calls, if not the patient?"), 200, required=False)
    caller_relation = _line(gettext_lazy("How do they know the patient?"), 100, required=False)
    something_else = forms.BooleanField(
        label=gettext_lazy("It is about something else: make a new request"), required=False
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Main problem"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose the main problem")},
    )
    details = _line(
        gettext_lazy("What they said"),
        DETAILS_LENGTH,
        required=False,
        lines=True,
        widget=forms.Textarea(attrs={"rows": 3, "data-most": DETAILS_LENGTH}),
    )
    zip_code = ZipField(label=gettext_lazy("ZIP code where the patient lives"), required=False)
    no_zip = forms.BooleanField(label=gettext_lazy("They have no US ZIP code"), required=False)
    office = forms.ChoiceField(
        label=gettext_lazy("Office"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose an office that takes requests")},
    )
    why_here = _line(gettext_lazy("Why this office, and not the nearest?"), 200, required=False)
    been_before = forms.ChoiceField(
        label=gettext_lazy("Been here before?"),
        choices=[("", gettext_lazy("Not asked")), *BeenBefore.choices],
        required=False,
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=Language.choices, initial=Language.ENGLISH, required=False
    )
    other_language = _line(gettext_lazy("Which other language?"), 60, required=False)
    email = CleanEmailField(label=gettext_lazy("Email"), required=False)
    voicemail = forms.BooleanField(label=gettext_lazy("We may leave a voicemail"), required=False)
    consent = forms.BooleanField(
        label=gettext_lazy("They agree that we use these details to set up the visit"), required=False
    )

    def __init__(self, data: Any = None, *, mine: RequestQuerySet, own: list[str], **kwargs: Any) -> None:
        super().__init__(data, initial={"nonce": secrets.token_urlsafe(16)}, **kwargs)
        self.mine, self.own = mine, own
        self.ask_newest()
        self.fields["flags"].required = False
        asked = self.fields["flags"].choices  # type: ignore[attr-defined]
        self.fields["flags"].choices = [*asked, (NOT_ASKED, _("Not asked yet"))]  # type: ignore[attr-defined]
        self.fields["reason"].choices = [("", _("Choose one")), *choices_in_words()]  # type: ignore[attr-defined]
        self.only = only_office()
        if self.only:  # nobody is asked which
            del self.fields["office"], self.fields["why_here"]
        else:
            taking = [(facts.slug, facts.name) for facts in directory() if facts.taking_requests]
            self.fields["office"].choices = [("", _("By ZIP code")), *taking]  # type: ignore[attr-defined]
        for name, field in self.fields.items():
            field.widget.attrs["autocomplete"] = "off"  # it is never the person at the keyboard
            if name in ("patient_name", "details"):
                field.widget.attrs.pop("maxlength", None)  # nothing pasted is cut off
        if data is None:
            self.fields["patient_name"].widget.attrs["autofocus"] = True
        self.nearest: Decision | None = None
        self.asks_why_here = False

    # --- Each answer ---

    def clean_flags(self) -> list[str] | None:
        """The signs; None if nobody was asked."""
        chosen = self.cleaned_data["flags"]
        if NOT_ASKED in chosen and len(chosen) > 1:
            raise ValidationError(_("Tick the answers, or “Not asked yet”, but not both"))
        return self.without_none("flags") if set(chosen) - {NOT_ASKED} else None

    def text_of(self, data: dict[str, Any]) -> str:
        """As the receptionist wrote it down."""
        return str(data.get("details", ""))

    def clean(self) -> dict[str, Any]:
        """What must be known depends on who is there to be asked."""
        data = super().clean()
        channel = Channel(data["channel"]) if "channel" in data else Channel.PHONE
        if channel.is_talk:
            for name in ASKED_IN_A_TALK:
                if name not in self.errors and not data.get(name) and not (name == "zip_code" and data["no_zip"]):
                    self.add_error(name, str(MISSING[name]))
            if "flags" not in self.errors and not self["flags"].value():
                self.add_error("flags", _("Ask these questions, or choose “Not asked yet”"))
        if channel == Channel.REFERRAL and "referred_by" not in self.errors and not data.get("referred_by"):
            self.add_error("referred_by", _("Enter the practice that referred the patient"))
        if data.get("caller_name") and not data.get("caller_relation") and "caller_relation" not in self.errors:
            self.add_error("caller_relation", _("Say how they know the patient, for example: mother"))
        other = data.get("language") == Language.OTHER
        if other and not data.get("other_language") and "other_language" not in self.errors:
            self.add_error("other_language", _("Say which language"))
        if self.only:
            data["office"] = self.only.slug
        elif not ({"zip_code", "office"} & self.errors.keys()):
            self._settle_office(data)
        if not data.get("something_else") and (match := next(filter(self._goes_on, self.matches), None)):
            words = _("This person has an open request, %(reference)s. Open it, or tick that this is something else.")
            self.add_error("something_else", words % {"reference": match.inquiry.reference})
        return data

    def _settle_office(self, data: dict[str, Any]) -> None:
        """What was chosen wins. Else the nearest, if that is sure; another office's only on purpose, since whoever
        takes the call won't see it there.
        """
        zip_code, chosen = data.get("zip_code", ""), data.get("office", "")
        if not zip_code:
            only = [slug for slug, _name in self.fields["office"].choices if slug in self.own]  # type: ignore[attr-defined]
            if not chosen and len(only) == 1:
                data["office"] = only[0]
            elif not chosen:
                self.add_error("office", _("Choose the office"))
            return
        self.nearest = offices.decide_office(zip_code)
        there = offices.office(self.nearest.office)
        if not chosen and self.nearest.doubtful:
            self.add_error("office", _("The ZIP code does not say. Ask which office they can get to, and choose it"))
        elif not chosen and self.nearest.office not in self.own:
            words = _(
                "This belongs to %(office)s. Choose %(office)s to send it there: it gets a notice, and you will not "
                "see the request any more. Or choose another office and say why."
            )
            self.add_error("office", words % {"office": there.name if there else self.nearest.office})
        elif chosen and chosen in self.own and chosen != self.nearest.office and not self.nearest.doubtful:
            self.asks_why_here = True
            if not data.get("why_here"):
                self.add_error("why_here", _("Say why it does not go to the nearest office"))

    # --- What is shown meanwhile ---

    @cached_property
    def matches(self) -> list[known_callers.Match]:
        """The same person's other requests, by what has been typed so far."""
        given = getattr(self, "cleaned_data", {})
        phone = given.get("phone") or self["phone"].value() or ""
        born = given.get("birth_date")
        name = given.get("patient_name") or ""
        return known_callers.find(self.mine, name=name, phone=phone, born=born.isoformat() if born else "")

    @property
    def has_open_match(self) -> bool:
        """Whether it may be asked for a second time."""
        return any(map(self._goes_on, self.matches))

    def _goes_on(self, match: known_callers.Match) -> bool:
        """Whether it is this person's open request, and not what a first click has made of this form."""
        inquiry = match.inquiry
        return match.is_sure and match.is_open and not inquiry.is_message and inquiry.draft_digest != self.draft_digest

    @property
    def routing(self) -> str:
        """Where the ZIP code leads, in words; "" if nobody knows yet."""
        if self.nearest is None:
            return ""
        inquiry = AppointmentRequest(
            channel=Channel.PHONE, zip_code=self.cleaned_data["zip_code"], routing=asdict(self.nearest)
        )
        away = [facts.why_not for facts in directory() if facts.slug in self.nearest.skipped]
        return " ".join([routing_in_words(inquiry, {facts.slug: facts.name for facts in directory()}), *away])

    def look_only(self) -> None:
        """Read what has been typed so far, and complain of nothing yet."""
        self.full_clean()
        self._errors = ErrorDict()

    # --- What it comes to ---

    @property
    def door(self) -> Channel:
        """By which door."""
        return Channel(self.cleaned_data["channel"])

    @property
    def why_this_office(self) -> str:
        """For the history: why it does not go to the nearest office; "" if nobody had to say."""
        return (
            _("Why this office: %(reason)s") % {"reason": self.cleaned_data["why_here"]} if self.asks_why_here else ""
        )

    @property
    def draft_digest(self) -> str:
        """The same for a second click: the same words from the same showing of the form."""
        names = ("nonce", "patient_name", "phone", "reason", "details")
        return digest("desk request", "\0".join(self.cleaned_data.get(name, "") for name in names))

    def answers(self) -> Mapping[str, Any]:
        """As `actions.write_down` takes them."""
        data = self.cleaned_data
        talk = self.door.is_talk
        born = data["birth_date"]
        about_you = {name: data[name] for name in ("patient_name", "caller_name", "caller_relation", "been_before")}
        contact = {name: data[name] for name in ("language", "other_language")}
        return {
            "safety": None if data["flags"] is None else self.safety,
            "second_look": {"so": self.said_so},
            "about_you": {
                **about_you,
                **{name: data[name] for name in ("phone", "email", "zip_code")},
                "visit_for": (VisitFor.OTHER if data["caller_name"] else VisitFor.SELF).value,
                "birth_date": born.isoformat() if born else None,
            },
            "visit": {
                "reason": data["reason"] or str(NOT_SAID),
                "details": data["details"],
                "office": data["office"],
            },
            "contact": {
                **contact,
                "best_way": BestWay.CALL.value,
                **({"voicemail": (Voicemail.YES if data["voicemail"] else Voicemail.NO).value} if talk else {}),
            },
            "referred_by": data["referred_by"],
            "consent": data["consent"],
        }


MISSING = {
    "birth_date": gettext_lazy("Enter the date of birth"),
    "zip_code": gettext_lazy("Enter a ZIP code with 5 digits"),
    "reason": gettext_lazy("Choose the main problem"),
    "consent": gettext_lazy("Ask whether they agree, and tick the box"),
}
