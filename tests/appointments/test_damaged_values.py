"""A stored value that can't be read is shown as such in its place, named in the log, and stops nobody else."""

import logging
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from appointments import actions, day_figures, drafts, offices, private_link, retention, search_keys
from appointments.actions import Actor
from appointments.models import (
    AppointmentRequest,
    CloseReason,
    DayFigures,
    Draft,
    Event,
    Mail,
    PracticeSettings,
    Status,
)
from clinic.operations import alarms, data_check, key_rotation
from common import staff_mail
from common.crypto import encrypt
from common.encrypted_fields import EncryptedTextField, Unreadable
from common.models import Alarm, KeptPost, StaffMail
from tests.conftest import MONDAY, contents, post_steps
from tests.damage import damage, put, raw

DESK = "/admin/appointments/appointmentrequest/"
COLUMNS = [field.name for field in AppointmentRequest._meta.fields if isinstance(field, EncryptedTextField)]
CANNOT = "can’t be read"

pytestmark = pytest.mark.usefixtures("monday")


@pytest.fixture
def tess(toms_river_desk):
    """The receptionist."""
    return toms_river_desk


@pytest.fixture
def desk(tess, signed_in):
    """Her browser."""
    return signed_in(tess)


@pytest.fixture
def other(make_request):
    """A request with which nothing is wrong."""
    return make_request(patient_name="Nora Intact", phone="+17325550199")


def page(browser, url: str, **data: str) -> str:
    """What a page shows that opens, after a redirect perhaps."""
    response = browser.post(url, data, follow=True) if data else browser.get(url, follow=True)
    assert response.status_code == 200, url
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode()


def fresh(row):
    """As it is now."""
    return type(row).objects.get(pk=row.pk)


# --- The desk ---


@pytest.mark.parametrize("name", COLUMNS)
def test_every_page_of_the_desk_opens_with_a_damaged_value(desk, make_request, other, name):
    request = make_request(caller_name="Sam Caller", caller_relation="son", insurance="Aetna", body_area="Left heel")
    damage(request, name)

    shown = page(desk, f"{DESK}{request.pk}/change/")

    assert "Nora Intact" in page(desk, DESK)
    assert CANNOT in shown
    assert "Some of this" in shown
    assert "Nora Intact" in page(desk, f"{DESK}search/", words="Intact")
    page(desk, f"{DESK}search/", words="Sample")
    page(desk, f"{DESK}search/", words=request.reference)


@pytest.mark.slow
@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_export_goes_on_with_a_damaged_value(manager, signed_in, make_request, other, name, kind):
    damage(make_request(), name)

    response = signed_in(manager).post(f"{DESK}export/", {"as": kind})
    body = b"".join(response.streaming_content) if response.streaming else response.content

    assert response.status_code == 200
    if kind == "csv":
        assert "Nora Intact" in body.decode()
        assert CANNOT in body.decode() or name in ("routing", "offered_times", "visit_for", "body_area")


FACTS = {
    "to": "Belleville",
    "from": "Toms River",
    "of": "GS-7K4M-39",
    "reason": "declined",
    "undone": "note",
    "event": 0,
    "booked_for": MONDAY.isoformat(),
    "times": [MONDAY.isoformat()],
    "number": "20417",
    "kept": True,
    "wanted": True,
    "reminders": "time",
    "before": {"kind": "", "name": ""},
    "after": {"kind": "none", "name": ""},
    "office": "Toms River",
    "plan": "Horizon",
    "listed": True,
    "checked_on": "2026-11-03",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["note", "facts", "before"])
@pytest.mark.parametrize("kind", [*Event.Kind])
def test_history_opens_with_a_damaged_line(desk, client, make_request, name, kind):
    request = make_request()
    line = Event.objects.create(request=request, kind=kind, at=MONDAY, note="Called.", facts=FACTS)
    damage(line, name)

    assert page(desk, f"{DESK}{request.pk}/change/")
    page(desk, DESK)
    unlock(client, request)
    page(client, private_link.path(request))


def test_damaged_safety_answers_never_look_like_none(desk, make_request):
    request = make_request()
    damage(request, "safety")

    shown = page(desk, f"{DESK}{request.pk}/change/")

    assert "None of these apply" not in shown
    assert "What the patient told us about warning signs can’t be read" in shown
    assert "the safety answers can’t be read" in page(desk, DESK)


def test_log_names_model_key_and_field_and_nothing_that_stands_there(desk, make_request, caplog):
    request = make_request()
    stored = damage(request, "phone")

    with caplog.at_level(logging.WARNING):
        page(desk, DESK)

    assert f"A stored value can't be read: appointments.AppointmentRequest {request.pk}, phone" in caplog.messages
    assert stored not in caplog.text
    assert "5550142" not in caplog.text


# --- Actions ---


ACTIONS = {
    "call": lambda request, by: actions.log_call(inquiry=request, actor=by, outcome=Event.Kind.SPOKE, note="x"),
    "note": lambda request, by: actions.add_note(inquiry=request, actor=by, note="x"),
    "book": lambda request, by: actions.book(inquiry=request, actor=by, at=MONDAY + timedelta(days=8)),
    "close": lambda request, by: actions.close(inquiry=request, actor=by, reason=CloseReason.DECLINED),
    "assign": lambda request, by: actions.assign(inquiry=request, actor=by, to=by.user),
    "ask": lambda request, by: actions.ask_manager(inquiry=request, actor=by, note="x"),
    "cancel": lambda request, by: actions.cancel(inquiry=request, actor=Actor(address="192.0.2.1")),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_action_works_and_leaves_the_damaged_value_as_it_is(tess, make_request, name, action):
    request = make_request()
    stored = damage(request, name)

    ACTIONS[action](fresh(request), Actor(tess))

    assert raw(request, name) == stored
    assert request.events.exclude(kind=Event.Kind.RECEIVED).exists()


@pytest.mark.parametrize("name", COLUMNS)
def test_step_with_a_damaged_value_can_be_undone(tess, make_request, name):
    request = make_request()
    stored = damage(request, name)
    before = contents(AppointmentRequest.objects.filter(pk=request.pk))
    actions.close(inquiry=fresh(request), actor=Actor(tess), reason=CloseReason.DECLINED)

    actions.undo(inquiry=fresh(request), actor=Actor(tess))

    assert contents(AppointmentRequest.objects.filter(pk=request.pk)) == before
    assert raw(request, name) == stored


def test_new_offer_replaces_times_that_could_not_be_read_and_is_not_undone(tess, make_request):
    request = make_request()
    damage(request, "offered_times")
    at = MONDAY + timedelta(days=8)

    actions.propose(inquiry=fresh(request), actor=Actor(tess), times=[at])

    assert fresh(request).offered_times == [at.isoformat()]
    with pytest.raises(actions.WrongMove):
        actions.undo(inquiry=fresh(request), actor=Actor(tess))


def test_value_that_cannot_be_read_is_saved_as_it_is(make_request):
    request = make_request()
    stored = damage(request, "phone")
    found = fresh(request)

    assert isinstance(found.phone, Unreadable)
    found.save()

    assert raw(request, "phone") == stored


def test_part_of_what_cannot_be_read_is_not_saved_for_a_value(make_request):
    request = make_request()
    damage(request, "routing")
    found = fresh(request)
    found.details = found.routing["office"]

    with pytest.raises(TypeError, match="written over"):
        found.save()


# --- The patient ---


def unlock(client, request) -> None:
    """Tell the second fact that can be read."""
    found = fresh(request)
    facts = (
        {"last_digits": "0142"} if found.phone else {"birth_date_0": "9", "birth_date_1": "14", "birth_date_2": "1954"}
    )
    response = client.post(private_link.path(request), facts)
    assert response.status_code == 302


@pytest.mark.parametrize("name", COLUMNS)
def test_private_page_opens_with_a_damaged_value(client, make_request, name):
    request = make_request()
    stored = damage(request, name)

    unlock(client, request)
    here = private_link.path(request)
    for part in ("", "change/", "cancel/"):
        page(client, here + part)
    page(client, here + "cancel/", yes="yes")

    assert fresh(request).status == Status.CLOSED
    assert raw(request, name) == stored


def test_new_phone_number_is_taken_and_nothing_else_is_overwritten(client, make_request):
    request = make_request()
    stored = {name: damage(request, name) for name in ("wishes", "patient_name", "details", "phone")}
    keys = {*request.search_keys.values_list("key", flat=True)}
    client.post(private_link.path(request), {"birth_date_0": "9", "birth_date_1": "14", "birth_date_2": "1954"})

    answers = {"phone": "(732) 555-0177", "best_way": "call", "voicemail": "yes", "language": "en"}
    client.post(private_link.path(request) + "change/", answers)

    assert fresh(request).phone == "+17325550177"
    assert {name: raw(request, name) for name in stored if name != "phone"} == {
        name: text for name, text in stored.items() if name != "phone"
    }
    assert keys <= {*request.search_keys.values_list("key", flat=True)}
    assert search_keys.search(AppointmentRequest.objects.all(), "5550177").exists()
    assert search_keys.search(AppointmentRequest.objects.all(), "Harold").exists()


@pytest.mark.parametrize("typed", ["can’t", "read", "’t be"])
def test_words_for_an_unreadable_phone_do_not_open_the_page(client, make_request, typed):
    request = make_request()
    damage(request, "phone")

    assert client.post(private_link.path(request), {"last_digits": typed}).status_code == 200


@pytest.mark.usefixtures("library")
def test_damaged_draft_begins_anew_and_breaks_nothing(client, practice):
    post_steps(client)
    damage(Draft.objects.get(), "answers")

    for step in ("", "about-you/", "visit/", "contact/"):
        assert client.get(f"/appointments/new/{step}", follow=True).status_code == 200
    assert client.get("/appointments/check/", follow=True).status_code == 200
    post_steps(client)
    assert client.get("/appointments/check/").status_code == 200


def test_two_unreadable_birth_dates_are_not_alike(client, make_request):
    first, second = make_request(), make_request()
    for request in (first, second):
        damage(request, "birth_date")

    assert fresh(first).birth_date != fresh(second).birth_date


# --- The worker ---


@pytest.fixture
def trouble(make_request, other, tess):
    """A request of each stage in which everything is damaged, and the same whole."""
    made = {}
    for stage in ("new", "proposed", "closed"):
        for hour, state in enumerate(("damaged", "whole")):
            request = make_request(patient_name=f"{stage} {state}", phone="+17325550101", email="a@example.com")
            if stage == "proposed":
                actions.propose(inquiry=request, actor=Actor(tess), times=[MONDAY + timedelta(days=8, hours=hour)])
                AppointmentRequest.objects.filter(pk=request.pk).update(choose_by=MONDAY)
            if stage == "closed":
                actions.close(inquiry=request, actor=Actor(tess), reason=CloseReason.DECLINED)
            made[f"{stage} {state}"] = request
    for key, request in made.items():
        if key.endswith("damaged"):
            for name in COLUMNS:
                damage(request, name)
            for event in request.events.all():
                for name in ("note", "facts", "before"):
                    damage(event, name)
    return made


@pytest.mark.thorough
def test_worker_does_all_its_work_for_the_others(trouble, monday, caplog, mailoutbox, work_once):
    PracticeSettings.objects.update(manager_email="boss@example.com")
    offices.forget()
    monday.shift(timedelta(days=3, hours=1))

    work_once()

    assert [message for message in caplog.messages if "failed" in message] == []
    reminded = set(Mail.objects.filter(kind=Mail.Kind.LATE_OFFICE).values_list("request__pk", flat=True))
    assert {trouble["new damaged"].pk, trouble["new whole"].pk} <= reminded
    assert fresh(trouble["proposed damaged"]).status == fresh(trouble["proposed whole"]).status == Status.NEW
    assert not Mail.objects.filter(request=trouble["new whole"], kind=Mail.Kind.RECEIPT, sent_at=None).exists()
    assert day_figures.DayFigures.objects.exists()


def test_purge_deletes_what_is_damaged_like_the_rest(trouble, monday):
    Mail.objects.update(sent_at=MONDAY)
    monday.shift(timedelta(days=1 + PracticeSettings.objects.get().keep_closed_days))

    assert retention.purge(confirmed=True) == 2


def test_damaged_mail_to_staff_is_sent_to_nobody_and_keeps_no_other(db, mailoutbox):
    for name in ("tess", "bella"):
        staff_mail.queue(f"{name}@clinic.example", "Subject", "Text")
    damage(StaffMail.objects.order_by("pk")[0], "content")

    staff_mail.deliver_due()

    assert [mail.to for mail in mailoutbox] == [["bella@clinic.example"]]
    assert StaffMail.objects.count() == 1


@pytest.mark.parametrize("name", ["facts", "gone"])
def test_damaged_figures_leave_the_dashboard_open(manager, signed_in, make_request, name):
    make_request()
    day_figures.count_touched()
    row = DayFigures.objects.get()
    stored = damage(row, name)

    assert page(signed_in(manager), "/admin/dashboard/")
    day_figures.keep(AppointmentRequest.objects.all())
    assert name != "gone" or raw(row, "gone") == stored


def test_damaged_kept_form_says_so_and_is_gone(tess, signed_in, make_request):
    request = make_request()
    browser = signed_in(tess)
    address = f"{DESK}{request.pk}/change/"
    browser.cookies["__Host-kept"] = "cookie"
    kept = KeptPost.objects.create(
        user=tess,
        key_digest=drafts.digest("kept post", "cookie"),
        page=address,
        action=f"{DESK}{request.pk}/note/",
        fields={"note-text": ["Hard of hearing"]},
        expires_at=timezone.now() + timedelta(minutes=5),
    )
    damage(kept, "fields")

    assert "what you had typed can’t be read any more" in page(browser, address)
    assert not KeptPost.objects.exists()


# --- check_data ---


def check_data() -> str:
    """What the command says; a complaint too."""
    said = StringIO()
    try:
        call_command("check_data", stdout=said)
    except CommandError as problem:
        said.write(str(problem))
    return said.getvalue()


def test_check_data_says_when_all_is_well(make_request):
    make_request()

    assert check_data() == "Every stored value can be read.\n"


@pytest.mark.parametrize("name", COLUMNS)
def test_check_data_names_a_damaged_value_and_nothing_of_it(make_request, name):
    make_request()
    request = make_request()
    stored = damage(request, name)

    said = check_data()

    assert f"appointments.AppointmentRequest {request.pk}, {name}: " in said
    assert "1 stored values can't be read" in said
    assert stored not in said
    assert "Harold" not in said


def test_check_data_reads_every_encrypted_column_there_is(make_request, tess):
    request = make_request()
    staff_mail.queue("tess@clinic.example", "Subject", "Text")
    drafts.keep("a", about_you={})
    day_figures.count_touched()
    KeptPost.objects.create(user=tess, key_digest="a", page="/", action="/", fields={}, expires_at=timezone.now())
    for model, fields in key_rotation.encrypted_columns():
        row = model._base_manager.order_by("pk").first()
        for field in fields:
            damage(row, field.name)

    named = {(unread.label, unread.name) for unread in key_rotation.unreadable() if unread}

    assert named == {
        (model._meta.label, field.name) for model, fields in key_rotation.encrypted_columns() for field in fields
    }
    assert request.pk


@pytest.mark.parametrize(("name", "text"), [("birth_date", "tomorrow"), ("wishes", "{"), ("contact", "")])
def test_value_of_another_type_counts_as_unreadable(make_request, name, text):
    request = make_request()
    field = AppointmentRequest._meta.get_field(name)

    put(request, name, encrypt(text, *field.place((request.reference,))))

    assert isinstance(getattr(fresh(request), name), Unreadable)
    assert f"{request.pk}, {name}" in check_data()


def test_check_data_writes_nothing(make_request):
    make_request()

    with CaptureQueriesContext(connection) as queries:
        check_data()

    assert [query["sql"] for query in queries.captured_queries if query["sql"].startswith(("UPDATE", "INSERT"))] == []


def test_worker_reads_everything_once_a_day_and_the_operator_hears_of_it(make_request, caplog, monkeypatch):
    monkeypatch.setattr(data_check, "check", data_check.DataCheck())
    request = make_request()
    assert data_check.step() == ""
    damage(request, "phone")
    assert data_check.step() is None  # not again today
    data_check.check.due = 0

    alarms.watch()

    errors = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert len([error for error in errors if "“manage.py check_data” says what" in error]) == 1
    assert Alarm.objects.filter(name="stored values").exists()


def test_long_check_goes_on_where_it_stopped(make_request, monkeypatch):
    monkeypatch.setattr(data_check, "STEP_SECONDS", 0)
    monkeypatch.setattr(key_rotation, "READ_ROWS", 1)
    requests = [make_request() for _number in range(3)]
    damage(requests[2], "phone")
    check = data_check.DataCheck()

    said = [check.step() for _turn in range(100)]

    answers = [words for words in said if words is not None]
    assert len(answers) == 1
    assert "check_data" in answers[0]
    assert said.index(answers[0]) > 3


def test_list_costs_as_many_queries_with_damaged_values(desk, make_request, other):
    request = make_request()
    page(desk, DESK)
    with CaptureQueriesContext(connection) as before:
        page(desk, DESK)
    for name in COLUMNS:
        damage(request, name)
    with CaptureQueriesContext(connection) as after:
        page(desk, DESK)

    assert len(after) == len(before)
