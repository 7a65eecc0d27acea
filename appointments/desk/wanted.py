"""Which part of the desk's lists an address asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from django.http import QueryDict
from django.utils.translation import gettext as _

from appointments.desk.forms.filters import FilterForm
from appointments.desk.lists import filtered, fitting
from appointments.desk.tabs import Tab
from appointments.models import Office, RequestQuerySet
from common.models import User

KEPT_IN_ADDRESS = (
    "office",
    "since",
    "until",
    "urgent",
    "who",
    "kind",
    "channel",
    "now",
    "only",
)  # from one tab to another


@dataclass(frozen=True)
class Wanted:
    """A stage, one of the reader's offices or all of them, and filters. What the address says wrong is left out."""

    tab: Tab
    office: Office | None
    filters: FilterForm
    address: QueryDict

    @classmethod
    def of(cls, address: QueryDict, offices: Sequence[Office], colleagues: dict[int, str]) -> Self:
        """Colleagues: who may be filtered by."""
        tab = next((tab for tab in Tab if tab == address.get("tab")), Tab.CALL)
        office = next((office for office in offices if office.slug == address.get("office")), None)
        return cls(tab, office, FilterForm(address, colleagues=colleagues), address)

    def among(self, visible: RequestQuerySet, user: User) -> RequestQuerySet:
        """Those of them, in the order of their stage."""
        inquiries = filtered(visible, self.tab, self.filters.chosen, user)
        return inquiries.filter(office=self.office) if self.office else inquiries

    @property
    def every_stage(self) -> bool:
        """Whether a file is to hold all stages at once."""
        return self.address.get("stages") == "all"

    @property
    def stages(self) -> str:
        """As the audit and the file name it."""
        return "all" if self.every_stage else str(self.tab)

    def to_export(self, visible: RequestQuerySet, user: User) -> RequestQuerySet:
        """Those of them for a file: of every stage as they came."""
        if not self.every_stage:
            return self.among(visible, user)
        inquiries = fitting(visible, self.filters.chosen, user).order_by("created_at", "pk")
        return inquiries.filter(office=self.office) if self.office else inquiries

    @property
    def office_slug(self) -> str:
        """As the audit names the office; "" for all."""
        return self.office.slug if self.office else ""

    @property
    def is_filtered(self) -> bool:
        """Whether a filter is chosen."""
        return bool(self.filters.chosen)

    def query(self, tab: str | None = None) -> str:
        """The address of this part, or of the same one of another stage."""
        return _query(tab or self.tab, self._kept())

    def of_office(self, office: Office | None) -> str:
        """The address for another office, or all of them."""
        kept = self._kept()
        kept.pop("office", None)
        kept["tab"] = self.tab
        if office:
            kept["office"] = office.slug
        return kept.urlencode()

    @property
    def whom(self) -> list[tuple[str, str, bool]]:
        """All who need a call, or those who may be called at this moment: words, address, whether it is this list."""
        if self.tab != Tab.CALL:
            return []
        everybody, some = self._kept(), self._kept()
        everybody.pop("now", None)
        some["now"] = "on"
        chosen = "now" in self.filters.chosen
        return [
            (_("All"), _query(self.tab, everybody), not chosen),
            (_("May be called now"), _query(self.tab, some), chosen),
        ]

    @property
    def unfiltered(self) -> str:
        """The address without filters."""
        kept = self._kept()
        for name in self.filters.fields:
            kept.pop(name, None)
        return _query(self.tab, kept)

    def _kept(self) -> QueryDict:
        kept = self.address.copy()
        for name in set(kept) - {*KEPT_IN_ADDRESS}:
            del kept[name]
        return kept


def _query(tab: str, rest: QueryDict) -> str:
    return f"tab={tab}&{rest.urlencode()}" if rest else f"tab={tab}"
