"""ZIP codes."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.form_fields.text import CleanCharField


class ZipField(CleanCharField):
    """Five digits; the four that may follow are dropped."""

    default_error_messages = {"digits": _("Enter a ZIP code with 5 digits")}

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "numeric", "autocomplete": "postal-code", "class": "w-s"}
        super().__init__(max_length=20, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> str:
        """Whether we know the place is routing's business, not a reason to refuse."""
        match = re.fullmatch(r"([0-9]{5})(?:[ -]?[0-9]{4})?", super().clean(value))
        if not match:
            raise ValidationError(self.error_messages["digits"], code="digits")
        return match[1]
