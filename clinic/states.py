"""In which states the practice has offices: their law is told by the starter pages.

The shell knows both apps; `articles` finds this through the setting PRACTICE_STATES.
"""

from appointments.models import Office


def states() -> set[str]:
    """As in addresses: "NJ". One query."""
    return set(Office.objects.order_by().values_list("state", flat=True))
