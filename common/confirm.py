"""A change in the admin that touches what others rely on is told before it is kept.

The change is made inside its transaction and what it touches is looked up; unless the person has said yes to exactly
that, everything is rolled back, and the page comes again with all that was typed and the list above it. So it does not
matter by which field or inline of the page the change came, and nothing is worked out twice.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from common.crypto import digest


@dataclass(frozen=True)
class Line:
    """One of what is touched; `href` for who may open it."""

    words: str
    href: str = ""


@dataclass(frozen=True)
class Touched:
    """A sentence, and what it is about."""

    words: str
    lines: tuple[Line, ...] = ()


class NotConfirmed(Exception):
    """The person has not said yes to this yet."""

    def __init__(self, touched: list[Touched]) -> None:
        super().__init__()
        self.touched = touched
        self.token = digest("touched", repr(touched))


class AsksFirst(admin.ModelAdmin[Any]):
    """Calls `confirm` from `save_related`, or from `save_model` where there are no inlines."""

    change_form_template = "admin/confirm_change.html"

    def confirm(self, request: HttpRequest, touched: list[Touched]) -> None:
        """Raises NotConfirmed, unless nothing is touched or the person has ticked the box beside just this."""
        ask = NotConfirmed(touched)
        if touched and request.POST.get("confirmed") != ask.token:
            raise ask

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page; once more, with what would be touched, if the person has to be asked."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except NotConfirmed as ask:
            request.unsaved = True  # type: ignore[attr-defined]
            context = {**(extra_context or {}), "touched": ask.touched, "token": ask.token}
            return super().changeform_view(request, object_id, form_url, context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """While the person is asked, a form that is not saved whatever stands in it."""
        made: Any = super().get_form(request, obj, change, **kwargs)
        if not getattr(request, "unsaved", False):
            return made

        class Unsaved(made):
            def clean(self) -> Any:
                data = super().clean()
                self.add_error(None, _("Nothing has been saved yet. Read what this touches, then tick the box above."))
                return data

        return Unsaved
