"""Offices: where they are, who works there, and who waits for it."""

from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.contrib.auth.models import UserManager

    from common.models import User


WORKS_REQUESTS = "appointments.change_appointmentrequest"


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
    phone = models.CharField(_("phone"), max_length=16, help_text=_("With country code: +12025550100"))
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
    open_holidays: Any = models.JSONField(_("open on these holidays"), default=list, blank=True)  # their names
    visits_at_once = models.PositiveSmallIntegerField(
        _("visits at once"), default=1, help_text=_("How many visits can go on at the same time.")
    )
    sends_texts = models.BooleanField(
        _("can send text messages"),
        default=False,
        help_text=_("Only if the office has a phone for it. Else patients are not asked whether a text is best."),
    )
    calls_from = models.CharField(
        _("calls come from"),
        max_length=16,
        blank=True,
        default="",
        db_default="",
        help_text=_("The number that patients see when this office calls them. Empty: its own phone."),
    )
    hours_confirmed = models.BooleanField(
        _("opening hours confirmed"), default=False, help_text=_("Until then the site says to call first.")
    )
    takes_requests = models.BooleanField(_("takes requests"), default=True)
    not_taking_until = models.DateField(
        _("not taking requests until"), null=True, blank=True, help_text=_("Takes them again from this day on.")
    )
    no_facilities = models.BooleanField(
        _("no hospital privileges"),
        default=False,
        db_default=False,
        help_text=_("Tick it if no podiatrist of this office has privileges at a hospital or surgery center."),
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
    """Roles and offices that somebody was given and has not yet; a second person confirms (`accounts/access.py`)."""

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
    """An office that somebody works for some hours (`accounts/access.py`). Meanwhile they are among its staff."""

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
