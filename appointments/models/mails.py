"""Mails to be sent."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from appointments.models.history import Event
from appointments.models.inquiry import AppointmentRequest, Status
from appointments.models.offices import Office


class MailQuerySet(models.QuerySet["Mail"]):
    """The words that the outbox, the desk and the retention share."""

    def owed(self) -> "MailQuerySet":
        """Still to be sent. What a patient's mail server has refused for good is not: the desk calls instead."""
        return self.filter(sent_at=None).exclude(problem=Mail.REFUSED)

    def rehearsals(self) -> "MailQuerySet":
        """Of the site to itself; everything that lists or counts mails for people leaves them out."""
        return self.filter(request=None, kind=Mail.Kind.OFFICE_NOTICE)

    def for_people(self) -> "MailQuerySet":
        """All others."""
        return self.exclude(request=None, kind=Mail.Kind.OFFICE_NOTICE)

    def in_trouble(self) -> "MailQuerySet":
        """Tried in vain, and the desk should know. An office or a manager without an address is the checklist's.

        Of mails to a patient until somebody has spoken with them, or their request is closed.
        """
        spoken = Event.objects.filter(request=OuterRef("request"), kind=Event.Kind.SPOKE, at__gt=OuterRef("created_at"))
        settled = Q(kind__in=Mail.TO_PATIENT) & (Q(request__status=Status.CLOSED) | Exists(spoken))
        tried = self.for_people().filter(sent_at=None, tries__gt=0).exclude(problem__in=("", Mail.NO_ADDRESS))
        return tried.exclude(settled)


class Mail(models.Model):
    """A mail to be sent: the outbox. Holds no address and no text; both are made when it is sent.

    A row is written with the change it tells of, in one transaction, and handed to the mail server at least once.
    """

    class Kind(models.TextChoices):
        OFFICE_NOTICE = "office_notice", _("Notice to office")
        OFFICE_NEWS = "office_news", _("News from the patient, to office")
        LATE_OFFICE = "late_office", _("Reminder to office")
        LATE_MANAGER = "late_manager", _("Reminder to manager")
        MANAGER_ASKED = "manager_asked", _("Question to manager")
        DIGEST = "digest", _("Daily summary to office")
        RECEIPT = "receipt", _("Receipt to patient")
        OFFER = "offer", _("Offer of times to patient")
        BOOKED = "booked", _("Booking to patient")
        CANCELLED = "cancelled", _("Cancellation to patient")
        LINK = "link", _("Link to the private page, to patient")
        PATIENT_NEWS = "patient_news", _("News on the private page, to patient")
        REPLY = "reply", _("Answer on the private page, to patient")
        VISIT_SOON = "visit_soon", _("Reminder of a visit, to patient")
        VISIT_SOON_AT = "visit_soon_at", _("Reminder of a visit with day and time, to patient")

    TO_PATIENT = (
        *(Kind.RECEIPT, Kind.OFFER, Kind.BOOKED, Kind.CANCELLED, Kind.LINK, Kind.PATIENT_NEWS, Kind.REPLY),
        *(Kind.VISIT_SOON, Kind.VISIT_SOON_AT),
    )
    TO_MANAGER = (Kind.LATE_MANAGER, Kind.MANAGER_ASKED)
    # Lead to the request at the desk, by a link with a mark: see `mail/unread.py`.
    MARKED = (Kind.OFFICE_NOTICE, Kind.OFFICE_NEWS, Kind.LATE_OFFICE)
    # What `problem` may say beside the kinds of failures.
    NO_ADDRESS = "NoAddress"
    REFUSED = "refused"  # by the patient's mail server, and for good: it is not tried again

    request = models.ForeignKey(
        AppointmentRequest, models.CASCADE, null=True, related_name="mails"
    )  # a summary has none, nor has a rehearsal
    kind = models.CharField(max_length=16, choices=Kind)
    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    message_id = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()  # next try; while a worker holds the row, when its lease ends
    tries = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=60, blank=True)  # REFUSED, or the kind of the last failure, never its text
    sent_at = models.DateTimeField(null=True, blank=True)
    deadline = models.DateTimeField(null=True, blank=True)  # of a reminder: the one it is about; of a summary: its day
    mark = models.CharField(max_length=22, blank=True, default="", db_default="")  # in the link of a mail to an office
    opened_at = models.DateTimeField(null=True, blank=True)  # when somebody of that office came by that link

    objects = MailQuerySet.as_manager()

    class Meta:
        ordering = ("created_at", "pk")
        indexes = [
            models.Index(fields=("due_at",), condition=Q(sent_at=None), name="mail_waiting"),
            models.Index(fields=("office", "tries"), condition=Q(sent_at=None), name="mail_owed"),
            models.Index(fields=("office", "sent_at"), condition=~Q(mark="") & Q(opened_at=None), name="mail_unopened"),
            models.Index(fields=("office", "opened_at"), condition=Q(opened_at__isnull=False), name="mail_opened"),
        ]
        constraints = [
            models.UniqueConstraint(name="reminder_once_per_deadline", fields=("request", "kind", "deadline")),
            models.UniqueConstraint(
                name="summary_once_per_day", fields=("office", "kind", "deadline"), condition=Q(request=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.request_id}"

    @property
    def is_rehearsal(self) -> bool:
        """As `rehearsals`: a notice about no request, by which the site finds out whether mails leave."""
        return self.request_id is None and self.kind == self.Kind.OFFICE_NOTICE
