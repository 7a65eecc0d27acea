"""ZIP codes."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.form_fields.text import ExactCharField


class ZipField(ExactCharField):
    """Five digits; the four that may follow are dropped, as is the town or state around them. "" for none, where it may
    be left out.
    """

    default_error_messages = dict.fromkeys(("required", "max_length", "digits"), _("Enter a ZIP code with 5 digits"))

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "numeric", "autocomplete": "postal-code", "class": "w-s"}
        super().__init__(**{"widget": forms.TextInput(attrs=attrs), **kwargs, "max_length": 40})

    def clean(self, value: Any) -> str:
        """Whether we know the place is routing's business, not a reason to refuse."""
        typed = super().clean(value)
        if not (typed or self.required):
            return ""
        match = re.fullmatch(r"[^\d-]*([0-9]{5})(?:[ -]{0,3}[0-9]{4})?(?:[ -]*|[ -.,]+[^\d-]*)", typed)
        if not match:
            raise ValidationError(self.error_messages["digits"], code="digits")
        return match[1]
