"""Traps for machines that fill in forms, which nobody else notices.

A box that people don't see, and a stamp that says when the form was shown. What falls into a trap is only suspected:
it is kept for a person to look at. Show them with `{% include "parts/traps.html" %}` inside the form.
"""

import secrets
import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_lazy as _

from common.crypto import digest

TOO_FAST_SECONDS = 3
STAMP_SECONDS = 2 * 60 * 60


def _signer() -> Signer:
    return Signer(salt="clinic.spam.stamp")


def new_stamp(shown_at: float | None = None) -> str:
    """A signed text that says when a form was shown; no two are the same."""
    moment = int(time.time() if shown_at is None else shown_at)
    return _signer().sign(f"{secrets.token_hex(8)}-{moment}")


def stamp_age(stamp: str) -> float | None:
    """Seconds since the form was shown; None for what is not a stamp of ours."""
    try:
        signed = _signer().unsign(stamp)
    except BadSignature:
        return None
    return time.time() - int(signed.rpartition("-")[2])


class TrapField(forms.CharField):
    """Takes anything: people don't see it, so there is no mistake to tell them of."""

    def clean(self, value: Any) -> str:
        return str(value or "")


class StampField(TrapField):
    """The hidden stamp. A form shown again keeps its stamp while that is good, so that correcting is not too fast."""

    widget = forms.HiddenInput

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What to show: the stamp as it came, or a fresh one."""
        age = stamp_age(data or "")
        if age is None:
            return new_stamp()
        if age > STAMP_SECONDS:  # ours, only old: whoever presses Send again at once is no machine
            return new_stamp(time.time() - TOO_FAST_SECONDS)
        return data


class TrapsForm(forms.Form):
    """A form with both traps. Its own fields come first."""

    topic = TrapField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    stamp = StampField(required=False, initial=new_stamp)

    def clean(self) -> dict[str, Any]:
        """A form without a good stamp is shown again with what was typed; with another mistake it is anyway."""
        data = super().clean() or {}
        age = stamp_age(data.get("stamp", ""))
        if not self.errors and (age is None or age > STAMP_SECONDS):
            raise ValidationError(
                _("This page was open for a long time. Check what you wrote and send it again."), code="expired"
            )
        return data

    @property
    def filled_box(self) -> bool:
        """Whether something stands in the box that people don't see."""
        return bool(self.cleaned_data["topic"])

    @property
    def too_fast(self) -> bool:
        """Whether it came back sooner than people can read it, or without a stamp of ours."""
        return (stamp_age(self.cleaned_data["stamp"]) or 0) < TOO_FAST_SECONDS

    @property
    def suspected(self) -> bool:
        """Whether a valid form looks like a machine's."""
        return self.filled_box or self.too_fast

    def once(self, text: str) -> str:
        """A digest that is the same for a second click: the same text from the same showing of the form."""
        return digest("sent form", f"{self.cleaned_data['stamp']}\0{text}")
