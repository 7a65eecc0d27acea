"""Offices: their facts, their hours, which one is right, and by when it calls."""

from appointments.offices.cache import (
    KEEP_SECONDS,
    Kept,
    directory,
    facts_now,
    facts_of,
    forget,
    office,
    practice,
    somebody_takes,
)
from appointments.offices.choice import decide_office
from appointments.offices.facts import OFFICE_COLUMNS, PLACEHOLDER_WEEK, OfficeFacts, OpenState, Rows, open_state
from appointments.offices.promises import call_deadline, promise

__all__ = [
    "KEEP_SECONDS",
    "OFFICE_COLUMNS",
    "PLACEHOLDER_WEEK",
    "Kept",
    "OfficeFacts",
    "OpenState",
    "Rows",
    "call_deadline",
    "decide_office",
    "directory",
    "facts_now",
    "facts_of",
    "forget",
    "office",
    "open_state",
    "practice",
    "promise",
    "somebody_takes",
]
