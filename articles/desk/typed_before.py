"""A form of this desk that came too late comes back as it was typed: with its sections, which scripts draw."""

from typing import Any

from common import typed_before


class TypedBefore:
    """For a view that adds or changes something."""

    def get_form_kwargs(self) -> dict[str, Any]:
        """The form as it had been sent. Nothing is saved until somebody sends it."""
        kwargs: dict[str, Any] = super().get_form_kwargs()  # type: ignore[misc]
        request = self.request  # type: ignore[attr-defined]
        if request.method == "GET" and (typed := typed_before.take(request)) is not None:
            kwargs["data"] = typed
        return kwargs
