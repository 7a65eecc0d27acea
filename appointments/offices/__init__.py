"""Offices: their facts, their hours, which one is right, and by when it calls."""

from appointments.offices.cache import (
    KEEP_SECONDS,
    Kept,
    colleagues,
    directory,
    facilities_of,
    facts_now,
    facts_of,
    forget,
    office,
    only_office,
    our_offices,
    plans_of,
    podiatrists,
    practice,
    somebody_takes,
    visit_kinds,
)
from appointments.offices.choice import decide_office
from appointments.offices.facts import OFFICE_COLUMNS, PLACEHOLDER_WEEK, OfficeFacts, Rows
from appointments.offices.open_now import OpenState, open_state
from appointments.offices.people import PersonFacts
from appointments.offices.plans import FacilityFacts, PlanFacts
from appointments.offices.promises import call_deadline, promise

__all__ = [
    "KEEP_SECONDS",
    "OFFICE_COLUMNS",
    "PLACEHOLDER_WEEK",
    "FacilityFacts",
    "Kept",
    "OfficeFacts",
    "OpenState",
    "PersonFacts",
    "PlanFacts",
    "Rows",
    "call_deadline",
    "colleagues",
    "decide_office",
    "directory",
    "facilities_of",
    "facts_now",
    "facts_of",
    "forget",
    "office",
    "only_office",
    "open_state",
    "our_offices",
    "plans_of",
    "podiatrists",
    "practice",
    "promise",
    "somebody_takes",
    "visit_kinds",
]
