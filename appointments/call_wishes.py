"""What a patient said of when to call, and to whom what may be said. Pure: values in, values out.

It is kept with how to reach them; what the clock and the list need of it stands in the columns `call_times` and
`call_after`, too, where a database can read it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Self

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from appointments.vocabulary import CallTime, SayWho
from common.times import clock, day, local, moment_by


@dataclass(frozen=True)
class CallWishes:
    """times: none is any time. not_before: the first day on which a call suits."""

    times: tuple[CallTime, ...] = ()
    not_before: date | None = None
    say_who: SayWho | None = None

    @classmethod
    def of(cls, contact: Mapping[str, Any]) -> Self:
        """As they are kept; what was never asked, or can't be read, is no wish."""
        wanted, first = contact.get("call_times") or (), contact.get("not_before")
        return cls(
            tuple(each for each in CallTime if each in wanted),
            date.fromisoformat(first) if first else None,
            SayWho.of(contact.get("say_who")),
        )

    @property
    def bits(self) -> int:
        """For `call_times`; 0 also where every time suits."""
        return 0 if len(self.times) == len(CallTime) else sum(each.bit for each in self.times)

    def after(self, now: datetime) -> datetime | None:
        """For `call_after`: when that day begins, unless it has."""
        if self.not_before is None:
            return None
        begins = timezone.make_aware(datetime.combine(self.not_before, time()))
        return begins if begins > now else None


def suiting(at: datetime) -> list[int]:
    """The values of `call_times` with which a call suits at that moment, on the practice's clock."""
    hour = local(at).hour
    bit = next(each.bit for each in CallTime if each.hours[0] <= hour < each.hours[1])
    every = sum(each.bit for each in CallTime)
    return [bits for bits in range(every + 1) if not bits or bits & bit]


def times_only(bits: int) -> str:
    """ "Afternoons only", "Mornings or midday only"; "" for any time."""
    words = [str(each.at_desk) for each in CallTime if bits & each.bit]
    return capfirst(_("%(times)s only") % {"times": _(" or ").join(words)}) if words else ""


def is_whole_day(after: datetime) -> bool:
    """Whether "not before" names a day, and no time of it."""
    return local(after).time() == time()


def by_in_words(by: datetime, after: datetime | None) -> str:
    """A deadline, and from when on a call suits: "by 5 pm on Tuesday, December 1, and not before Monday, November 30".
    Of a time that was agreed on, that: "on Thursday, November 26 after 3 pm".
    """
    if after is None or after <= timezone.now():
        return moment_by(by)
    if is_whole_day(after):
        return _("%(by)s, and not before %(day)s") % {"by": moment_by(by), "day": day(after)}
    return after_in_words(after)


def after_in_words(after: datetime) -> str:
    """From when on: "on Monday, November 30 or later", "on Thursday, November 26 after 3 pm"."""
    if is_whole_day(after):
        return _("on %(day)s or later") % {"day": day(after)}
    return _("on %(day)s after %(time)s") % {"day": day(after), "time": clock(after)}
