"""The desk's lists: of a stage, and what a search has found."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.desk import lists, search
from appointments.desk.access import check_may_look, user_of, visible
from appointments.desk.buttons import is_manager
from appointments.desk.lists import ListLengths, Page
from appointments.desk.presenters import ListPresenter, present, present_search, present_stage
from appointments.desk.tabs import Tab
from appointments.desk.wanted import Wanted
from appointments.models import AppointmentRequest, Office
from common import audit
from common.crypto import digest
from common.text import clean_text

LIST = "admin:appointments_appointmentrequest_changelist"
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
    colleagues = lists.colleagues(lengths.offices)
    wanted = Wanted.of(request.GET, lengths.offices, colleagues)
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
        "length": lengths.in_words(wanted.office, wanted.tab) if not wanted.is_filtered else "",
        "tabs": _tabs(lengths, wanted.office, wanted),
        "asked": lengths.sum(wanted.office, "asked"),
    }
    listed = present_stage(wanted.tab, filtered=wanted.is_filtered)
    return _list(request, context, page, lengths, colleagues, listed)


def start_search(request: HttpRequest) -> HttpResponse:
    """Takes the words, by POST only, and leads to what they find."""
    check_may_look(request)
    if request.method != "POST":
        return redirect(LIST)
    typed = clean_text(request.POST.get("words", ""))
    if not typed:
        messages.error(request, _("Type a name, a phone number, a birth date or a reference first."))
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
    colleagues = lists.colleagues(lengths.offices)
    matches = search.search(mine, words)
    page = lists.page_of(matches, request.GET.get("page", ""), user, now, up_to=lists.FOUND_UP_TO)
    context = {"words": words, "tabs": _tabs(lengths, None)}
    listed = present_search(words, up_to=lists.FOUND_UP_TO)
    return _list(request, context, page, lengths, colleagues, listed)


def _list(
    request: HttpRequest,
    context: dict[str, Any],
    page: Page,
    lengths: ListLengths,
    colleagues: dict[int, str],
    listed: ListPresenter,
) -> HttpResponse:
    """The page of a list, audited with what it shows.

    A list that refreshes itself says which rows it has (`shown`); unless others are shown now, nobody has looked
    at anything new, and nothing is written.
    """
    now, office = timezone.now(), context.get("office")
    references = sorted(inquiry.reference for inquiry in page.inquiries)
    shown = digest("shown", f"{request.user.pk}\0{' '.join(references)}")
    if request.headers.get("X-Shown") != shown:
        action = "search" if "words" in context else "list"
        for record in audit.in_records(references) or [""]:
            audit.record_by(request, action=action, record=record, office=office.slug if office else "")
    rows = [
        present(inquiry, list(inquiry.events.all()), now, colleagues.get(inquiry.viewer_pk, ""))  # type: ignore[attr-defined]
        for inquiry in page.inquiries
    ]
    no_office = _("You are not on the staff of an office yet. Ask the person who manages the offices to add you.")
    context = {
        **admin.site.each_context(request),
        "title": _("Requests"),
        "opts": AppointmentRequest._meta,
        "now": now,
        "is_manager": is_manager(user_of(request)),
        "undelivered": lengths.sum(None, "undelivered"),
        "offices": lengths.offices,
        "listed": listed,
        "nothing": listed.nothing if lengths.offices else no_office,
        "page": page,
        "rows": rows,
        "shown": shown,
        "here": request.get_full_path(),
        **context,
    }
    return TemplateResponse(request, "admin/appointments/inbox.html", context)


def _tabs(lengths: ListLengths, office: Office | None, wanted: Wanted | None = None) -> list[TabLink]:
    return [
        TabLink(
            tab,
            wanted.query(tab) if wanted else f"tab={tab}",
            lengths.in_words(office, tab),
            lengths.sum(office, LATE_LISTS[tab]) if tab in LATE_LISTS else 0,
        )
        for tab in Tab
    ]
