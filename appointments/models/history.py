"""The lines of a request's history."""

import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.encrypted_fields import EncryptedJSONField, EncryptedTextField

if TYPE_CHECKING:
    pass
from appointments.models.inquiry import AppointmentRequest


def make_nonce() -> int:
    """63 random bits."""
    return secrets.randbits(63)


class Event(models.Model):
    """A line of a request's history, as the desk reads it. Never changed."""

    class Kind(models.TextChoices):
        RECEIVED = "received", _("Request received")
        OPENED = "opened", _("Request opened")
        RELEASED = "released", _("Not spam: taken out of quarantine")
        SPOKE = "spoke", _("Called, spoke to patient")
        VOICEMAIL = "voicemail", _("Left voicemail")
        NO_ANSWER = "no_answer", _("No answer")
        NOTE = "note", _("Note")
        PROPOSED = "proposed", _("Times offered")
        REMINDED = "reminded", _("Reminded of the offered times")
        CHOSEN = "chosen", _("Patient chose a time")
        NONE_SUITS = "none_suits", _("None of the times suits the patient")
        LAPSED = "lapsed", _("No time was chosen")
        CHANGED = "changed", _("Patient changed how to be reached")
        CANCELLED = "cancelled", _("Patient canceled")
        BOOKED = "booked", _("Visit booked")
        REROUTED = "rerouted", _("Sent to another office")
        ASSIGNED = "assigned", _("Assigned")
        ASKED = "asked", _("Manager asked")
        ANSWERED = "answered", _("Manager answered")
        DUPLICATE = "duplicate", _("Marked as duplicate")
        CLOSED = "closed", _("Closed")
        REOPENED = "reopened", _("Opened again")
        UNDONE = "undone", _("Last step undone")
        LOCKED = "locked", _("Private page closed after too many wrong answers")
        UNLOCKED = "unlocked", _("Private page opened again")
        CORRECTED = "corrected", _("Details corrected")
        ADDED = "added", _("Patient added something")
        SAFETY = "safety", _("Safety questions asked")
        URGENT = "urgent", _("Made urgent")
        NOT_URGENT = "not_urgent", _("Made not urgent")
        LINK_SENT = "link_sent", _("Private link sent again")
        LINK_SHOWN = "link_shown", _("Private link shown, to read aloud")
        CALL_LATER = "call_later", _("To be called later")
        TEXTED = "texted", _("Text message sent")
        REPLIED = "replied", _("Answered on the private page")
        BACK = "back", _("Back to “needs a call”")
        WANTS_MOVE = "wants_move", _("Patient asked for another time")
        EARLIER = "earlier", _("Patient wants to be called if something opens earlier")
        COMING = "coming", _("Patient will come")
        REMINDERS = "reminders", _("How the patient is reminded was changed")
        MISSED = "missed", _("Did not come")
        CHARTED = "charted", _("Entered in the chart")
        INSURANCE = "insurance", _("Insurance written down")
        ESTIMATE = "estimate", _("Estimate given")
        NETWORK = "network", _("Told whether we take the plan")
        LEGAL_HOLD = "legal_hold", _("Put on legal hold")
        HOLD_LIFTED = "hold_off", _("Legal hold lifted")
        COPIED = "copied", _("Paper copy made")
        RECOUNTED = "recounted", _("Deadline counted anew")

    CALLS = (Kind.SPOKE, Kind.VOICEMAIL, Kind.NO_ANSWER, Kind.TEXTED)  # a text is a try to reach somebody, too
    BOOKINGS = (Kind.BOOKED, Kind.CHOSEN)  # a time is agreed on
    # What the desk should hear of when the patient did it.
    NEWS = (
        *(Kind.CHOSEN, Kind.NONE_SUITS, Kind.CHANGED, Kind.CANCELLED, Kind.CORRECTED, Kind.ADDED),
        *(Kind.WANTS_MOVE, Kind.EARLIER),
    )

    request = models.ForeignKey(AppointmentRequest, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    nonce = models.BigIntegerField(default=make_nonce)  # tells it from other lines, since its number comes too late
    note = EncryptedTextField(blank=True)
    facts: Any = EncryptedJSONField(blank=True, default=dict)  # what the kind needs: a decision, a time, two offices
    before: Any = EncryptedJSONField(blank=True, default=dict)  # what the step changed in the request, for undoing it

    ROW_KEY = ("request_id", "kind", "nonce")

    class Meta:
        ordering = ("at", "pk")
        indexes = [models.Index(fields=("at",), name="event_by_time")]  # what the figures have not counted yet

    def __str__(self) -> str:
        return f"{self.request_id} {self.kind}"

    @property
    def doer(self) -> str:
        """Who did it, for the desk."""
        return str(self.by or (_("automatic") if self.kind in (self.Kind.LAPSED, self.Kind.LOCKED) else _("patient")))


def taken_back(events: Iterable[Event]) -> set[int]:
    """The numbers of the steps that were undone."""
    return {event.facts["event"] for event in events if event.kind == Event.Kind.UNDONE}
