"""A copy for the patient: all that is held of a request, in plain words, written down, for who may see it."""

import re
from pathlib import Path

import pytest

from appointments import actions
from appointments.actions import Actor
from appointments.answers import ANSWERS
from appointments.models import AppointmentRequest, CloseReason, Event, Office
from appointments.vocabulary import InsuranceKind
from common.encrypted_fields import EncryptedTextField
from tests.appointments.at_desk import LIST, SCRIPT, TUESDAY_AT_TEN, entries, everything, message, page_of, plain, words
from tests.conftest import contents
from tests.damage import damage

pytestmark = pytest.mark.usefixtures("monday")


def copy_of(inquiry) -> str:
    return f"{LIST}{inquiry.pk}/copy/"


def shown(response) -> str:
    """What stands on the paper, below the menu."""
    return plain(response.content.decode().partition("<main>")[2])


# --- Who, and how ---


def test_copy_is_made_by_a_post_and_written_down(waiting, tess):
    answer = tess.post(copy_of(waiting))

    assert answer.status_code == 200
    event = waiting.events.get(kind=Event.Kind.COPIED)
    assert event.by.username == "tess"
    assert [entry[:3] for entry in entries(action="request copied")] == [("tess", waiting.reference, "toms-river")]
    assert "Paper copy made" in words(tess.get(page_of(waiting)))


def test_looking_at_its_address_makes_none(waiting, tess):
    before = everything()

    answer = tess.get(copy_of(waiting))

    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert everything() == before


def test_other_office_finds_nothing(waiting, bella):
    before = everything()

    assert bella.post(copy_of(waiting)).status_code == 404
    assert bella.get(copy_of(waiting)).status_code == 404
    assert everything() == before


def test_who_may_only_look_makes_none(waiting, toms_river_desk, signed_in):
    group = toms_river_desk.groups.get()
    group.permissions.remove(group.permissions.get(codename="change_appointmentrequest"))

    assert signed_in(toms_river_desk).post(copy_of(waiting)).status_code == 404


def test_nobody_makes_one_without_signing_in(waiting, client):
    assert client.post(copy_of(waiting)).status_code == 302
    assert not waiting.events.filter(kind=Event.Kind.COPIED).exists()


def test_copy_changes_nothing_else_and_can_not_be_taken_back(waiting, tess):
    before = contents(AppointmentRequest.objects.all())

    tess.post(copy_of(waiting))

    assert contents(AppointmentRequest.objects.all()) == before
    assert 'id="undo"' not in tess.get(page_of(waiting)).content.decode()


def test_copy_is_kept_by_no_browser(waiting, tess):
    assert "no-store" in tess.post(copy_of(waiting)).headers["Cache-Control"]


# --- What stands there ---


def test_paper_names_practice_office_reference_and_day(waiting, tess, settings):
    paper = shown(tess.post(copy_of(waiting)))

    assert paper.startswith(f"{settings.PRACTICE_NAME} Toms River · 664 Commons Way, Building 1, Toms River, NJ 08755")
    assert f"Reference {waiting.reference}. Made on Monday, November 23 at 10:12 am." in paper


def test_paper_holds_every_answer(waiting, tess):
    """Whatever column of text there is, now or later."""
    encrypted = {field.name for field in waiting._meta.fields if type(field) is EncryptedTextField}
    worded = {"visit_for", "been_before", "insurance_kind", "phone"}
    for name in encrypted - worded:
        setattr(waiting, name, f"Mark of {name}")
    waiting.visit_for, waiting.been_before, waiting.insurance_kind = "child", "yes", "self_pay"
    waiting.save()

    paper = shown(tess.post(copy_of(waiting)))

    assert [name for name in sorted(encrypted - worded) if f"Mark of {name}" not in paper] == []
    told = ("My child", "Been here before Yes", "(732) 555-0142", "Will not use insurance", "September 14, 1954")
    assert [words_of for words_of in told if words_of not in paper] == []
    assert {answer.name for answer in ANSWERS if answer.kept == "own"} >= encrypted


def test_paper_tells_signs_wishes_and_how_to_reach_them(make_request, tess):
    request = make_request(flags=["fever"], conditions=["diabetes"], language="es", interpreter=True, voicemail="no")

    paper = shown(tess.post(copy_of(request)))

    assert request.safety["flags"][0]["question"] in paper
    assert request.safety["conditions"][0]["question"] in paper
    assert "Days Tue, Thu, mornings" in paper
    assert "Language Español, with an interpreter" in paper
    assert "Voicemail No voicemail" in paper
    assert "We treat it as urgent Yes" in paper


def test_paper_tells_what_happened_from_first_to_last_with_notes(waiting, toms_river_desk, tess):
    desk = Actor(toms_river_desk)
    actions.log_call(inquiry=waiting, actor=desk, outcome=Event.Kind.SPOKE, note="Wants Thursday.")
    actions.book(inquiry=waiting, actor=desk, at=TUESDAY_AT_TEN)
    actions.undo(inquiry=waiting, actor=desk)
    actions.close(inquiry=waiting, actor=desk, reason=CloseReason.DECLINED)

    paper = shown(tess.post(copy_of(waiting)))

    happened = paper.partition("from first to last")[2]
    lines = [
        "Request received",
        "We called and spoke with you Monday, November 23 at 10:12 am · our office Wants Thursday.",
        "Visit booked for Tuesday, December 1 at 10 am (taken back)",
        "Closed: Patient does not want a visit",
        "Paper copy made",
    ]
    places = [happened.find(line) for line in lines]
    assert -1 not in places
    assert places == sorted(places)
    assert "tess" not in paper


def test_paper_tells_what_mails_went_out(waiting, tess):
    assert "Receipt to patient: Monday, November 23 at 10:12 am · Not sent yet" in shown(tess.post(copy_of(waiting)))


def test_signs_of_spam_are_left_out_and_that_a_person_looked_is_not(make_request, tess, toms_river_desk):
    request = make_request(held_because="fast")
    actions.release(inquiry=request, actor=Actor(toms_river_desk))

    paper = shown(tess.post(copy_of(request)))

    assert "fast" not in paper
    assert "Checked by a person, and let through" in paper


def test_legal_hold_is_left_out(waiting, manager, tess):
    actions.put_on_hold(inquiry=waiting, actor=Actor(manager), reason="Lettermark")
    actions.undo(inquiry=waiting, actor=Actor(manager))
    actions.put_on_hold(inquiry=waiting, actor=Actor(manager), reason="Lettermark")

    paper = shown(tess.post(copy_of(waiting)))

    assert "Lettermark" not in paper
    assert "legal hold" not in paper.lower()


def test_copy_of_a_message_is_made_too(practice, tess):
    paper = shown(tess.post(copy_of(message())))

    assert "Main problem A bill" in paper
    assert "I got it twice." in paper


def test_what_can_not_be_read_is_said_and_stops_nothing(waiting, tess):
    for column in ("details", "wishes", "contact", "safety", "birth_date", "insurance_kind", "visit_for"):
        damage(waiting, column)

    paper = shown(tess.post(copy_of(waiting)))

    assert "More details can’t be read" in paper
    assert "Patient name Harold Sample" in paper


def test_what_was_typed_is_shown_as_text(make_request, toms_river_desk, tess):
    request = make_request(patient_name=SCRIPT)
    actions.add_note(inquiry=request, actor=Actor(toms_river_desk), note=SCRIPT)

    assert SCRIPT not in tess.post(copy_of(request)).content.decode()


def test_paper_has_no_menu_to_print_and_numbers_its_pages(waiting, tess):
    page = tess.post(copy_of(waiting)).content.decode()

    assert re.findall(r'href="(/admin/[^"]*)"', page) == [page_of(waiting)]
    assert "counter(page)" in Path("appointments/static/appointments/paper.css").read_text()


def test_estimate_and_chart_stand_there(waiting, toms_river_desk, tess):
    desk = Actor(toms_river_desk)
    actions.write_down_insurance(inquiry=waiting, actor=desk, kind=InsuranceKind.NONE, name="")
    actions.book(inquiry=waiting, actor=desk, at=TUESDAY_AT_TEN)
    actions.enter_in_chart(inquiry=waiting, actor=desk, number="20417")

    paper = shown(tess.post(copy_of(waiting)))

    assert "Visit Tuesday, December 1 at 10 am" in paper
    assert "Estimate due by Tuesday, November 24" in paper
    assert "Number in the chart 20417" in paper


def test_office_of_the_paper_is_the_requests(make_request, bella):
    office = Office.objects.get(slug="belleville")

    assert office.street in shown(bella.post(copy_of(make_request(office="belleville"))))
