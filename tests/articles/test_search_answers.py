"""What people ask besides conditions: answers about the practice, several words for one thing, aids, and silence."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from appointments.models import Office
from articles.models import Article, MissedSearch
from articles.search import index as search_index
from articles.search.engine import Index
from articles.search.phrases import Phrases
from articles.search.values import Answer, Document
from bench import search as bench
from clinic.answers import ANSWERS

SEARCH = "/conditions/search/?q="


@pytest.fixture
def index(library):
    return search_index.current()


def soup(client, url, status=200):
    response = client.get(url)
    assert response.status_code == status
    return BeautifulSoup(response.content, "html.parser")


def bare(word):
    """A stem that is easy to follow."""
    return word.removesuffix("ed").removesuffix("ing")


def answer(index, typed):
    """The name of the answer; None without."""
    found = index.search(typed).answer
    return found and found.name


def articles(index, typed):
    return [hit.document.slug for hit in index.search(typed).hits]


# --- The phrases of another hand ---


@pytest.mark.parametrize(
    ("half", "least"), [("A", 148), ("B", 145), ("C", 97), ("D", 95), ("E", 117), ("F", 109), ("G", 190), ("T", 546)]
)
def test_phrases_find_the_right_thing_first(index, half, least):
    counted = bench.totals(bench.phrases(half), bench.first_of_site, bench.is_urgent_to_site)

    assert counted.right >= least  # a number alone: nobody is to read D, F and G


def test_phrases_are_as_many_as_were_written():
    assert [len(bench.phrases(half)) for half in bench.HALVES] == [151, 149, 100, 100, 120, 120, 200, 557]


def test_phrases_expect_what_there_is(library):
    may_be = {*Article.objects.values_list("slug", flat=True), *bench.KINDS.values()}
    may_be |= {bench.NOTHING, bench.URGENT, bench.ASK}

    asked = [phrase for half in bench.HALVES for phrase in bench.phrases(half)]

    assert [(typed, right - may_be) for typed, right in asked if right - may_be] == []


def test_totals_tell_wrong_from_none():
    asked = [(typed, frozenset({right})) for typed, right in (("a", "x"), ("b", "x"), ("c", "x"), ("d", "URGENT"))]
    found = {"a": "x", "b": "y", "c": "NONE", "d": "NONE"}

    counted = bench.totals(asked, found.__getitem__, lambda typed: typed == "d")

    assert str(counted) == "2 right, 1 wrong, 1 none: 50.0% first"


# --- Answers about the practice ---


@pytest.mark.parametrize(
    ("name", "queries"),
    [
        ("offices", ["parking", "hours", "open Saturday?", "where are you located", "phone number", "adress"]),
        ("cost", ["Do you take Medicare", "insurrance", "how much is a visit", "copay", "bunion surgery cost"]),
        ("doctors", ["doctors", "do you speak spanish", "female podiatrist"]),
        ("services", ["x-ray", "house calls", "do you treat kids"]),
        ("papers", ["medical records", "doctor's note", "refill my prescription"]),
        ("request", ["appointment", "apointment", "new patient", "walk-ins", "I want to see somebody about my foot"]),
        ("my-request", ["cancel my appointment", "reschedual", "did you get my request", "nobody called me back"]),
        ("privacy", ["privacy policy", "HIPAA", "do you use cookies"]),
    ],
)
def test_question_about_the_practice_gets_its_answer(index, name, queries):
    assert {typed: answer(index, typed) for typed in queries} == dict.fromkeys(queries, name)


@pytest.mark.parametrize(
    "typed",
    [
        "open sore on my foot",
        "foot hurts after standing 8 hours",
        "do stress fractures show on x ray",
        "how do you treat a corn",
        "when should I see a doctor for heel pain",
        "hurts to walk in the morning",
        "can I train for a marathon with heel pain",
    ],
)
def test_question_about_a_problem_is_none_about_the_practice(index, typed):
    assert answer(index, typed) is None
    assert articles(index, typed)


def test_problem_beside_a_question_about_the_practice_is_listed_below(index):
    assert (answer(index, "bunion surgery cost"), articles(index, "bunion surgery cost")[0]) == ("cost", "bunions")
    assert articles(index, "do you take medicare") == []


def test_office_and_town_of_the_practice_s_own_lead_to_the_offices(index):
    assert answer(index, "shamong") is None

    Office.objects.filter(slug="belleville").update(city="Shamong")
    Office.objects.get(slug="belleville").save()

    assert answer(search_index.current(), "shamong") == "offices"
    assert answer(search_index.current(), "toms river") == "offices"


def test_name_of_an_article_is_never_taken_for_something_else():
    document = Document("x", "Parking foot", other_names=("night splint", "hand"))
    index = Index([document], "en", ANSWERS)

    for name in ("Parking foot", "night splint", "hand"):
        assert (answer(index, name), articles(index, name)) == (None, ["x"])


def test_every_answer_says_something_and_its_page_is_there(client, library):
    assert len({each.name for each in ANSWERS}) == len(ANSWERS)
    for each in ANSWERS:
        assert each.title
        assert each.text
        assert bool(each.address) == bool(each.link)
        if each.address:
            assert client.get(reverse(each.address)).status_code == 200


def test_every_phrase_of_an_answer_finds_an_answer(index):
    asked = [phrase for each in ANSWERS for phrase in each.phrases if "*" not in phrase]

    assert [phrase for phrase in asked if answer(index, phrase) is None] == []


# --- Several words for one thing, and aids ---


@pytest.mark.parametrize(
    ("slugs", "queries"),
    [
        (
            "peripheral-neuropathy|numb-or-burning-feet",
            ["can't feel my feet", "no feeling in my toes", "can’t tell if the bath is hot"],
        ),
        ("foot-arthritis", ["big toe won't bend"]),
        ("hammertoes", ["toe won't straighten"]),
        ("flat-feet", ["ankles roll in"]),
        ("orthotics-and-insoles", ["orthotics", "arch supports"]),
        ("heel-pain", ["cortisone shot", "night splint", "feels like stepping on a nail under my heel"]),
        ("stress-fracture|ankle-fracture", ["walking boot"]),
        ("gout", ["allopurinol"]),
        ("fungal-nails", ["lamisil", "hongos en las uñas"]),
        ("plantar-warts", ["compound w"]),
        ("ingrown-toenail", ["uña encarnada"]),
        ("bunions", ["juanetes", "cortisone shot for bunion"]),
        ("achilles-tendonitis", ["night splint for achilles"]),
    ],
)
def test_sign_told_otherwise_or_an_aid_finds_the_problem(index, slugs, queries):
    found = {typed: articles(index, typed)[:1] for typed in queries}

    assert {typed: slug for typed, slug in found.items() if slug not in [[each] for each in slugs.split("|")]} == {}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("i cant feel it", ["numb"]),
        ("cant really feel", []),
        ("cant it feel", ["numb"]),
        ("cant tell if it is hot", ["numb"]),
        ("cant tell one two three four five hot", []),
        ("stepped on it", ["hurt"]),
        ("stepping on it", []),
        ("cant", []),
    ],
)
def test_phrase_is_found_with_filler_words_and_gaps_between(said, words):
    lines = [("cant feel", "numb"), ("cant tell * hot", "numb"), ("=stepped on", "hurt")]
    phrases = Phrases(lines, bare, {"it"})
    typed = said.split()

    assert [found.meaning for found in phrases.found(typed, [bare(word) for word in typed])] == words


# --- Silence ---


@pytest.mark.parametrize(
    "typed",
    [
        "knee replacement",
        "hair loss",
        "toothache",
        "dog limping",
        "sore throat",
        "carpal tunnel",
        "hand numb",
        "weather tomorrow",
        "my toenail fell off",
        "std test",
        "shoes on sale",
        "my husband snores",
        "car battery",
        "tax forms",
        "broken collarbone",
        "nose bleed",
        "crossed eyes",
        "spider bite on my arm",
    ],
)
def test_what_no_article_is_about_finds_nothing(index, typed):
    results = index.search(typed)

    assert (articles(index, typed), results.answer, results.repaired) == ([], None, False)


def test_other_part_of_the_body_beside_a_foot_is_about_the_foot(index):
    assert articles(index, "hands and feet tingle")[0] == "peripheral-neuropathy"


def test_word_of_an_article_counts_once_where_text_and_names_have_it():
    others = [Document(f"y{number}", "Knee") for number in range(200)]
    documents = [Document("x", "Sole", text="plantar"), *others]

    assert articles(Index(documents, "en"), "plantar fibroma") == []


# --- The page ---


def test_offices_stand_on_the_page_with_their_hours(client, library):
    page = soup(client, SEARCH + "parking")

    assert page.select_one("[role=status]").get_text(" ", strip=True) == "1 result for “parking”."
    cards = page.select("main .office")
    assert [card.h3.text for card in cards] == ["Toms River Office", "Belleville Office"]
    assert all(card.select_one(".tag[data-state]").text and card.select_one(".phone") for card in cards)
    assert page.select_one("main .card .button")["href"] == "/offices/"
    assert not page.select(".foot-map")


def test_cost_is_a_question_for_the_phone(client, library):
    page = soup(client, SEARCH + "copay")

    assert page.select_one("main .card h2").text == "Cost and insurance"
    assert {link["href"] for link in page.select("main .card .call")} == {"tel:+17325579900", "tel:+19734503035"}
    assert page.select_one("main .card").find_next("ol", class_="results") is None


def test_articles_stand_below_the_answer(client, library):
    page = soup(client, SEARCH + "bunion+surgery+cost")

    assert page.select_one("main .card").find_next("ol", class_="results").h2.a["href"] == "/conditions/bunions/"


@pytest.mark.parametrize(
    ("typed", "address"),
    [("appointment", "/appointments/new/"), ("cancel my visit", "/my/"), ("privacy", "/privacy/")],
)
def test_answer_leads_on(client, library, typed, address):
    page = soup(client, SEARCH + typed)

    assert page.select_one("main .card .button")["href"] == address


def test_warning_stands_above_every_answer(client, library):
    page = soup(client, SEARCH + "does+insurance+cover+a+black+toe")

    assert page.select_one("main .urgent.stop").find_next("section", class_="card").h2.text == "Cost and insurance"


def test_answered_question_is_not_counted_as_missed(client, library):
    for typed in ("chilblains", "foot cost", "toe parking"):
        client.get(SEARCH + typed)

    assert list(MissedSearch.objects.values_list("words", flat=True)) == ["chilblains"]


def test_answer_takes_no_query_of_its_own(client, library, django_assert_num_queries):
    client.get(SEARCH + "heel")

    with django_assert_num_queries(1):
        client.get(SEARCH + "parking")


def test_new_answer_is_found_at_once(index, monkeypatch):
    added = Answer("chair", "A chair", "Sit down.", phrases=("armchair",))
    monkeypatch.setattr("clinic.answers.ANSWERS", (*ANSWERS, added))

    assert answer(search_index.current(), "armchair") == "chair"


# --- Addresses that lead nowhere ---


@pytest.mark.parametrize(
    ("address", "href"),
    [
        ("/contact/", "/offices/"),
        ("/contact-us.html", "/offices/"),
        ("/our-locations/", "/offices/"),
        ("/request-an-appointment/", "/appointments/new/"),
        ("/privacy-policy/", "/privacy/"),
    ],
)
def test_address_without_a_page_gets_an_answer(client, library, address, href):
    page = soup(client, address, status=404)

    assert page.select_one("main .card .button")["href"] == href


@pytest.mark.parametrize(
    ("address", "article"),
    [
        ("/conditions/bunion/", "/conditions/bunions/"),
        ("/conditions/plantar-fasciitis/", "/conditions/heel-pain/"),
        ("/services/ingrown-nails/", "/conditions/ingrown-toenail/"),
    ],
)
def test_address_without_a_page_lists_what_its_words_are_about(client, library, address, article):
    page = soup(client, address, status=404)

    assert page.find("h2", string="You may want to read").find_next("ul").a["href"] == article
    assert page.select_one("main input[name=q]")["value"] == address.strip("/").split("/")[-1].replace("-", " ")


def test_address_that_says_nothing_leaves_the_box_empty(client, library):
    page = soup(client, "/xyzzy/smith/", status=404)

    assert page.select_one("main input[name=q]")["value"] == ""
    assert not page.select("main .card")


def test_appointments_alone_lead_to_the_form(client, library):
    response = client.get("/appointments/?about=bunions")

    assert (response.status_code, response.headers["Location"]) == (302, "/appointments/new/?about=bunions")
