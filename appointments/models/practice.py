"""What the practice decides for itself."""

from datetime import time
from typing import TYPE_CHECKING

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    pass


KEEP_AT_LEAST = 365  # days; whatever somebody types, last year's requests are there


class Look(models.TextChoices):
    """Colors of buttons, links and bands on the public pages: `clinic/static/clinic/looks.css`."""

    PINE = "", _("Green")
    BAY = "bay", _("Blue")
    PLUM = "plum", _("Plum")
    RUST = "rust", _("Brown")
    SLATE = "slate", _("Gray")


class PracticeSettings(models.Model):
    """What the practice decides for itself: one row. Minutes are counted in an office's opening hours."""

    name = models.CharField(
        _("name of the practice"),
        max_length=80,
        blank=True,
        default="",
        db_default="",
        help_text=_("As on its sign. Empty, here and below: what the server’s settings say."),
    )
    first_line = models.CharField(
        _("first line of the logo"),
        max_length=30,
        blank=True,
        default="",
        db_default="",
        help_text=_("What people call the practice."),
    )
    second_line = models.CharField(_("second line of the logo"), max_length=40, blank=True, default="", db_default="")
    reference_letters = models.CharField(
        _("letters of references"),
        max_length=4,
        blank=True,
        default="",
        db_default="",
        validators=[
            RegexValidator(r"^[A-Z]{2,4}\Z", _("Enter two to four capital letters, like SP")),
        ],
        help_text=_("They stand before every reference. They stay as they are once there is a request."),
    )
    look = models.CharField(_("colors"), max_length=10, choices=Look, blank=True, default="", db_default="")
    mark = models.BinaryField(_("mark"), null=True, blank=True, editable=False)  # a PNG, square
    # Made of its contents.
    mark_name = models.CharField(max_length=40, blank=True, default="", db_default="", editable=False)
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
    first_reminder_days = models.PositiveSmallIntegerField(
        _("first reminder of a visit, days before"), default=2, help_text=_("0: none.")
    )
    second_reminder_days = models.PositiveSmallIntegerField(
        _("second reminder of a visit, days before"), default=1, help_text=_("0: none.")
    )
    what_to_bring = models.CharField(
        _("what patients should bring"),
        max_length=300,
        default="a photo ID, your insurance card, a list of your medicines, and the shoes you wear most",
        help_text=_("Shown as “What to bring: …”."),
    )
    first_visit_length = models.CharField(
        _("how long a first visit takes"),
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text=_("In a sentence, like “About 45 minutes, with the paperwork.” Empty: nothing is said of it."),
    )
    cost_of_asking = models.CharField(
        _("what it costs to ask for a visit, and to come"),
        max_length=300,
        blank=True,
        default="",
        db_default="",
        help_text=_("In a sentence or two. Empty: patients are told to ask on the phone."),
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
        default=2557,  # seven years, which boards of several states ask of records of patients
        help_text=_("Then they are deleted; only numbers stay. A year at least; seven years are 2557."),
    )
    keeping_confirmed = models.BooleanField(
        _("how long requests are kept is settled"),
        default=False,
        help_text=_("Tick it once somebody who answers for the records has agreed to the number above."),
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
