"""A form whose text may speak of something that cannot wait: whoever writes that is asked once whether it is so today.

What reads the text is named by the setting SECOND_LOOK, because only `appointments` knows the warning signs.
"""

from typing import Any, ClassVar, Protocol

from django import forms
from django.conf import settings
from django.db.models import TextChoices
from django.http import QueryDict
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from common.crypto import digest
from common.spam_traps import TrapsForm

SO_TODAY = _("Is that so today?")
CHOOSE_WHETHER_SO = _("Choose whether that is so today")


class SoToday(TextChoices):
    """Whether what the words speak of is so today."""

    YES = "yes", _("Yes, that is so today")
    NO = "no", _("No, it is not so today")


class Seen(Protocol):
    """What was found in a text: whether it cannot wait, and the pieces that say so."""

    @property
    def raises(self) -> bool: ...

    @property
    def quoted(self) -> list[str]: ...


def read(text: str) -> Seen:
    """What the site's warning signs find in `text`."""
    seen: Seen = import_string(settings.SECOND_LOOK)(text)
    return seen


class AskedOnce(forms.Form):
    """With `quoted`, the pieces that are asked about; empty while there is nothing to ask."""

    you_wrote = _("You wrote %(words)s. Choose whether that is so today")

    so = forms.ChoiceField(
        label=SO_TODAY,
        choices=SoToday.choices,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": CHOOSE_WHETHER_SO},
    )
    asked_about = forms.CharField(required=False, widget=forms.HiddenInput)  # which words the answer is about

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.quoted: list[str] = []

    def clean(self) -> dict[str, Any]:
        """Asks again when other words were written meanwhile."""
        data = super().clean() or {}
        seen = self.seen_in(data)
        if not seen.raises:
            return {**data, "so": ""}
        self.quoted = seen.quoted
        about = digest("asked about", "\0".join(self.quoted))
        if data.get("asked_about") != about:
            data["so"] = ""
        if not data.get("so") and "so" not in self.errors:
            words = ", ".join(f"“{words}”" for words in self.quoted)
            self.add_error("so", self.you_wrote % {"words": words})
        shown = QueryDict(mutable=True)
        shown.update(self.data)
        shown[self.add_prefix("asked_about")] = about
        self.data = shown
        return data

    def seen_in(self, data: dict[str, Any]) -> Seen:
        """What the text of this form speaks of."""
        raise NotImplementedError

    @property
    def said_so(self) -> bool | None:
        """The answer; None where nothing was asked."""
        return self.cleaned_data["so"] == SoToday.YES if self.cleaned_data["so"] else None


class AskedOnceForm(AskedOnce, TrapsForm):
    """On a public page; the text stands in the field that `text_name` says."""

    text_name: ClassVar[str]

    def seen_in(self, data: dict[str, Any]) -> Seen:
        """By the site's warning signs."""
        return read(data.get(self.text_name, ""))
