"""What people come for: asked by complaint, prefilled from an article, and kept in words."""

import pytest
from bs4 import Tag

from appointments import complaints
from appointments.models import AppointmentRequest, Draft
from articles.management.commands.load_articles import LIBRARY
from articles.models import Article, BodyArea
from tests.appointments.reading import filled_in, read, words
from tests.conftest import ABOUT_YOU, CONTACT, SAFETY, VISIT, post_steps

pytestmark = pytest.mark.usefixtures("practice", "monday")

VISIT_STEP = "/appointments/new/visit/"


def asked(client, about: str = "") -> Tag:
    """The question, for somebody who came from an article."""
    client.post(f"/appointments/new/?about={about}", SAFETY)
    client.post("/appointments/new/about-you/", ABOUT_YOU)
    return read(client.get(VISIT_STEP)).select_one("#id_reason")


def test_complaints_stand_in_groups_and_not_sure_comes_first(client):
    question = asked(client)

    offered = [option.get_text() for option in question.find_all(["option"], recursive=False)]
    assert offered == ["Choose one", "I am not sure"]
    assert [group["label"] for group in question.select("optgroup")] == [
        "Pain and swelling",
        "Skin and nails",
        "Injury",
        "Diabetes care",
        "A child’s feet",
        "Shape of the foot",
        "Something else",
    ]


@pytest.mark.parametrize(
    ("group", "wanted"),
    [
        ("Skin and nails", "Nail care or trimming"),
        ("Skin and nails", "Lump or bump"),
        ("Injury", "Maybe a broken toe or bone"),
        ("Diabetes care", "Foot check for diabetes"),
        ("Something else", "Orthotics (shoe inserts)"),
        ("Something else", "Second opinion"),
    ],
)
def test_what_people_ask_besides_conditions_is_among_them(client, group, wanted):
    options = asked(client).select(f"optgroup[label='{group}'] option")

    assert wanted in [option.get_text() for option in options]


def test_every_complaint_has_an_address_and_words_of_its_own():
    assert len({each.slug for each in complaints.COMPLAINTS}) == len(complaints.COMPLAINTS)
    assert len({str(each.words) for each in complaints.COMPLAINTS}) == len(complaints.COMPLAINTS)


def test_every_starter_article_is_about_one_complaint():
    named = [slug for each in complaints.COMPLAINTS for slug in each.articles]

    assert sorted(named) == sorted(path.stem for path in LIBRARY.glob("*.md"))


def test_every_part_of_the_foot_has_a_complaint():
    areas = [each.area for each in complaints.COMPLAINTS if each.area]

    assert sorted(areas) == sorted(BodyArea.values)


@pytest.mark.parametrize(
    ("article", "complaint"),
    [("gout", "toe-pain"), ("diabetic-foot-care", "diabetes-check"), ("childrens-flat-feet", "child-walk")],
)
def test_article_fills_in_its_complaint(client, library, article, complaint):
    question = asked(client, article)

    assert question.select_one("option[selected]")["value"] == complaint


@pytest.mark.parametrize(("areas", "complaint"), [(["ball", "heel"], "ball-pain"), (["nails"], "skin"), ([], "")])
def test_article_that_the_practice_wrote_fills_in_the_part_of_the_foot(client, article, areas, complaint):
    Article.objects.filter(pk=article.pk).update(slug="an-article-of-ours", areas=areas)

    chosen = asked(client, "an-article-of-ours").select_one("option[selected]")

    assert (chosen["value"] if chosen else "") == complaint


def test_desk_reads_the_complaint_and_the_article_it_came_from(client, library):
    asked(client, "bunions")
    client.post(VISIT_STEP, {**VISIT, "reason": "bunions"})
    client.post("/appointments/new/contact/", CONTACT)

    assert "Main problem Bump at the big toe (bunion)" in words(client.get("/appointments/check/"))
    client.post("/appointments/check/")
    inquiry = AppointmentRequest.objects.get()
    assert (inquiry.reason, inquiry.source_article) == ("Bump at the big toe (bunion)", "bunions")


def test_draft_from_before_there_were_complaints_is_sent_in_words(client):
    post_steps(client)
    draft = Draft.objects.get()
    draft.answers["visit"]["reason"] = "plantar-warts"  # an article's address
    draft.save()

    client.post("/appointments/check/")

    assert AppointmentRequest.objects.get().reason == "Wart"


def test_prefilling_asks_the_database_only_for_what_the_table_does_not_name(library, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert complaints.of_article("heel-spurs") == "heel-pain"
    with django_assert_num_queries(1):
        assert complaints.of_article("no-such-article") == ""


def test_question_keeps_what_was_chosen(client):
    asked(client)
    client.post(VISIT_STEP, {**VISIT, "reason": "lump"})

    assert filled_in(client.get(VISIT_STEP))["reason"] == "lump"
