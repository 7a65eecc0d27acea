"""What the desk says of messages otherwise than of requests for a visit."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.desk.presenters.facts import Fact, facts
from appointments.desk.presenters.inquiry import InquiryPresenter
from appointments.desk.presenters.offices import routing_in_words
from appointments.desk.presenters.pills import Pill
from appointments.mail.texts import Script
from appointments.models import AppointmentRequest, Event, Status
from appointments.vocabulary import BeenBefore


class VisitPresenter(InquiryPresenter):
    """A request for a visit."""

    facts_title = gettext_lazy("Patient and request")
    told_in = "admin/appointments/request/visit_told.html"
    script = Script.CALL
    first_step = gettext_lazy("Call now")

    @property
    def been_before(self) -> str:
        given = self.inquiry.been_before
        return str((BeenBefore.of(given) or BeenBefore.UNSURE).in_list) if given else str(given)

    @property
    def born(self) -> str:
        """Also when it is missing."""
        return super().born or ""

    @property
    def open_headline(self) -> str:
        match self.inquiry.status:
            case Status.NEW:
                return _("Next step: call the patient")
            case Status.PROPOSED:
                return _("The patient may choose a time")
        return _("Next step: agree on a time")

    @property
    def facts(self) -> list[Fact]:
        return facts(self.inquiry)

    def routing(self, names: Mapping[str, str]) -> str:
        return routing_in_words(self.inquiry, names)


class MessagePresenter(InquiryPresenter):
    """A written question, which is about no visit."""

    facts_title = gettext_lazy("Sender and message")
    told_in = "admin/appointments/request/message_told.html"
    script = Script.MESSAGE_CALL
    first_step = gettext_lazy("Answer")

    @property
    def kind(self) -> Pill:
        """That it is one."""
        return Pill(_("Message"), "wait", "mail")

    @property
    def open_headline(self) -> str:
        return _("Next step: answer the message")

    @property
    def facts(self) -> list[Fact]:
        """Who wrote it; what they wrote stands above."""
        return facts(self.inquiry, ("phone", "email", "zip_code"))

    def routing(self, names: Mapping[str, str]) -> str:
        """The office it was written to."""
        office = self.inquiry.routing["office"]
        return _("The message was written to %(office)s.") % {"office": names.get(office, office)}


def present(inquiry: AppointmentRequest, events: Sequence[Event], now: datetime, viewer: str = "") -> InquiryPresenter:
    """The presenter for its kind."""
    presenter = MessagePresenter if inquiry.is_message else VisitPresenter
    return presenter(inquiry, events, now, viewer)
