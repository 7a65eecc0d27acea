"""Every change of a request. Each function is one transaction: the change, its event, its mails, its audit entry.

Views, admin buttons and commands call these and change nothing themselves.
"""

from appointments.actions.by_clock import lapse_offers, mend_book, unassign_in_vain
from appointments.actions.by_patient import add_words, cancel, change_contact, choose_time, new_signs, no_time_suits
from appointments.actions.calls import (
    add_note,
    call_later,
    correct_call_wishes,
    log_call,
    may_text,
    open_request,
    reply,
)
from appointments.actions.closing import close, close_as_spam, mark_duplicate, release, reopen, why_it_does_not_go_on
from appointments.actions.correcting import SECOND_FACTS, correct, make_not_urgent, make_urgent, send_link, show_code
from appointments.actions.handing_on import answer_desk, ask_manager, assign, send_to_office
from appointments.actions.moves import MOMENTS, UNDO_SECONDS, WORK_FIELDS, Actor, TimeTaken, WrongMove
from appointments.actions.page_lock import open_page_again, second_fact_refused, tell_second_fact, told_code
from appointments.actions.paperwork import (
    copy_for_patient,
    enter_in_chart,
    give_estimate,
    lift_hold,
    put_on_hold,
    tell_network,
    write_down_insurance,
)
from appointments.actions.receive import (
    REFERENCE_TRIES,
    SAME_PERSON_DAYS,
    NobodyTakes,
    ask_safety,
    earlier_requests,
    safety_of,
    send_message,
    submit,
    write_down,
)
from appointments.actions.recounting import Recounted, recount
from appointments.actions.settling import back_to_call, came, did_not_come
from appointments.actions.undoing import can_undo, undo
from appointments.actions.visits import book, propose, remind, say_taken
from appointments.actions.wishes import ask_to_move, set_reminders, want_earlier, will_come

__all__ = [
    "MOMENTS",
    "REFERENCE_TRIES",
    "SAME_PERSON_DAYS",
    "SECOND_FACTS",
    "UNDO_SECONDS",
    "WORK_FIELDS",
    "Actor",
    "NobodyTakes",
    "Recounted",
    "TimeTaken",
    "WrongMove",
    "add_note",
    "add_words",
    "answer_desk",
    "ask_manager",
    "ask_safety",
    "ask_to_move",
    "assign",
    "back_to_call",
    "book",
    "call_later",
    "came",
    "can_undo",
    "cancel",
    "change_contact",
    "choose_time",
    "close",
    "close_as_spam",
    "copy_for_patient",
    "correct",
    "correct_call_wishes",
    "did_not_come",
    "earlier_requests",
    "enter_in_chart",
    "give_estimate",
    "lapse_offers",
    "lift_hold",
    "log_call",
    "make_not_urgent",
    "make_urgent",
    "mark_duplicate",
    "may_text",
    "mend_book",
    "new_signs",
    "no_time_suits",
    "open_page_again",
    "open_request",
    "propose",
    "put_on_hold",
    "recount",
    "release",
    "remind",
    "reopen",
    "reply",
    "safety_of",
    "say_taken",
    "second_fact_refused",
    "send_link",
    "send_message",
    "send_to_office",
    "set_reminders",
    "show_code",
    "submit",
    "tell_network",
    "tell_second_fact",
    "told_code",
    "unassign_in_vain",
    "undo",
    "want_earlier",
    "why_it_does_not_go_on",
    "will_come",
    "write_down",
    "write_down_insurance",
]
