"""Words that answers are stored as, and what they mean to people."""

from django.db import models
from django.utils.translation import gettext_lazy as _

ANY_DAY = "any"
FIRST_OFFICE = "first"


class Level(models.TextChoices):
    """From what may wait to what may not, in this order."""

    ROUTINE = "routine", _("Routine")
    SOON = "soon", _("Soon: ask for an appointment")
    NOW = "now", _("Today: call now; urgent care or an emergency room when no office is open")
    EMERGENCY = "emergency", _("Emergency: 911 or an emergency room")

    @property
    def rank(self) -> int:
        """0 for what may wait longest."""
        return list(Level).index(self)

    @property
    def is_urgent(self) -> bool:
        """Whether it must not wait for a call back."""
        return self.rank >= Level.NOW.rank


def highest(*levels: Level) -> Level:
    """The most urgent one; routine for none."""
    return max(levels, key=lambda level: level.rank, default=Level.ROUTINE)
