"""Every change of a request. Each function is one transaction: the change, its event, its mails, its audit entry.

Views, admin buttons and commands call these and change nothing themselves.
"""

from appointments.actions.by_clock import lapse_offers, unassign_in_vain
from appointments.actions.by_patient import cancel, change_contact, choose_time, no_time_suits
from appointments.actions.calls import add_note, log_call, open_request
from appointments.actions.closing import close, mark_duplicate, release, reopen, why_it_does_not_go_on
from appointments.actions.handing_on import answer_desk, ask_manager, assign, send_to_office
from appointments.actions.moves import MOMENTS, UNDO_SECONDS, WORK_FIELDS, Actor, WrongMove
from appointments.actions.page_lock import open_page_again, second_fact_refused, tell_second_fact
from appointments.actions.receive import (
    REFERENCE_TRIES,
    SAME_PERSON_DAYS,
    NobodyTakes,
    earlier_requests,
    safety_of,
    send_message,
    submit,
)
from appointments.actions.undoing import can_undo, undo
from appointments.actions.visits import book, propose, remind

__all__ = [
    "MOMENTS",
    "REFERENCE_TRIES",
    "SAME_PERSON_DAYS",
    "UNDO_SECONDS",
    "WORK_FIELDS",
    "Actor",
    "NobodyTakes",
    "WrongMove",
    "add_note",
    "answer_desk",
    "ask_manager",
    "assign",
    "book",
    "can_undo",
    "cancel",
    "change_contact",
    "choose_time",
    "close",
    "earlier_requests",
    "lapse_offers",
    "log_call",
    "mark_duplicate",
    "no_time_suits",
    "open_page_again",
    "open_request",
    "propose",
    "release",
    "remind",
    "reopen",
    "safety_of",
    "second_fact_refused",
    "send_message",
    "send_to_office",
    "submit",
    "tell_second_fact",
    "unassign_in_vain",
    "undo",
    "why_it_does_not_go_on",
]
