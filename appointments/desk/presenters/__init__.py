"""What patients sent, as the desk reads it: `present` is what pages call. No queries, no changes.

A message and a request for a visit have a presenter each; whatever else tells them apart at the desk asks it.
"""

from appointments.desk.presenters.contact import contact_notes, unreadable_or_none, wishes
from appointments.desk.presenters.history import event_in_words
from appointments.desk.presenters.inquiry import InquiryPresenter
from appointments.desk.presenters.kinds import present
from appointments.desk.presenters.lists import ListPresenter, present_search, present_stage

__all__ = [
    "InquiryPresenter",
    "ListPresenter",
    "contact_notes",
    "event_in_words",
    "present",
    "present_search",
    "present_stage",
    "unreadable_or_none",
    "wishes",
]
