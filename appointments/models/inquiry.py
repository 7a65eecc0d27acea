"""What patients send, and the life of it: `(held ->) new -> contacted -> proposed -> booked -> closed`."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from appointments.references import make_reference
from appointments.vocabulary import Channel, CloseReason, Reminders
from common.encrypted_fields import EncryptedDateField, EncryptedJSONField, EncryptedTextField

if TYPE_CHECKING:
    from common.models import User
from appointments.models.offices import Office, workers

# Of 10,000 possible last four digits: who has only the link gets in once in a thousand.
MOST_WRONG_FACTS = 10


class Status(models.TextChoices):
    """Where a request stands."""

    HELD = "held", _("In quarantine")
    NEW = "new", _("Needs a call")
    CONTACTED = "contacted", _("Contacted")
    PROPOSED = "proposed", _("Times proposed")
    BOOKED = "booked", _("Booked")
    MOVING = "moving", _("Wants another time")  # booked, and the visit stands until another time is agreed on
    CLOSED = "closed", _("Closed")


OPEN = (Status.NEW, Status.CONTACTED, Status.PROPOSED, Status.BOOKED, Status.MOVING)
TO_CALL = (Status.NEW, Status.MOVING)  # the desk's next act is a call
# Whoever has a visit keeps it while another time is looked for.
STILL_BOOKED = (Status.BOOKED, Status.MOVING, Status.PROPOSED)
# Who has not been agreed with can go back to "needs a call"; what is closed can only be opened again.
OPEN_MOVES = {Status.NEW, Status.CONTACTED, Status.PROPOSED, Status.BOOKED, Status.CLOSED}
MOVES: dict[str, set[Status]] = {
    Status.HELD: {Status.NEW, Status.CLOSED},
    Status.NEW: OPEN_MOVES - {Status.NEW},
    Status.CONTACTED: OPEN_MOVES,
    Status.PROPOSED: OPEN_MOVES,
    Status.BOOKED: {Status.BOOKED, Status.MOVING, Status.NEW, Status.CLOSED},
    Status.MOVING: {Status.PROPOSED, Status.BOOKED, Status.NEW, Status.CLOSED},
    Status.CLOSED: {Status.NEW},
}


# A visit is agreed on: also while it is to be moved, and other times are on offer.
VISIT_STANDS = Q(status__in=STILL_BOOKED, booked_for__isnull=False)
NOT_CHARTED = VISIT_STANDS & Q(charted_at=None)
ESTIMATE_OWED = VISIT_STANDS & Q(estimate_by__isnull=False, estimate_given_at=None)


class RequestQuerySet(models.QuerySet["AppointmentRequest"]):
    """The words that lists, pages, actions and counts share."""

    def visible_to(self, user: "User | AnonymousUser") -> "RequestQuerySet":
        """The one rule: a request is seen by the staff of its office, and by nobody else."""
        if not (user.is_active and user.has_perm("appointments.view_appointmentrequest")):
            return self.none()
        return self.filter(office__in=Office.objects.worked_by(user))

    def open(self) -> "RequestQuerySet":
        """Going on: whoever works them will still do something."""
        return self.filter(status__in=OPEN)

    def unsettled(self) -> "RequestQuerySet":
        """Open, or held: somebody has to look at them."""
        return self.filter(status__in=(Status.HELD, *OPEN))

    def seen_by_nobody(self) -> "RequestQuerySet":
        """Somebody has to look at them, and nobody who works requests is on the staff of their office."""
        return self.unsettled().filter(office__in=Office.objects.unstaffed())

    def assigned_in_vain(self) -> "RequestQuerySet":
        """Somebody's job who can't see them: they have left, or do not work at the office any more."""
        theirs = Office.staff.through._default_manager.filter(office=OuterRef("office"), user=OuterRef("assigned_to"))
        return self.unsettled().filter(~Exists(theirs.filter(user__in=workers())), assigned_to__isnull=False)

    def visits_to_settle(self, now: datetime) -> "RequestQuerySet":
        """The time of the visit is over, and nobody has said yet whether the patient came."""
        return self.filter(status__in=STILL_BOOKED, booked_for__lt=now)

    def by_urgency(self) -> "RequestQuerySet":
        """Urgent first, then the oldest deadline."""
        return self.order_by("-urgent", "call_by", "pk")


class AppointmentRequest(models.Model):
    """What a patient asked for, and where it stands. Changed only by the functions in `actions/`."""

    class Kind(models.TextChoices):
        VISIT = "visit", _("Appointment")
        MESSAGE = "message", _("Message")

    kind = models.CharField(max_length=8, choices=Kind, default=Kind.VISIT)
    reference = models.CharField(max_length=20, unique=True, default=make_reference)
    office = models.ForeignKey(Office, models.PROTECT, related_name="requests")
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.WEB, db_default=Channel.WEB)
    status = models.CharField(max_length=10, choices=Status, default=Status.NEW)
    close_reason = models.CharField(max_length=10, choices=CloseReason, blank=True)
    urgent = models.BooleanField(default=False)
    check_office = models.BooleanField(default=False)  # routing was in doubt; a person should look
    assigned_to = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    needs_manager = models.BooleanField(default=False)
    duplicate_of = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="duplicates", db_index=False
    )
    held_because = models.CharField(max_length=120, blank=True)  # which signs of spam, never the words themselves
    created_at = models.DateTimeField()
    call_by = models.DateTimeField()  # the desk's own clock
    # From when `call_by` is counted, to count it anew when hours change; None: of before this was kept.
    call_from = models.DateTimeField(null=True, blank=True)
    call_after = models.DateTimeField(null=True, blank=True)  # "not before": agreed on by the desk or the patient
    call_times = models.PositiveSmallIntegerField(default=0, db_default=0)  # bits of `CallTime`; 0: at any time
    promised_by = models.DateTimeField()  # what the patient was told
    opened_at = models.DateTimeField(null=True, blank=True)  # when somebody of the desk first looked at it
    news_at = models.DateTimeField(null=True, blank=True)  # of the patient; None once somebody of the desk has looked
    first_called_at = models.DateTimeField(null=True, blank=True)
    first_call_minutes = models.PositiveIntegerField(null=True, blank=True)  # opening minutes from sent to called
    choose_by = models.DateTimeField(null=True, blank=True)  # until when the offered times can be picked
    booked_for = models.DateTimeField(null=True, blank=True)
    visit_kind = models.ForeignKey("VisitKind", models.SET_NULL, null=True, blank=True, related_name="+")
    visit_minutes = models.PositiveSmallIntegerField(null=True, blank=True)  # clock minutes; None: as usual
    visit_with = models.CharField(max_length=80, blank=True, default="", db_default="")  # whom of the practice
    wants_earlier = models.BooleanField(default=False, db_default=False)  # "call me if something opens"
    reminders = models.CharField(max_length=8, choices=Reminders, blank=True, default="", db_default="")
    coming_at = models.DateTimeField(null=True, blank=True)  # when the patient said "I will come"
    missed = models.PositiveSmallIntegerField(default=0, db_default=0)  # visits the patient did not come to
    charted_at = models.DateTimeField(null=True, blank=True)  # when the visit was entered in the chart
    estimate_by = models.DateTimeField(null=True, blank=True)  # until when a good-faith estimate is owed
    estimate_given_at = models.DateTimeField(null=True, blank=True)
    network_told_at = models.DateTimeField(null=True, blank=True)  # whether the office takes the plan
    closed_at = models.DateTimeField(null=True, blank=True)
    on_legal_hold = models.BooleanField(default=False, db_default=False)  # never deleted while it is; see history
    language = models.CharField(max_length=8, default="en")  # of the page it was sent from
    # The draft it was made from: makes a second "send" find this request, and lets the sender reopen the confirmation.
    draft_digest = models.CharField(max_length=64, unique=True)
    # Of the token in the private page's address; requests from before there was such a page have none.
    link_digest = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001 many may have none
    # Counts the private page's addresses: with each new one those before lead nowhere.
    link_number = models.PositiveSmallIntegerField(default=0, db_default=0)
    # Wrong second facts told on the private page since it last opened; with MOST_WRONG_FACTS it stays closed.
    wrong_facts = models.PositiveSmallIntegerField(default=0, db_default=0)
    person_key = models.BigIntegerField(null=True, db_index=True)  # blind index of phone and name together
    sender_key = models.BigIntegerField(null=True)  # the connection it came from, under a key of that hour

    visit_for = EncryptedTextField(blank=True)
    patient_name = EncryptedTextField()
    birth_date = EncryptedDateField(null=True, blank=True)  # nobody asks for it to answer a message
    caller_name = EncryptedTextField(blank=True)
    caller_relation = EncryptedTextField(blank=True)
    been_before = EncryptedTextField(blank=True)
    phone = EncryptedTextField()  # E.164
    email = EncryptedTextField(blank=True)
    zip_code = EncryptedTextField(blank=True)
    insurance = EncryptedTextField(blank=True)  # the company's name, never a number
    insurance_kind = EncryptedTextField(blank=True, default="")  # `InsuranceKind`
    referred_by = EncryptedTextField(blank=True, default="")  # the practice that sent the patient
    visit_note = EncryptedTextField(blank=True, default="")  # for the day of the visit
    chart_number = EncryptedTextField(blank=True, default="")
    reason = EncryptedTextField()  # of a message: its topic
    body_area = EncryptedTextField(blank=True)
    source_article = EncryptedTextField(blank=True)  # slug of the article the patient came from
    details = EncryptedTextField(blank=True)
    wishes: Any = EncryptedJSONField()  # {"days": [weekday numbers or "any"], "time_of_day": str}
    # {"best_way", "voicemail", "language", "other_language", "interpreter"}; of a message only "best_way", "language".
    # What was said of when to call, {"call_times", "not_before", "say_who"}: see `CallWishes`
    contact: Any = EncryptedJSONField()
    # {"version": int, "level", "conditions": [{"slug", "question", "short"}], "flags": [... and their "level"],
    #  "words": what their own words spoke of, [{"sign", "words"}], "so": whether that is so today, or None;
    #  "asked": False where nobody was asked}
    safety: Any = EncryptedJSONField()
    routing: Any = EncryptedJSONField()  # {"office", "rule", "miles", "skipped"}: the first decision
    offered_times: Any = EncryptedJSONField(blank=True, default=list)  # ISO moments the patient may pick from

    ROW_KEY = ("reference",)
    before_action: dict[str, Any] | None = None  # what `actions/` found, for undoing; not stored here
    acted_at: datetime  # when it did; not stored here, and only there while it acts

    objects = RequestQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)
        indexes = [
            models.Index(fields=("office", "status", "-urgent", "call_by"), name="request_inbox"),
            models.Index(fields=("status", "call_by"), name="request_overdue"),
            models.Index(fields=("status", "-closed_at"), name="request_closed"),
            models.Index(fields=("status", "created_at"), name="request_received"),
            models.Index(fields=("status", "booked_for"), name="request_next_visit"),
            models.Index(fields=("created_at",), name="request_by_day"),
            models.Index(fields=("office",), condition=Q(news_at__isnull=False), name="request_news"),
            models.Index(
                fields=("status", "-closed_at"), condition=Q(needs_manager=True), name="request_manager_asked"
            ),
            # Only of those that have one: else SQLite takes the many without for as many of one request.
            models.Index(
                fields=("duplicate_of",), condition=Q(duplicate_of__isnull=False), name="request_duplicate_of"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="request_booked_has_time",
                condition=~Q(status__in=("booked", "moving")) | Q(booked_for__isnull=False),
            ),
            models.CheckConstraint(name="request_closed_has_reason", condition=Q(status="closed") ^ Q(close_reason="")),
            models.CheckConstraint(name="request_closed_has_time", condition=Q(status="closed") ^ Q(closed_at=None)),
            models.CheckConstraint(
                name="request_offer_ends", condition=~Q(status="proposed") | Q(choose_by__isnull=False)
            ),
            models.CheckConstraint(
                name="request_call_has_length", condition=Q(first_called_at=None) ^ Q(first_call_minutes__isnull=False)
            ),
        ]
        default_permissions = ("view", "change")
        permissions = [("export_appointmentrequest", "Can export requests"), ("view_figures", "Can see the dashboard")]
        verbose_name = _("request")
        verbose_name_plural = _("requests")

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        """The front desk's page for it."""
        return reverse("admin:appointments_appointmentrequest_change", args=[self.pk])

    @property
    def visit_stands(self) -> bool:
        """As VISIT_STANDS: there is a visit, and it is not settled; also while another time is looked for."""
        return self.booked_for is not None and self.status in STILL_BOOKED

    @property
    def is_message(self) -> bool:
        """A written question, which is about no visit."""
        return self.kind == self.Kind.MESSAGE

    @property
    def safety_asked(self) -> bool:
        """Whether the safety questions were; False for what came by voicemail, until somebody asks."""
        return self.safety.get("asked") is not False

    @property
    def is_promised(self) -> bool:
        """Whether the call that was promised when it was sent is still to come."""
        return self.status in (Status.HELD, Status.NEW) and self.first_called_at is None and not self.missed

    @property
    def told_by(self) -> datetime:
        """By when the office gets in touch, as the patient's page says while nothing is agreed on."""
        return self.promised_by if self.is_promised else self.call_by

    @property
    def estimate_is_owed(self) -> bool:
        """As ESTIMATE_OWED."""
        return self.visit_stands and self.estimate_by is not None and self.estimate_given_at is None

    @property
    def page_is_closed(self) -> bool:
        """Too many wrong second facts were told on the private page; the desk opens it again."""
        return self.wrong_facts >= MOST_WRONG_FACTS
