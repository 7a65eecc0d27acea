"""The tables of the appointments' app, a file for each subject.

Everything that can identify a patient or tell their health stands in encrypted columns. What stays readable is
what the desk sorts and counts by: office, status, urgency and times.
"""

from appointments.models.drafts import Draft
from appointments.models.figures import DayFigures
from appointments.models.finding import EarlierLink, SearchKey
from appointments.models.history import Event, make_nonce
from appointments.models.hours import Closure, OpeningHours, Weekday
from appointments.models.inquiry import (
    ESTIMATE_OWED,
    MOST_WRONG_FACTS,
    MOVES,
    NOT_CHARTED,
    OPEN,
    OPEN_MOVES,
    STILL_BOOKED,
    TO_CALL,
    VISIT_STANDS,
    AppointmentRequest,
    RequestQuerySet,
    Status,
)
from appointments.models.mails import Mail
from appointments.models.offices import WORKS_REQUESTS, EmergencyAccess, Office, OfficeQuerySet, RightsWaiting, workers
from appointments.models.people import Facility, Podiatrist, PodiatristDays
from appointments.models.practice import KEEP_AT_LEAST, PracticeSettings
from appointments.models.presence import Presence
from appointments.models.rehearsals import Rehearsal
from appointments.models.routing import RoutingOverride, ZipCode
from appointments.models.safety import WORDS_HELP, FlagRule, RedFlag, RiskCondition, SafetyCheck
from appointments.models.texts import MessageText
from appointments.models.visits import InsurancePlan, Visit, VisitKind
from appointments.vocabulary import CloseReason

__all__ = [
    "ESTIMATE_OWED",
    "KEEP_AT_LEAST",
    "MOST_WRONG_FACTS",
    "MOVES",
    "NOT_CHARTED",
    "OPEN",
    "OPEN_MOVES",
    "STILL_BOOKED",
    "TO_CALL",
    "VISIT_STANDS",
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
    "Facility",
    "FlagRule",
    "InsurancePlan",
    "Mail",
    "MessageText",
    "Office",
    "OfficeQuerySet",
    "OpeningHours",
    "Podiatrist",
    "PodiatristDays",
    "PracticeSettings",
    "Presence",
    "RedFlag",
    "Rehearsal",
    "RequestQuerySet",
    "RightsWaiting",
    "RiskCondition",
    "RoutingOverride",
    "SafetyCheck",
    "SearchKey",
    "Status",
    "Visit",
    "VisitKind",
    "Weekday",
    "ZipCode",
    "make_nonce",
    "workers",
]
