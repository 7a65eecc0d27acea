"""What cannot wait, for any page: from the one table, and by the clock."""

from typing import Any

from django import template

from appointments.vocabulary import Level
from appointments.warning_signs import care, current

register = template.Library()


@register.inclusion_tag("appointments/cannot_wait.html", takes_context=True)
def cannot_wait(context: template.Context, *, phones: bool = True) -> dict[str, Any]:
    """The table's signs under their levels, for whoever has told us of none. phones: false where they stand near."""
    table = current.current()
    return {
        "phones": phones,
        "emergency": table.on_home(Level.EMERGENCY),
        "only_911": table.on_home(Level.EMERGENCY, only_911=True),
        "now": table.on_home(Level.NOW),
        "care": care.care_for(Level.NOW),
        "emergency_number": context["emergency_number"],
    }


@register.inclusion_tag("appointments/care_card.html", takes_context=True)
def warning_card(context: template.Context, typed: str) -> dict[str, Any]:
    """Where to turn, if what was typed into a search speaks of something urgent."""
    table = current.current()
    judgment = table.judge({piece.sign for piece in table.found_in(typed)})
    urgent = judgment.level.is_urgent
    return {
        "care": care.care_for(judgment.level, only_911=judgment.only_911) if urgent else None,
        "advice": judgment.gravest.advice if judgment.gravest else "",
        "emergency_number": context["emergency_number"],
    }


@register.simple_tag
def somebody_answers() -> bool:
    """Whether an office is open at this moment: `{% somebody_answers as open_now %}`."""
    return care.somebody_answers()
