"""From an inquiry back to the list it was opened from, and on to the next one there.

The address of its page says which list that was: `?list=tab=booked%26office=belleville`, or `?list=found=` and what
stands for the words of a search. No forms need to carry it: their answers look at the page they were sent from.
"""

import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from appointments.desk import lists, search
from appointments.desk.access import user_of, visible
from appointments.desk.tabs import Tab
from appointments.desk.wanted import Wanted
from appointments.models import AppointmentRequest, Office
from appointments.offices import colleagues

LONGEST = 300


def to_list(kept: str) -> str:
    """What follows the "?" in the address of an inquiry's page. kept: the query of a list, or "found=..."."""
    return urlencode({"list": kept})


@dataclass(frozen=True)
class WayBack:
    """kept: the query of the list; "" for the desk's first one. token: what stands for a search, if it was one."""

    kept: str = ""
    token: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        """As the address says, or the one of the page that a form was sent from."""
        sent_from = QueryDict(urlsplit(request.headers.get("Referer", "")).query)
        kept = (request.GET.get("list") or sent_from.get("list", ""))[:LONGEST]
        token = QueryDict(kept).get("found", "")
        return cls(kept, token if re.fullmatch(r"[\w-]{1,40}", token, re.ASCII) else "")

    @property
    def address(self) -> str:
        """Of the list."""
        if self.token:
            return reverse("admin:appointments_appointmentrequest_found", args=[self.token])
        first = reverse("admin:appointments_appointmentrequest_changelist")
        return f"{first}?{QueryDict(self.kept).urlencode()}" if self.kept else first

    def page_of(self, inquiry: AppointmentRequest) -> str:
        """The address of another one's page that leads back to the same list."""
        address = inquiry.get_absolute_url()
        return f"{address}?{to_list(self.kept)}" if self.kept else address

    def next_after(self, request: HttpRequest, inquiry: AppointmentRequest) -> AppointmentRequest | None:
        """The next one in the list; of those to call the most urgent one. The first, if it has left the list."""
        user, mine = user_of(request), visible(request)
        if self.token:
            words = search.kept_words(user, self.token)
            listed, first_is_next = search.search(mine, words) if words else mine.none(), False
        else:
            offices, address = list(Office.objects.worked_by(user)), QueryDict(self.kept)
            known = colleagues(office.pk for office in offices)
            wanted = Wanted.of(address, offices, known)
            listed, first_is_next = wanted.among(mine, user), wanted.tab == Tab.CALL
        if first_is_next:
            return listed.exclude(pk=inquiry.pk).only("pk").first()
        pks = list(listed.values_list("pk", flat=True)[: lists.COUNT_UP_TO])
        after = pks[pks.index(inquiry.pk) + 1 :] if inquiry.pk in pks else pks
        return AppointmentRequest(pk=after[0]) if after else None
