"""The front desk's pages for requests, in Django's admin: the list, a search, one request, and its actions.

A request is read and worked here and changed only through `actions.py`: there is no edit form, no add, no delete.
What a list holds is in `desk_list.py`, what can be done with a request in `desk_actions.py`, the forms in
`desk_forms.py`, the words in `inbox.py`.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, Q, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments import actions
from appointments.actions import Actor, WrongMove
from appointments.desk import export, presence, presenters, search
from appointments.desk import lists as desk_list
from appointments.desk.buttons import ACTIONS, is_manager, offered
from appointments.desk.forms import NOTE_LENGTH, DeskForm, FilterForm
from appointments.desk.lists import Lists, Page, length_in_words, length_of
from appointments.desk.presenters import Tab
from appointments.mail.texts import Script, script
from appointments.models import AppointmentRequest, Event, Office, RequestQuerySet, Status
from appointments.offices import directory, facts_of
from common import audit
from common.client import client_address
from common.crypto import digest
from common.models import User
from common.text import clean_text, whole_number

LIST = "admin:appointments_appointmentrequest_changelist"
KEPT_IN_ADDRESS = ("office", "since", "until", "urgent", "who", "kind")  # from one tab to another


@dataclass(frozen=True)
class Attempt:
    """An action that was refused: which, its form with what was typed, and why."""

    action: str
    form: DeskForm | None
    problem: str = ""


class RequestAdmin(admin.ModelAdmin[AppointmentRequest]):
    """The list and the page of one request."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Patients make requests."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AppointmentRequest | None = None) -> bool:
        """Nobody deletes one by hand."""
        return False

    def get_queryset(self, request: HttpRequest) -> RequestQuerySet:
        """What this person may see; everything on these pages starts here."""
        return AppointmentRequest.objects.visible_to(request.user)

    def get_urls(self) -> list[URLPattern]:
        """Only our own pages: the admin's add, edit, delete and history forms don't exist for requests."""
        wrap, name = self.admin_site.admin_view, "appointments_appointmentrequest"
        return [
            path("", wrap(self.inbox), name=f"{name}_changelist"),
            path("export/", wrap(export.export), name=f"{name}_export"),
            path("search/", wrap(self.start_search), name=f"{name}_search"),
            path("search/<str:token>/", wrap(self.found), name=f"{name}_found"),
            path("<int:pk>/change/", wrap(self.page), name=f"{name}_change"),
            path("<int:pk>/presence/", wrap(self.presence), name=f"{name}_presence"),
            path("<int:pk>/<slug:action>/", wrap(self.act), name=f"{name}_act"),
        ]

    # --- Lists ---

    def inbox(self, request: HttpRequest) -> HttpResponse:
        """The list of a stage."""
        self._check_rights(request)
        now, user = timezone.now(), _user(request)
        visible = self.get_queryset(request)
        lists = desk_list.lists_of(user, visible, now)
        offices = [each.office for each in lists]
        colleagues = desk_list.colleagues(offices)
        tab = Tab(request.GET["tab"]) if request.GET.get("tab") in Tab.values else Tab.CALL
        office = next((row for row in offices if row.slug == request.GET.get("office")), None)
        filters = FilterForm(request.GET, colleagues=colleagues)
        rows = desk_list.filtered(visible, tab, filters.chosen, user)
        if office:
            rows = rows.filter(office=office)
        page = desk_list.page_of(rows, request.GET.get("page", ""), user, now)
        kept = request.GET.copy()
        for name in set(kept) - {*KEPT_IN_ADDRESS}:
            del kept[name]
        only_office = kept.copy()
        for name in filters.fields:
            only_office.pop(name, None)
        context = {
            "tab": tab,
            "filters": filters,
            "filtered": bool(filters.chosen),
            "office": office,
            "kept": kept.urlencode(),
            "unfiltered": only_office.urlencode(),
            "switch": self._switch(lists, office, tab, kept),
            "length": length_in_words(lists, office, tab) if not filters.chosen else "",
            "list_name": Tab(tab).label,
        }
        return self._list(request, context, page, lists, colleagues, "list")

    def start_search(self, request: HttpRequest) -> HttpResponse:
        """Takes the words, by POST only, and leads to what they find."""
        self._check_rights(request)
        if request.method != "POST":
            return redirect(LIST)
        typed = clean_text(request.POST.get("words", ""))
        if not typed:
            messages.error(request, _("Type a name, a phone number, a birth date or a reference first."))
            return redirect(LIST)
        return redirect("admin:appointments_appointmentrequest_found", search.keep_words(_user(request), typed))

    def found(self, request: HttpRequest, token: str) -> HttpResponse:
        """What a search finds, in any stage, newest first."""
        self._check_rights(request)
        now, user = timezone.now(), _user(request)
        words = search.kept_words(user, token)
        if words is None:
            messages.warning(request, _("That search is over. Type what you look for again."))
            return redirect(LIST)
        visible = self.get_queryset(request)
        lists = desk_list.lists_of(user, visible, now)
        colleagues = desk_list.colleagues([each.office for each in lists])
        rows = search.search(visible, words)
        page = desk_list.page_of(rows, request.GET.get("page", ""), user, now, up_to=desk_list.FOUND_UP_TO)
        context = {
            "words": words,
            "found_up_to": desk_list.FOUND_UP_TO,
            "list_name": _("Found"),
        }
        return self._list(request, context, page, lists, colleagues, "search")

    def _list(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        page: Page,
        lists: list[Lists],
        colleagues: dict[int, str],
        action: str,
    ) -> HttpResponse:
        """The page of a list, audited with what it shows.

        A list that refreshes itself says which rows it has (`shown`); unless others are shown now, nobody has looked
        at anything new, and nothing is written.
        """
        now, office = timezone.now(), context.get("office")
        references = sorted(row.reference for row in page.rows)
        shown = digest("shown", f"{request.user.pk}\0{' '.join(references)}")
        if request.headers.get("X-Shown") != shown:
            self._audit_references(request, action, references, office.slug if office else "")
        lengths = {name: length_of(lists, office, name) for name in ("overdue", "follow_up_overdue", "asked")}
        context = {
            **self.admin_site.each_context(request),
            "title": _("Requests"),
            "opts": self.opts,
            "now": now,
            "tabs": [(name, label, length_in_words(lists, office, name)) for name, label in Tab.choices],
            **lengths,
            "is_manager": is_manager(_user(request)),
            "undelivered": length_of(lists, None, "undelivered"),
            "offices": [each.office for each in lists],
            "page": page,
            "rows": [presenters.row(row, now, colleagues.get(row.viewer_pk, "")) for row in page.rows],  # type: ignore[attr-defined]
            "shown": shown,
            "here": request.get_full_path(),
            **context,
        }
        return TemplateResponse(request, "admin/appointments/inbox.html", context)

    def _switch(self, lists: list[Lists], office: Office | None, tab: Tab, kept: QueryDict) -> list[dict[str, Any]]:
        """The links between the offices of who has several."""
        links = []
        for each in [None, *(each.office for each in lists)]:
            query = kept.copy()
            query.pop("office", None)
            query["tab"] = tab
            if each:
                query["office"] = each.slug
            links.append(
                {
                    "office": each,
                    "query": query.urlencode(),
                    "count": length_in_words(lists, each, tab),
                    "current": each == office,
                }
            )
        return links

    # --- One request ---

    def page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One request, whole. Who may work on it has opened it."""
        found = self._visible(request, pk)
        if self.has_change_permission(request) and request.method == "GET" and "X-Background" not in request.headers:
            actions.open_request(request=found, actor=_actor(request))
        return self._show(request, found)

    def presence(self, request: HttpRequest, pk: int) -> HttpResponse:
        """For the page's script: it is still open. Answers who else looks at it, and what happened meanwhile."""
        found = self._visible(request, pk)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        last = found.events.select_related("by").order_by("pk").last()
        news = ""
        if last and str(last.pk) != request.POST.get("seen"):
            what = {"event": presenters.event_in_words(last), "who": last.doer}
            news = _("Meanwhile: “%(event)s” (%(who)s).") % what
        presence.forget_what_was_left(_user(request))
        return JsonResponse({"others": presence.look(found, _user(request)), "news": news})

    def act(self, request: HttpRequest, pk: int, action: str) -> HttpResponse:
        """Take an action. Someone else's request is 404 before anything else is looked at."""
        found = self._visible(request, pk)
        if not self.has_change_permission(request) or action not in ACTIONS:
            raise Http404
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        form = self._form(request, found, action, request.POST)
        if form is not None and not form.is_valid():
            return self._show(request, found, Attempt(action, form))
        try:
            message = ACTIONS[action].take(found, _actor(request), form.cleaned_data if form else {})
        except WrongMove as problem:
            return self._show(request, self._visible(request, pk), Attempt(action, form, str(problem)))
        messages.success(request, message)
        if not self.get_queryset(request).filter(pk=pk).exists():
            return redirect(LIST)
        return redirect(found)

    def _form(self, request: HttpRequest, found: AppointmentRequest, action: str, data: Any = None) -> DeskForm | None:
        made = ACTIONS[action].form
        return made(data, found=found, user=_user(request), mine=self.get_queryset(request)) if made else None

    def _visible(self, request: HttpRequest, pk: int) -> AppointmentRequest:
        """The request, if this person may see it. Raises Http404."""
        rows = self.get_queryset(request).select_related("office", "assigned_to")
        found = rows.filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def _show(self, request: HttpRequest, found: AppointmentRequest, attempt: Attempt | None = None) -> HttpResponse:
        """The page; after an attempt with its problems and with everything that was typed."""
        now, user = timezone.now(), _user(request)
        prefetch_related_objects([found], "mails")
        events = list(found.events.select_related("by"))
        last = max(events, key=lambda event: event.pk, default=None)
        can = offered(found, user)
        forms = {name: self._form(request, found, name) for name in can if ACTIONS[name].form}
        homeless: list[str] = []  # typed into a form that makes no sense any more
        if attempt and attempt.form:
            if attempt.action in can:
                forms[attempt.action] = attempt.form
            else:
                homeless = attempt.form.typed()
        names = {office.slug: office.name for office in directory()}
        calls = presenters.calls_in(events)
        context = {
            **self.admin_site.each_context(request),
            "title": found.patient_name,
            "opts": self.opts,
            "found": found,
            "office": facts_of(found.office),
            "clock": presenters.call_clock(found, now),
            "age": presenters.age(found),
            "wishes": presenters.wishes(found),
            "contact": presenters.contact_sentence(found),
            "contact_so_far": presenters.contact_so_far(calls),
            "next_try": presenters.next_try(found, calls, now),
            "scripts": _scripts(found) if "call" in can else [],
            "offered_times": presenters.times_in_words(found.offered_times),
            "trouble": presenters.trouble(found, now),
            "visit_is_over": bool(found.booked_for and found.booked_for < now),
            "why": presenters.why_this_office(found, names),
            "changed": presenters.who_changed_it(events),
            "question": next((e for e in reversed(events) if e.kind == Event.Kind.ASKED), None),
            "mails": [presenters.mail_state(mail) for mail in found.mails.all()],
            "history": presenters.history(events)[::-1],
            "linked": self._linked(request, found),
            "can": can,
            "forms": forms,
            "open": attempt.action if attempt else request.GET.get("open", ""),
            "problems": _problems(attempt),
            "homeless": homeless,
            "undo": last if last and "note" in can and actions.can_undo(found, user, last) else None,
            "undo_seconds": actions.UNDO_SECONDS - int((now - last.at).total_seconds()) if last else 0,
            "unreadable": presenters.unreadable(found, events),
            "others": presence.look(found, user),
            "seen": last.pk if last else 0,
            "next_in_list": self._next_in_list(request, found),
            "most_letters": NOTE_LENGTH,
        }
        self._audit_references(request, "view", [found.reference], found.office.slug)
        return TemplateResponse(request, "admin/appointments/request.html", context)

    def _linked(self, request: HttpRequest, found: AppointmentRequest) -> list[dict[str, Any]]:
        """What belongs together with this one. Those of other offices are named, and lead nowhere. One query."""
        # Not "or is NULL", for which SQLite would read the whole table.
        bound = AppointmentRequest.objects.filter(Q(duplicate_of=found) | Q(pk=found.duplicate_of_id or 0))
        mine = self.get_queryset(request).filter(pk=OuterRef("pk"))
        rows = (bound | actions.earlier_requests(found)).annotate(mine=Exists(mine))
        return [
            {
                "request": row,
                "mine": row.mine,  # type: ignore[attr-defined]
                "words": _("This one is its duplicate")
                if row.pk == found.duplicate_of_id
                else _("A duplicate of this one")
                if row.duplicate_of_id == found.pk
                else _("Sent earlier by the same person"),
            }
            for row in rows.select_related("office").order_by("-pk")
        ]

    def _next_in_list(self, request: HttpRequest, found: AppointmentRequest) -> AppointmentRequest | None:
        """Whom to call after this one."""
        waiting = self.get_queryset(request).filter(status=Status.NEW).exclude(pk=found.pk)
        return waiting.by_urgency().only("pk").first()

    # --- Rights and audit ---

    def _check_rights(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise Http404

    def _audit_references(self, request: HttpRequest, action: str, references: list[str], office: str) -> None:
        """Write down what was shown; references only, never what was searched for."""
        for record in audit.in_records(references) or [""]:
            audit.record_by(request, action=action, record=record, office=office)


def _user(request: HttpRequest) -> User:
    """Who is signed in; the admin lets in nobody else."""
    assert isinstance(request.user, User)  # noqa: S101  # says so to the type checker
    return request.user


def _actor(request: HttpRequest) -> Actor:
    return Actor(_user(request), client_address(request), whole_number(request.POST.get("seen", "")))


def _scripts(found: AppointmentRequest) -> list[tuple[str, str]]:
    """What to say on the phone: title and text. What is said to voicemail only where one may be left."""
    keys = [Script.MESSAGE_CALL if found.is_message else Script.CALL]
    if found.contact.get("voicemail") == "yes":
        keys.append(Script.VOICEMAIL)
    return [(str(key.label), script(key, found)) for key in keys]


def _problems(attempt: Attempt | None) -> list[tuple[str, str]]:
    """What was wrong: id of the field, or "", and a sentence."""
    if attempt is None:
        return []
    if attempt.problem or attempt.form is None:
        return [("", attempt.problem)]
    form = attempt.form
    return [
        (form[name].id_for_label if name in form.fields and not form[name].is_hidden else "", str(error))
        for name, errors in form.errors.items()
        for error in errors
    ]
