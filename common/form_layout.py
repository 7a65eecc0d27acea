"""In which order a form asks, and how each question looks: declared at the form, drawn by the pack `clinic`."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout
from django import forms


class Question(Field):
    """A field, with what `clinic/field.html` may be told of its look: one, big, must, tight, legend, or_before.

    Left out where the form leaves its field out.
    """

    def __init__(self, name: str, **look: Any) -> None:
        super().__init__(name)
        self.name, self.look = name, look

    def render(self, form: forms.Form, context: Any, *args: Any, **kwargs: Any) -> str:
        """The field as HTML, or nothing."""
        if self.name not in form.fields:
            return ""
        html: str = super().render(form, context, *args, extra_context=dict(self.look), **kwargs)
        return html


def asks(*questions: str | Question | Div) -> FormHelper:
    """The `helper` of a form: the names of its fields in order. `<form>` and buttons stand in the page's template."""
    helper = FormHelper()
    helper.form_tag = False
    helper.layout = Layout(*(Question(each) if isinstance(each, str) else each for each in questions))
    return helper


def together(css_class: str, *questions: Question) -> Div:
    """Questions that are shown or hidden together."""
    return Div(*questions, css_class=css_class)


def asked_by(form: type[forms.Form]) -> list[str]:
    """The names of the fields, in the order in which the form's layout asks."""
    return [pointer.name for pointer in form.helper.layout.get_field_names()]  # type: ignore[attr-defined]
