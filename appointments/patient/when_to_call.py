"""When we call, in the patient's words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from appointments.call_wishes import CallWishes
from appointments.models import AppointmentRequest
from appointments.vocabulary import Text
from common.times import day


def wishes_in_words(contact: Mapping[str, Any]) -> list[Text]:
    """What the patient asked for, a line each; never nothing."""
    wishes = CallWishes.of(contact)
    return [
        ", ".join(str(each.label) for each in wishes.times) if wishes.times else _("At any time while we are open"),
        *([_("Not before %(day)s") % {"day": day(wishes.not_before)}] if wishes.not_before else []),
        *([wishes.say_who.on_check_page] if wishes.say_who else []),
    ]


def what_of_the_wishes(inquiry: AppointmentRequest) -> str:
    """That we keep to the times that were asked for, or why not; "" for who asked for none."""
    wishes = CallWishes.of(inquiry.contact)
    if not (wishes.bits or wishes.not_before):
        return ""
    if inquiry.urgent:
        return _(
            "What you told us should not wait. So we will call as soon as we can, even at a time you did not choose."
        )
    if not wishes.bits:
        return ""  # the day stands with the promise
    return _("Good times to call you: %(times)s.") % {"times": ", ".join(str(each.label) for each in wishes.times)}
