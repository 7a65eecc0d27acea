"""Offices, and the life of a request: `(held ->) new -> contacted -> proposed -> booked -> closed`.

Everything that can identify a patient or tell their health stands in encrypted columns. What stays readable is
what the desk sorts and counts by: office, status, urgency and times.
"""

import secrets
from datetime import datetime, time
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.warning_signs.levels import Level
from clinic.common.fields import EncryptedDateField, EncryptedJSONField, EncryptedTextField

if TYPE_CHECKING:
    from django.contrib.auth.models import UserManager

    from clinic.common.models import User

WORKS_REQUESTS = "appointments.change_appointmentrequest"
KEEP_AT_LEAST = 365  # days; whatever somebody types, last year's requests are there
# Of 10,000 possible last four digits: who has only the link gets in once in a thousand.
MOST_WRONG_FACTS = 10
REFERENCE_LETTERS = "34679CDFGHJKMNPQRTWXY"  # no look-alikes (0 O, 1 I L, 2 Z, 5 S, 8 B, U V), no words without A E

WORDS_HELP = _("One pattern on each line, in any language; found in what patients write. They only ever raise a level.")


class Weekday(models.IntegerChoices):
    """As `date.weekday()` counts."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


def workers() -> "models.QuerySet[User]":
    """Who may sign in at the desk and work requests; of which offices, their staff says."""
    people: UserManager[User] = get_user_model()._default_manager
    # One backend is named because there are several; rights come from groups in all of them.
    able = people.with_perm(WORKS_REQUESTS, backend="django.contrib.auth.backends.ModelBackend")
    return able.filter(is_staff=True)


@cache
def _worked() -> Exists:
    """Of an office. Putting the question together takes longer than asking it."""
    return Exists(Office.staff.through._default_manager.filter(office=OuterRef("pk"), user__in=workers()))


class OfficeQuerySet(models.QuerySet["Office"]):
    """Who can work the requests of which office."""

    def worked_by(self, user: "User | AnonymousUser") -> "OfficeQuerySet":
        """On whose staff somebody is: for good, or in an emergency that is not over."""
        over = EmergencyAccess.objects.filter(user=user.pk, ends_at__lte=timezone.now())
        return self.filter(staff=user.pk).exclude(pk__in=over.values("office"))

    def staffed(self) -> "OfficeQuerySet":
        """With somebody on their staff who may sign in at the desk and work requests."""
        return self.filter(_worked())

    def unstaffed(self) -> "OfficeQuerySet":
        """Whose requests nobody would see."""
        return self.filter(~_worked())

    def with_staffed(self) -> "OfficeQuerySet":
        """Each with the answer, as `staffed`."""
        return self.annotate(staffed=_worked())


class Office(models.Model):
    """A place where patients are seen, with its own front desk."""

    class Color(models.TextChoices):
        BAY = "bay", _("Bay blue")
        PLUM = "plum", _("Blossom plum")
        MOSS = "moss", _("Moss green")
        RUST = "rust", _("Rust red")
        SLATE = "slate", _("Slate gray")

    class Side(models.TextChoices):
        LEFT = "left", _("Left")
        RIGHT = "right", _("Right")

    class Parking(models.TextChoices):
        FRONT = "front", _("In front of the building")
        BESIDE = "beside", _("Beside the building")
        BEHIND = "behind", _("Behind the building")

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
    sketch_side = models.CharField(
        _("sketch: our side of the street"),
        max_length=8,
        choices=Side,
        blank=True,
        help_text=_("As one turns in from the main road. Empty: no sketch is drawn."),
    )
    sketch_main_road = models.CharField(_("sketch: main road"), max_length=60, blank=True)
    sketch_building = models.CharField(_("sketch: name on the building"), max_length=40, blank=True)
    sketch_parking = models.CharField(_("sketch: parking"), max_length=8, choices=Parking, blank=True)
    sketch_note = models.CharField(_("sketch: caption"), max_length=160, blank=True)
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

    objects = OfficeQuerySet.as_manager()

    class Meta:
        ordering = ("position", "name")
        verbose_name = _("office")
        verbose_name_plural = _("offices")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The office's public page."""
        return reverse("offices:detail", args=[self.slug])


class RightsWaiting(models.Model):
    """Roles and offices that somebody was given and does not have yet: a second person confirms them (`access.py`)."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="rights_waiting")
    groups = models.ManyToManyField("auth.Group", related_name="+")
    offices = models.ManyToManyField(Office, related_name="+")
    # Who gave some of it, made a password link or set the mail address meanwhile: none of them confirms.
    hands = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    since = models.DateTimeField()

    class Meta:
        default_permissions = ()
        permissions = [("confirm_rights", "Can confirm the rights of others")]

    def __str__(self) -> str:
        return str(self.user)


class EmergencyAccess(models.Model):
    """An office that somebody works for some hours; see `access.py`. Meanwhile they are among its staff."""

    class Reason(models.TextChoices):
        STAFF_AWAY = "staff-away", _("Its staff are away")
        OFFICE_CLOSED = "office-closed", _("The office can’t open")
        SYSTEM_FAILED = "system-failed", _("Its computers have failed")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="emergencies")
    office = models.ForeignKey(Office, models.CASCADE, related_name="emergencies")
    given_by = models.CharField(max_length=150)  # as the audit names them
    reason = models.CharField(max_length=16, choices=Reason)
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ("ends_at",)
        constraints = [models.UniqueConstraint(name="emergency_once_per_office", fields=("user", "office"))]
        default_permissions = ()
        permissions = [("give_emergency_access", "Can give a colleague an office in an emergency")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.office_id}"


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


class PracticeSettings(models.Model):
    """What the practice decides for itself: one row. Minutes are counted in an office's opening hours."""

    near_tie_miles = models.FloatField(
        _("near tie, miles"), default=5, help_text=_("Offices that differ by less count as equally far.")
    )
    far_miles = models.FloatField(
        _("far away, miles"), default=40, help_text=_("Farther than this from every office: the patient is asked.")
    )
    call_by_minutes = models.PositiveIntegerField(
        _("desk: call within, minutes"), default=240, help_text=_("In opening hours, like all minutes here.")
    )
    call_by_urgent_minutes = models.PositiveIntegerField(_("desk: call urgent ones within, minutes"), default=60)
    promise_urgent_minutes = models.PositiveIntegerField(
        _("promise to urgent patients, minutes"),
        default=120,
        help_text=_("Others are promised a call by the end of the next business day."),
    )
    choose_minutes = models.PositiveIntegerField(
        _("patients may choose a time for, minutes"), default=960, help_text=_("After that the desk calls again.")
    )
    visit_minutes = models.PositiveIntegerField(_("length of a visit, clock minutes"), default=30)
    what_to_bring = models.CharField(
        _("what patients should bring"),
        max_length=300,
        default="a photo ID, your insurance card, a list of your medicines, and the shoes you wear most",
        help_text=_("Ends the sentence “Please bring: …”."),
    )
    status_link_days = models.PositiveIntegerField(
        _("private page stays open, days"), default=30, help_text=_("After the visit, or after the last change.")
    )
    unopened_minutes = models.PositiveIntegerField(
        _("remind the office of an unopened request after, minutes"), default=120
    )
    escalate_minutes = models.PositiveIntegerField(
        _("tell the manager of an overdue request after, minutes"),
        default=60,
        help_text=_("The office itself is reminded as soon as a request is overdue."),
    )
    manager_email = models.EmailField(
        _("manager’s e-mail"), blank=True, help_text=_("Overdue requests are told here, by reference only.")
    )
    digest_at = models.TimeField(
        _("daily summary at"), null=True, blank=True, default=time(8), help_text=_("On open days. Empty: none.")
    )
    keep_closed_days = models.PositiveIntegerField(
        _("keep closed requests, days"),
        default=2557,  # seven years, as New Jersey's boards ask for records of patients
        help_text=_("Then they are deleted; only numbers stay. A year at least; seven years are 2557."),
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="one_row_of_practice_settings", condition=Q(pk=1)),
            models.CheckConstraint(
                name="practice_settings_are_of_use",
                condition=Q(near_tie_miles__gte=0, far_miles__gt=0, call_by_minutes__gt=0)
                & Q(call_by_urgent_minutes__gt=0, promise_urgent_minutes__gt=0, choose_minutes__gt=0)
                & Q(visit_minutes__gt=0, status_link_days__gt=0, keep_closed_days__gt=0),
            ),
            models.CheckConstraint(
                name="practice_settings_keep_a_year", condition=Q(keep_closed_days__gte=KEEP_AT_LEAST)
            ),
        ]
        default_permissions = ("view", "change")
        verbose_name = _("practice settings")
        verbose_name_plural = _("practice settings")

    def __str__(self) -> str:
        return str(_("Practice settings"))


class MessageText(models.Model):
    """What a mail or a call says, in one language, where the practice wants other words than `data/messages.yaml`."""

    key = models.CharField(_("used for"), max_length=32)
    language = models.CharField(_("language"), max_length=8)
    subject = models.CharField(_("subject"), max_length=120, blank=True)
    body = models.TextField(_("text"))

    class Meta:
        ordering = ("key", "language")
        constraints = [models.UniqueConstraint(name="message_text_once_per_language", fields=("key", "language"))]
        verbose_name = _("message")
        verbose_name_plural = _("messages")

    def __str__(self) -> str:
        return f"{self.key} ({self.language})"


class SafetyCheck(models.Model):
    """A version of the warning signs: questions, rules and words. The newest counts; old ones stay, because requests
    name them.
    """

    version = models.PositiveIntegerField(_("version"), unique=True)
    signed_off_by = models.CharField(
        _("signed off by"),
        max_length=120,
        blank=True,
        help_text=_("The podiatrist who approved these signs, rules and words. Empty: not yet approved."),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-version",)
        get_latest_by = "version"
        verbose_name = _("safety check")
        verbose_name_plural = _("safety checks")

    def __str__(self) -> str:
        return str(self.version)


class RiskCondition(models.Model):
    """What makes a warning sign more serious. Asked once, apart from the signs."""

    check_version = models.ForeignKey(SafetyCheck, models.CASCADE, related_name="conditions")
    slug = models.SlugField(_("key"))
    question = models.CharField(_("asked as"), max_length=160, help_text=_("“Diabetes”"))
    short = models.CharField(_("for the desk"), max_length=60, help_text=_("“diabetes”"))
    words = models.TextField(_("patients’ own words"), blank=True, help_text=WORDS_HELP)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(name="risk_condition_once_per_version", fields=("check_version", "slug"))
        ]
        verbose_name = _("condition that makes signs more serious")
        verbose_name_plural = _("conditions that make signs more serious")

    def __str__(self) -> str:
        return self.short


class RedFlag(models.Model):
    """A warning sign: something that may not be able to wait for a call back."""

    check_version = models.ForeignKey(SafetyCheck, models.CASCADE, related_name="flags")
    slug = models.SlugField(_("key"))
    question = models.CharField(
        _("asked as"), max_length=160, help_text=_("Fits “you” and “your child”: “A foot that is hot, red and swollen”")
    )
    short = models.CharField(_("for the desk"), max_length=60, help_text=_("“hot, red, swollen”"))
    advice = models.CharField(_("why not to wait"), max_length=200, blank=True)
    level = models.CharField(_("level, by itself"), max_length=10, choices=Level)
    only_911 = models.BooleanField(
        _("911 and nothing else"), default=False, help_text=_("The page offers no other way than an ambulance.")
    )
    home = models.CharField(
        _("on the home page"), max_length=160, blank=True, help_text=_("Listed under its level. Empty: not listed.")
    )
    words = models.TextField(_("patients’ own words"), blank=True, help_text=WORDS_HELP)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ("position",)
        constraints = [models.UniqueConstraint(name="red_flag_once_per_version", fields=("check_version", "slug"))]
        verbose_name = _("warning sign")
        verbose_name_plural = _("warning signs")

    def __str__(self) -> str:
        return self.short


class FlagRule(models.Model):
    """These signs together, or with any of the conditions, raise to a level."""

    check_version = models.ForeignKey(SafetyCheck, models.CASCADE, related_name="rules")
    signs: Any = models.JSONField(_("these signs together"))  # their keys
    with_condition = models.BooleanField(_("only with one of the conditions"), default=False)
    level = models.CharField(_("raise to"), max_length=10, choices=Level)
    home = models.CharField(
        _("on the home page"), max_length=160, blank=True, help_text=_("Listed under its level. Empty: not listed.")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ("position", "pk")
        verbose_name = _("rule")
        verbose_name_plural = _("rules: signs that are more serious together")

    def __str__(self) -> str:
        return " + ".join(self.signs)


class Draft(models.Model):
    """Answers between the steps of the form, found by a digest of the visitor's cookie; or what the desk searches for,
    found by a digest of the word that stands for it in the address.
    """

    key_digest = models.CharField(max_length=64, primary_key=True)
    answers = EncryptedJSONField()
    expires_at = models.DateTimeField(db_index=True)

    ROW_KEY = ("key_digest",)

    def __str__(self) -> str:
        return self.key_digest[:8]


class Status(models.TextChoices):
    """Where a request stands."""

    HELD = "held", _("In quarantine")
    NEW = "new", _("Needs a call")
    CONTACTED = "contacted", _("Contacted")
    PROPOSED = "proposed", _("Times proposed")
    BOOKED = "booked", _("Booked")
    CLOSED = "closed", _("Closed")


OPEN = (Status.NEW, Status.CONTACTED, Status.PROPOSED, Status.BOOKED)
# Who has not been agreed with can go back to "needs a call"; what is closed can only be opened again.
OPEN_MOVES = {Status.NEW, Status.CONTACTED, Status.PROPOSED, Status.BOOKED, Status.CLOSED}
MOVES: dict[str, set[Status]] = {
    Status.HELD: {Status.NEW, Status.CLOSED},
    Status.NEW: OPEN_MOVES - {Status.NEW},
    Status.CONTACTED: OPEN_MOVES,
    Status.PROPOSED: OPEN_MOVES,
    Status.BOOKED: {Status.BOOKED, Status.CLOSED},
    Status.CLOSED: {Status.NEW},
}


class CloseReason(models.TextChoices):
    """Why nothing more is to be done."""

    COMPLETED = "completed", _("Visit took place")
    ANSWERED = "answered", _("Message answered")
    DECLINED = "declined", _("Patient does not want a visit")
    CANCELLED = "cancelled", _("Canceled by patient")
    NO_ANSWER = "no_answer", _("Could not reach the patient")
    DUPLICATE = "duplicate", _("Duplicate of another request")
    SPAM = "spam", _("Spam")


def make_reference() -> str:
    """A reference that is safe to say by phone: "GS-7K4M-39"."""
    letters = [secrets.choice(REFERENCE_LETTERS) for _position in range(6)]
    return f"{settings.REFERENCE_PREFIX}-{''.join(letters[:4])}-{''.join(letters[4:])}"


def make_nonce() -> int:
    """63 random bits."""
    return secrets.randbits(63)


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

    def by_urgency(self) -> "RequestQuerySet":
        """Urgent first, then the oldest deadline."""
        return self.order_by("-urgent", "call_by", "pk")


class AppointmentRequest(models.Model):
    """What a patient asked for, and where it stands. Changed only by the functions in `actions.py`."""

    class Kind(models.TextChoices):
        VISIT = "visit", _("Appointment")
        MESSAGE = "message", _("Message")

    class For(models.TextChoices):
        SELF = "me", _("Me")
        CHILD = "child", _("My child")
        OTHER = "other", _("Someone I care for")

    kind = models.CharField(max_length=8, choices=Kind, default=Kind.VISIT)
    reference = models.CharField(max_length=20, unique=True, default=make_reference)
    office = models.ForeignKey(Office, models.PROTECT, related_name="requests")
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
    promised_by = models.DateTimeField()  # what the patient was told
    opened_at = models.DateTimeField(null=True, blank=True)  # when somebody of the desk first looked at it
    first_called_at = models.DateTimeField(null=True, blank=True)
    first_call_minutes = models.PositiveIntegerField(null=True, blank=True)  # opening minutes from sent to called
    choose_by = models.DateTimeField(null=True, blank=True)  # until when the offered times can be picked
    booked_for = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    language = models.CharField(max_length=8, default="en")  # of the page it was sent from
    # The draft it was made from: makes a second "send" find this request, and lets the sender reopen the confirmation.
    draft_digest = models.CharField(max_length=64, unique=True)
    # Of the token in the private page's address; requests from before there was such a page have none.
    link_digest = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001 many may have none
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
    reason = EncryptedTextField()  # of a message: its topic
    body_area = EncryptedTextField(blank=True)
    source_article = EncryptedTextField(blank=True)  # slug of the article the patient came from
    details = EncryptedTextField(blank=True)
    wishes: Any = EncryptedJSONField()  # {"days": [weekday numbers or "any"], "time_of_day": str}
    # {"best_way", "voicemail", "language", "other_language", "interpreter"}; of a message only "best_way", "language"
    contact: Any = EncryptedJSONField()
    # {"version": int, "level", "conditions": [{"slug", "question", "short"}], "flags": [... and their "level"],
    #  "words": what their own words spoke of, [{"sign", "words"}], "confirmed": whether that is so today, or None}
    safety: Any = EncryptedJSONField()
    routing: Any = EncryptedJSONField()  # {"office", "rule", "miles", "skipped"}: the first decision
    offered_times: Any = EncryptedJSONField(blank=True, default=list)  # ISO moments the patient may pick from

    ROW_KEY = ("reference",)
    before_action: dict[str, Any] | None = None  # what `actions.py` found, for undoing; not stored here
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
                name="request_booked_has_time", condition=~Q(status="booked") | Q(booked_for__isnull=False)
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
    def is_message(self) -> bool:
        """A written question, which is about no visit."""
        return self.kind == self.Kind.MESSAGE

    @property
    def page_is_closed(self) -> bool:
        """Too many wrong second facts were told on the private page; the desk opens it again."""
        return self.wrong_facts >= MOST_WRONG_FACTS


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

    CALLS = (Kind.SPOKE, Kind.VOICEMAIL, Kind.NO_ANSWER)

    request = models.ForeignKey(AppointmentRequest, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind)
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


class EarlierLink(models.Model):
    """An address of a private page that was mailed under an older DIGEST_KEY: a digest under that key, of its token."""

    request = models.ForeignKey(AppointmentRequest, models.CASCADE, related_name="earlier_links")
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.digest[:8]


class SearchKey(models.Model):
    """A keyed digest of something a request can be found by: a part of a name, a phone number, a birth date."""

    request = models.ForeignKey(AppointmentRequest, models.CASCADE, related_name="search_keys")
    key = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(name="search_key_once_per_request", fields=("key", "request"))]

    def __str__(self) -> str:
        return str(self.key)


class Presence(models.Model):
    """Who has a request on the screen, and when that was last heard of."""

    request = models.ForeignKey(AppointmentRequest, models.CASCADE, related_name="viewers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="presence_once_per_person", fields=("request", "user"))]

    def __str__(self) -> str:
        return f"{self.user_id} {self.request_id}"


class WorkerBeat(models.Model):
    """The one row in which the worker says that it runs."""

    at = models.DateTimeField()
    trusted_at = models.DateTimeField(null=True)  # when the clock was last plausible; see `clock.py`
    figures_until = models.DateTimeField(null=True)  # the dashboard's numbers know what happened before

    def __str__(self) -> str:
        return str(self.at)


class DayFigures(models.Model):
    """An office's requests of a day for the dashboard: numbers, and nobody's name; see `figures.py`.

    Encrypted, because on a day with one request a number says what that patient came for.
    """

    office = models.ForeignKey(Office, models.CASCADE, related_name="+")
    day = models.DateField()  # they were sent on, on the practice's clock
    facts: Any = EncryptedJSONField()  # of the requests that are there
    gone: Any = EncryptedJSONField(default=dict)  # of those that were deleted when their time was over

    ROW_KEY = ("office_id", "day")

    class Meta:
        constraints = [models.UniqueConstraint(name="figures_once_per_day", fields=("office", "day"))]

    def __str__(self) -> str:
        return f"{self.office_id} {self.day}"


class AuditHead(models.Model):
    """The one row that writers of the audit lock in turn: the chain's length, its last link, and a seal over both."""

    count = models.PositiveBigIntegerField(default=0)
    last_hash = models.CharField(max_length=64, default="")
    # What was deleted when its years were over: how many entries, and the hash the next one follows from.
    pruned_count = models.PositiveBigIntegerField(default=0)
    pruned_hash = models.CharField(max_length=64, default="")
    seal = models.CharField(max_length=64, default="")

    def __str__(self) -> str:
        return self.last_hash[:8]


class AuditEntry(models.Model):
    """Who did what to which record, when and from where. Each entry's hash covers the one before.

    Append-only: triggers in the database refuse to change an entry, and to delete one before six years are over.
    """

    at = models.DateTimeField()
    actor = models.CharField(max_length=150)  # user name; "patient" or "worker" where nobody is signed in
    action = models.CharField(max_length=40)
    record = models.CharField(max_length=700, blank=True)  # "GS-7K4M-39", or those of a list; never a name
    office = models.CharField(max_length=50, blank=True)
    address = models.CharField(max_length=45, blank=True)  # of a patient only a keyed digest: `audit.connection_key`
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ("-pk",)
        # For the filters of the admin, newest first, however long the trail has become.
        indexes = [
            models.Index(fields=("actor", "-id"), name="audit_by_actor"),
            models.Index(fields=("action", "-id"), name="audit_by_action"),
            models.Index(fields=("office", "-id"), name="audit_by_office"),
            models.Index(fields=("at",), name="audit_by_time"),
        ]
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
