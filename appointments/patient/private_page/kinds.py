"""What the private page says of messages otherwise than of requests for a visit: `words_of` is what pages call."""

from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from appointments.models import AppointmentRequest, CloseReason, Event, Status
from appointments.patient.private_page.forms import ChangeForm, ChangeMessageForm
from appointments.patient.private_page.words import Cancel, PrivateWords
from appointments.vocabulary import Headline
from common.times import moment

Kind = Event.Kind


class VisitWords(PrivateWords):
    """Of a request for a visit."""

    events = {
        Kind.RECEIVED: gettext_lazy("Request received"),
        Kind.SPOKE: gettext_lazy("The office called you"),
        Kind.VOICEMAIL: gettext_lazy("The office called and left a voicemail"),
        Kind.NO_ANSWER: gettext_lazy("The office called and missed you"),
        Kind.PROPOSED: gettext_lazy("Times offered"),
        Kind.REMINDED: gettext_lazy("Times offered again"),
        Kind.CHOSEN: gettext_lazy("You chose a time"),
        Kind.TEXTED: gettext_lazy("The office sent you a text message"),
        Kind.REPLIED: gettext_lazy("The office wrote to you on this page"),
        Kind.ADDED: gettext_lazy("You added something"),
        Kind.NONE_SUITS: gettext_lazy("You asked for other times"),
        Kind.WANTS_MOVE: gettext_lazy("You asked for another time"),
        Kind.EARLIER: gettext_lazy("You asked to be called if something opens earlier"),
        Kind.COMING: gettext_lazy("You said that you will come"),
        Kind.MISSED: gettext_lazy("We missed you at your visit"),
        Kind.BACK: gettext_lazy("The office will call you again"),
        Kind.LAPSED: gettext_lazy("The times we offered have expired"),
        Kind.CHANGED: gettext_lazy("You changed how we reach you"),
        Kind.CANCELLED: gettext_lazy("You canceled"),
        Kind.CLOSED: gettext_lazy("Request closed"),
        Kind.DUPLICATE: gettext_lazy("Put together with your other request"),
        Kind.REOPENED: gettext_lazy("Request opened again"),
        Kind.CALL_LATER: gettext_lazy("The office set a time to call you"),
    }
    to_wait_for = (gettext_lazy("The office calls you"), gettext_lazy("Visit booked"))
    lock_title = gettext_lazy("Your request")
    lock_lead = gettext_lazy(
        "This page is private. Please tell us one thing about the request, so that we know it is you."
    )
    lock_button = gettext_lazy("Open my request")
    where = gettext_lazy("Where your request is now")
    change_form = ChangeForm
    new_address = "appointments:new"
    new_button = gettext_lazy("Request an appointment")

    @property
    def reference(self) -> str:
        """ "Request GS-7K4M-39"."""
        return _("Request %(reference)s") % {"reference": self.inquiry.reference}

    @property
    def closed(self) -> Headline:
        return CloseReason(self.inquiry.close_reason).closing.of_visit

    def waiting(self, *, again: bool) -> tuple[str, str, str]:
        """Before and after the first call."""
        late = _("We should have called by now, and we are sorry. The %(office)s office knows. You can also call us.")
        if again:
            return _("We will call you again"), _("The %(office)s office will try again %(by)s."), late
        return _("We will call you"), _("The %(office)s office will call you %(by)s."), late

    @property
    def change(self) -> str:
        """The days only until a visit is booked."""
        if self.inquiry.status in (Status.BOOKED, Status.MOVING):
            return _("Change your phone number or email")
        return _("Change your phone number, email or the days that suit you")

    @cached_property
    def cancel(self) -> Cancel:
        """The visit, or the request."""
        inquiry, name = self.inquiry, self.office.name
        if inquiry.visit_stands and inquiry.booked_for:
            given = _("Your visit %(moment)s at the %(name)s office will be given to someone else.")
            return Cancel(
                _("Cancel my visit"),
                _("Cancel your visit?"),
                given % {"moment": moment(inquiry.booked_for), "name": name},
                _("Yes, cancel my visit"),
            )
        return Cancel(
            _("Cancel my request"),
            _("Cancel your request?"),
            _("The %(name)s office will no longer call you.") % {"name": name},
            _("Yes, cancel my request"),
        )

    def _closes(self, days: int) -> str:
        return ngettext(
            "This page is private. It closes %(days)s day after your visit.",
            "This page is private. It closes %(days)s days after your visit.",
            days,
        ) % {"days": days}


class MessageWords(PrivateWords):
    """Of a message, which is about no visit."""

    events = {
        **VisitWords.events,
        Kind.RECEIVED: gettext_lazy("Message received"),
        Kind.REPLIED: gettext_lazy("The office answered you on this page"),
        Kind.CANCELLED: gettext_lazy("You withdrew it"),
        Kind.CLOSED: gettext_lazy("Message closed"),
        Kind.DUPLICATE: gettext_lazy("Put together with what else you wrote"),
        Kind.REOPENED: gettext_lazy("Message opened again"),
    }
    to_wait_for = (gettext_lazy("The office answers you"),)
    lock_title = gettext_lazy("Your message")
    lock_lead = gettext_lazy("This page is private. Please tell us one thing, so that we know it is you.")
    lock_button = gettext_lazy("Open my message")
    where = gettext_lazy("Where your message is now")
    change_form = ChangeMessageForm
    new_address = "appointments:message"
    new_button = gettext_lazy("Send us a message")

    @property
    def reference(self) -> str:
        """ "Message GS-7K4M-39"."""
        return _("Message %(reference)s") % {"reference": self.inquiry.reference}

    @property
    def closed(self) -> Headline:
        return CloseReason(self.inquiry.close_reason).closing.of_message

    def waiting(self, *, again: bool) -> tuple[str, str, str]:
        """Before and after the first call."""
        late = _("We should have answered by now, and we are sorry. The %(office)s office knows. You can also call us.")
        if again:
            sentence = _("The %(office)s office tried to reach you, and will try again %(by)s.")
        else:
            sentence = _("The %(office)s office will answer %(by)s.")
        return _("We will answer you"), sentence, late

    @property
    def change(self) -> str:
        return _("Change your phone number or email")

    @cached_property
    def cancel(self) -> Cancel:
        return Cancel(
            _("Withdraw my message"),
            _("Withdraw your message?"),
            _("The %(name)s office will not answer it.") % {"name": self.office.name},
            _("Yes, withdraw it"),
        )

    def _closes(self, days: int) -> str:
        return ngettext(
            "This page is private. It closes %(days)s day after we have answered you.",
            "This page is private. It closes %(days)s days after we have answered you.",
            days,
        ) % {"days": days}


def words_of(inquiry: AppointmentRequest) -> PrivateWords:
    """The words for its kind."""
    return MessageWords(inquiry) if inquiry.is_message else VisitWords(inquiry)
