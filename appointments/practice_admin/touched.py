"""Which visits and requests a change of an office, its people or the settings touches, for who is about to make it.

References and times of visits are shown to who works the office; to others references only.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments.actions import Recounted
from appointments.appointment_book import minutes_of
from appointments.models import AppointmentRequest, Office, RequestQuerySet, Status
from appointments.offices import OfficeFacts
from common.confirm import Line, Touched
from common.models import User
from common.times import moment

MOST_LINES = 50  # the rest is told as a number


def by_office(before: OfficeFacts, after: OfficeFacts, user: User | AnonymousUser) -> list[Touched]:
    """What new hours, days off, holidays, or taking no requests, mean for what is there. A few queries."""
    here = AppointmentRequest.objects.filter(office=after.pk)
    notices = [_visits(here, before, after, user)]
    if after.why_not and not before.why_not:
        waiting = list(here.unsettled().exclude(status__in=(Status.BOOKED, Status.MOVING)).only("reference", "office"))
        words = ngettext(
            "%(why_not)s %(count)d request stays with this office and still has to be worked:",
            "%(why_not)s %(count)d requests stay with this office and still have to be worked:",
            len(waiting),
        )
        notices.append(_told(words, waiting, user, why_not=after.why_not))
    else:
        notices.append(_offers(here, before, after, user))
    return [notice for notice in notices if notice.lines]


def _visits(here: RequestQuerySet, before: OfficeFacts, after: OfficeFacts, user: User | AnonymousUser) -> Touched:
    booked = here.filter(status__in=(Status.BOOKED, Status.MOVING), booked_for__gte=timezone.now()).order_by(
        "booked_for", "pk"
    )
    inquiries = [
        inquiry
        for inquiry in booked.only("reference", "office", "booked_for", "visit_minutes")
        if inquiry.booked_for
        and after.trouble_with(inquiry.booked_for, minutes_of(inquiry))
        and not before.trouble_with(inquiry.booked_for, minutes_of(inquiry))
    ]
    words = ngettext(
        "%(count)d visit is booked for then. It stays booked, with a mark, until somebody moves it or calls it off:",
        "%(count)d visits are booked for then. They stay booked, with a mark, until somebody moves or calls them off:",
        len(inquiries),
    )
    return _told(words, inquiries, user, _visit)


def _offers(here: RequestQuerySet, before: OfficeFacts, after: OfficeFacts, user: User | AnonymousUser) -> Touched:
    def is_lost(inquiry: AppointmentRequest, at: datetime) -> bool:
        minutes = minutes_of(inquiry)
        return before.schedule.is_open(at, minutes) and not after.schedule.is_open(at, minutes)

    offered = here.filter(status=Status.PROPOSED).only("reference", "office", "offered_times", "visit_minutes")
    inquiries = [inquiry for inquiry in offered if any(is_lost(inquiry, at) for at in _moments(inquiry))]
    words = ngettext(
        "%(count)d patient has been offered a time then, which is taken back. If no other is left, call again:",
        "%(count)d patients have been offered times then, which are taken back. If no others are left, call again:",
        len(inquiries),
    )
    return _told(words, inquiries, user)


def _moments(inquiry: AppointmentRequest) -> list[datetime]:
    """The offered times that are still to come."""
    return [at for at in map(datetime.fromisoformat, inquiry.offered_times) if at > timezone.now()]


def by_recount(recounted: Recounted, user: User | AnonymousUser) -> list[Touched]:
    """Who would be called later than they were told."""
    inquiries = recounted.later
    words = ngettext(
        "%(count)d patient will be called later than promised. The private page says the new time, and who has an "
        "email gets a mail. Call now, if you can:",
        "%(count)d patients will be called later than promised. Their private pages say the new times, and who has an "
        "email gets a mail. Call now, if you can:",
        len(inquiries),
    )

    def no_mail(inquiry: AppointmentRequest) -> str:
        return "" if inquiry.email else _("no email")

    return [_told(words, inquiries, user, no_mail)] if inquiries else []


def by_person(staffed_before: Collection[int], person: User, user: User | AnonymousUser) -> list[Touched]:
    """What a person's leaving means: for offices that had staff (their numbers), and for the person's own requests."""
    notices = [_left_alone(office, user) for office in Office.objects.unstaffed().filter(pk__in=staffed_before)]
    theirs = AppointmentRequest.objects.assigned_in_vain().filter(assigned_to=person)
    inquiries = list(theirs.only("reference", "office"))
    words = ngettext(
        "%(count)d request is assigned to %(name)s, and will be assigned to nobody:",
        "%(count)d requests are assigned to %(name)s, and will be assigned to nobody:",
        len(inquiries),
    )
    return [*notices, _told(words, inquiries, user, name=person)] if inquiries else notices


def _left_alone(office: Office, user: User | AnonymousUser) -> Touched:
    inquiries = list(AppointmentRequest.objects.unsettled().filter(office=office).only("reference", "office"))
    words = ngettext(
        "Nobody will see the requests of the %(office)s office, so it will take no more. Now there is %(count)d:",
        "Nobody will see the requests of the %(office)s office, so it will take no more. Now there are %(count)d:",
        len(inquiries),
    )
    return _told(words, inquiries, user, office=office.name)


def _told(
    words: str,
    inquiries: Sequence[AppointmentRequest],
    user: User | AnonymousUser,
    more: Callable[[AppointmentRequest], str] = lambda inquiry: "",
    **values: object,
) -> Touched:
    """`words` filled in, and a line for each: a link, and what more there is to say, for who may see it. One query."""
    shown = inquiries[:MOST_LINES]
    mine = AppointmentRequest.objects.visible_to(user).filter(pk__in=[inquiry.pk for inquiry in shown])
    visible = set(mine.values_list("pk", flat=True))

    def line(inquiry: AppointmentRequest) -> Line:
        if inquiry.pk not in visible:
            return Line(inquiry.reference)
        return Line(": ".join(filter(None, (inquiry.reference, more(inquiry)))), inquiry.get_absolute_url())

    lines = [line(inquiry) for inquiry in shown]
    if rest := len(inquiries) - len(shown):
        lines.append(Line(_("and %(count)d more") % {"count": rest}))
    return Touched(words % {"count": len(inquiries), **values}, tuple(lines))


def _visit(inquiry: AppointmentRequest) -> str:
    return moment(inquiry.booked_for) if inquiry.booked_for else ""
