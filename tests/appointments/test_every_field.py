"""Every box that people type into, of every form of the public site and of the desk: what copying brings along, and how
keyboards differ, is cleaned away in one place. A new field that goes round it fails here.
"""

from collections.abc import Iterator
from importlib import import_module

import pytest
import time_machine
from django import forms

from common.form_fields import (
    CleanCharField,
    CleanEmailField,
    DateOfBirthField,
    Exact,
    ExactCharField,
    PhoneField,
    WordsField,
    ZipField,
)
from common.spam_traps import TrapField

MODULES = (
    "appointments.patient.forms",
    "appointments.patient.message",
    "appointments.patient.private_page.check_on",
    "appointments.patient.private_page.forms",
    "appointments.warning_signs.questions",
    "articles.public.helpful",
    "articles.public.questions",
    *(
        f"appointments.desk.forms.{name}"
        for name in (
            "facts",
            "filters",
            "hands",
            "new_request",
            "paperwork",
            "safety",
            "times",
            "when",
            "wishes",
            "words",
        )
    ),
)
PICKED = (forms.ChoiceField, forms.MultipleChoiceField, forms.BooleanField)  # nobody types into these
# Of each kind of box what may stand there, and the same as a copy or another keyboard gives it.
TYPED: dict[type[forms.Field], dict[str, list[str]]] = {
    CleanCharField: {
        "Zoë O’Brien": [
            "\u200eZoë O’Brien",
            "\u202aZoë\N{NO-BREAK SPACE}O’Brien\u202c",
            "Zo\u00ade\u0308 O’Brien\ufeff",
        ]
    },
    WordsField: {"Left heel.": ["\u200eLeft heel.\u2066\u2069", "\u202aLeft\u00ad heel.\u202c\r\n"]},
    ExactCharField: {"2041": ["\u200e2041", "２０４１", "٢٠٤١", "20\u00ad41\ufeff"]},
    PhoneField: {
        "732-555-0142": [
            "\u202a732-555-0142\u202c",
            "７３２ ５５５ ０１４２",
            "732–555—0142",
            "732\u00ad555\u200e0142",
            "tel:732-555-0142",
        ]
    },
    CleanEmailField: {
        "pat@example.com": [
            *(
                "\u200epat@example.com",
                "\u202apat@example.com\u202c",
                "pat@exam\u00adple.com",
                "ｐａｔ＠ｅｘａｍｐｌｅ.com",
            ),
            *(
                "pat@exam\u200dple.com",
                "pat@example.com.",
                "mailto:pat@example.com",
                "<pat@example.com>",
                "Pat Sample <pat@example.com>",
            ),
            *(" pat @ example.com,", "MAILTO:pat@example.com"),
        ]
    },
    ZipField: {
        "08755": [
            "\u200e08755",
            "０８７５５",
            "NJ 08755",
            "08755-",
            "087\u200c55",
            "08755–1234",
            "08755\u00ad",
            "08755.",
        ]
    },
}


def forms_of_the_site() -> Iterator[type[forms.BaseForm]]:
    """Each that one of the modules makes, or takes over."""
    for name in MODULES:
        for found in vars(import_module(name)).values():
            if isinstance(found, type) and issubclass(found, forms.BaseForm) and found.__module__ == name:
                yield found


FIELDS = [
    pytest.param(field, id=f"{form.__name__}.{name}")
    for form in forms_of_the_site()
    for name, field in form.base_fields.items()
    if not isinstance(field, (*PICKED, TrapField)) and not field.widget.is_hidden
]


def test_no_module_with_forms_is_left_out():
    import_module("clinic.urls")  # whatever the site shows is there now
    known = set()
    waiting = [forms.BaseForm]
    while waiting:
        form = waiting.pop()
        known.add(form.__module__)
        waiting += form.__subclasses__()

    ours = {name for name in known if name.startswith(("appointments.patient", "appointments.desk", "articles.public"))}
    assert ours <= {*MODULES, "appointments.desk.forms.base"}


@pytest.mark.parametrize("field", FIELDS)
def test_box_cleans_what_is_typed(field):
    with time_machine.travel("2026-11-23T10:12-05:00", tick=False):
        for plain, others in _typed(field).items():
            kept = field.clean(plain)

            assert [field.clean(other) for other in others] == [kept] * len(others)


def _typed(field: forms.Field) -> dict:
    if isinstance(field, DateOfBirthField):
        other = ["\u200e４", "27th", "1953\u202c"]
        whole = field.widget.value_from_datadict({"x_0": "\u200e4/27/1953", "x_1": "", "x_2": ""}, {}, "x")
        return {("4", "27", "1953"): [other, ("Apr.", "２７", "1953."), whole]}
    if isinstance(field, forms.DateTimeField):
        assert isinstance(field, Exact)
        return {"2026-12-01 10:15": ["\u200e2026–12–01 10:15", "２０２６-12-01 10:15\ufeff"]}
    if isinstance(field, forms.DateField):
        assert isinstance(field, Exact)
        return {"2026-11-01": ["\u200e2026-11-01\u202c", "2026–11–01", "２０２６-11-01"]}
    kind = next(
        kind for kind in type(field).__mro__ if kind in TYPED
    )  # StopIteration: a kind that nobody has looked at
    return TYPED[kind]
