"""The tables of the appointments' app, a file for each subject.

Everything that can identify a patient or tell their health stands in encrypted columns. What stays readable is
what the desk sorts and counts by: office, status, urgency and times.
"""

from appointments.models.drafts import Draft
from appointments.models.figures import DayFigures
from appointments.models.finding import EarlierLink, SearchKey
from appointments.models.history import Event, make_nonce
from appointments.models.inquiry import (
    MOST_WRONG_FACTS,
    MOVES,
    OPEN,
    OPEN_MOVES,
    REFERENCE_LETTERS,
    AppointmentRequest,
    RequestQuerySet,
    Status,
    make_reference,
)
from appointments.models.mails import Mail
from appointments.models.offices import (
    WORKS_REQUESTS,
    Closure,
    EmergencyAccess,
    Office,
    OfficeQuerySet,
    OpeningHours,
    RightsWaiting,
    RoutingOverride,
    Weekday,
    ZipCode,
    workers,
)
from appointments.models.practice import KEEP_AT_LEAST, MessageText, PracticeSettings
from appointments.models.presence import Presence
from appointments.models.safety import WORDS_HELP, FlagRule, RedFlag, RiskCondition, SafetyCheck
from appointments.vocabulary import CloseReason

__all__ = [
    "KEEP_AT_LEAST",
    "MOST_WRONG_FACTS",
    "MOVES",
    "OPEN",
    "OPEN_MOVES",
    "REFERENCE_LETTERS",
    "WORDS_HELP",
    "WORKS_REQUESTS",
    "AppointmentRequest",
    "CloseReason",
    "Closure",
    "DayFigures",
    "Draft",
    "EarlierLink",
    "EmergencyAccess",
    "Event",
    "FlagRule",
    "Mail",
    "MessageText",
    "Office",
    "OfficeQuerySet",
    "OpeningHours",
    "PracticeSettings",
    "Presence",
    "RedFlag",
    "RequestQuerySet",
    "RightsWaiting",
    "RiskCondition",
    "RoutingOverride",
    "SafetyCheck",
    "SearchKey",
    "Status",
    "Weekday",
    "ZipCode",
    "make_nonce",
    "make_reference",
    "workers",
]
