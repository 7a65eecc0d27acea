"""What mails and calls say: from data, in the practice's own words where it has some, and never about the patient."""

import re
from datetime import datetime, timedelta
from html import unescape

import pytest
from bs4 import BeautifulSoup
from django.conf import settings

from appointments import actions, offices
from appointments.actions import Actor
from appointments.mail import compose, outbox, texts
from appointments.models import AppointmentRequest, CloseReason, Mail, MessageText, Office, PracticeSettings
from tests.appointments.at_desk import visit_is_over
from tests.conftest import MONDAY, NEW_YORK
from tests.telling import told_by

VISIT_AT = datetime(2026, 11, 30, 10, 15, tzinfo=NEW_YORK)
MARKERS = {
    "patient_name": "Markername Marksurname",
    "caller_name": "Callermark",
    "caller_relation": "relationmark",
    "phone": "+17325550199",
    "birth_date": "1933-03-31",
    "zip_code": "08742",
    "reason": "Reasonmark",
    "details": "Detailmark itches.",
    "email": "mailmark@patient.example",
}
TELLING = [
    *("Markername", "Marksurname", "Callermark", "relationmark", "5550199", "555-0199", "1933", "08742"),
    *("Reasonmark", "Detailmark", "fever", "mailmark"),  # what was written
    *("November 30", "10:15", "Nov 30", "2026-11-30"),  # when the visit is
]
VISIT_TIME = {"november 30", "10:15"}
NO_REQUEST = {Mail.Kind.DIGEST}

pytestmark = pytest.mark.usefixtures("monday", "practice")


@pytest.fixture
def booked(make_request, toms_river_desk) -> AppointmentRequest:
    """A request full of marked words, with a visit on November 30 at 10:15."""
    request = make_request(**MARKERS, visit_for="child", flags=["fever"])
    actions.book(inquiry=request, actor=Actor(toms_river_desk), at=VISIT_AT, note="Notemark")
    request.refresh_from_db()
    Mail.objects.all().delete()
    return request


@pytest.fixture
def written(booked):
    """The message of a kind about that request, decoded: (everything it says, text part, HTML part)."""
    PracticeSettings.objects.update_or_create(pk=1, defaults={"manager_email": "manager@clinic.example"})

    def write(kind: str) -> tuple[str, str, str]:
        outbox.queue(Mail.Kind(kind), None if kind in NO_REQUEST else booked, booked.office)
        message = compose.compose(Mail.objects.get())
        html = unescape(str(message.alternatives[0].content))
        heads = " ".join(f"{name}: {value}" for name, value in message.message().items() if name != "To")
        return " ".join((heads, message.subject, str(message.body), html)), str(message.body), html

    return write


@pytest.mark.parametrize("kind", Mail.Kind.values)
def test_mail_of_any_kind_tells_nothing_of_the_patient_or_the_visit(written, kind):
    everything, _text, _html = written(kind)

    spaced = everything.replace("\N{NO-BREAK SPACE}", " ")
    allowed = VISIT_TIME if kind == Mail.Kind.VISIT_SOON_AT else set()  # goes to who has ticked exactly that
    assert set(told_by(spaced.lower(), map(str.lower, TELLING))) == allowed


@pytest.mark.parametrize("kind", Mail.Kind.values)
def test_mail_of_any_kind_says_the_same_as_text_and_as_html(written, kind):
    _everything, text, html = written(kind)

    shown = re.sub(r"<[^>]+>", " ", html.partition("<body")[2].partition(">")[2])
    of_text = set(re.findall(r"[\w’-]+", re.sub(r"https://\S+", "", text)))
    assert of_text - set(re.findall(r"[\w’-]+", shown)) == set()
    assert re.findall(r"https://[^\s\"]+", text) == re.findall(r"https://[^\s\"<]+", html)


@pytest.mark.parametrize("kind", [Mail.Kind.RECEIPT, Mail.Kind.OFFER, Mail.Kind.BOOKED])
def test_mail_to_the_patient_leads_to_the_private_page(written, booked, client, kind):
    _everything, text, _html = written(kind)

    (link,) = re.findall(r"https://testserver(/appointments/status/\S+/)", text)
    assert booked.reference not in link
    assert client.get(link).status_code == 200


@pytest.mark.parametrize("kind", [kind for kind in Mail.Kind.values if kind not in Mail.TO_PATIENT])
def test_mail_to_staff_leads_to_the_desk_and_not_to_the_private_page(written, kind):
    everything, text, _html = written(kind)

    assert len(re.findall(r"https://testserver/admin/\S+", text)) == 1
    assert "/status/" not in everything


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        (Mail.Kind.RECEIPT, MARKERS["email"]),
        (Mail.Kind.CANCELLED, MARKERS["email"]),
        (Mail.Kind.OFFICE_NEWS, "toms-river@clinic.example"),
        (Mail.Kind.LATE_OFFICE, "toms-river@clinic.example"),
        (Mail.Kind.LATE_MANAGER, "manager@clinic.example"),
        (Mail.Kind.DIGEST, "toms-river@clinic.example"),
    ],
)
def test_mail_goes_to_whom_it_is_for(written, kind, address):
    written(kind)

    assert compose.compose(Mail.objects.get()).to == [address]


def test_mail_to_a_manager_whose_address_is_gone_waits(booked, toms_river_desk, monday):
    PracticeSettings.objects.update_or_create(pk=1, defaults={"manager_email": "manager@clinic.example"})
    actions.ask_manager(inquiry=booked, actor=Actor(toms_river_desk), note="Which doctor?")
    monday.shift(timedelta(seconds=61))
    PracticeSettings.objects.update_or_create(pk=1, defaults={"manager_email": ""})

    outbox.deliver_due()

    assert Mail.objects.get().problem == "NoAddress"


def test_digest_counts_the_work_of_its_office_alone(make_request, toms_river_desk, monday):
    desk = Actor(toms_river_desk)
    make_request()
    make_request(office="belleville")
    visit_is_over(make_request(), MONDAY - timedelta(days=3))
    actions.book(inquiry=make_request(), actor=desk, at=datetime(2026, 11, 23, 16, 0, tzinfo=NEW_YORK))
    actions.log_call(inquiry=make_request(), actor=desk, outcome="spoke")
    actions.close(inquiry=make_request(), actor=desk, reason=CloseReason.DECLINED)
    Mail.objects.all().delete()
    monday.move_to(datetime(2026, 11, 23, 15, 0, tzinfo=NEW_YORK))
    outbox.queue(Mail.Kind.DIGEST, None, Office.objects.get(slug="toms-river"))

    text = str(compose.compose(Mail.objects.get()).body)

    assert re.findall(r"^([\w ]+): (\d+)$", text, re.M) == [
        ("Needs a call", "1"),
        ("Overdue", "1"),
        ("Waiting on patient", "1"),
        ("In quarantine", "0"),
        ("Visits booked for today", "1"),
        ("Past visits to settle", "1"),
        ("Not in the chart", "2"),
        ("Estimates overdue", "0"),
    ]


def test_name_that_looks_like_html_stays_a_name_in_every_part_of_a_mail(booked):
    name = "Toms River <img src=x onerror=alert(1)> & Sons"
    Office.objects.filter(pk=booked.office_id).update(name=name)
    offices.forget()
    body = "Dear {office}\n\nThe {office} office.\n\nOffice: {office}\nPhone: {office_phone}\n\nOpen {office}: {link}"
    MessageText.objects.create(key="receipt", language="en", subject="From {office}", body=body)
    outbox.queue(Mail.Kind.RECEIPT, booked, Office.objects.get(pk=booked.office_id))

    message = compose.compose(Mail.objects.get())

    html = BeautifulSoup(str(message.alternatives[0].content), "html.parser")
    assert html.find_all("img") == []
    said = " ".join(html.get_text(" ").split())
    for sentence in (f"Dear {name}", f"The {name} office.", f"Office {name}", f"Open {name}"):
        assert sentence in said
    assert f"The {name} office." in str(message.body)


def test_own_words_take_the_place_of_the_default(written):
    MessageText.objects.create(
        key="receipt", language="en", subject="Thanks ({reference})", body="Thank you\n\nOur phone: {office_phone}"
    )

    everything, text, html = written(Mail.Kind.RECEIPT)

    assert "We got your request" not in everything
    assert text.startswith("Thank you\n\nOur phone: (732)\N{NO-BREAK SPACE}557-9900\n")
    assert '<a href="tel:+17325579900">' in html


def test_own_words_of_another_language_change_nothing(written):
    MessageText.objects.create(key="receipt", language="es", subject="Gracias", body="Gracias")

    assert "We got your request" in written(Mail.Kind.RECEIPT)[0]


def test_own_words_are_shown_as_they_are_and_run_nothing(booked):
    MessageText.objects.create(
        key="receipt",
        language="en",
        subject="A & B",
        body="<script>alert(1)</script>\n\n{{ settings.SECRET_KEY }}"[:26],
    )
    outbox.queue(Mail.Kind.RECEIPT, booked, booked.office)

    html = str(compose.compose(Mail.objects.get()).alternatives[0].content)

    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_lines_of_facts_become_a_table_and_a_link_a_button(written):
    _everything, _text, html = written(Mail.Kind.OFFICE_NOTICE)

    assert re.findall(r'<th scope="row"[^>]*>([^<]+)</th>', html) == ["Reference", "Received", "Call by"]
    assert re.findall(r"<a href=[^>]+>([^<]+)</a>", html) == ["Open the request"]
    assert re.findall(r"<h1[^>]*>([^<]+)</h1>", html) == ["New request: Toms River"]


@pytest.mark.parametrize("kind", Mail.Kind.values)
def test_mail_loads_nothing(written, kind):
    _everything, _text, html = written(kind)

    assert re.findall(r"<(?:img|link|script|iframe)|url\(", html) == []


# --- The texts that come along ---


def test_every_mail_and_script_has_words():
    assert set(texts.PLACES) == set(texts.LABELS)
    assert set(texts.PLACES) >= {*Mail.Kind.values, *texts.INSTEAD.values(), *texts.Script.values}
    for key in texts.PLACES:
        assert texts.default_wording(key, settings.LANGUAGE_CODE).body


@pytest.mark.parametrize("key", texts.PLACES)
def test_words_that_come_along_can_be_filled(key):
    for language, _name in settings.LANGUAGES:
        text = texts.default_wording(key, language)
        assert texts.unknown_places(key, text.subject + text.body) == []


@pytest.mark.parametrize("key", [kind for kind in Mail.Kind.values if kind != Mail.Kind.RECEIPT])
def test_patient_is_told_a_deadline_in_the_receipt_alone(key):
    assert ("deadline" in texts.PLACES[key]) is (key not in Mail.TO_PATIENT and key != Mail.Kind.DIGEST)


def test_words_in_a_missing_language_are_those_of_the_site():
    assert texts.wording("receipt", "fr") == texts.wording("receipt", "en")


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("Call {office_phone}.", []),
        ("Dear {patient_name}", ["{patient_name}"]),
        ("{deadline}", ["{deadline}"]),
        ("{office_phone", ["{"]),
        ("{ office }", ["{", "}"]),
        ("{{office}}", ["{", "}"]),
        ("{office.__class__}", ["{", "}"]),
    ],
)
def test_places_that_cannot_be_filled_are_found(text, unknown):
    assert texts.unknown_places("offer", text) == unknown


# --- What is said on the phone ---


def test_script_is_filled_with_reference_and_office(make_request):
    request = make_request()

    said = texts.scripts(["call_script"], request)[0]

    assert request.reference in said
    assert "the Toms River office of Garden State Foot & Ankle Group" in said


@pytest.mark.parametrize("key", texts.Script.values)
def test_script_tells_nothing_of_the_patient_but_whom_to_ask_for(booked, key):
    said = texts.scripts([key], booked)[0]

    told = [pattern for pattern in TELLING if re.search(pattern, said)]
    assert told == ([] if key == texts.Script.VOICEMAIL else ["Callermark"])


@pytest.mark.parametrize("key", sorted(texts.PLACES.keys() - {"call_script", "message_call_script", "discreet_script"}))
def test_only_a_call_can_name_the_patient(key):
    assert texts.unknown_places(key, "{ask_for}") == ["{ask_for}"]


def test_voicemail_says_the_practice_and_the_number_and_nothing_else(make_request):
    said = texts.scripts(["voicemail_script"], make_request())[0]

    assert said.replace("\N{NO-BREAK SPACE}", " ") == (
        "Hello, this is Garden State Foot & Ankle Group. Please call us back at (732) 557-9900. Thank you."
    )


def test_script_for_who_speaks_a_language_without_words_is_in_the_sites_own(make_request):
    request = make_request(language="other", other_language="Polish")

    assert texts.scripts(["call_script"], request)[0].startswith("Hello")


def test_script_in_own_words(make_request):
    MessageText.objects.create(key="call_script", language="en", body="Good day from {practice}")

    assert texts.scripts(["call_script"], make_request())[0] == "Good day from Garden State Foot & Ankle Group"


# --- The way back ---


LEADS_THERE = [kind for kind in Mail.TO_PATIENT if texts.NEEDED.get(kind) == "link"]


@pytest.mark.parametrize("kind", LEADS_THERE)
def test_mail_with_the_private_link_says_what_the_page_asks_for(written, kind):
    _everything, text, _html = written(kind)

    assert "The page asks for the last 4 digits of your phone number, or the patient’s date of birth." in text


def test_receipt_says_which_number_calls_and_what_to_have_ready(written, booked):
    office = Office.objects.get(slug="toms-river")
    office.calls_from = "+17325550100"
    office.save()

    _everything, text, html = written(Mail.Kind.RECEIPT)

    for part in (text, BeautifulSoup(html, "html.parser").get_text(" ")):
        plain = " ".join(part.split())
        assert "The call comes from (732) 555-0100." in plain
        assert "Please have your insurance card and a list of your medicines ready for the call." in plain
        assert "If you lose it, go to testserver/my and enter your reference number." in plain


def test_receipt_of_a_message_asks_for_no_birth_date_that_nobody_gave(practice):
    answers = {"office": "toms-river", "topic": "A bill", "details": "?", "patient_name": "Harold Sample"}
    reached = {"phone": "+17325550142", "email": "h@example.com", "contact": {"best_way": "call", "language": "en"}}
    inquiry = actions.send_message(draft_digest="0" * 64, answers=answers | reached, language="en", actor=Actor())

    body = compose.compose(inquiry.mails.get(kind=Mail.Kind.RECEIPT)).body

    assert "The page asks for the last 4 digits of your phone number." in body


def test_line_with_a_place_that_nothing_fills_is_left_out():
    text = "A {first}\nB {second}\n\nC {second} {first}\nD"

    assert texts.without_empty(text, {"first": "1", "second": ""}) == "A {first}\n\nD"
