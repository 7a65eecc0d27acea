"""Text as people paste it."""

from typing import Any

from django import forms

from common.text import clean_text


class CleanCharField(forms.CharField):
    """A line of text without control characters; `lines=True` keeps line ends."""

    def __init__(self, *, lines: bool = False, **kwargs: Any) -> None:
        self.lines = lines
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        """Cleaned before anything checks it, so that a pasted control character is no error."""
        return clean_text(super().to_python(value) or "", lines=self.lines)
