"""What a list says of itself: one of a stage, or what a search has found."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.desk.tabs import Tab

ORDERS = {
    Tab.CALL: gettext_lazy("Urgent first, then oldest deadline first."),
    Tab.NEWS: gettext_lazy("Latest news first."),
    Tab.WAITING: gettext_lazy("Earliest follow-up first."),
    Tab.BOOKED: gettext_lazy("Today’s visits first; those of days before come last."),
    Tab.CLOSED: gettext_lazy("Last closed first."),
    Tab.HELD: gettext_lazy("Oldest first."),
    Tab.ASKED: gettext_lazy("Urgent first, then oldest deadline first."),
}
FIRST_COLUMNS = {
    Tab.CALL: gettext_lazy("Call by"),
    Tab.NEWS: gettext_lazy("Stage"),
    Tab.WAITING: gettext_lazy("Follow up"),
    Tab.BOOKED: gettext_lazy("Visit"),
    Tab.CLOSED: gettext_lazy("Closed because"),
    Tab.HELD: gettext_lazy("Stage"),
    Tab.ASKED: gettext_lazy("Stage"),
}
NOTHING = {
    Tab.CALL: gettext_lazy("New requests show up here as soon as they are sent."),
    Tab.NEWS: gettext_lazy("What patients do on their own pages stands here until somebody has opened the request."),
    Tab.WAITING: gettext_lazy("Patients you have talked to, or who may choose a time, wait here."),
    Tab.BOOKED: gettext_lazy("Booked visits stand here until they are closed."),
    Tab.CLOSED: gettext_lazy("What is done stands here, and can be opened again."),
    Tab.HELD: gettext_lazy("What looks like spam is held here until somebody has checked it."),
    Tab.ASKED: gettext_lazy("What the desk asks the manager stands here until it is answered."),
}


@dataclass(frozen=True)
class ListPresenter:
    """The words around the rows.

    nothing: why it may be empty. cut: that it goes on, and how to get there.
    """

    title: str
    caption: str
    order: str
    first_column: str
    nothing: str
    cut: tuple[str, str]


def present_stage(tab: Tab, *, filtered: bool) -> ListPresenter:
    """A list of a stage."""
    return ListPresenter(
        title=str(tab.label),
        caption=str(tab.label),
        order=str(ORDERS[tab]),
        first_column=str(FIRST_COLUMNS[tab]),
        nothing=_("Nothing fits this filter.") if filtered else str(NOTHING[tab]),
        cut=(_("This list goes on."), _("Filter it, or search, to get further.")),
    )


def present_search(words: str, *, up_to: int) -> ListPresenter:
    """What a search has found, in any stage; `up_to` so many."""
    return ListPresenter(
        title=_("Search"),
        caption=_("Requests found"),
        order=_("Newest first."),
        first_column=_("Stage"),
        nothing=_(
            "No request of yours fits “%(words)s”. Try the beginning of the name as it is spelled, the phone number in "
            "any form, the birth date, the whole email address, or the reference."
        )
        % {"words": words},
        cut=(
            _("More than %(found_up_to)s requests fit.") % {"found_up_to": up_to},
            _("Add a first name, a birth date or a phone number to narrow it down."),
        ),
    )
