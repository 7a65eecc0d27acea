"""Mails to be sent."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    pass
from appointments.models.inquiry import AppointmentRequest
from appointments.models.offices import Office


class Mail(models.Model):
    """A mail to be sent: the outbox. Holds no address and no text; both are made when it is sent.

    A row is written with the change it tells of, in one transaction, and handed to the mail server at least once.
    """

    class Kind(models.TextChoices):
        OFFICE_NOTICE = "office_notice", _("Notice to office")
        OFFICE_NEWS = "office_news", _("News from the patient, to office")
        LATE_OFFICE = "late_office", _("Reminder to office")
        LATE_MANAGER = "late_manager", _("Reminder to manager")
        DIGEST = "digest", _("Daily summary to office")
        RECEIPT = "receipt", _("Receipt to patient")
        OFFER = "offer", _("Offer of times to patient")
        BOOKED = "booked", _("Booking to patient")
        CANCELLED = "cancelled", _("Cancellation to patient")

    TO_PATIENT = (Kind.RECEIPT, Kind.OFFER, Kind.BOOKED, Kind.CANCELLED)

    request = models.ForeignKey(
        AppointmentRequest, models.CASCADE, null=True, related_name="mails"
    )  # a summary has none
    kind = models.CharField(max_length=16, choices=Kind)
    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    message_id = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()  # next try; while a worker holds the row, when its lease ends
    tries = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=60, blank=True)  # the kind of the last failure, never its text
    sent_at = models.DateTimeField(null=True, blank=True)
    deadline = models.DateTimeField(null=True, blank=True)  # of a reminder: the one it is about; of a summary: its day

    class Meta:
        ordering = ("created_at", "pk")
        indexes = [
            models.Index(fields=("due_at",), condition=Q(sent_at=None), name="mail_waiting"),
            models.Index(fields=("office", "tries"), condition=Q(sent_at=None), name="mail_owed"),
        ]
        constraints = [
            models.UniqueConstraint(name="reminder_once_per_deadline", fields=("request", "kind", "deadline")),
            models.UniqueConstraint(
                name="summary_once_per_day", fields=("office", "kind", "deadline"), condition=Q(request=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.request_id}"
