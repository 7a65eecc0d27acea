"""Phone numbers."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.form_fields.text import ExactCharField
from common.phones import NoSuchPhone, phone_in_words, phone_of


class PhoneField(ExactCharField):
    """A phone number people can be called on, as `common/phones.py` keeps it."""

    default_error_messages = {
        **dict.fromkeys(
            ("required", "max_length", "unreachable"), _("Enter a phone number with 10 digits, like (202) 555-0100")
        ),
        "two": _("Enter one phone number only: the one we should call"),
        "words": _("Enter the phone number only, without words, like (202) 555-0100"),
        "area": _("No phone number begins with %(digits)s. Check whether a digit is wrong or missing"),
        "exchange": _("No phone number has %(digits)s after the area code. Check the number"),
    }

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"type": "tel", "inputmode": "tel", "autocomplete": "tel", "class": "w-m"}
        super().__init__(**{"widget": forms.TextInput(attrs=attrs), **kwargs, "max_length": 60})

    def clean(self, value: Any) -> str:
        """What is kept."""
        typed = super().clean(value)
        try:
            return phone_of(typed) if typed else ""
        except NoSuchPhone as problem:
            words = self.error_messages[problem.code]
            raise ValidationError(words, code=problem.code, params={"digits": problem.digits}) from None

    def prepare_value(self, value: Any) -> Any:
        """A kept number is shown as people write it; what was refused, as it was typed."""
        try:
            return phone_in_words(value) if value and value == self.clean(value) else value
        except ValidationError:
            return value
