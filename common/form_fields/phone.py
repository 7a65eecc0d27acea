"""Phone numbers."""

import re
from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.form_fields.text import CleanCharField
from common.phones import phone_in_words


class PhoneField(CleanCharField):
    """A phone number people can be called on, as E.164. US and Canadian ones as typed; others with + and country."""

    default_error_messages = dict.fromkeys(
        ("required", "max_length", "unreachable"), _("Enter a phone number with 10 digits, like (732) 555-0100")
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=40,
            widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel", "class": "w-m"}),
            **kwargs,
        )

    def clean(self, value: Any) -> str:
        """E.164 text. "+" or "011" starts a foreign number."""
        typed = super().clean(value)
        if not typed:
            return ""
        try:
            number = phonenumbers.parse(re.sub(r"^011", "+", typed), "US")
        except phonenumbers.NumberParseException:
            raise ValidationError(self.error_messages["unreachable"], code="unreachable") from None
        # "Possible" and not "valid": numbers newer than the library's tables, and 555 ones, are real to somebody.
        possible = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
        if not possible or number.extension:
            raise ValidationError(self.error_messages["unreachable"], code="unreachable")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def prepare_value(self, value: Any) -> Any:
        """A kept number is shown as people write it; what was refused, as it was typed."""
        try:
            return phone_in_words(value) if value and value == self.clean(value) else value
        except ValidationError:
            return value
