"""Mail addresses."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.emails import plain_email, probably_meant
from common.form_fields.text import Exact


class TypedAddress(str):
    """What was typed; `meant_so`, whether the page had asked about this address already."""

    meant_so = False


class EmailWidget(forms.EmailInput):
    """The box; once a slip is likely in what it shows, the page also says that it has asked about it.

    So nobody is asked a second time, and nothing has to be remembered elsewhere.
    """

    template_name = "clinic/email_box.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """With the name and the value of what says that it was asked."""
        context = super().get_context(name, value, attrs)
        shown = context["widget"]["value"] or ""
        context["asked"] = {"name": f"{name}_asked", "value": shown if probably_meant(plain_email(shown)) else ""}
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> TypedAddress | None:
        """The text as ever, and whether it was asked about."""
        value = super().value_from_datadict(data, files, name)
        if value is None:
            return None
        typed = TypedAddress(value)
        typed.meant_so = plain_email(value) == plain_email(data.get(f"{name}_asked", ""))
        return typed


class CleanEmailField(Exact, forms.EmailField):
    """An address; whatever is wrong with it is said once, in our words. A probable slip is asked about once."""

    default_error_messages = {
        **dict.fromkeys(("invalid", "max_length"), _("Enter an email address like name@example.com")),
        "slip": _("Did you mean %(meant)s? If what you typed is right, press the button again"),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, widget=EmailWidget(attrs={"autocomplete": "email"}), **kwargs)

    def to_python(self, value: Any) -> str:
        """The address alone."""
        return plain_email(super().to_python(value) or "")

    def run_validators(self, value: Any) -> None:
        """One message, however many rules are broken."""
        try:
            super().run_validators(value)
        except ValidationError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None

    def clean(self, value: Any) -> str:
        """As it is kept."""
        address: str = super().clean(value)
        meant = "" if getattr(value, "meant_so", False) else probably_meant(address)
        if meant:
            raise ValidationError(self.error_messages["slip"], code="slip", params={"meant": meant})
        return address
