"""The audit trail of patients' details: `audit.record` is what everybody calls."""

from common.audit.by_request import LONGEST_RECORD, in_records, record_by
from common.audit.incidents import close_incident, first_broken, glance, reason_of, trouble
from common.audit.lock import TRIGGERS, is_locked, lock_again
from common.audit.pruning import PRUNE_ROWS, held_back, prune
from common.audit.trail import BROKEN, CHANGED, CLOSED, GONE, Broken, Trail, connection_key, operator, record
from common.audit.verifying import mark, verify, verify_in_steps

__all__ = [
    "BROKEN",
    "CHANGED",
    "CLOSED",
    "GONE",
    "LONGEST_RECORD",
    "PRUNE_ROWS",
    "TRIGGERS",
    "Broken",
    "Trail",
    "close_incident",
    "connection_key",
    "first_broken",
    "glance",
    "held_back",
    "in_records",
    "is_locked",
    "lock_again",
    "mark",
    "operator",
    "prune",
    "reason_of",
    "record",
    "record_by",
    "trouble",
    "verify",
    "verify_in_steps",
]
