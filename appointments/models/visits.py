"""The appointment book: what kinds of visits there are, and which times of an office are taken."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from appointments.models.inquiry import AppointmentRequest
from appointments.models.offices import Office


class VisitKind(models.Model):
    """A kind of visit, and how long it takes."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    minutes = models.PositiveSmallIntegerField(_("length, clock minutes"))
    for_new = models.BooleanField(
        _("for new patients"), default=False, help_text=_("Chosen beforehand for who has not been here before.")
    )
    position = models.PositiveSmallIntegerField(_("position in lists"), default=0)

    class Meta:
        ordering = ("position", "name")
        constraints = [
            models.CheckConstraint(name="visit_kind_has_length", condition=Q(minutes__gte=5) & Q(minutes__lte=480))
        ]
        verbose_name = _("kind of visit")
        verbose_name_plural = _("kinds of visits")

    def __str__(self) -> str:
        return f"{self.name} ({self.minutes} min)"


class Visit(models.Model):
    """A stretch of an office's time that a patient has, or is offered: a row of the appointment book.

    Live rows (held, booked) say what the request says, and are written with it (`appointment_book.sync`). The others
    tell what became of a visit, and stay.
    """

    class State(models.TextChoices):
        HELD = "held", _("Offered")  # until `until`; then the time is free
        BOOKED = "booked", _("Booked")
        CAME = "came", _("Came")
        MISSED = "missed", _("Did not come")

    LIVE = (State.HELD, State.BOOKED)

    request = models.ForeignKey(AppointmentRequest, models.CASCADE, related_name="visits")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State)
    until = models.DateTimeField(null=True, blank=True)  # of what is held

    class Meta:
        ordering = ("starts_at", "pk")
        indexes = [models.Index(fields=("office", "starts_at"), name="visit_of_day")]
        constraints = [
            models.UniqueConstraint(name="visit_once_per_start", fields=("request", "starts_at")),
            models.CheckConstraint(name="visit_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(name="visit_held_until", condition=Q(state="held") ^ Q(until=None)),
        ]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.request_id} {self.state}"


class InsurancePlan(models.Model):
    """A plan that an office takes, and when somebody last asked the insurer."""

    office = models.ForeignKey(Office, models.CASCADE, related_name="plans")
    name = models.CharField(_("insurance plan"), max_length=80)
    checked_on = models.DateField(_("checked on"), null=True, blank=True)

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint(name="plan_once_per_office", fields=("office", "name"))]
        verbose_name = _("insurance plan")
        verbose_name_plural = _("insurance plans")

    def __str__(self) -> str:
        return self.name
