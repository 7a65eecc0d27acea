"""The desk's lists: of a stage, and what a search has found."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.desk import lists, quarantine, search, sent_away
from appointments.desk.access import NO_OFFICE, check_may_look, may_change, user_of, visible
from appointments.desk.buttons import is_manager
from appointments.desk.lists import ListLengths, Page
from appointments.desk.presenters import (
    ListPresenter,
    MailLine,
    mail_line,
    present,
    present_search,
    present_stage,
)
from appointments.desk.sent_away import LIST
from appointments.desk.shown import write_down_shown
from appointments.desk.tabs import MANAGERS, Tab
from appointments.desk.wanted import Wanted
from appointments.desk.way_back import to_list
from appointments.models import AppointmentRequest, Mail, Office
from appointments.offices import colleagues
from common.models import User
from common.text import clean_text

MOST_NAMED = 5  # mails that could not be delivered
LATE_LISTS = {Tab.CALL: "overdue", Tab.WAITING: "follow_up_overdue"}


@dataclass(frozen=True)
class TabLink:
    """A stage above the list: how many it holds, and how many of them are late."""

    tab: Tab
    query: str
    count: str
    late: int


def stage(request: HttpRequest) -> HttpResponse:
    """The list of a stage."""
    check_may_look(request)
    now, user = timezone.now(), user_of(request)
    mine = visible(request)
    lengths = ListLengths.of(user, mine, now)
    people = colleagues(office.pk for office in lengths.offices)
    wanted = Wanted.of(request.GET, lengths.offices, people)
    page = lists.page_of(wanted.among(mine, user), request.GET.get("page", ""), user, now)
    context = {
        "tab": wanted.tab,
        "wanted": wanted,
        "office": wanted.office,
        "page_query": f"{wanted.query()}&",
        "switch": [
            {
                "office": office,
                "query": wanted.of_office(office),
                "count": lengths.in_words(office, wanted.tab),
                "current": office == wanted.office,
            }
            for office in (None, *lengths.offices)
        ],
        "whom": wanted.whom,
        "length": lengths.in_words(wanted.office, wanted.tab) if not wanted.is_filtered else "",
        "tabs": _tabs(lengths, wanted.office, user, wanted),
        "sent_away": sent_away.step_of(request.GET["sent"], user) if "sent" in request.GET else None,
        "may_settle": wanted.tab == Tab.HELD and may_change(request),
        "may_be_taken_back": quarantine.may_be_taken_back(request),
        "this_list": to_list(wanted.query() + (f"&page={page.number}" if page.number > 1 else "")),
    }
    listed = present_stage(wanted.tab, filtered=wanted.is_filtered)
    return _list(request, context, page, lengths, people, listed)


def start_search(request: HttpRequest) -> HttpResponse:
    """Takes the words, by POST only, and leads to what they find."""
    check_may_look(request)
    if request.method != "POST":
        return redirect(LIST)
    typed = clean_text(request.POST.get("words", ""))
    if not typed:
        messages.error(request, _("Type a name, a phone number, a birth date, an email address or a reference first."))
        return redirect(LIST)
    return redirect("admin:appointments_appointmentrequest_found", search.keep_words(user_of(request), typed))


def found(request: HttpRequest, token: str) -> HttpResponse:
    """What a search finds, in any stage, newest first."""
    check_may_look(request)
    now, user = timezone.now(), user_of(request)
    words = search.kept_words(user, token)
    if words is None:
        messages.warning(request, _("That search is over. Type what you look for again."))
        return redirect(LIST)
    mine = visible(request)
    lengths = ListLengths.of(user, mine, now)
    people = colleagues(office.pk for office in lengths.offices)
    matches = search.search(mine, words)
    page = lists.page_of(matches, request.GET.get("page", ""), user, now, up_to=lists.FOUND_UP_TO)
    elsewhere = sent_away.now_elsewhere(lengths.offices, words)
    context = {"words": words, "tabs": _tabs(lengths, None, user), "this_list": to_list(f"found={token}")}
    context["elsewhere"] = elsewhere
    listed = present_search(words, up_to=lists.FOUND_UP_TO)
    return _list(request, context, page, lengths, people, listed)


def _list(
    request: HttpRequest,
    context: dict[str, Any],
    page: Page,
    lengths: ListLengths,
    people: dict[int, str],
    listed: ListPresenter,
) -> HttpResponse:
    """The page of a list, audited with what it shows."""
    now, office = timezone.now(), context.get("office")
    action = "search" if "words" in context else "list"
    shown = write_down_shown(
        request, (*page.inquiries, *context.get("elsewhere", [])), action=action, office=office.slug if office else ""
    )
    rows = [
        present(inquiry, list(inquiry.events.all()), now, people.get(inquiry.viewer_pk, ""))  # type: ignore[attr-defined]
        for inquiry in page.inquiries
    ]
    context = {
        **admin.site.each_context(request),
        "title": _("Requests"),
        "unseen_count": lengths.sum(None, "unopened") + lengths.sum(None, Tab.NEWS),
        "opts": AppointmentRequest._meta,
        "now": now,
        "undelivered": (undelivered := lengths.sum(None, "undelivered")),
        "undelivered_mails": _undelivered(lengths) if undelivered else [],
        "more_undelivered": max(undelivered - MOST_NAMED, 0),
        "to_settle": lists.in_words(lengths.sum(None, "to_settle")),
        "offices": lengths.offices,
        "listed": listed,
        "nothing": listed.nothing if lengths.offices else NO_OFFICE,
        "page": page,
        "rows": rows,
        "shown": shown,
        "here": request.get_full_path(),
        **context,
    }
    return TemplateResponse(request, "admin/appointments/inbox.html", context)


def _undelivered(lengths: ListLengths) -> list[tuple[AppointmentRequest | None, MailLine]]:
    """The first mails that could not be delivered, and which request each is about. One query."""
    late = Mail.objects.in_trouble().filter(office__in=lengths.offices).select_related("request").order_by("pk")
    return [(mail.request, mail_line(mail)) for mail in late[:MOST_NAMED]]


def _tabs(lengths: ListLengths, office: Office | None, user: User, wanted: Wanted | None = None) -> list[TabLink]:
    return [
        TabLink(
            tab,
            wanted.query(tab) if wanted else f"tab={tab}",
            lengths.in_words(office, tab),
            lengths.sum(office, LATE_LISTS[tab]) if tab in LATE_LISTS else 0,
        )
        for tab in Tab
        if tab not in MANAGERS or is_manager(user)
    ]
