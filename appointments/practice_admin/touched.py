"""Which visits and requests a change of an office or of its people touches, for who is about to make it.

References and times of visits are shown to who works the office; to others references only.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments.models import AppointmentRequest, Office, RequestQuerySet, Status
from appointments.offices import OfficeFacts, practice
from appointments.offices.deadlines import Schedule, open_minutes_between
from common.confirm import Line, Touched
from common.models import User
from common.times import moment

MOST_LINES = 50  # the rest is told as a number


def by_office(before: OfficeFacts, after: OfficeFacts, user: User | AnonymousUser) -> list[Touched]:
    """What new hours, closures, holidays, or taking no requests, mean for what is there. A few queries."""
    here = AppointmentRequest.objects.filter(office=after.pk)
    notices = [_visits(here, before, after, user)]
    if after.why_not and not before.why_not:
        waiting = list(here.unsettled().exclude(status=Status.BOOKED).only("reference", "office"))
        words = ngettext(
            "%(why_not)s %(count)d request stays with this office and still has to be worked:",
            "%(why_not)s %(count)d requests stay with this office and still have to be worked:",
            len(waiting),
        )
        notices.append(_told(words, waiting, user, why_not=after.why_not))
    else:
        notices += [_offers(here, before, after, user), _promises(here, before, after, user)]
    return [notice for notice in notices if notice.lines]


def _visits(here: RequestQuerySet, before: OfficeFacts, after: OfficeFacts, user: User | AnonymousUser) -> Touched:
    booked = here.filter(status=Status.BOOKED, booked_for__gte=timezone.now()).order_by("booked_for", "pk")
    minutes = practice().visit_minutes
    inquiries = [
        inquiry
        for inquiry in booked.only("reference", "office", "booked_for")
        if inquiry.booked_for
        and after.trouble_with(inquiry.booked_for, minutes)
        and not before.trouble_with(inquiry.booked_for, minutes)
    ]
    words = ngettext(
        "%(count)d visit is booked for then. It stays booked, with a mark, until somebody moves it or calls it off:",
        "%(count)d visits are booked for then. They stay booked, with a mark, until somebody moves or calls them off:",
        len(inquiries),
    )
    return _told(words, inquiries, user)


def _offers(here: RequestQuerySet, before: OfficeFacts, after: OfficeFacts, user: User | AnonymousUser) -> Touched:
    inquiries = [
        inquiry
        for inquiry in here.filter(status=Status.PROPOSED).only("reference", "office", "offered_times")
        if any(before.schedule.is_open(at) and not after.schedule.is_open(at) for at in _moments(inquiry))
    ]
    words = ngettext(
        "%(count)d patient has been offered a time then, which can’t be picked any more. Offer others:",
        "%(count)d patients have been offered times then, which can’t be picked any more. Offer others:",
        len(inquiries),
    )
    return _told(words, inquiries, user)


def _moments(inquiry: AppointmentRequest) -> list[datetime]:
    """The offered times that are still to come."""
    return [at for at in map(datetime.fromisoformat, inquiry.offered_times) if at > timezone.now()]


def _promises(here: RequestQuerySet, before: OfficeFacts, after: OfficeFacts, user: User | AnonymousUser) -> Touched:
    now = timezone.now()

    def can_be_kept(inquiry: AppointmentRequest, schedule: Schedule) -> bool:
        return open_minutes_between(now, inquiry.promised_by, schedule) > 0

    promised = here.filter(status=Status.NEW, first_called_at=None, promised_by__gt=now)
    inquiries = [
        inquiry
        for inquiry in promised.only("reference", "office", "promised_by")
        if can_be_kept(inquiry, before.schedule) and not can_be_kept(inquiry, after.schedule)
    ]
    words = ngettext(
        "%(count)d patient was promised a call by a time before which the office does not open any more. Call first:",
        "%(count)d patients were promised a call by a time before which the office does not open any more. Call first:",
        len(inquiries),
    )
    return _told(words, inquiries, user)


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


def _told(words: str, inquiries: Sequence[AppointmentRequest], user: User | AnonymousUser, **values: object) -> Touched:
    """`words` filled in, and a line for each: a link, and the time of the visit, for who may see it. One query."""
    shown = inquiries[:MOST_LINES]
    mine = AppointmentRequest.objects.visible_to(user).filter(pk__in=[inquiry.pk for inquiry in shown])
    visible = set(mine.values_list("pk", flat=True))
    lines = [_line(inquiry) if inquiry.pk in visible else Line(inquiry.reference) for inquiry in shown]
    if more := len(inquiries) - len(shown):
        lines.append(Line(_("and %(count)d more") % {"count": more}))
    return Touched(words % {"count": len(inquiries), **values}, tuple(lines))


def _line(inquiry: AppointmentRequest) -> Line:
    at = inquiry.booked_for if "booked_for" not in inquiry.get_deferred_fields() else None
    return Line(f"{inquiry.reference}: {moment(at)}" if at else inquiry.reference, inquiry.get_absolute_url())
