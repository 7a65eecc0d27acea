"""In which order a form asks, and how each question looks: declared at the form, drawn by the pack `clinic`."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout, LayoutObject
from django import forms
from django.template.loader import render_to_string


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


class Folded(LayoutObject):
    """Questions that few need, behind a line that opens them; open where one has an answer, or an error."""

    def __init__(self, title: Any, *questions: Question) -> None:
        self.title, self.fields = title, questions

    def render(self, form: forms.Form, context: Any, *args: Any, **kwargs: Any) -> str:
        """As HTML."""
        asked = [form[pointer.name] for pointer in self.get_field_names()]
        values = {
            "title": self.title,
            "fields": self.get_rendered_fields(form, context, *args, **kwargs),
            "is_open": any(field.value() or field.errors for field in asked),
        }
        html: str = render_to_string("clinic/layout/folded.html", values)
        return html


def asks(*questions: str | Question | Div | Folded) -> FormHelper:
    """The `helper` of a form: the names of its fields in order. `<form>` and buttons stand in the page's template."""
    helper = FormHelper()
    helper.form_tag = False
    helper.layout = Layout(*(Question(each) if isinstance(each, str) else each for each in questions))
    return helper


def together(css_class: str, *questions: Question) -> Div:
    """Questions that are shown or hidden together."""
    return Div(*questions, css_class=css_class)


def problems(form: forms.BaseForm) -> list[tuple[str, str]]:
    """Each error of a form, in the order of its fields: the id of the control that it is about ("" for the form as a
    whole), and its words.
    """
    found = []
    for field in form:
        for error in field.errors.as_data():
            box = (error.params or {}).get("box") or 0
            found.append((f"{field.auto_id}_{box}" if field.use_fieldset else str(field.auto_id), error.messages[0]))
    return [*found, *(("", str(error)) for error in form.non_field_errors())]


def asked_by(form: type[forms.Form]) -> list[str]:
    """The names of the fields, in the order in which the form's layout asks."""
    return [pointer.name for pointer in form.helper.layout.get_field_names()]  # type: ignore[attr-defined]
