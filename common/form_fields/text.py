"""Text as people paste it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.widgets import Script
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from common.text import clean_text, exact_text

FORM_SCRIPT = Script("clinic/form.js", defer=True)


class CleanCharField(forms.CharField):
    """A line of text without control characters; `lines=True` keeps line ends."""

    def __init__(self, *, lines: bool = False, **kwargs: Any) -> None:
        self.lines = lines
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        """Cleaned before anything checks it, so that a pasted control character is no error."""
        return clean_text(super().to_python(value) or "", lines=self.lines)


class Exact(forms.Field):
    """Mixed into a field for what is compared, dialed or reckoned with: digits, dates, addresses."""

    def to_python(self, value: Any) -> Any:
        """By whatever field it is mixed into."""
        return super().to_python(exact_text(value) if isinstance(value, str) else value)


class ExactCharField(Exact, CleanCharField):
    """Numbers, codes and the like: one line, as a plain keyboard gives it."""


class WordsWidget(forms.Textarea):
    """Several lines; the script says how many characters are left."""

    class Media:
        js = (FORM_SCRIPT,)


class WordsField(CleanCharField):
    """Several lines in one's own words, `most` characters long.

    They are counted after cleaning and here: the browser's own limit would cut a pasted text off without a word.
    """

    def __init__(self, *, most: int, rows: int = 4, **kwargs: Any) -> None:
        self.most = most
        counted = {"data-most": most, "data-left": _("{count} characters left"), "data-over": _("{count} too many")}
        super().__init__(lines=True, widget=WordsWidget(attrs={"rows": rows, **counted}), **kwargs)

    def validate(self, value: str) -> None:
        """Says how much is too much."""
        super().validate(value)
        over = len(value) - self.most
        if over > 0:
            words = ngettext(
                "This is %(over)d character too long. Use %(most)d characters or fewer",
                "This is %(over)d characters too long. Use %(most)d characters or fewer",
                over,
            )
            raise ValidationError(words, code="max_length", params={"over": over, "most": self.most})
