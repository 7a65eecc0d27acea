"""A list of choices in one column, edited as checkboxes."""

from typing import Any

from django import forms
from django.db import models
from django.utils.text import capfirst


class ChoiceListField(models.JSONField):
    """Several of `choices`, kept as a JSON list. Small and read whole, so no table of its own."""

    def __init__(self, *args: Any, options: type[models.TextChoices] | None = None, **kwargs: Any) -> None:
        self.options = options
        kwargs.setdefault("default", list)
        super().__init__(*args, **kwargs)

    def formfield(self, *args: Any, **kwargs: Any) -> forms.Field:
        return forms.MultipleChoiceField(
            choices=self.options.choices if self.options else (),
            widget=forms.CheckboxSelectMultiple,
            required=not self.blank,
            label=capfirst(self.verbose_name),
            help_text=self.help_text,
        )
