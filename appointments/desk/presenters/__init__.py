"""What patients sent, as the desk reads it: `present` is what pages call. No queries, no changes.

A message and a request for a visit have a presenter each; whatever else tells them apart at the desk asks it.
"""

from appointments.desk.presenters.contact import contact_notes, unreadable_or_none, wishes
from appointments.desk.presenters.history import MailLine, event_in_words, mail_line
from appointments.desk.presenters.inquiry import InquiryPresenter
from appointments.desk.presenters.kinds import present
from appointments.desk.presenters.lists import ListPresenter, present_search, present_stage
from appointments.desk.presenters.offices import routing_in_words
from appointments.desk.presenters.paper_copy import PaperCopy
from appointments.desk.presenters.safety import NOT_ASKED, SayNow, say_now

__all__ = [
    "NOT_ASKED",
    "InquiryPresenter",
    "ListPresenter",
    "MailLine",
    "PaperCopy",
    "SayNow",
    "contact_notes",
    "event_in_words",
    "mail_line",
    "present",
    "present_search",
    "present_stage",
    "routing_in_words",
    "say_now",
    "unreadable_or_none",
    "wishes",
]
