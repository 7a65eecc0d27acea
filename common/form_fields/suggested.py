"""A box with suggestions below it as one types. Whatever else is typed is taken, too; it needs no script."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class Suggested(forms.TextInput):
    """With a `<datalist>`; a browser without it shows a plain box."""

    def __init__(self, suggestions: Iterable[Any] = (), attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.suggestions = tuple(suggestions)

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """The box, then the list."""
        if not self.suggestions:
            return super().render(name, value, attrs, renderer)
        place = f"{(attrs or {}).get('id', name)}_suggestions"
        box = super().render(name, value, {**(attrs or {}), "list": place}, renderer)
        options = format_html_join("", '<option value="{}">', ((each,) for each in self.suggestions))
        return format_html('{}<datalist id="{}">{}</datalist>', box, place, options)
