"""The parts of the foot that an article can be about."""

from collections.abc import Collection

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class BodyArea(models.TextChoices):
    """The seven numbered regions of the drawn foot, in their order."""

    ANKLE = "ankle", _("Ankle")
    TOP = "top", _("Top of foot")
    HEEL = "heel", _("Heel")
    ARCH = "arch", _("Arch")
    BALL = "ball", _("Ball of foot")
    TOES = "toes", _("Toes")
    NAILS = "nails", _("Nails and skin")


def areas_in_words(areas: Collection[str]) -> str:
    """The parts of the foot in their order: "Ankle, heel"."""
    found = [str(area.label) for area in BodyArea if area in areas]
    if len(found) == len(BodyArea):
        return gettext("The whole foot")
    return ", ".join(found[:1] + [label.lower() for label in found[1:]])
