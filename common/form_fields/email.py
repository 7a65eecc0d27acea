"""Mail addresses."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class CleanEmailField(forms.EmailField):
    """An address; whatever is wrong with it is said once, in our words."""

    default_error_messages = dict.fromkeys(("invalid", "max_length"), _("Enter an email address like name@example.com"))
    widget = forms.EmailInput(attrs={"autocomplete": "email"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, **kwargs)

    def run_validators(self, value: Any) -> None:
        """One message, however many rules are broken."""
        try:
            super().run_validators(value)
        except ValidationError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
