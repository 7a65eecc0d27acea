"""A list of the desk as a file, for who has the right `export_appointmentrequest`.

A page first says what the file holds; only a POST makes it. It holds what the same person sees in the list, by the
same rule, tab and filters, or of every stage at once, and the audit names every request in it.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from appointments.answers import labels, value_of
from appointments.desk import presenters, spreadsheets
from appointments.desk.wanted import Wanted
from appointments.models import AppointmentRequest, CloseReason, Event, Office, RequestQuerySet
from appointments.offices import colleagues
from appointments.vocabulary import InsuranceKind
from common import audit
from common.models import User
from common.phones import phone_in_words
from common.times import local

MAY_EXPORT = "appointments.export_appointmentrequest"
MOST_ROWS = 10_000
CHUNK = 500  # requests decrypted at a time
Request = AppointmentRequest


def _moment(at: datetime | None) -> datetime | str:
    """To the minute, on the practice's clock, as a spreadsheet knows none else."""
    return local(at).replace(second=0, microsecond=0, tzinfo=None) if at else ""


def _yes(value: Any) -> str:
    return _("yes") if value else ""


# Of the answers that do not stand in the file as they are kept.
VALUES: dict[str, Callable[[Request], Any]] = {
    "flags": lambda inquiry: (
        presenters.unreadable_or_none(inquiry.safety)
        or ", ".join(flag["short"] for flag in inquiry.safety["flags"])
        or ("" if inquiry.safety_asked else presenters.NOT_ASKED)
    ),
    "conditions": lambda inquiry: ", ".join(each["short"] for each in inquiry.safety.get("conditions", [])),
    "words": lambda inquiry: ", ".join(piece["words"] for piece in inquiry.safety.get("words", [])),
    "birth_date": lambda inquiry: "" if inquiry.birth_date is None else inquiry.birth_date,
    "phone": lambda inquiry: phone_in_words(inquiry.phone).replace("\N{NO-BREAK SPACE}", " "),
    "insurance": lambda inquiry: InsuranceKind.in_words(inquiry.insurance_kind, inquiry.insurance),
    "days": presenters.wishes,
    "best_way": lambda inquiry: presenters.contact_notes(inquiry, timezone.now()),
}
# Every column of the file: its heading and what stands in it. Times are in the zone that the heading names.
COLUMNS: tuple[tuple[Any, Callable[[Request], Any]], ...] = (
    (gettext_lazy("Reference"), lambda inquiry: inquiry.reference),
    (gettext_lazy("Kind"), lambda inquiry: inquiry.get_kind_display()),
    (gettext_lazy("Came by"), lambda inquiry: inquiry.get_channel_display()),
    (gettext_lazy("Office"), lambda inquiry: inquiry.office.name),
    (gettext_lazy("Stage"), lambda inquiry: inquiry.get_status_display()),
    (gettext_lazy("Closed because"), lambda inquiry: inquiry.close_reason and CloseReason(inquiry.close_reason).label),
    (gettext_lazy("Received (%(zone)s)"), lambda inquiry: _moment(inquiry.created_at)),
    (gettext_lazy("Call by (%(zone)s)"), lambda inquiry: _moment(inquiry.call_by)),
    (gettext_lazy("Promised by (%(zone)s)"), lambda inquiry: _moment(inquiry.promised_by)),
    (gettext_lazy("First called (%(zone)s)"), lambda inquiry: _moment(inquiry.first_called_at)),
    (gettext_lazy("Office minutes to first call"), lambda inquiry: _or_empty(inquiry.first_call_minutes)),
    (gettext_lazy("Visit (%(zone)s)"), lambda inquiry: _moment(inquiry.booked_for)),
    (gettext_lazy("Closed (%(zone)s)"), lambda inquiry: _moment(inquiry.closed_at)),
    (gettext_lazy("Assigned to"), lambda inquiry: inquiry.assigned_to or ""),
    (gettext_lazy("Urgent"), lambda inquiry: _yes(inquiry.urgent)),
    (gettext_lazy("In the chart (%(zone)s)"), lambda inquiry: _moment(inquiry.charted_at)),
    (gettext_lazy("Estimate due by (%(zone)s)"), lambda inquiry: _moment(inquiry.estimate_by)),
    (gettext_lazy("Estimate given (%(zone)s)"), lambda inquiry: _moment(inquiry.estimate_given_at)),
    (gettext_lazy("Told about the network (%(zone)s)"), lambda inquiry: _moment(inquiry.network_told_at)),
    (gettext_lazy("On legal hold"), lambda inquiry: _yes(inquiry.on_legal_hold)),
    (gettext_lazy("Added later"), lambda inquiry: "\n".join(event.note for event in inquiry.added)),  # type: ignore[attr-defined]
    *((label, VALUES.get(answer.name, partial(value_of, answer))) for answer, label in labels("export")),
)


def _or_empty(value: int | None) -> int | str:
    return "" if value is None else value


def _described(wanted: Wanted) -> str:
    """What chose the rows, in words without anybody's name."""
    chosen = wanted.filters.chosen
    if wanted.office:
        chosen["office"] = wanted.office.slug
    return " ".join([wanted.stages, *(f"{key}={chosen[key]}" for key in sorted(chosen))])


@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """What the file would hold; by POST the file. Raises PermissionDenied."""
    user = request.user
    if not (isinstance(user, User) and user.has_perm(MAY_EXPORT)):
        raise PermissionDenied
    offices = list(Office.objects.worked_by(user))
    wanted = Wanted.of(request.GET, offices, colleagues(office.pk for office in offices))
    inquiries = wanted.to_export(AppointmentRequest.objects.visible_to(user), user)
    if request.method == "POST" and (kind := request.POST.get("as")) in ("csv", "xlsx"):
        return _file(request, wanted, inquiries, kind)
    count = inquiries.order_by().values("pk")[: MOST_ROWS + 1].count()
    context = {
        **admin.site.each_context(request),
        "title": _("Export"),
        "tab": _("Every stage") if wanted.every_stage else wanted.tab.label,
        "wanted": wanted,
        "office": wanted.office,
        "filtered": wanted.is_filtered or wanted.office is not None,
        "count": min(count, MOST_ROWS),
        "too_many": count > MOST_ROWS,
        "most": MOST_ROWS,
        "clock": settings.TIME_ZONE.rpartition("/")[2].replace("_", " "),
        "columns": _headings(),
        "here": request.get_full_path(),
        "back": f"{reverse('admin:appointments_appointmentrequest_changelist')}?{request.GET.urlencode()}",
    }
    return TemplateResponse(request, "admin/appointments/export.html", context)


def _file(
    request: HttpRequest, wanted: Wanted, inquiries: RequestQuerySet, kind: str
) -> HttpResponse | StreamingHttpResponse:
    """The file, after the audit has it. Like all of the admin it is never cached."""
    listed = list(inquiries.values_list("pk", "reference")[:MOST_ROWS])
    _audit(request, wanted, kind, [reference for _pk, reference in listed])
    rows = _rows([pk for pk, _reference in listed], AppointmentRequest.objects.visible_to(request.user))
    response: HttpResponse | StreamingHttpResponse
    if kind == "csv":
        response = StreamingHttpResponse(spreadsheets.csv_lines(rows), content_type="text/csv; charset=utf-8")
    else:
        response = HttpResponse(
            spreadsheets.xlsx_file(rows, _("Requests")),
            content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        )
    name = slugify(f"requests {wanted.stages} {wanted.office_slug} {timezone.localdate()}")
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


@transaction.atomic
def _audit(request: HttpRequest, wanted: Wanted, kind: str, references: list[str]) -> None:
    """Who took which requests, how many, and what had chosen them; no value of any of them."""
    told = f"{len(references)} as {kind}: {_described(wanted)}"
    for record in [told, *audit.in_records(references)]:
        audit.record_by(request, action="export", record=record, office=wanted.office_slug)


def _headings() -> list[str]:
    return [str(heading).replace("%(zone)s", settings.TIME_ZONE) for heading, _value in COLUMNS]


def _rows(pks: list[int], visible: RequestQuerySet) -> Iterator[list[Any]]:
    """The headings, then the requests in their order. Two queries for each CHUNK."""
    added = Prefetch("events", Event.objects.filter(kind=Event.Kind.ADDED).order_by("pk"), to_attr="added")
    yield _headings()
    for start in range(0, len(pks), CHUNK):
        chunk = pks[start : start + CHUNK]
        whole = visible.select_related("office", "assigned_to").prefetch_related(added)
        inquiries = whole.defer("routing", "offered_times").in_bulk(chunk)
        for pk in chunk:
            if inquiry := inquiries.get(pk):  # else it has been sent to another office this moment
                yield [value(inquiry) for _heading, value in COLUMNS]
