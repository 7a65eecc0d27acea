"""A whole day for two desks and a manager, each in a browser of their own, over one demonstration.

Each test is a chapter with patients of its own; the last one closes the books over all of them. The offices are open
day and night but for one weekday (see `backstage.open_all_day`), so the story does not depend on when it is run.
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.browser import backstage
from tests.browser.conftest import Demo, behind, demonstration
from tests.browser.test_request_journeys import send as send_by_form
from tests.browser.test_request_journeys import unlock

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
TESS, BELLA, MONA = "desk-toms-river", "desk-belleville", "manager"  # logins of the demonstration
LIST = "/admin/appointments/appointmentrequest/"

Send = Callable[..., str]
SignIn = Callable[..., Page]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, static_files: Path) -> Iterator[Demo]:
    """One for this day alone. A mail that could not go out is tried again after three seconds."""
    with demonstration(tmp_path_factory.mktemp("day"), static_files, MAIL_WAIT_MINUTES="0.05") as started:
        behind(started, "open_all_day()")
        yield started


@pytest.fixture(scope="module")
def sent() -> list[str]:
    """The references of all requests of the day."""
    return []


@pytest.fixture
def send(demo: Demo, sent: list[str]) -> Send:
    """A patient sends a request; returns its reference. Keyword arguments as in `backstage.send`."""

    def one(name: str, **given: Any) -> str:
        (reference,) = behind(demo, f"send({ {'name': name, **given}!r})")
        sent.append(reference)
        return str(reference)

    return one


def today() -> date:
    """On the practice's clock."""
    return datetime.now(ZoneInfo("America/New_York")).date()


def in_words(day: date) -> str:
    return f"{day:%A}, {day:%B}\N{NO-BREAK SPACE}{day.day}"


OPEN_DAY = timedelta(days=backstage.DAYS_UNTIL_CLOSED + 7 + 1)
CLOSED_DAY = timedelta(days=backstage.DAYS_UNTIL_CLOSED + 7)


def look_up(desk: Page, words: str) -> list[str]:
    """Search with the keyboard; returns the patients found."""
    desk.goto(desk.url.split("/admin/")[0] + LIST)
    desk.keyboard.press("/")
    desk.keyboard.type(words)
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/search/*/")
    return desk.locator("#result_list th a").all_inner_texts()


def open_request(desk: Page, reference: str) -> None:
    look_up(desk, reference)
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    desk.wait_for_url(re.compile("/change/"))


def press(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()


def wait_for_mail(demo: Demo, page: Page, text: str) -> None:
    """Until the worker has delivered it; it keeps the practice's settings for a minute."""
    for _second in range(90):
        if text in demo.mails():
            return
        page.wait_for_timeout(1000)
    pytest.fail(f"There is no mail with “{text}”")


def unfold(page: Page, panel: str) -> None:
    page.locator("summary", has_text=panel).click()


def test_morning_calls_with_the_keyboard(demo: Demo, send: Send, sign_in: SignIn) -> None:
    reference = send("Nora Noanswer-Delacroix", phone="+19735550101", born="1941-02-03")
    send("Ursula Urgent", flags=["fever"])
    desk = sign_in(TESS, viewport=DESK)
    desk.get_by_role("button", name="Keyboard").wait_for()

    desk.keyboard.press("j")
    first = desk.evaluate("document.activeElement.textContent")
    desk.keyboard.press("j")
    desk.keyboard.press("k")
    desk.keyboard.press("Enter")
    assert first == "Ursula Urgent"
    expect(desk.locator("h1")).to_have_text(first)
    for words in ("delac", "noans nora", "973.555.0101", "(973) 555 0101", "2/3/1941", reference, reference[3:]):
        assert look_up(desk, words) == ["Nora Noanswer-Delacroix"], words

    open_request(desk, reference)
    next_step = desk.locator("#next")
    press(desk, "No answer")
    expect(next_step).to_contain_text("1 try without an answer. Try again by")
    press(desk, "No answer")
    expect(next_step).to_contain_text("2 tries without an answer. Try again by")
    press(desk, "Left voicemail")
    expect(next_step).to_contain_text("3 tries without an answer. Try one last time, or close it")
    press(desk, "Undo")
    expect(desk.locator(".messagelist")).to_contain_text("Taken back.")
    expect(next_step).to_contain_text("2 tries without an answer.")
    desk.fill("#id_call-note", "Her daughter picked up. Call after 3.")
    press(desk, "Called, spoke to patient")
    history = desk.locator(".history li")
    expect(history.first).to_contain_text("Called, spoke to patient")
    expect(history.first).to_contain_text("Her daughter picked up. Call after 3.")
    expect(history.nth(1)).to_contain_text("Taken back: Left voicemail")

    desk.goto(f"{demo.url}{LIST}?tab=waiting")
    expect(desk.locator("tr", has_text="Nora Noanswer")).to_contain_text("(3 calls)")


def test_times_are_offered_picked_and_booked(demo: Demo, sent: list[str], open_page: SignIn, sign_in: SignIn) -> None:
    patient = open_page(viewport=PHONE)
    reference = send_by_form(patient, demo, patient_name="Paula Picker")
    sent.append(reference)
    patient.click("a:has-text('Open my private page')")
    unlock(patient)
    desk = sign_in(TESS, viewport=DESK)
    open_request(desk, reference)
    closed, free = today() + CLOSED_DAY, today() + OPEN_DAY

    desk.fill("#id_propose-first", f"{closed}T10:15")
    desk.fill("#id_propose-second", f"{free}T14:00")
    press(desk, "Send these times")
    expect(desk.locator("#problem")).to_contain_text("The Toms River office is closed then.")
    expect(desk.locator("#id_propose-second")).to_have_value(f"{free}T14:00")
    desk.fill("#id_propose-first", f"{free}T10:15")
    press(desk, "Send these times")
    expect(desk.locator(".messagelist")).to_contain_text("The times go to the patient by email in a minute.")

    patient.reload()
    expect(patient.locator("h1")).to_have_text("Choose a time for your visit")
    patient.check(f"label:has-text('{free:%B}') >> nth=1 >> input")
    press(patient, "Book this time")
    expect(patient.locator("h1")).to_have_text("Your visit is booked")
    desk.goto(f"{demo.url}{LIST}?tab=booked")
    expect(desk.locator("tr", has_text="Paula Picker")).to_contain_text(re.compile(r"2\spm"))


def test_visit_outside_hours_is_booked_only_on_purpose(send: Send, sign_in: SignIn) -> None:
    reference = send("Bob Booker")
    desk = sign_in(TESS, viewport=DESK)
    open_request(desk, reference)

    desk.fill("#id_book-at", f"{today() + CLOSED_DAY}T10:15")
    desk.fill("#id_book-note", "Bring the old insoles")
    press(desk, "Book this visit")
    expect(desk.locator("#problem")).to_contain_text("is closed then. Choose another time, or tick the box")
    desk.check("#id_book-outside_hours")
    press(desk, "Book this visit")

    expect(desk.locator("#next h2")).to_contain_text(f"Booked: {in_words(today() + CLOSED_DAY)}")
    expect(desk.locator(".history")).to_contain_text("Bring the old insoles")


def test_other_office_takes_over_and_the_manager_answers(demo: Demo, send: Send, sign_in: SignIn) -> None:
    reference = send("Rosa Reroute")
    tess, bella, mona = (sign_in(who, viewport=DESK) for who in (TESS, BELLA, MONA))
    open_request(tess, reference)
    address = tess.url
    unfold(tess, "Send to another office")
    tess.fill("#id_send-reason", "Lives with her son up there now.")
    press(tess, "Send it there")

    expect(tess.locator(".messagelist")).to_contain_text(f"{reference} is with the Belleville office now")
    assert look_up(tess, reference) == []
    assert tess.request.get(address).status == 404
    bella.goto(f"{demo.url}{LIST}")
    expect(bella.locator("tr", has_text="Rosa Reroute")).to_contain_text("Belleville")
    open_request(bella, reference)
    expect(bella.locator("main")).to_contain_text(
        "Sent from Toms River to Belleville. Lives with her son up there now."
    )

    unfold(bella, "Assign")
    press(bella, "Assign to me")
    bella.fill("#id_note-text", "She needs the ramp.")
    press(bella, "Save note")
    unfold(bella, "Ask the manager")
    bella.fill("#id_ask-text", "May she come on a Saturday?")
    press(bella, "Ask")
    bella.goto(f"{demo.url}{LIST}?who=me")
    expect(bella.locator("tr", has_text="Rosa Reroute")).to_contain_text("Manager asked")

    mona.goto(f"{demo.url}{LIST}?who=manager")
    mona.click("th a:has-text('Rosa Reroute')")
    expect(mona.locator("#answer blockquote")).to_have_text("May she come on a Saturday?")
    mona.fill("#id_answer-text", "Yes, once.")
    press(mona, "Save answer")
    open_request(bella, reference)
    expect(bella.locator(".history li").first).to_contain_text("Yes, once.")
    expect(bella.locator("main")).not_to_contain_text("Manager asked For")
    expect(bella.locator("#answer")).to_have_count(0)


def test_duplicate_quarantine_closing_and_reopening(demo: Demo, send: Send, sign_in: SignIn) -> None:
    first, second = (send("Dora Double", phone="+17325550107") for _time in range(2))
    held = send("Quentin Quarantine", phone="+17325550108", held_because="fast")
    desk = sign_in(TESS, viewport=DESK)

    open_request(desk, second)
    unfold(desk, "Mark as a duplicate")
    desk.check(f"label:has-text('{first}')")
    press(desk, "Close this one as a duplicate")
    expect(desk.locator("#next h2")).to_have_text("Closed: Duplicate of another request")

    desk.goto(f"{demo.url}{LIST}?tab=quarantine")
    desk.click("tr:has-text('Quentin Quarantine') a.act")
    press(desk, "Not spam, let it through")
    expect(desk.locator(".messagelist")).to_contain_text("Out of quarantine. Call by")
    desk.goto(f"{demo.url}{LIST}")
    expect(desk.locator("tr", has_text="Quentin Quarantine")).to_be_visible()

    open_request(desk, held)
    unfold(desk, "Close this request")
    desk.select_option("#id_close-reason", "declined")
    press(desk, "Close request")
    expect(desk.locator("#next h2")).to_have_text("Closed: Patient does not want a visit")
    desk.fill("#id_reopen-reason", "Called back, wants one after all.")
    press(desk, "Open it again")
    expect(desk.locator("#next h2")).to_have_text("Next step: call the patient")
    press(desk, "Undo")
    expect(desk.locator("#next h2")).to_have_text("Closed: Patient does not want a visit")


def test_two_people_on_one_request(send: Send, sign_in: SignIn) -> None:
    reference = send("Tina Twohands")
    tess, mona = (sign_in(who, viewport=DESK) for who in (TESS, MONA))
    for desk in (tess, mona, tess):
        open_request(desk, reference)
    expect(tess.locator("#others")).to_have_text("manager is looking at this too.")

    mona.goto(mona.url)
    press(mona, "Left voicemail")
    tess.fill("#id_note-text", "Prefers mornings.")
    press(tess, "Save note")

    expect(tess.locator("#problem")).to_contain_text("Meanwhile: “Left voicemail” (manager).")
    expect(tess.locator("#id_note-text")).to_have_value("Prefers mornings.")
    press(tess, "Save note")
    expect(tess.locator(".history li").first).to_contain_text("Prefers mornings.")


def test_double_click_second_tab_and_back_button(demo: Demo, send: Send, sign_in: SignIn) -> None:
    reference = send("Dina Doubleclick")
    desk = sign_in(TESS, viewport=DESK)
    open_request(desk, reference)
    request = desk.url
    desk.fill("#id_note-text", "Prefers Fridays.")
    desk.get_by_role("button", name="Save note").dblclick()
    expect(desk.locator(".messagelist")).to_contain_text("Note saved.")
    expect(desk.locator("#problem")).to_have_count(0)
    expect(desk.locator(".history li", has_text="Prefers Fridays.")).to_have_count(1)

    tab = desk.context.new_page()
    tab.goto(request)
    press(desk, "Left voicemail")
    press(tab, "No answer")
    expect(tab.locator("#problem")).to_contain_text("Meanwhile: “Left voicemail” (you).")

    desk.goto(f"{demo.url}{LIST}")
    press(tab, "No answer")
    desk.go_back()
    expect(desk.locator(".history li").first).to_contain_text("No answer")
    press(desk, "Undo")
    expect(desk.locator(".history li").first).to_contain_text("Taken back: No answer")


def test_note_survives_a_session_that_ended_meanwhile(demo: Demo, send: Send, sign_in: SignIn) -> None:
    reference = send("Sam Session")
    desk = sign_in(TESS, viewport=DESK)
    open_request(desk, reference)
    desk.fill("#id_note-text", "Has two dogs, do not ring the bell.")
    behind(demo, f"end_sessions_of({TESS!r})")

    press(desk, "Save note")
    desk.fill("#id_login", TESS)
    desk.fill("#id_password", demo.passwords[TESS])
    press(desk, "Sign in")

    expect(desk.locator(".messagelist")).to_contain_text("Your text is still here: check it, then send it.")
    expect(desk.locator("#id_note-text")).to_have_value("Has two dogs, do not ring the bell.")
    press(desk, "Save note")
    expect(desk.locator(".history li").first).to_contain_text("Has two dogs")


def test_forgotten_request_is_escalated_once_there_is_somebody_to_tell(demo: Demo, send: Send, sign_in: SignIn) -> None:
    reference = send("Otto Overdue", hours=7)
    demo.manage("worker", "--once")
    desk = sign_in(TESS, viewport=DESK)
    wait_for_mail(demo, desk, f"Subject: Still waiting for a call, request {reference}")
    desk.reload()

    expect(desk.locator("tr", has_text="Otto Overdue")).to_contain_text(re.compile(r"Overdue [23]\sh"))
    expect(desk.locator(".tabs")).to_contain_text("1 overdue")
    expect(desk.locator(".banner.warn")).to_have_count(0)  # no mail is owed to a manager without an address

    boss = sign_in("administrator", viewport=DESK)
    boss.goto(f"{demo.url}/admin/appointments/practicesettings/1/change/")
    boss.fill("#id_manager_email", "mona@clinic.example")
    press(boss, "Save")
    expect(boss.locator(".messagelist .success")).to_be_visible()
    wait_for_mail(demo, desk, f"Subject: Overdue at Toms River, request {reference}")
    assert "Otto" not in demo.mails()
    desk.reload()
    expect(desk.locator(".banner.warn")).to_have_count(0)


def test_zip_that_is_sent_on_becomes_an_override_with_one_click(demo: Demo, send: Send, sign_in: SignIn) -> None:
    reference = send("Zoe Zip", office="first")
    tess, mona = (sign_in(who, viewport=DESK) for who in (TESS, MONA))
    open_request(tess, reference)
    unfold(tess, "Send to another office")
    tess.fill("#id_send-reason", "Her bus goes there.")
    press(tess, "Send it there")
    expect(tess.locator(".messagelist")).to_contain_text("is with the Belleville office now")
    demo.manage("worker", "--once")

    mona.goto(f"{demo.url}/admin/dashboard/")
    mona.click("tr:has-text('08753') button:has-text('Always send to Belleville')")
    expect(mona.locator("main")).to_contain_text("An override sends it to Belleville.")
    again = send("Zack Zip", office="first")
    assert behind(demo, "books()")["offices"][again] == "belleville"


def test_closure_moves_the_promise(demo: Demo, sent: list[str], open_page: SignIn, sign_in: SignIn) -> None:
    tomorrow, after = (today() + timedelta(days=days) for days in (1, 2))
    patient = open_page(viewport=PHONE)
    sent.append(send_by_form(patient, demo, patient_name="Clara Closure"))
    expect(patient.locator("main")).to_contain_text(f"by 11:59\N{NO-BREAK SPACE}pm on {in_words(tomorrow)}")

    mona = sign_in(MONA, viewport=DESK)
    mona.goto(f"{demo.url}/admin/appointments/office/")
    mona.click("th a:has-text('Toms River')")
    mona.fill("#id_closures-0-first_day", f"{tomorrow}")
    mona.fill("#id_closures-0-last_day", f"{tomorrow}")
    mona.fill("#id_closures-0-reason", "Water in the cellar")
    press(mona, "Save")
    expect(mona.locator("#touched")).to_contain_text("will be called later than promised")
    mona.check("#confirmed")
    press(mona, "Save")
    expect(mona.locator(".messagelist .info")).to_contain_text("moved.")

    for _try in range(2):  # the offices are kept in the process for a minute
        patient = open_page(viewport=PHONE)
        sent.append(send_by_form(patient, demo, patient_name="Cleo Closure"))
    expect(patient.locator("main")).to_contain_text(f"by 11:59\N{NO-BREAK SPACE}pm on {in_words(after)}")


def test_manager_takes_the_list_home_and_the_desk_may_not(demo: Demo, send: Send, sign_in: SignIn) -> None:
    send("=Formula Felix", office="belleville")
    mona, tess = (sign_in(who, viewport=DESK) for who in (MONA, TESS))

    mona.goto(f"{demo.url}{LIST}?office=belleville")
    mona.click("a:has-text('Export')")
    with mona.expect_download() as as_csv:
        press(mona, "Download as CSV")
    with mona.expect_download() as as_xlsx:
        press(mona, "Download for Excel (XLSX)")
    rows = list(csv.DictReader(io.StringIO(as_csv.value.path().read_text("utf-8-sig"))))
    assert "'=Formula Felix" in [row["Patient"] for row in rows]
    assert {row["Office"] for row in rows} == {"Belleville"}
    with zipfile.ZipFile(as_xlsx.value.path()) as book:
        assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode()

    expect(tess.locator("a:has-text('Export')")).to_have_count(0)
    assert tess.request.get(f"{demo.url}{LIST}export/").status == 403


def test_evening_the_books_agree_and_nothing_is_lost(demo: Demo, sent: list[str], sign_in: SignIn) -> None:
    demo.manage("worker", "--once")
    books = behind(demo, "books()")
    mona = sign_in(MONA, viewport=DESK)

    assert set(books["statuses"]) == set(sent)
    assert (books["without_history"], books["not_announced"], books["mails_with_problems"]) == (0, 0, 0)
    count = books["count"]
    tabs = dict(re.findall(r"([A-Z][a-z ]+?)\s+(\d+)", mona.locator(".tabs").inner_text()))
    assert {name: int(number) for name, number in tabs.items()} == {
        "Needs a call": count["new"],
        "Waiting on patient": count.get("contacted", 0) + count.get("proposed", 0),
        "Booked": count["booked"],
        "Closed": count["closed"],
        "Quarantine": count.get("held", 0),
        "News": 1,
        "Questions": 0,
    }
    mona.goto(f"{demo.url}/admin/dashboard/?days=7")
    cards = dict(
        zip(
            mona.locator(".card h2").all_inner_texts(),
            [card.split("\n") for card in mona.locator(".card").all_inner_texts()],
            strict=True,
        )
    )
    assert str(len(sent)) in cards["Requests received"]
    assert f"{count['booked']} booked, 1 urgent, 0 messages." in " ".join(cards["Requests received"])
    assert "1" in cards["Overdue now"]
    assert "Whole." in demo.manage("verify_audit")
