"""No answer gets lost between the form and whoever should read it, and no choice is without a word for it.

What the table in appointments/answers.py says of an answer is true of the pages, the file and the database.
"""

import io
from typing import Any

import pytest
from django.core.management import call_command

from appointments.answers import ANSWERS, NO_ANSWERS, UnknownAnswer, called, columns, labels, names, of_step
from appointments.dashboard.tables import OUTCOMES
from appointments.models import AppointmentRequest, CloseReason
from appointments.patient.forms import AboutYouForm, ContactForm, SafetyForm, SecondLookForm, VisitForm
from appointments.patient.message import MessageForm
from appointments.patient.private_page.forms import ChangeForm
from appointments.vocabulary import Vocabulary
from common.asked_once import AskedOnceForm
from common.encrypted_fields import EncryptedTextField
from common.form_fields import CleanCharField, WordsField
from common.form_layout import asked_by
from tests.appointments.at_desk import words
from tests.appointments.reading import read
from tests.conftest import ABOUT_YOU, CONTACT, SAFETY, VISIT, Browser

pytestmark = pytest.mark.usefixtures("practice", "monday")

FORMS = {
    "safety": SafetyForm,
    "second_look": SecondLookForm,
    "about_you": AboutYouForm,
    "visit": VisitForm,
    "contact": ContactForm,
}
PLAIN = {answer.name for answer in ANSWERS if answer.kept == "plain"}  # not encrypted
NO_ANSWER = {"routing", "offered_times"}  # encrypted columns that hold what nobody was asked
ASKED_APART = set(AskedOnceForm.base_fields)  # traps, and what only some are asked

# --- The table is whole ---


@pytest.mark.parametrize("step", FORMS)
def test_every_field_of_a_step_has_a_row_and_every_row_a_field(step):
    assert {answer.name for answer in of_step(step)} == set(FORMS[step].base_fields)


@pytest.mark.parametrize("form", [*FORMS.values(), ChangeForm, MessageForm])
def test_layout_asks_for_each_field_of_the_form_once(form):
    assert sorted(asked_by(form)) == sorted(set(form.base_fields) - (ASKED_APART if form is MessageForm else set()))


def test_every_encrypted_column_has_a_row_and_every_answer_an_encrypted_column():
    encrypted = {field.name for field in AppointmentRequest._meta.fields if isinstance(field, EncryptedTextField)}

    assert {answer.name if answer.kept == "own" else answer.kept for answer in ANSWERS} - {None, "plain"} == (
        encrypted - NO_ANSWER
    )
    assert set(called()) == encrypted - NO_ANSWER


def test_every_column_and_every_reason_to_close_has_its_migration():
    said = io.StringIO()
    call_command("makemigrations", "appointments", dry_run=True, stdout=said)

    assert said.getvalue() == "No changes detected in app 'appointments'\n"


def test_every_column_of_an_answer_can_be_told_of_when_it_is_unreadable():
    assert [name for name, words in called().items() if not words] == []


@pytest.mark.parametrize("step", FORMS)
def test_answer_without_a_row_is_refused_rather_than_lost(step):
    with pytest.raises(UnknownAnswer, match="shoe_size"):
        columns({step: {"shoe_size": "9"}})


def test_what_a_step_keeps_besides_its_answers_is_no_unknown_answer():
    kept = columns({step: dict.fromkeys(names) for step, names in NO_ANSWERS.items()})

    assert kept == {"wishes": {}, "contact": {}}


def test_draft_from_before_an_answer_was_asked_for_can_still_be_sent():
    assert "insurance" not in columns({"contact": {"best_way": "call"}})


def test_every_line_of_text_is_looked_at_for_spam():
    typed = {
        name
        for form in FORMS.values()
        for name, field in form.base_fields.items()
        if type(field) in (CleanCharField, WordsField)
    }

    assert {answer.name for answer in ANSWERS if answer.spam} == typed
    assert [answer.name for answer in ANSWERS if answer.spam == "text"] == ["details"]


def test_names_for_the_spam_check_are_what_was_typed():
    steps: dict[str, dict[str, Any]] = {step: {} for step in FORMS}
    for answer in ANSWERS:
        if answer.step:
            steps[answer.step][answer.name] = f"<{answer.name}>"

    assert names(steps) == [f"<{answer.name}>" for answer in ANSWERS if answer.spam == "name"]


# --- The table is true ---

# An answer to everything; one at a time is another one.
EVERYTHING = {
    "safety": SAFETY,
    "about-you": {**ABOUT_YOU, "visit_for": "child", "caller_name": "Ann Sample", "caller_relation": "mother"},
    "visit": {**VISIT, "body_area": "heel"},
    "contact": {**CONTACT, "language": "other", "other_language": "Portuguese", "insurance": "Horizon"},
}
OF_A_CERTAIN_FORM = {
    "birth_date": ("birth_date_0", "3"),
    "email": ("email", "other@example.com"),
    "flags": ("flags", "sore"),  # can wait
    "office": ("office", "belleville"),
    "phone": ("phone", "(973) 555-0199"),
    "zip_code": ("zip_code", "07109"),
}
# What can't be changed alone: no other is taken, others fall away with it, or it is asked for some words only.
NOT_ALONE = {"consent", "visit_for", "so", "no_zip"}


def address(step: str) -> str:
    return "/appointments/new/" if step == "safety" else f"/appointments/new/{step}/"


def another(patient: Browser, step: str, name: str) -> tuple[str, Any]:
    """A control of the step and what else may be chosen or typed there."""
    if name in OF_A_CERTAIN_FORM:
        return OF_A_CERTAIN_FORM[name]
    given = EVERYTHING[step].get(name, "")
    offered = [
        control["value"]
        for control in read(patient.get(address(step))).select(f"input[name={name}], select[name={name}] option")
        if control.get("type") != "text" and control.get("value") and control["value"] not in (given, *given)
    ]
    return name, offered[-1] if offered else "Qvqvqv"


def told(manager: Browser, *, changed: str = "") -> dict[str, Any]:
    """What the check page, the desk's page and its file say of a request, and what the database keeps."""
    AppointmentRequest.objects.all().delete()
    patient = Browser()
    for step, answers in EVERYTHING.items():
        other = {}
        if changed in {answer.name for answer in of_step(step.replace("-", "_"))}:
            control, value = another(patient, step, changed)
            other = {control: value}
        assert patient.post(address(step), {**answers, **other}).status_code == 302
    check = words(patient.get("/appointments/check/"))
    assert patient.post("/appointments/check/").status_code == 302
    inquiry = AppointmentRequest.objects.get()
    desk = words(manager.get(inquiry.get_absolute_url()))
    file = manager.post("/admin/appointments/appointmentrequest/export/", {"as": "csv"})
    return {
        "check": check,
        "desk": desk.replace(inquiry.reference, ""),
        "export": b"".join(file.streaming_content).decode().replace(inquiry.reference, ""),
        "kept": [str(getattr(inquiry, column)) for column in (*called(), *PLAIN, "routing")],
    }


@pytest.mark.thorough
def test_each_answer_is_kept_and_shown_where_its_row_says_so(manager, signed_in):
    desk = signed_in(manager)
    asked = [answer for answer in ANSWERS if answer.step and answer.name not in NOT_ALONE]
    before = told(desk)

    noticed = {}
    for answer in asked:
        after = told(desk, changed=answer.name)
        noticed[answer.name] = {place for place in before if before[place] != after[place]}

    assert noticed == {
        answer.name: {"kept", *(place for place in ("check", "desk", "export") if getattr(answer, place) is not None)}
        for answer in asked
    }


@pytest.mark.parametrize("place", ["check", "desk", "export"])
def test_labels_stand_in_no_place_twice(place):
    shown = [str(label) for _answer, label in labels(place)]

    assert len(shown) == len(set(shown))


# --- What can be changed later, and messages ---


def test_private_page_offers_to_change_what_the_table_says():
    assert set(ChangeForm.base_fields) == {answer.name for answer in ANSWERS if answer.changed}


@pytest.mark.parametrize("name", sorted(ChangeForm.base_fields))
def test_every_change_reaches_the_action(make_request, name):
    form = ChangeForm(inquiry=make_request(), week=[[]] * 7, days=[])
    before, after = (dict.fromkeys(form.fields, "before") | {name: value} for value in ("before", "after"))

    form.cleaned_data = before
    unchanged = form.changes()
    form.cleaned_data = after

    assert form.changes() != unchanged


@pytest.mark.parametrize("name", sorted(set(MessageForm.base_fields) - ASKED_APART))
def test_every_answer_of_a_message_reaches_the_action(name):
    form = MessageForm()
    form.cleaned_data = dict.fromkeys(form.fields, "hours") | {"so": ""}
    before = form.answers()
    form.cleaned_data[name] = "bill"

    assert form.answers() != before


# --- Every choice and every reason has its words ---


@pytest.mark.parametrize("vocabulary", Vocabulary.__subclasses__(), ids=lambda vocabulary: vocabulary.__name__)
def test_every_choice_has_words_for_every_place(vocabulary):
    places = [name for name, value in vars(vocabulary).items() if isinstance(value, property)]

    for choice in vocabulary:
        assert vocabulary.of(choice.value) is choice
        assert all(isinstance(str(getattr(choice, place)), str) for place in places)
    assert vocabulary.of("no such choice") is None


@pytest.mark.parametrize("reason", CloseReason)
def test_every_reason_to_close_is_told_to_everybody(reason):
    closing = reason.closing

    assert closing.of_visit.title
    assert closing.of_message.title
    assert closing.by_desk
    assert (reason in OUTCOMES) == (reason != CloseReason.SPAM)


@pytest.mark.parametrize("kind", AppointmentRequest.Kind)
def test_desk_closes_with_the_reasons_of_its_kind(waiting, tess, kind):
    AppointmentRequest.objects.update(kind=kind)

    page = read(tess.get(waiting.get_absolute_url()))

    offered = [option["value"] for option in page.select("select[name=close-reason] option") if option["value"]]
    assert offered == [reason.value for reason in CloseReason if kind in reason.closing.by_desk]
