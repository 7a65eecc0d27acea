"""Offices, and the life of a request: `new -> contacted -> proposed -> booked -> closed`.

Everything that can identify a patient or tell their health stands in encrypted columns. What stays readable is
what the desk sorts and counts by: office, status, urgency and times.
"""

import secrets
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clinic.common.fields import EncryptedDateField, EncryptedJSONField, EncryptedTextField

if TYPE_CHECKING:
    from clinic.common.models import User

REFERENCE_LETTERS = "34679CDFGHJKMNPQRTWXY"  # no look-alikes (0 O, 1 I L, 2 Z, 5 S, 8 B, U V), no words without A E


class Weekday(models.IntegerChoices):
    """As `date.weekday()` counts."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class Office(models.Model):
    """A place where patients are seen, with its own front desk."""

    class Color(models.TextChoices):
        BAY = "bay", _("Bay blue")
        PLUM = "plum", _("Blossom plum")
        MOSS = "moss", _("Moss green")
        RUST = "rust", _("Rust red")
        SLATE = "slate", _("Slate gray")

    name = models.CharField(_("name"), max_length=60, help_text=_("The town, without the word “office”."))
    slug = models.SlugField(_("web address"), unique=True)
    letter = models.CharField(_("letter"), max_length=1, help_text=_("Marks this office in the desk's lists."))
    color = models.CharField(_("color"), max_length=8, choices=Color, default=Color.BAY)
    street = models.CharField(_("street and building"), max_length=120)
    city = models.CharField(_("city"), max_length=60)
    state = models.CharField(_("state"), max_length=2)
    zip_code = models.CharField(_("ZIP code"), max_length=5)
    phone = models.CharField(_("phone"), max_length=16, help_text=_("With country code: +17325579900"))
    notice_email = models.EmailField(
        _("e-mail for notices"),
        blank=True,
        help_text=_("New requests are announced here, with reference and link only. Never shown to patients."),
    )
    latitude = models.FloatField(_("latitude"))
    longitude = models.FloatField(_("longitude"))
    position = models.PositiveSmallIntegerField(_("position in lists"), default=0)
    getting_here = models.TextField(
        _("getting here"), blank=True, help_text=_("One step on each line. Shown as a numbered list.")
    )
    parking = models.CharField(_("parking and bus"), max_length=200, blank=True)
    access = models.TextField(
        _("access"), blank=True, help_text=_("One fact on each line: ramp, elevator, interpreters …")
    )
    keeps_holidays = models.BooleanField(_("closed on federal holidays"), default=True)
    hours_confirmed = models.BooleanField(
        _("opening hours confirmed"), default=False, help_text=_("Until then the site says to call first.")
    )
    takes_requests = models.BooleanField(_("takes requests"), default=True)
    not_taking_until = models.DateField(
        _("not taking requests until"), null=True, blank=True, help_text=_("Takes them again from this day on.")
    )
    staff = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("staff"),
        related_name="offices",
        blank=True,
        help_text=_("Who works this office's requests. Nobody else can see them."),
    )

    class Meta:
        ordering = ("position", "name")
        verbose_name = _("office")
        verbose_name_plural = _("offices")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The office's public page."""
        return reverse("offices:detail", args=[self.slug])


class OpeningHours(models.Model):
    """One open span on a weekday; two rows make a day with a lunch break."""

    office = models.ForeignKey(Office, models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))

    class Meta:
        ordering = ("weekday", "opens")
        constraints = [models.CheckConstraint(name="opening_hours_end_after_start", condition=Q(closes__gt=F("opens")))]
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


class Closure(models.Model):
    """Days an office is closed besides weekends and federal holidays."""

    office = models.ForeignKey(Office, models.CASCADE, related_name="closures")
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    reason = models.CharField(_("reason, shown to patients"), max_length=80)

    class Meta:
        ordering = ("first_day",)
        constraints = [
            models.CheckConstraint(name="closure_ends_after_start", condition=Q(last_day__gte=F("first_day")))
        ]
        verbose_name = _("closure")
        verbose_name_plural = _("closures")

    def __str__(self) -> str:
        return f"{self.first_day} – {self.last_day}"


class ZipCode(models.Model):
    """Where a ZIP code lies: the centroid from GeoNames (https://www.geonames.org, CC BY 4.0)."""

    code = models.CharField(max_length=5, primary_key=True)
    latitude = models.FloatField()
    longitude = models.FloatField()

    def __str__(self) -> str:
        return self.code


class RoutingOverride(models.Model):
    """A ZIP code whose requests go to an office although another may be nearer."""

    zip_code = models.CharField(_("ZIP code"), max_length=5, unique=True)
    office = models.ForeignKey(Office, models.CASCADE, verbose_name=_("office"))
    note = models.CharField(_("why"), max_length=120, blank=True)

    class Meta:
        ordering = ("zip_code",)
        verbose_name = _("routing override")
        verbose_name_plural = _("routing overrides")

    def __str__(self) -> str:
        return f"{self.zip_code} → {self.office}"


class SafetyCheck(models.Model):
    """A version of the first step's questions. The newest is asked; old ones stay, because requests name them."""

    version = models.PositiveIntegerField(_("version"), unique=True)
    signed_off_by = models.CharField(
        _("signed off by"),
        max_length=120,
        blank=True,
        help_text=_("The podiatrist who approved this wording. Empty: not yet approved."),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-version",)
        get_latest_by = "version"
        verbose_name = _("safety check")
        verbose_name_plural = _("safety checks")

    def __str__(self) -> str:
        return str(self.version)


class RedFlag(models.Model):
    """Something that should not wait for a call back."""

    class Level(models.TextChoices):
        NOW = "now", _("Emergency: 911")
        TODAY = "today", _("Call the office now")

    check_version = models.ForeignKey(SafetyCheck, models.CASCADE, related_name="flags")
    slug = models.SlugField(_("key"))
    question = models.CharField(_("asked as"), max_length=160, help_text=_("“I have diabetes and …”"))
    told = models.CharField(_("repeated as"), max_length=160, help_text=_("“you have diabetes and …”"))
    short = models.CharField(_("for the desk"), max_length=60, help_text=_("“open sore, diabetes”"))
    advice = models.CharField(_("why not to wait"), max_length=200, blank=True)
    level = models.CharField(_("level"), max_length=8, choices=Level)
    emergency_with = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("an emergency together with"),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ("position",)
        constraints = [models.UniqueConstraint(name="red_flag_once_per_version", fields=("check_version", "slug"))]
        verbose_name = _("red flag")
        verbose_name_plural = _("red flags")

    def __str__(self) -> str:
        return self.short


class Draft(models.Model):
    """Answers between the steps of the form, found by a digest of the visitor's cookie."""

    key_digest = models.CharField(max_length=64, primary_key=True)
    answers = EncryptedJSONField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key_digest[:8]


class Status(models.TextChoices):
    """Where a request stands."""

    NEW = "new", _("Needs a call")
    CONTACTED = "contacted", _("Contacted")
    PROPOSED = "proposed", _("Times proposed")
    BOOKED = "booked", _("Booked")
    CLOSED = "closed", _("Closed")


MOVES: dict[str, set[str]] = {
    Status.NEW: {Status.CONTACTED, Status.PROPOSED, Status.BOOKED, Status.CLOSED},
    Status.CONTACTED: {Status.CONTACTED, Status.PROPOSED, Status.BOOKED, Status.CLOSED},
    Status.PROPOSED: {Status.CONTACTED, Status.PROPOSED, Status.BOOKED, Status.CLOSED},
    Status.BOOKED: {Status.BOOKED, Status.CLOSED},
    Status.CLOSED: set(),
}


class CloseReason(models.TextChoices):
    """Why nothing more is to be done."""

    COMPLETED = "completed", _("Visit took place")
    DECLINED = "declined", _("Patient does not want a visit")
    CANCELLED = "cancelled", _("Cancelled by patient")
    NO_ANSWER = "no_answer", _("Could not reach the patient")
    DUPLICATE = "duplicate", _("Duplicate of another request")
    SPAM = "spam", _("Spam")


def make_reference() -> str:
    """A reference that is safe to say by phone: "GS-7K4M-39"."""
    letters = [secrets.choice(REFERENCE_LETTERS) for _position in range(6)]
    return f"{settings.REFERENCE_PREFIX}-{''.join(letters[:4])}-{''.join(letters[4:])}"


class RequestQuerySet(models.QuerySet["AppointmentRequest"]):
    """The words that lists, pages, actions and counts share."""

    def visible_to(self, user: "User | AnonymousUser") -> "RequestQuerySet":
        """The one rule: a request is seen by the staff of its office, and by nobody else."""
        if not (user.is_active and user.has_perm("appointments.view_appointmentrequest")):
            return self.none()
        return self.filter(office__in=Office.objects.filter(staff=user.pk))

    def by_urgency(self) -> "RequestQuerySet":
        """Urgent first, then the oldest deadline."""
        return self.order_by("-urgent", "call_by", "pk")


class AppointmentRequest(models.Model):
    """What a patient asked for, and where it stands. Changed only by the functions in `actions.py`."""

    class For(models.TextChoices):
        SELF = "me", _("Me")
        CHILD = "child", _("My child")
        OTHER = "other", _("Someone I care for")

    reference = models.CharField(max_length=20, unique=True, default=make_reference)
    office = models.ForeignKey(Office, models.PROTECT, related_name="requests")
    status = models.CharField(max_length=10, choices=Status, default=Status.NEW)
    close_reason = models.CharField(max_length=10, choices=CloseReason, blank=True)
    urgent = models.BooleanField(default=False)
    check_office = models.BooleanField(default=False)  # routing was in doubt; a person should look
    created_at = models.DateTimeField()
    call_by = models.DateTimeField()  # the desk's own clock
    promised_by = models.DateTimeField()  # what the patient was told
    booked_for = models.DateTimeField(null=True, blank=True)
    language = models.CharField(max_length=8, default="en")  # of the page it was sent from
    # The draft it was made from: makes a second "send" find this request, and lets the sender reopen the confirmation.
    draft_digest = models.CharField(max_length=64, unique=True)

    visit_for = EncryptedTextField()
    patient_name = EncryptedTextField()
    birth_date = EncryptedDateField()
    caller_name = EncryptedTextField(blank=True)
    caller_relation = EncryptedTextField(blank=True)
    been_before = EncryptedTextField()
    phone = EncryptedTextField()  # E.164
    email = EncryptedTextField(blank=True)
    zip_code = EncryptedTextField()
    reason = EncryptedTextField()
    source_article = EncryptedTextField(blank=True)  # slug of the article the patient came from
    details = EncryptedTextField(blank=True)
    wishes: Any = EncryptedJSONField()  # {"days": [weekday numbers or "any"], "time_of_day": str}
    contact: Any = EncryptedJSONField()  # {"best_way", "voicemail", "language", "other_language", "interpreter"}
    safety: Any = EncryptedJSONField()  # {"version": int, "flags": [{"slug", "question", "short", "level"}]}
    routing: Any = EncryptedJSONField()  # {"office", "rule", "miles", "skipped"}: the first decision

    objects = RequestQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)
        indexes = [
            models.Index(fields=("office", "status", "-urgent", "call_by"), name="request_inbox"),
            models.Index(fields=("status", "call_by"), name="request_overdue"),
        ]
        constraints = [
            models.CheckConstraint(
                name="request_booked_has_time", condition=~Q(status="booked") | Q(booked_for__isnull=False)
            ),
            models.CheckConstraint(name="request_closed_has_reason", condition=Q(status="closed") ^ Q(close_reason="")),
        ]
        default_permissions = ("view", "change")
        verbose_name = _("request")
        verbose_name_plural = _("requests")

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        """The front desk's page for it."""
        return reverse("admin:appointments_appointmentrequest_change", args=[self.pk])


class Event(models.Model):
    """A line of a request's history, as the desk reads it. Never changed."""

    class Kind(models.TextChoices):
        RECEIVED = "received", _("Request received")
        SPOKE = "spoke", _("Called, spoke to patient")
        VOICEMAIL = "voicemail", _("Left voicemail")
        NO_ANSWER = "no_answer", _("No answer")
        NOTE = "note", _("Note")
        BOOKED = "booked", _("Visit booked")
        REROUTED = "rerouted", _("Sent to another office")
        CLOSED = "closed", _("Closed")

    CALLS = (Kind.SPOKE, Kind.VOICEMAIL, Kind.NO_ANSWER)

    request = models.ForeignKey(AppointmentRequest, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    note = EncryptedTextField(blank=True)
    facts: Any = EncryptedJSONField(blank=True, default=dict)  # what the kind needs: a decision, a time, two offices

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.request_id} {self.kind}"


class Mail(models.Model):
    """A mail to be sent: the outbox. Holds no address and no text; both are made when it is sent.

    A row is written with the change it tells of, in one transaction, and handed to the mail server at least once.
    """

    class Kind(models.TextChoices):
        OFFICE_NOTICE = "office_notice", _("Notice to office")
        RECEIPT = "receipt", _("Receipt to patient")

    request = models.ForeignKey(AppointmentRequest, models.CASCADE, related_name="mails")
    kind = models.CharField(max_length=16, choices=Kind)
    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    message_id = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()  # next try; while a worker holds the row, when its lease ends
    tries = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=60, blank=True)  # the kind of the last failure, never its text
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("created_at", "pk")
        indexes = [models.Index(fields=("due_at",), condition=Q(sent_at=None), name="mail_waiting")]

    def __str__(self) -> str:
        return f"{self.kind} {self.request_id}"


class AuditHead(models.Model):
    """The one row that writers of the audit lock in turn: the chain's length, its last link, and a seal over both."""

    count = models.PositiveBigIntegerField(default=0)
    last_hash = models.CharField(max_length=64, default="")
    seal = models.CharField(max_length=64, default="")

    def __str__(self) -> str:
        return self.last_hash[:8]


class AuditEntry(models.Model):
    """Who did what to which record, when and from where. Append-only; each entry's hash covers the one before."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=150)  # user name; "patient" or "worker" where nobody is signed in
    action = models.CharField(max_length=40)
    record = models.CharField(max_length=700, blank=True)  # "GS-7K4M-39", or those of a list; never a name
    office = models.CharField(max_length=50, blank=True)
    address = models.CharField(max_length=45, blank=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ("-pk",)
        default_permissions = ("view",)
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")

    def __str__(self) -> str:
        return f"{self.actor} {self.action} {self.record}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write once. Raises TypeError on a second save."""
        if not self._state.adding:
            raise TypeError("An audit entry is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Never. Raises TypeError."""
        raise TypeError("An audit entry is never deleted")
