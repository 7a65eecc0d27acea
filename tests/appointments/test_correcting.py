"""What the desk puts right: facts, how urgent it is, and the way to the private page.

It is Monday, November 23, 2026, 10:12 am in New York; both offices are open from 9 to 5.
"""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from appointments import actions, private_link, search_keys
from appointments.actions import Actor, WrongMove
from appointments.mail.compose import compose
from appointments.models import AppointmentRequest, CloseReason, EarlierLink, Event, Mail
from common.crypto import digests
from common.models import AuditEntry
from tests.appointments.at_desk import (
    CORRECTED,
    LIST,
    act_on,
    everything,
    history,
    hold,
    message,
    offered,
    page_of,
    rows,
    words,
)
from tests.conftest import MONDAY, Browser
from tests.damage import damage

pytestmark = pytest.mark.usefixtures("practice", "monday")

SAME = {**CORRECTED, "correct-phone": "(732) 555-0142"}
OTHER_ADDRESS = {**SAME, "correct-email": "harry@example.com"}


def own_page(inquiry: AppointmentRequest) -> str:
    return f"/appointments/status/{private_link.token(inquiry)}/"


def correct(browser, inquiry: AppointmentRequest, **changes: str):
    return browser.post(
        act_on(inquiry, "correct"),
        {**SAME, **{f"correct-{name}": value for name, value in changes.items()}},
        follow=True,
    )


def filled_in(page: str) -> dict[str, str]:
    """What stands in the form."""
    form = BeautifulSoup(page, "html.parser").select_one("#correct form")
    values = {box["name"]: box.get("value", "").replace("\xa0", " ") for box in form.select("[name^=correct-]")}
    values |= {list_["name"]: list_.select_one("[selected]")["value"] for list_ in form.select("select")}
    return {name: value for name, value in values.items() if value}


def link_mails(inquiry: AppointmentRequest) -> list[Mail]:
    return list(inquiry.mails.filter(kind=Mail.Kind.LINK))


def opened_page(inquiry: AppointmentRequest) -> Browser:
    """A patient's browser that has told the second fact."""
    browser = Browser()
    browser.post(own_page(inquiry), {"last_digits": "0142"})
    return browser


# --- Facts ---


def test_history_says_what_it_was_and_what_it_is(waiting, tess):
    answer = correct(
        tess,
        waiting,
        patient_name="Harald Sample",
        birth_date="9/15/1954",
        phone="732 555 0143",
        email="harald@example.com",
        zip_code="08755",
        language="es",
        insurance="Horizon",
    )

    [line] = [line for line in history(answer) if line.startswith("Details")]
    assert line == (
        "Details corrected Today, 10:12 am · tess "
        "Name: Harold Sample → Harald Sample "
        "Date of birth: September 14, 1954 → September 15, 1954 "
        "Phone: (732) 555-0142 → (732) 555-0143 "
        "Email: harold@example.com → harald@example.com "
        "ZIP code: 08753 → 08755 "
        "Language: English → Español "
        "Insurance: none → Horizon"
    )


def test_form_stands_beside_the_facts_filled_in(waiting, tess):
    page = tess.get(page_of(waiting)).content.decode()

    assert filled_in(page) == {**SAME, "correct-birth_date": "09/14/1954"}
    assert page.index('id="facts-title"') < page.index('id="correct"') < page.index('id="why-title"')


def test_nothing_changed_is_no_event(waiting, tess):
    answer = correct(tess, waiting)

    assert "Nothing was changed." in words(answer)
    assert not waiting.events.filter(kind=Event.Kind.CORRECTED).exists()


def test_search_finds_the_right_facts_and_the_wrong_ones_no_more(waiting, tess):
    correct(tess, waiting, patient_name="Gerald Muster", phone="732 555 0143", birth_date="1/2/1960")

    everybody = AppointmentRequest.objects.all()
    for found in ("Gerald", "732 555 0143", "1/2/1960"):
        assert list(search_keys.search(everybody, found)) == [waiting]
    for lost in ("Harold", "732 555 0142", "9/14/1954"):
        assert list(search_keys.search(everybody, lost)) == []


def test_same_person_is_known_again_by_the_right_name(waiting, make_request, tess):
    other = make_request(patient_name="Harald Sample")

    correct(tess, waiting, patient_name="Harald Sample")

    waiting.refresh_from_db()
    assert waiting.person_key == other.person_key


@pytest.mark.thorough
def test_who_calls_can_be_added_and_taken_out(waiting, tess):
    correct(tess, waiting, caller_name="Ann Sample", caller_relation="daughter")
    assert "Written by Ann Sample (daughter)" in words(tess.get(page_of(waiting)))

    correct(tess, waiting)

    assert "The patient wrote" in words(tess.get(page_of(waiting)))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"patient_name": " "}, "Enter the patient’s name"),
        ({"patient_name": "x" * 201}, "Use 200 characters or fewer. You have used 201."),
        ({"birth_date": ""}, "Enter the date of birth like 9/14/1954"),
        ({"birth_date": "2/30/1954"}, "Enter the date of birth like 9/14/1954"),
        ({"birth_date": "9/14/1854"}, "Check the year of birth"),
        ({"birth_date": "12/30/2026"}, "Date of birth must be in the past"),
        ({"phone": "12"}, "Enter a phone number with 10 digits"),
        ({"phone": ""}, "Enter a phone number with 10 digits"),
        ({"email": "harold"}, "Enter an email address like name@example.com"),
        ({"zip_code": "123"}, "Enter a ZIP code with 5 digits"),
        ({"language": "klingon"}, "Select a valid choice"),
        ({"language": "other"}, "Say which language"),
        ({"insurance": "Aetna 123456789"}, "Enter only the name of the insurance company"),
    ],
)
def test_bad_fact_is_refused_and_the_form_stays_open(waiting, tess, changes, problem):
    tess.get(page_of(waiting))
    before = everything()

    answer = correct(tess, waiting, **changes)

    assert problem in words(answer)
    assert '<details id="correct" tabindex="-1" open>' in answer.content.decode()
    assert everything() == before


def test_other_office_corrects_nothing(waiting, bella):
    before = everything()

    assert bella.post(act_on(waiting, "correct"), CORRECTED).status_code == 404
    assert everything() == before


def test_correction_over_what_happened_meanwhile_is_refused(waiting, tess):
    tess.get(page_of(waiting))
    seen = waiting.events.latest("pk").pk
    actions.cancel(inquiry=waiting, actor=Actor())

    answer = tess.post(act_on(waiting, "correct"), {**CORRECTED, "seen": seen})

    assert "Meanwhile: “Patient canceled” (patient)." in words(answer)
    assert not waiting.events.filter(kind=Event.Kind.CORRECTED).exists()


def test_other_zip_code_leaves_the_office_and_says_which_is_nearer(waiting, tess):
    answer = correct(tess, waiting, zip_code="07109")

    assert "By ZIP code 07109, Belleville is nearer: ask, and send it there if they want." in words(answer)
    waiting.refresh_from_db()
    assert (waiting.zip_code, waiting.office.slug) == ("07109", "toms-river")


def test_message_is_corrected_without_what_nobody_asked(practice, tess):
    inquiry = message()

    page = tess.get(page_of(inquiry)).content.decode()
    tess.post(act_on(inquiry, "correct"), {**SAME, "correct-patient_name": "Melanie Message", "correct-birth_date": ""})

    inquiry.refresh_from_db()
    assert "correct-insurance" not in page
    assert (inquiry.patient_name, inquiry.birth_date) == ("Melanie Message", None)


def test_what_cannot_be_read_stays_unless_something_is_put_in_its_place(waiting, tess):
    stored = damage(waiting, "insurance")

    correct(tess, waiting, zip_code="08755")

    assert AppointmentRequest.objects.filter(pk=waiting.pk).values_list("insurance").get()[0].stored == stored
    correct(tess, waiting, zip_code="08755", insurance="Horizon")
    waiting.refresh_from_db()
    assert waiting.insurance == "Horizon"


# --- What follows for the private page ---


@pytest.mark.parametrize(
    ("changes", "locked"),
    [({"phone": "732 555 0143"}, True), ({"birth_date": "9/15/1954"}, True), ({"zip_code": "08755"}, False)],
    ids=["phone", "birth date", "ZIP"],
)
def test_other_second_fact_locks_a_page_that_was_open(waiting, tess, changes, locked):
    patient = opened_page(waiting)

    correct(tess, waiting, **changes)

    assert ("Please tell us one thing" in words(patient.get(own_page(waiting)))) == locked


def test_other_second_fact_starts_the_count_of_wrong_ones_anew(waiting, tess):
    for _try in range(3):
        actions.tell_second_fact(inquiry=waiting, actor=Actor(), right=False)

    correct(tess, waiting, phone="732 555 0143")

    waiting.refresh_from_db()
    assert waiting.wrong_facts == 0


def test_other_name_leaves_the_count_of_wrong_facts(waiting, tess):
    actions.tell_second_fact(inquiry=waiting, actor=Actor(), right=False)

    correct(tess, waiting, patient_name="Harald Sample")

    waiting.refresh_from_db()
    assert waiting.wrong_facts == 1


def test_link_at_the_wrong_address_leads_nowhere_and_the_new_one_is_mailed_in_a_minute(waiting, tess):
    old = own_page(waiting)
    EarlierLink.objects.create(request=waiting, digest="0" * 64)

    answer = correct(tess, waiting, email="harry@example.com")

    assert "The private link goes to harry@example.com in a minute. The link that was mailed before leads nowhere" in (
        words(answer)
    )
    waiting.refresh_from_db()
    assert Browser().get(old).status_code == 404
    assert Browser().get(own_page(waiting)).status_code == 200
    assert not EarlierLink.objects.filter(request=waiting).exists()
    [mail] = link_mails(waiting)
    assert mail.due_at == MONDAY + timedelta(seconds=60)


def test_mails_that_are_still_owed_go_to_the_right_address_with_the_new_link(waiting, tess):
    correct(tess, waiting, email="harry@example.com")

    receipt = compose(Mail.objects.get(kind=Mail.Kind.RECEIPT))
    waiting.refresh_from_db()
    assert receipt.to == ["harry@example.com"]
    assert own_page(waiting) in receipt.body


def test_mail_that_the_wrong_address_refused_is_tried_anew(waiting, tess):
    waiting.mails.filter(kind=Mail.Kind.RECEIPT).update(
        tries=9, problem="SMTPRecipientsRefused", due_at=MONDAY + timedelta(hours=1)
    )

    correct(tess, waiting, email="harry@example.com")

    receipt = Mail.objects.get(kind=Mail.Kind.RECEIPT)
    assert (receipt.tries, receipt.problem, receipt.due_at) == (0, "", MONDAY + timedelta(seconds=60))


def test_first_address_leaves_the_link(make_request, tess):
    inquiry = make_request(email="")
    link = own_page(inquiry)

    correct(tess, inquiry, email="harry@example.com")

    inquiry.refresh_from_db()
    assert own_page(inquiry) == link
    assert len(link_mails(inquiry)) == 1


def test_address_that_is_taken_out_gets_no_mail_any_more(waiting, tess):
    answer = correct(tess, waiting, email="")

    assert [mail.kind for mail in waiting.mails.all()] == [Mail.Kind.OFFICE_NOTICE]
    assert "undo" not in offered(answer)


def test_held_request_gets_no_link_by_mail(waiting, tess):
    hold(waiting)

    correct(tess, waiting, email="harry@example.com")

    assert link_mails(waiting) == []


def test_first_link_of_a_request_is_made_as_ever(waiting):
    made = digests("status link", f"{waiting.reference}\0{waiting.draft_digest}")

    assert private_link.token(waiting) == made[0]


def test_undo_puts_facts_link_and_search_back(waiting, tess, monday):
    monday.shift(timedelta(minutes=1))
    waiting.refresh_from_db()
    before = everything()
    tess.get(page_of(waiting))

    correct(
        tess, waiting, patient_name="Gerald Sample", birth_date="1/2/1960", phone="7325550143", email="g@example.com"
    )
    tess.post(act_on(waiting, "undo"))

    after = everything()
    for row in (*before[0], *after[0]):
        del row["opened_at"]
    assert after[0] == before[0]
    assert [mail["kind"] for mail in after[2]] == [mail["kind"] for mail in before[2]]
    assert [key["key"] for key in after[3]] == [key["key"] for key in before[3]]


# --- Urgent, or not ---


def test_urgent_is_called_by_the_clock_of_what_is_urgent(waiting, tess, monday):
    monday.shift(timedelta(minutes=5))

    answer = tess.post(act_on(waiting, "urgent"), {"urgent-reason": "An open sore."}, follow=True)

    waiting.refresh_from_db()
    assert waiting.urgent
    assert waiting.call_by == MONDAY + timedelta(minutes=5 + 60)
    assert "Made urgent (tess, today, 10:17 am): An open sore." in words(answer)
    assert "Urgent: see why" in rows(tess.get(LIST))


def test_urgent_is_never_due_later_than_before(waiting, toms_river_desk, monday):
    monday.shift(timedelta(hours=3, minutes=50))
    due = waiting.call_by

    actions.make_urgent(inquiry=waiting, actor=Actor(toms_river_desk), reason="An open sore.")

    waiting.refresh_from_db()
    assert (waiting.urgent, waiting.call_by) == (True, due)


def test_not_urgent_has_the_usual_deadline_and_hides_no_warning(make_request, tess):
    inquiry = make_request(flags=["deep-wound"])
    assert inquiry.urgent

    answer = tess.post(act_on(inquiry, "routine"), {"routine-reason": "Healed, he says."}, follow=True)

    inquiry.refresh_from_db()
    assert not inquiry.urgent
    assert inquiry.call_by <= inquiry.promised_by
    assert "The patient told us, and the desk made it not urgent" in words(answer)
    assert "Made not urgent (tess, today, 10:12 am): Healed, he says." in words(answer)
    assert inquiry.safety["flags"][0]["question"] in words(answer)
    assert "Made not urgent: " in rows(tess.get(LIST))


@pytest.mark.parametrize("action", ["urgent", "routine"])
def test_reason_has_to_be_said(waiting, tess, toms_river_desk, action):
    if action == "routine":
        actions.make_urgent(inquiry=waiting, actor=Actor(toms_river_desk), reason="A sore.")

    answer = tess.post(act_on(waiting, action), {f"{action}-reason": " "})

    assert "Say why it is" in words(answer)
    waiting.refresh_from_db()
    assert waiting.urgent == (action == "routine")


def test_urgency_is_settled_once(waiting, toms_river_desk):
    desk = Actor(toms_river_desk)

    with pytest.raises(WrongMove, match="not urgent"):
        actions.make_not_urgent(inquiry=waiting, actor=desk, reason="Why not")
    actions.make_urgent(inquiry=waiting, actor=desk, reason="A sore.")
    with pytest.raises(WrongMove, match="urgent already"):
        actions.make_urgent(inquiry=waiting, actor=desk, reason="A sore.")


@pytest.mark.parametrize("change", [actions.make_urgent, actions.make_not_urgent])
def test_urgency_of_what_is_closed_stays(waiting, toms_river_desk, change):
    desk = Actor(toms_river_desk)
    actions.close(inquiry=waiting, actor=desk, reason=CloseReason.NO_ANSWER)

    with pytest.raises(WrongMove, match="closed"):
        change(inquiry=waiting, actor=desk, reason="A sore.")


# --- The link again, and the code ---


def code_on(page) -> str:
    return page.content.decode().partition('<p class="code"><strong>')[2].partition("<")[0]


@pytest.fixture
def code(waiting, tess) -> str:
    """Read to Harold just now."""
    return code_on(tess.post(act_on(waiting, "show-code"), follow=True))


def test_link_is_mailed_once_more(waiting, tess):
    tess.post(act_on(waiting, "send-link"))

    [mail] = link_mails(waiting)
    assert own_page(waiting) in compose(mail).body


def test_link_is_not_mailed_without_an_address(make_request, tess):
    inquiry = make_request(email="")

    answer = tess.post(act_on(inquiry, "send-link"))

    assert "There is no email address to send it to." in words(answer)
    assert "send-link" not in offered(tess.get(page_of(inquiry)))


@pytest.mark.parametrize("lead", [actions.send_link, actions.show_code])
def test_page_that_has_closed_is_not_led_to(waiting, toms_river_desk, monday, lead):
    monday.shift(timedelta(days=90))

    with pytest.raises(WrongMove, match="The private page has closed"):
        lead(inquiry=waiting, actor=Actor(toms_river_desk))


@pytest.mark.parametrize("typed", [str, str.lower, lambda code: f" gs {code.replace('-', ' ')} "])
def test_code_leads_to_the_lock(waiting, code, typed):
    patient = Browser()

    answer = patient.post("/my/", {"reference": typed(code)})

    assert answer["Location"] == own_page(waiting)
    assert "Please tell us one thing" in words(patient.get(answer["Location"]))
    assert AuditEntry.objects.filter(action="own page found by code", record=waiting.reference).count() == 1


@pytest.mark.thorough
def test_code_stands_only_on_the_page_of_who_asked_and_not_for_long(waiting, code, tess, mona, monday):
    assert code_on(mona.get(page_of(waiting))) == ""
    assert code_on(tess.get(page_of(waiting))) == code

    monday.shift(timedelta(minutes=16))

    assert code_on(tess.get(page_of(waiting))) == ""


def test_code_ends_after_four_hours(code, monday):
    monday.shift(timedelta(hours=4))

    assert "its time is over" in words(Browser().post("/my/", {"reference": code}))


def test_new_code_ends_the_one_before(waiting, code, tess):
    newer = code_on(tess.post(act_on(waiting, "show-code"), follow=True))

    assert newer != code
    assert Browser().post("/my/", {"reference": code}).status_code == 200
    assert Browser().post("/my/", {"reference": newer}).status_code == 302


def test_wrong_code_leads_nowhere(waiting, code):
    other = code[:-1] + ("X" if code[-1] != "X" else "Y")

    for typed in (other, waiting.reference, "7K4M", "\x00" * 12, "7K4M-39PQ-RT7W", "é" * 12):
        answer = Browser().post("/my/", {"reference": typed})
        assert (answer.status_code, "Location" in answer) == (200, False)


def test_nobody_asked_for_a_code_so_there_is_none(waiting):
    letters = waiting.reference.replace("-", "")[2:]

    assert Browser().post("/my/", {"reference": f"{letters}777777"}).status_code == 200


def test_tries_of_a_code_are_limited_from_wherever(code):
    for number in range(6):
        Browser(REMOTE_ADDR=f"198.51.100.{number}").post("/my/", {"reference": code[:-7] + "777777"})

    assert Browser(REMOTE_ADDR="198.51.100.99").post("/my/", {"reference": code}).status_code == 429


def test_code_is_stored_nowhere(code):
    letters = code.replace("-", "")[6:]

    assert letters not in str(everything())


def test_page_of_the_code_changes_nothing_when_it_is_opened(waiting):
    before = everything()

    assert Browser().get("/my/").status_code == 200
    assert everything() == before


def test_closed_request_can_be_shown_again(waiting, tess, toms_river_desk):
    actions.close(inquiry=waiting, actor=Actor(toms_river_desk), reason=CloseReason.NO_ANSWER)

    assert code_on(tess.post(act_on(waiting, "show-code"), follow=True))
