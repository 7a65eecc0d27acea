"""What somebody who calls or writes has sent before, so that nobody writes it down twice."""

from collections import defaultdict
from dataclasses import dataclass

from django.utils.translation import gettext as _

from appointments import search_keys
from appointments.models import OPEN, AppointmentRequest, RequestQuerySet
from common.times import recent

SHOWN = 8
LOOKED_AT = 50  # of those that fit in one thing, the newest


@dataclass(frozen=True)
class Match:
    """A request that may be the same person's, and what of it fits, in words."""

    inquiry: AppointmentRequest
    fits: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        """Whether something will still be done about it."""
        return self.inquiry.status in OPEN

    @property
    def is_sure(self) -> bool:
        """Whether two things fit: a family shares a phone, and many a birth date."""
        return len(self.fits) > 1

    @property
    def words(self) -> str:
        """What fits, and when it came."""
        fits = _(" and ").join(self.fits)
        return _("Same %(fits)s. Received %(time)s.") % {"fits": fits, "time": recent(self.inquiry.created_at)}


def find(mine: RequestQuerySet, *, name: str, phone: str, born: str) -> list[Match]:
    """Those of `mine` that fit in one of these or more, the surest first, then open ones, then the newest.

    Each may be "". One query for each word, and one for what is found.
    """
    fits: dict[int, list[str]] = defaultdict(list)
    for what, typed in ((_("name"), name), (_("phone number"), phone), (_("birth date"), born)):
        if typed:
            fitting = search_keys.search(mine, typed).order_by("-pk")
            for pk in fitting.values_list("pk", flat=True)[:LOOKED_AT]:
                fits[pk].append(what)
    if not fits:
        return []
    found = mine.filter(pk__in=fits).select_related("office")
    matches = [Match(inquiry, tuple(fits[inquiry.pk])) for inquiry in found.defer("routing", "offered_times")]
    matches.sort(key=lambda match: (len(match.fits), match.is_open, match.inquiry.pk), reverse=True)
    return matches[:SHOWN]
