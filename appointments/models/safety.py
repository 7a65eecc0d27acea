"""The safety check: versions of its signs, conditions and rules."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.vocabulary import Level

if TYPE_CHECKING:
    pass


WORDS_HELP = _("One pattern on each line, in any language; found in what patients write. They only ever raise a level.")


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
