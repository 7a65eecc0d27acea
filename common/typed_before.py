"""What a person had typed into the form of a page before they were signed out, for the view that shows the page."""

from django.http import HttpRequest, QueryDict

Fields = dict[str, list[str]]


def bring(request: HttpRequest, fields: Fields) -> None:
    """Lay it beside the request."""
    typed = QueryDict(mutable=True)
    for name, values in fields.items():
        typed.setlist(name, values)
    request.typed_before = typed  # type: ignore[attr-defined]


def take(request: HttpRequest) -> QueryDict | None:
    """For a form that shows it as it was; None if there is nothing. Whoever takes it shows all of it."""
    typed: QueryDict | None = getattr(request, "typed_before", None)
    request.typed_before_taken = typed is not None  # type: ignore[attr-defined]
    return typed


def was_taken(request: HttpRequest) -> bool:
    """Whether a view has shown it."""
    return getattr(request, "typed_before_taken", False)
