"""What the forms about one inquiry share."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from appointments.models import AppointmentRequest, RequestQuerySet
from common.form_fields import CleanCharField
from common.models import User

NOTE_LENGTH = 5000


class NoteField(CleanCharField):
    """Lines of text up to NOTE_LENGTH letters."""

    def __init__(self, label: Any, *, required: bool = True, missing: Any = "", rows: int = 2) -> None:
        super().__init__(
            label=label,
            lines=True,
            required=required,
            max_length=NOTE_LENGTH,
            widget=forms.Textarea(attrs={"rows": rows, "data-most": NOTE_LENGTH}),
            error_messages={
                "required": missing,
                "max_length": gettext_lazy("Use 5,000 characters or fewer. You have used %(show_value)s."),
            },
        )

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Without `maxlength`: browsers would silently cut off what is pasted."""
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}


class DeskForm(forms.Form):
    """A form about one request.

    inquiry: what it is about. user: who acts. mine: the requests they may see.
    """

    def __init__(
        self, data: Any = None, *, inquiry: AppointmentRequest, user: User, mine: RequestQuerySet, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.inquiry, self.user, self.mine = inquiry, user, mine
        self.set_up()

    def set_up(self) -> None:
        """For what depends on the request."""

    def typed(self) -> list[str]:
        """The texts that somebody wrote into it, to show them where the form itself can't be shown again."""
        texts = [self[name].value() for name, field in self.fields.items() if isinstance(field, CleanCharField)]
        return [str(text) for text in texts if text]
