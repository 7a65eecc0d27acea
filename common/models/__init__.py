"""The tables of the ground floor."""

from common.models.alarms import Alarm
from common.models.audit import AuditEntry, AuditHead, WorkerBeat
from common.models.changes import ChangeMark
from common.models.kept_forms import KeptPost
from common.models.keys import KeyCheck
from common.models.mails import StaffMail
from common.models.pages_shown import PageBody, PagePart, PageShown
from common.models.people import User

__all__ = [
    "Alarm",
    "AuditEntry",
    "AuditHead",
    "ChangeMark",
    "KeptPost",
    "KeyCheck",
    "PageBody",
    "PagePart",
    "PageShown",
    "StaffMail",
    "User",
    "WorkerBeat",
]
