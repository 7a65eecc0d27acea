"""A booked visit is entered in the practice's chart: the card to copy from, the number, what still waits for it."""

import re
from datetime import timedelta

import pytest

from appointments import actions, search_keys
from appointments.actions import Actor, WrongMove
from appointments.mail.compose import digest_counts
from appointments.models import CloseReason, Event, SearchKey
from appointments.offices import facts_of
from tests.appointments.at_desk import (
    LIST,
    SCRIPT,
    TUESDAY_AT_TEN,
    act_on,
    everything,
    message,
    names,
    offered,
    page_of,
    rows,
    search_for,
    words,
)

pytestmark = pytest.mark.usefixtures("monday")


@pytest.fixture
def booked(waiting, toms_river_desk):
    """A visit on Tuesday, December 1 at 10 am."""
    actions.book(inquiry=waiting, actor=Actor(toms_river_desk), at=TUESDAY_AT_TEN)
    waiting.refresh_from_db()
    return waiting


def card(page) -> list[tuple[str, str]]:
    """The lines to copy: label and text."""
    found = re.search(r'(?s)<section class="box chart".*?</section>', page.content.decode())
    lines = re.findall(r'(?s)<li data-label="([^"]*)">.*?<span class="copied">(.*?)</span>', found.group())
    return [(label, text) for label, text in lines]


# --- The card ---


def test_card_gives_the_fields_in_the_order_of_a_chart(booked, tess):
    booked.insurance, booked.referred_by = "Horizon", "Dr. Knee"
    booked.save()

    assert card(tess.get(page_of(booked))) == [
        ("Name", "Harold Sample"),
        ("Date of birth", "09/14/1954"),
        ("Phone", "(732) 555-0142"),
        ("Email", "harold@example.com"),
        ("ZIP", "08753"),
        ("Insurance", "Horizon"),
        ("Referred by", "Dr. Knee"),
        ("Main problem", "Heel pain"),
        ("Visit", "12/01/2026 10 am"),
    ]


def test_what_is_not_given_has_no_button_to_copy_it(make_request, toms_river_desk, tess):
    request = make_request(email="")
    actions.book(inquiry=request, actor=Actor(toms_river_desk), at=TUESDAY_AT_TEN)

    page = tess.get(page_of(request)).content.decode()

    email = re.search(r'(?s)<li data-label="Email">.*?</li>', page).group()
    assert "–" in email
    assert "<button" not in email


def test_card_shows_what_patients_wrote_as_text(make_request, toms_river_desk, tess):
    request = make_request(patient_name=SCRIPT)
    actions.book(inquiry=request, actor=Actor(toms_river_desk), at=TUESDAY_AT_TEN)

    assert SCRIPT not in tess.get(page_of(request)).content.decode()


def test_card_is_there_once_a_visit_is_booked(waiting, toms_river_desk, tess):
    assert "chart" not in offered(tess.get(page_of(waiting)))

    actions.book(inquiry=waiting, actor=Actor(toms_river_desk), at=TUESDAY_AT_TEN)

    assert "chart" in offered(tess.get(page_of(waiting)))


@pytest.mark.parametrize(
    ("reason", "there"), [(CloseReason.COMPLETED, True), (CloseReason.CANCELLED, False), (CloseReason.DECLINED, False)]
)
def test_visit_that_took_place_can_still_be_entered(booked, toms_river_desk, tess, reason, there):
    actions.close(inquiry=booked, actor=Actor(toms_river_desk), reason=reason)

    assert ("chart" in offered(tess.get(page_of(booked)))) is there


# --- Entering ---


def test_number_is_kept_encrypted_shown_and_found(booked, tess):
    tess.post(act_on(booked, "chart"), {"chart-number": "A20417"})

    booked.refresh_from_db()
    assert (booked.chart_number, booked.charted_at is not None) == ("A20417", True)
    page = words(tess.get(page_of(booked)))
    assert "In the chart since today, 10:12 am, number A20417" in page
    assert "Not in the chart" not in page
    for typed in ("A20417", "a20417"):
        assert "Harold Sample" in rows(search_for(tess, typed))


def test_number_of_digits_is_found_and_other_numbers_are_not(booked, tess):
    tess.post(act_on(booked, "chart"), {"chart-number": "20417"})

    assert "Harold Sample" in rows(search_for(tess, "20417"))
    assert rows(search_for(tess, "20418")) == ""
    assert rows(search_for(tess, "2041")) == ""


def test_visit_can_be_entered_without_a_number(booked, tess):
    tess.post(act_on(booked, "chart"), {"chart-number": ""})

    assert "In the chart since today, 10:12 am, without a number" in words(tess.get(page_of(booked)))


@pytest.mark.thorough
def test_number_can_be_put_right_and_the_old_one_is_not_found_any_more(booked, toms_river_desk, tess, monday):
    actions.enter_in_chart(inquiry=booked, actor=Actor(toms_river_desk), number="11111")
    monday.shift(timedelta(minutes=5))

    tess.post(act_on(booked, "chart"), {"chart-number": "22222"})

    assert rows(search_for(tess, "11111")) == ""
    assert "Harold Sample" in rows(search_for(tess, "22222"))
    assert "In the chart since today, 10:12 am, number 22222" in words(tess.get(page_of(booked)))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("A 20417", "Use letters and digits only, like 20417"),
        ("20-417", "Use letters and digits only, like 20417"),
        (SCRIPT, "Use letters and digits only, like 20417"),
        ("9" * 31, "Use 30 characters or fewer. You have used 31."),
    ],
)
def test_number_that_is_none_is_refused(booked, tess, typed, said):
    before = everything()

    answer = tess.post(act_on(booked, "chart"), {"chart-number": typed})

    assert said in words(answer)
    assert everything() == before


def test_entry_can_be_taken_back_and_its_number_is_not_found_any_more(booked, tess):
    tess.post(act_on(booked, "chart"), {"chart-number": "20417"})

    tess.post(act_on(booked, "undo"))

    booked.refresh_from_db()
    assert (booked.charted_at, booked.chart_number) == (None, "")
    assert rows(search_for(tess, "20417")) == ""
    assert set(SearchKey.objects.filter(request=booked).values_list("key", flat=True)) == search_keys.keys_of(booked)


def test_request_without_a_visit_is_not_entered(waiting, tess):
    before = everything()

    answer = tess.post(act_on(waiting, "chart"), {"chart-number": "1"})

    assert "No visit is booked, so there is nothing to enter in the chart." in words(answer)
    assert everything() == before


def test_message_is_not_entered(practice, toms_river_desk):
    with pytest.raises(WrongMove, match="This is a message"):
        actions.enter_in_chart(inquiry=message(), actor=Actor(toms_river_desk))


def test_visit_that_moves_is_to_be_entered_anew(booked, toms_river_desk):
    actions.enter_in_chart(inquiry=booked, actor=Actor(toms_river_desk), number="20417")

    actions.book(inquiry=booked, actor=Actor(toms_river_desk), at=TUESDAY_AT_TEN + timedelta(days=1))

    booked.refresh_from_db()
    assert (booked.charted_at, booked.chart_number) == (None, "20417")


# --- What still waits for it ---


def test_list_and_page_say_what_is_not_in_the_chart(booked, toms_river_desk, tess):
    assert "Not in the chart" in rows(tess.get(f"{LIST}?tab=booked"))
    assert "Not in the chart" in words(tess.get(page_of(booked)))

    actions.enter_in_chart(inquiry=booked, actor=Actor(toms_river_desk))

    assert "Not in the chart" not in rows(tess.get(f"{LIST}?tab=booked"))


def test_booked_list_can_be_cut_down_to_what_is_not_in_the_chart(booked, make_request, toms_river_desk, tess):
    done = make_request(patient_name="Dora Done")
    actions.book(inquiry=done, actor=Actor(toms_river_desk), at=TUESDAY_AT_TEN + timedelta(hours=1))
    actions.enter_in_chart(inquiry=done, actor=Actor(toms_river_desk))

    assert names(tess.get(f"{LIST}?tab=booked")) == ["Harold Sample", "Dora Done"]
    assert names(tess.get(f"{LIST}?tab=booked&only=chart")) == ["Harold Sample"]


def test_daily_summary_counts_what_is_not_in_the_chart(booked, make_request, toms_river_desk):
    toms_river = facts_of(booked.office)
    make_request()
    assert digest_counts(toms_river)["not_charted"] == 1

    actions.enter_in_chart(inquiry=booked, actor=Actor(toms_river_desk))

    assert digest_counts(toms_river)["not_charted"] == 0


def test_visit_that_is_to_be_moved_still_counts_and_a_closed_one_does_not(booked, toms_river_desk):
    toms_river = facts_of(booked.office)
    booked.status = "moving"
    booked.save()
    assert digest_counts(toms_river)["not_charted"] == 1

    actions.close(inquiry=booked, actor=Actor(toms_river_desk), reason=CloseReason.CANCELLED)

    assert digest_counts(toms_river)["not_charted"] == 0


def test_history_says_the_number(booked, toms_river_desk):
    actions.enter_in_chart(inquiry=booked, actor=Actor(toms_river_desk), number="20417")

    assert booked.events.get(kind=Event.Kind.CHARTED).facts == {"number": "20417"}
