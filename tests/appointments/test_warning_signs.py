"""One table of warning signs: what it says everywhere, what it says at this hour, and what patients' words add."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from appointments import actions, private_link
from appointments.models import AppointmentRequest, Closure, Event, FlagRule, Office, RedFlag, SafetyCheck
from appointments.vocabulary import Level
from appointments.warning_signs import current
from appointments.warning_signs.second_look import look
from appointments.warning_signs.table import Rule, Sign, Table
from appointments.warning_signs.urgency_lines import LISTS, differences, told_otherwise
from articles.models import Article
from tests.appointments.reading import read, words
from tests.conftest import MONDAY, SAFETY, VISIT, post_steps

pytestmark = pytest.mark.usefixtures("practice")

NEW_YORK = ZoneInfo("America/New_York")
BLACK = {"details": "My big toe has turned black since yesterday."}
NIGHT = datetime(2026, 11, 24, 3, 0, tzinfo=NEW_YORK)
SATURDAY = datetime(2026, 11, 28, 11, 0, tzinfo=NEW_YORK)
THANKSGIVING = datetime(2026, 11, 26, 11, 0, tzinfo=NEW_YORK)
NEARLY_CLOSING = datetime(2026, 11, 23, 16, 55, tzinfo=NEW_YORK)


@pytest.fixture
def table() -> Table:
    """The starter's table."""
    return current.newest()


@pytest.fixture(params=[NIGHT, SATURDAY, THANKSGIVING], ids=["night", "Saturday", "Thanksgiving"])
def closed(request: pytest.FixtureRequest) -> Iterator[None]:
    """No office is open."""
    with time_machine.travel(request.param, tick=False):
        yield


def ticked(*signs: str, conditions: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"flags": list(signs) or ["none"], "conditions": list(conditions) or ["none"]}


def told_to(client: Client, *signs: str, conditions: tuple[str, ...] = ()) -> Any:
    """The page after the first step."""
    return client.post("/appointments/new/", ticked(*signs, conditions=conditions), follow=True)


def heading(response: Any) -> str:
    return str(read(response).h1.get_text(strip=True))


def first_way(response: Any) -> str:
    """Where the first big button leads."""
    return str(read(response).main.select_one("a.button.big")["href"])


# --- The table ---


@pytest.mark.parametrize(
    ("signs", "conditions", "level"),
    [
        ((), ("diabetes",), "routine"),
        (("sore",), (), "soon"),
        (("sore",), ("diabetes",), "now"),
        (("sore",), ("numb-feet",), "now"),
        (("warm-red-swollen",), (), "soon"),
        (("sore", "warm-red-swollen"), (), "now"),
        (("warm-red-swollen",), ("immune",), "now"),
        (("fever",), (), "now"),
        (("sore", "fever"), (), "emergency"),
        (("sore", "fever"), ("diabetes",), "emergency"),
        (("warm-red-swollen", "fever"), (), "emergency"),
        (("hot-swollen",), (), "now"),
        (("hot-swollen", "fever"), (), "emergency"),
        (("pus", "fever"), (), "emergency"),
        (("calf",), (), "now"),
        (("chest",), (), "emergency"),
        (("cold-black",), (), "emergency"),
        (("injury",), (), "emergency"),
        (("spreading",), (), "emergency"),
    ],
)
def test_signs_come_to_a_level(table, signs, conditions, level):
    assert table.judge({*signs, *conditions}).level == level


def test_more_signs_or_a_condition_never_make_it_less_urgent(table):
    slugs = [sign.slug for sign in table.signs] + [condition.slug for condition in table.conditions]
    chance = random.Random(12)
    sets = [frozenset(some) for size in range(3) for some in combinations(slugs, size)]
    sets += [frozenset(chance.sample(slugs, size)) for size in range(3, 10) for _time in range(40)]

    for some in sets:
        level = table.judge(some).level
        assert all(table.judge(some | {slug}).level.rank >= level.rank for slug in slugs), some


def test_unknown_signs_count_nothing(table):
    assert table.judge({"no-such-sign"}).level == Level.ROUTINE
    assert Table().judge({"fever"}).level == Level.ROUTINE


def test_old_version_keeps_its_meaning(table):
    newer = SafetyCheck.objects.create(version=table.version + 1)
    RedFlag.objects.create(check_version=newer, slug="fever", question="Fever", short="fever", level=Level.SOON)

    assert current.of_version(table.version).judge({"fever"}).level == Level.NOW
    assert current.newest().judge({"fever"}).level == Level.SOON


# --- No place says less than the table ---


def test_home_page_lists_each_line_under_its_level(client, monday, table):
    cards = read(client.get("/")).main.select("section.urgent")

    listed = {card["data-level"]: [item.get_text() for item in card.select("li")] for card in cards}
    assert listed == {"now": table.on_home(Level.EMERGENCY), "today": table.on_home(Level.NOW)}
    assert min(map(len, listed.values())) > 2
    assert "Chest pain or trouble breathing: call 911 and nothing else." in words(client.get("/"))


def test_home_page_follows_the_table(client, monday):
    check = SafetyCheck.objects.create(version=9)
    RedFlag.objects.create(
        check_version=check, slug="x", question="X", short="x", level="emergency", home="Your foot is X"
    )

    card = read(client.get("/")).main.select_one("section.urgent[data-level=now]")

    assert [item.get_text() for item in card.select("li")] == ["Your foot is X"]


def test_form_asks_for_every_sign_and_condition_of_the_table(client, table):
    page = words(client.get("/appointments/new/"))

    for row in (*table.signs, *table.conditions):
        assert row.question in page


def test_every_sign_by_itself_and_each_rule_leads_where_the_table_says(client, monday, table):
    sets = [((sign.slug,), ()) for sign in table.signs]
    sets += [(tuple(rule.signs), ("diabetes",) if rule.with_condition else ()) for rule in table.rules]
    for signs, conditions in sets:
        judgment = table.judge({*signs, *conditions})
        response = told_to(client, *signs, conditions=conditions)
        expected = {
            Level.EMERGENCY: "Call 911 now" if judgment.only_911 else "Call 911 or go to an emergency room",
            Level.NOW: "Please call us now",
        }.get(judgment.level, "About you")
        assert heading(response) == expected, signs


def test_starter_articles_say_what_the_table_says(table, library):
    wrong = [
        (article.slug, name, line, [level.value for level in told_otherwise(table, line, LISTS[name])])
        for article in Article.objects.all()
        for block in article.body
        if block.block_type == "urgency"
        for name in LISTS
        for line in block.value[name]
        if told_otherwise(table, line, LISTS[name])
    ]

    assert wrong == []


@pytest.mark.parametrize(
    ("line", "told", "wrong"),
    [
        ("a toe has turned black", "today", True),
        ("a toe has turned black", "now", False),
        ("you have diabetes and see an open sore", "soon", True),
        ("you have diabetes and see an open sore", "today", False),
        ("a toe has turned black, or you have a fever", "now", True),
        ("home care has not helped after 2 weeks", "soon", False),
    ],
)
def test_line_that_differs_from_the_table_is_told_to_the_editor(line, told, wrong):
    assert bool(differences({told: [line]})) == wrong


# --- The clock ---


def test_call_now_while_an_office_is_open(client, monday):
    page = told_to(client, "hot-swollen")

    assert heading(page) == "Please call us now"
    assert first_way(page) == "tel:+17325579900"
    assert "If nobody answers, go to an urgent care clinic or an emergency room now." in words(page)


def test_closed_offices_send_to_urgent_care(client, closed):
    page = told_to(client, "hot-swollen")

    assert heading(page) == "Go to urgent care or an emergency room now"
    assert "urgent%20care" in first_way(page)
    assert "Please call us now" not in words(page)
    assert "Closed now" in words(page)


def test_five_minutes_before_closing_somebody_still_answers(client):
    with time_machine.travel(NEARLY_CLOSING, tick=False):
        page = told_to(client, "hot-swollen")

    assert heading(page) == "Please call us now"
    assert "Open now until 5 pm" in words(page)
    assert "If nobody answers" in words(page)


def test_open_office_comes_first_when_the_other_is_closed(client, monday):
    Closure.objects.create(
        office=Office.objects.get(slug="toms-river"), first_day=MONDAY.date(), last_day=MONDAY.date(), reason="Water"
    )

    assert first_way(told_to(client, "calf")) == "tel:+19734503035"


def test_emergency_is_the_same_at_any_hour(client, closed):
    page = told_to(client, "cold-black")

    assert (heading(page), first_way(page)) == ("Call 911 or go to an emergency room", "tel:911")


@pytest.mark.parametrize("signs", [("chest",), ("chest", "calf"), ("chest", "fever", "sore")])
def test_chest_pain_says_911_and_nothing_else(client, monday, signs):
    page = told_to(client, *signs)

    assert heading(page) == "Call 911 now"
    assert [link["href"] for link in read(page).main.select("a.button")] == ["tel:911"]
    assert "emergency room is just as good" not in words(page)


def test_confirmation_sends_to_urgent_care_while_closed(client, closed):
    post_steps(client, safety=ticked("pus"))

    page = client.post("/appointments/check/", follow=True)

    assert "Go to urgent care or an emergency room now" in words(page)
    assert "call the office now" not in words(page)


def test_private_page_sends_to_urgent_care_until_somebody_has_called(client, closed, make_request):
    request = make_request(flags=["pus"])
    page = private_link.path(request)
    client.post(page, {"last_digits": "0142"})

    assert "Go to urgent care or an emergency room now" in words(client.get(page))
    assert "pus" not in words(client.get(page)).lower()

    actions.log_call(inquiry=request, actor=actions.Actor(worker=True), outcome=Event.Kind.SPOKE)
    assert "Go to urgent care" not in words(client.get(page))


def test_confirmation_says_call_while_open(client, monday):
    post_steps(client, safety=ticked("pus"))

    assert "Please call us now" in words(client.post("/appointments/check/", follow=True))


def test_message_page_home_and_articles_know_that_nobody_answers(client, closed, library):
    for url in ("/appointments/message/", "/", "/conditions/heel-pain/"):
        page = words(client.get(url))
        assert "urgent care or an emergency room" in page, url
        assert "Call us today" not in page, url


def test_receipt_says_where_to_turn_when_nobody_answers(client, monday, make_request):
    from appointments.mail import compose

    mail = make_request().mails.get(kind="receipt")

    assert "If we are closed or nobody answers, go to urgent care or an emergency room." in compose.compose(mail).body


# --- What decides must be known ---


def test_conditions_must_be_answered_where_they_decide(client, monday):
    page = client.post("/appointments/new/", {"flags": ["sore"]})

    assert page.status_code == 200
    assert "It decides how soon you need care." in words(page)
    assert client.post("/appointments/new/", {"flags": ["none"]}).status_code == 302
    assert client.post("/appointments/new/", {"flags": ["sore"], "conditions": ["none"]}).status_code == 302


def test_condition_is_shown_to_the_desk_beside_the_signs(client, monday, tess):
    post_steps(client, safety=ticked("sore", conditions=("diabetes",)))
    client.post("/appointments/check/")

    inquiry = AppointmentRequest.objects.get()
    page = words(tess.get(inquiry.get_absolute_url()))
    assert inquiry.urgent
    assert "An open sore, cut or blister on the foot" in page
    assert "Urgent: open sore, diabetes" in words(tess.get("/admin/appointments/appointmentrequest/"))


# --- A second look at the patient's own words ---


def test_own_words_are_asked_about_before_sending(client, monday):
    last = post_steps(client, visit=BLACK)

    assert last["Location"] == "/appointments/new/one-question/"
    page = client.get("/appointments/new/one-question/")
    assert heading(page) == "One question before you send"
    assert "turned black" in words(page)
    assert client.post("/appointments/check/")["Location"] == "/appointments/new/one-question/"
    assert not AppointmentRequest.objects.exists()


def test_own_words_that_are_so_today_lead_to_care_first(client, monday):
    post_steps(client, visit=BLACK)

    page = client.post("/appointments/new/one-question/", {"so": "yes"}, follow=True)

    assert heading(page) == "Call 911 or go to an emergency room"
    sent = client.post("/appointments/check/", follow=True)
    inquiry = AppointmentRequest.objects.get()
    assert (inquiry.urgent, inquiry.safety["level"], inquiry.safety["so"]) == (True, "emergency", True)
    assert "Call 911 or go to an emergency room" in words(sent)


@pytest.mark.thorough
def test_own_words_that_are_not_so_still_come_first_at_the_desk(client, monday, tess):
    post_steps(client, visit=BLACK)

    assert client.post("/appointments/new/one-question/", {"so": "no"})["Location"] == "/appointments/check/"
    sent = client.post("/appointments/check/", follow=True)

    inquiry = AppointmentRequest.objects.get()
    assert (inquiry.urgent, inquiry.safety["level"], inquiry.safety["so"]) == (True, "routine", False)
    assert (inquiry.call_by - inquiry.created_at).total_seconds() == 60 * 60
    assert "You told us about something that should not wait." not in words(sent)
    assert "Read this first: “" in words(tess.get("/admin/appointments/appointmentrequest/"))
    assert "turned black" in words(tess.get("/admin/appointments/appointmentrequest/"))
    assert "the patient answered that it is not so today" in words(tess.get(inquiry.get_absolute_url()))


def test_question_about_own_words_needs_an_answer(client, monday):
    post_steps(client, visit=BLACK)

    page = client.post("/appointments/new/one-question/", {})

    assert "Choose whether that is so today" in words(page)


def test_other_words_are_asked_about_again(client, monday):
    post_steps(client, visit=BLACK)
    client.post("/appointments/new/one-question/", {"so": "no"})

    client.post("/appointments/new/visit/", {**VISIT, "details": "There is pus and I have a fever."})

    assert client.get("/appointments/check/")["Location"] == "/appointments/new/one-question/"


def test_words_taken_back_are_asked_about_no_more(client, monday):
    post_steps(client, visit=BLACK)

    assert client.post("/appointments/new/visit/", VISIT)["Location"] == "/appointments/check/"
    assert client.get("/appointments/new/one-question/")["Location"] == "/appointments/check/"


def test_nobody_is_asked_about_what_was_ticked(client, monday):
    last = post_steps(client, safety=ticked("cold-black"), visit=BLACK)

    assert last["Location"] == "/appointments/check/"


def test_question_page_without_a_draft_leads_to_the_start(client):
    assert client.get("/appointments/new/one-question/")["Location"] == "/appointments/new/"


MESSAGE = {
    "office": "toms-river",
    "about": "other",
    "name": "Harold Sample",
    "phone": "(732) 555-0142",
    "email": "",
    "message": "How much is a visit? My foot is black and I have a fever.",
    "best_way": "call",
}


def answer(client: Client, url: str, page: Any, **changes: str) -> Any:
    """Send the form that is shown, with these changes."""
    form = read(page).main.find("form", method="post")
    data = {field["name"]: field.get("value", "") for field in form.select("input[type=hidden], input:checked")}
    data |= {area["name"]: area.get_text().lstrip("\n") for area in form.select("textarea")}
    data |= {
        box["name"]: box.get("value", "") for box in form.select("input.input, input[type=text], input[type=email]")
    }
    return client.post(url, {**data, **changes})


def test_message_is_asked_about_and_comes_first_at_the_desk(client, monday, tess):
    url = "/appointments/message/"
    asked = answer(client, url, client.get(url), **MESSAGE)

    assert "Choose whether that is so today" in words(asked)
    assert "Call 911 or go to an emergency room" in words(asked)
    assert not AppointmentRequest.objects.exists()
    sent = answer(client, url, asked, **{**MESSAGE, "so": "yes"})
    page = client.get(sent["Location"])
    inquiry = AppointmentRequest.objects.get()
    assert (inquiry.is_message, inquiry.urgent, inquiry.status) == (True, True, "new")
    assert "Call 911 or go to an emergency room" in words(page)
    assert "Read this first" in words(tess.get("/admin/appointments/appointmentrequest/"))


def test_message_changed_after_the_question_is_asked_about_again(client, monday):
    url = "/appointments/message/"
    asked = answer(client, url, client.get(url), **MESSAGE)

    again = answer(client, url, asked, **{**MESSAGE, "message": "There is pus under my nail.", "so": "no"})

    assert again.status_code == 200
    assert "pus" in words(again)
    assert not AppointmentRequest.objects.exists()


def test_ordinary_message_is_asked_nothing(client, monday):
    url = "/appointments/message/"
    form = client.get(url)
    monday.shift(timedelta(minutes=1))

    sent = answer(client, url, form, **{**MESSAGE, "message": "When are you open on Monday?"})

    assert sent.status_code == 302
    assert not AppointmentRequest.objects.get().urgent


def test_readers_question_is_asked_about(client, monday, library):
    Article.objects.filter(slug="heel-pain").update(questions_open=True)
    url = "/conditions/heel-pain/question/"
    asked = answer(client, url, client.get(url), text="My toe turned black today, is that normal?")

    assert "Choose whether that is so today" in words(asked)
    assert "Call 911 or go to an emergency room" in words(asked)
    assert answer(client, url, asked, so="yes").status_code == 302


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("my foot turned blue and cold", "Call 911 or go to an emergency room"),
        ("diabetic toe turning black", "Call 911 or go to an emergency room"),
        ("bone sticking out of my foot", "Call 911 or go to an emergency room"),
        ("gangrene", "Call 911 or go to an emergency room"),
        ("frostbite", "Call 911 or go to an emergency room"),
        ("blood clot in leg", "Please call us now"),
    ],
)
def test_search_shows_where_to_turn_above_the_results(client, monday, library, query, title):
    page = read(client.get("/conditions/search/", {"q": query}))

    card = page.main.select_one("section.urgent")
    assert card.h2.get_text(strip=True) == title
    results = page.main.select_one("ol.results")
    assert results is None or card in results.find_all_previous("section")


@pytest.mark.parametrize("query", ["heel pain", "bunion", "diabetic foot", "numb feet", "swollen feet", "foot ulcers"])
def test_search_for_a_condition_shows_no_card(client, monday, library, query):
    assert not read(client.get("/conditions/search/", {"q": query})).main.select("section.urgent")


def test_no_text_lowers_what_was_ticked(table):
    texts = ["no fever", "it is fine", "not black at all", "sin fiebre", "", "My toe turned black", "pus", "healed"]
    chance = random.Random(3)
    slugs = [sign.slug for sign in table.signs] + [condition.slug for condition in table.conditions]
    for _time in range(200):
        ticked_slugs = frozenset(chance.sample(slugs, chance.randrange(4)))
        text = " ".join(chance.sample(texts, 3))
        seen = look(table, text, ticked_slugs)
        assert seen.together.level.rank >= table.judge(ticked_slugs).level.rank
        assert seen.raises == (seen.together.level.is_urgent and seen.together.level != seen.ticked.level)


def test_texts_that_nobody_tuned_on_are_told_apart(table):
    """Counts only: who reads the texts can't use them again."""
    lines = (Path(__file__).parent / "data" / "triage-heldout.txt").read_text().splitlines()
    texts = [line.split("|", 1) for line in lines if not line.startswith("#")]
    raised = {"+": [], "-": []}
    for label, text in texts:
        raised[label[0]].append(look(table, text).raises)

    assert {label: len(each) for label, each in raised.items()} == {"+": 75, "-": 75}
    assert sum(raised["+"]) >= 0.95 * 75
    assert sum(raised["-"]) <= 0.10 * 75


def test_first_step_without_conditions_in_an_old_version_still_works(client, monday):
    check = SafetyCheck.objects.create(version=7)
    RedFlag.objects.create(check_version=check, slug="fever", question="Fever", short="fever", level=Level.NOW)
    FlagRule.objects.create(check_version=check, signs=["fever"], level=Level.EMERGENCY, with_condition=True)

    assert client.post("/appointments/new/", SAFETY).status_code == 302
    assert heading(told_to(client, "fever")) == "Please call us now"


def test_rule_that_says_less_than_its_sign_lowers_nothing():
    sign = Sign("black", "A toe that has turned black", "black", Level.EMERGENCY)
    table = Table(1, (sign,), (), (Rule(frozenset({"black"}), Level.SOON),))

    assert table.judge({"black"}).level == Level.EMERGENCY
