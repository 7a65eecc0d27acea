"""The audit trail in the admin: read, filtered and searched, never changed, quick with millions of entries."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from appointments.models import AppointmentRequest
from common import audit
from common.models import AuditEntry
from common.text import clean_text

PER_PAGE = 100
COUNT_UP_TO = 5_000
CHOICES_UP_TO = 60
SHOWN_OF_A_LIST = 3


class ShortCount(Paginator[AuditEntry]):
    """Counts no further than anybody turns pages: the rest is found by the filters."""

    @cached_property
    def count(self) -> int:
        return cast(QuerySet[AuditEntry], self.object_list).order_by()[:COUNT_UP_TO].count()


class _ByValue(admin.SimpleListFilter):
    """The values that a column holds, each found by one step through its index."""

    parameter_name: str

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:
        values: list[str] = []
        column = AuditEntry.objects.order_by(self.parameter_name).values_list(self.parameter_name, flat=True)
        last = ""
        while len(values) < CHOICES_UP_TO and (value := column.filter(**{f"{self.parameter_name}__gt": last}).first()):
            values.append(value)
            last = value
        return [(value, value) for value in values]

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        return queryset.filter(**{self.parameter_name: self.value()}) if self.value() else queryset


class ByAction(_ByValue):
    title = _("action")
    parameter_name = "action"


class ByActor(_ByValue):
    title = _("who")
    parameter_name = "actor"


class ByOffice(_ByValue):
    title = _("office")
    parameter_name = "office"


def _day(word: str) -> date | None:
    try:
        return date.fromisoformat(word)
    except ValueError:
        return None


def _looks_like_a_reference(word: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9]{1,6}-[A-Za-z0-9]{4}-[A-Za-z0-9]{2}", word) is not None


class AuditEntryAdmin(admin.ModelAdmin[AuditEntry]):
    """Looking at the trail goes into the trail, too."""

    list_display = ("when", "actor", "action", "records", "office", "address")
    list_filter: ClassVar = [ByAction, ByActor, ByOffice, "at"]
    search_fields = ("record",)
    search_help_text = _(
        "A reference, a user name, or a day like 2026-11-23; or several of them. The newest 5,000 that fit are shown."
    )
    show_facets = admin.ShowFacets.NEVER  # they count everything
    list_per_page = PER_PAGE
    list_max_show_all = PER_PAGE
    show_full_result_count = False
    sortable_by = ()
    paginator = ShortCount
    actions = None

    @admin.display(description=_("when"))
    def when(self, entry: AuditEntry) -> str:
        """To the second, on the practice's clock."""
        return date_format(timezone.localtime(entry.at), "N j, Y, g:i:s a")

    @admin.display(description=_("record"))
    def records(self, entry: AuditEntry) -> str:
        """The first of a list, and how many more; the entry's own page has them all."""
        references = entry.record.split(", ")
        if len(references) <= SHOWN_OF_A_LIST:
            return entry.record
        more = len(references) - SHOWN_OF_A_LIST
        first = ", ".join(references[:SHOWN_OF_A_LIST])
        return ngettext("%(first)s and %(more)s more", "%(first)s and %(more)s more", more) % {
            "first": first,
            "more": more,
        }

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AuditEntry], search_term: str
    ) -> tuple[QuerySet[AuditEntry], bool]:
        """All words must fit: a day (the practice's), a reference, also among those of a list, or a user name."""
        for word in clean_text(search_term)[:100].split():
            if day := _day(word):
                start = datetime.combine(day, time.min, timezone.get_current_timezone())
                queryset = queryset.filter(at__gte=start, at__lt=start + timedelta(days=1))
            elif _looks_like_a_reference(word):
                queryset = queryset.filter(record__contains=word.upper())
                if inquiry := AppointmentRequest.objects.filter(reference=word.upper()).first():
                    queryset = queryset.filter(at__gte=inquiry.created_at - timedelta(minutes=1))
            else:
                queryset = queryset.filter(actor=word)
        return queryset, False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list; what was looked for is written down as far as it is a reference, a day or a user in the trail."""
        response = super().changelist_view(request, {"title": _("Audit"), **(extra_context or {})})
        if response.status_code == 200:
            words = clean_text(request.GET.get("q", ""))[:100].split()
            noted = " ".join(word for word in words if self._may_be_noted(word))
            audit.record_by(request, action="audit list", record=noted)
        return response

    def _may_be_noted(self, word: str) -> bool:
        known = _day(word) or _looks_like_a_reference(word) or AuditEntry.objects.filter(actor=word).exists()
        return bool(known)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response = super().change_view(request, object_id, form_url, extra_context)
        if response.status_code == 200:
            audit.record_by(request, action="audit view", record=f"entry {object_id}")
        return response

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What never changes has no history."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        raise Http404
