"""The editor of an article: every section stands open, and what is left empty is neither refused nor kept."""

import gettext
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from wagtail.models import Workflow
from wagtail.rich_text import RichText
from wagtail.test.utils.form_data import rich_text, streamfield

from articles.blocks import SECTIONS, BodyBlock, is_blank
from articles.models import Article, SitePage
from tests.articles.desk import ADD, EDIT, LIST, form_of, overview

PROJECT = Path(__file__).resolve().parents[2]
WORDS = PROJECT / "articles/locale/en/LC_MESSAGES/django.po"
EMPTY_SECTION = {"heading": "", "content": streamfield([("text", rich_text("", features=["bold"]))])}
EMPTY_QUESTION = {"question": "", "answer": rich_text("", features=["bold"])}
EMPTY_SOURCE = {"title": "", "publisher": "", "year": "", "url": ""}
NO_CHANCE = {"many": "", "out_of": "10", "outcome": "", "source": ""}


def rows(*values):
    """A list of rows as the browser sends it."""
    sent = {"count": str(len(values))}
    for place, value in enumerate(values):
        sent |= {f"{place}": {"value": value, "deleted": "", "order": str(place), "type": "", "id": ""}}
    return sent


def every_section(**written):
    """What the editor's page sends: all sections, empty but for those that are given."""
    empty = {
        **dict.fromkeys(SECTIONS, EMPTY_SECTION),
        "urgency": {"now": "", "today": "", "soon": ""},
        "questions": rows(EMPTY_QUESTION),
        "sources": rows(EMPTY_SOURCE),
    }
    return [(name, written.get(name, value)) for name, value in empty.items()]


def kept(article):
    """The kinds of sections that the newest version has, with their contents."""
    return {section["type"]: section["value"] for section in article.latest_revision.as_object().body.raw_data}


def buttons(page):
    """The words of all buttons at the foot of the editor."""
    foot = BeautifulSoup(page.content, "html.parser").select_one("footer nav")
    return [" ".join(button.get_text(" ").split()) for button in foot.select("button, a")]


# --- sections ---


def test_new_article_has_every_section_open_with_a_box_to_write_in():
    shown = BodyBlock().get_form_state(BodyBlock().empty_value())

    assert [section["type"] for section in shown] == list(SECTIONS)
    values = {section["type"]: section["value"] for section in shown}
    assert [block["type"] for block in values["overview"]["content"]] == ["text"]
    assert len(values["questions"]) == len(values["sources"]) == 1
    assert not any(values["urgency"].values())
    assert len({section["id"] for section in shown}) == len(SECTIONS)


def test_sections_that_an_article_lacks_stand_open_in_their_places():
    block = BodyBlock()
    value = block.to_python(
        [
            {"type": "causes", "value": {"heading": "Why", "content": []}},
            {"type": "symptoms", "value": {"heading": "Signs", "content": []}},
        ]
    )

    shown = [section["type"] for section in block.get_form_state(value)]

    assert shown.index("causes") < shown.index("symptoms")  # as they were
    assert shown.index("overview") < shown.index("causes")
    assert shown.index("symptoms") < shown.index("prevention") < shown.index("sources")
    assert sorted(shown) == sorted(SECTIONS)


def test_empty_sections_and_rows_are_neither_refused_nor_kept(signed_in, library, editor):
    sections = every_section(
        symptoms=overview("<p>It hurts.</p>")[1],
        urgency={"now": "you can’t walk\n\n  it is cold ", "today": "", "soon": ""},
        sources=rows(EMPTY_SOURCE, {"title": "T", "publisher": "P", "year": "2020", "url": ""}, EMPTY_SOURCE),
    )
    fresh = Article(title="Cold toes", summary="A", description="B")

    answer = signed_in(editor).post(ADD, form_of(fresh, sections=sections) | {"action-submit": "1"})

    assert answer.status_code == 302
    article = Article.objects.get(slug="cold-toes")
    assert article.workflow_in_progress
    assert list(kept(article)) == ["symptoms", "urgency", "sources"]
    assert kept(article)["urgency"] == {"now": ["you can’t walk", "it is cold"], "today": [], "soon": []}
    assert [row["value"]["title"] for row in kept(article)["sources"]] == ["T"]


@pytest.mark.parametrize("empty", [("text", rich_text("", features=["bold"])), ("chance", NO_CHANCE)])
def test_empty_block_in_a_section_is_not_kept(signed_in, article, editor, empty):
    text = ("text", rich_text("<p>Words.</p>", features=["bold"]))
    section = {"heading": "", "content": streamfield([empty, text, empty])}

    signed_in(editor).post(EDIT.format(article.pk), form_of(article, sections=every_section(overview=section)))

    article.refresh_from_db()
    assert [block["type"] for block in kept(article)["overview"]["content"]] == ["text"]


def test_heading_without_a_text_is_kept_for_later(signed_in, article, editor):
    section = {**EMPTY_SECTION, "heading": "Signs"}

    signed_in(editor).post(EDIT.format(article.pk), form_of(article, sections=every_section(symptoms=section)))

    article.refresh_from_db()
    assert kept(article) == {"symptoms": {"heading": "Signs", "content": []}}


def test_offices_phones_are_kept_in_a_page_though_nobody_writes_into_them():
    block = SitePage._meta.get_field("body").stream_block.child_blocks["section"].child_blocks["content"]

    assert not is_blank(block.to_python([{"type": "phones", "value": None}]))
    assert is_blank(block.to_python([{"type": "text", "value": "<p data-block-key='a'> </p>"}]))


@pytest.mark.parametrize(
    ("value", "blank"),
    [("", True), (" \n", True), ([], True), (["", ""], True), (None, True), (0, False), (["a"], False)],
)
def test_blank_is_what_nobody_wrote_into(value, blank):
    assert is_blank(value) is blank
    assert is_blank(RichText("<p></p>"))
    assert not is_blank(RichText("<p>x</p>"))


def test_mistake_is_shown_at_the_section_that_has_it(signed_in, article, editor):
    source = {"title": "T", "publisher": "P", "year": "1066", "url": ""}
    data = form_of(article, sections=every_section(sources=rows(EMPTY_SOURCE, source)))

    page = signed_in(editor).post(EDIT.format(article.pk), data)

    box = BeautifulSoup(page.content, "html.parser").find(
        attrs={"data-w-block-arguments-value": re.compile("blockErrors")}
    )
    errors = box["data-w-block-arguments-value"].partition("blockErrors")[2]
    assert errors.startswith(f'": {{"{list(SECTIONS).index("sources")}":')


# --- the foot ---


def test_sending_is_a_button_beside_saving(signed_in, article, editor):
    browser = signed_in(editor)

    for address in (ADD, EDIT.format(article.pk)):
        assert buttons(browser.get(address))[:2] == ["Save draft", "Send for review"]


def test_text_in_review_is_not_sent_and_a_returned_one_is_sent_again(signed_in, article, editor, reviewer):
    article.summary = "New words."
    article.save_revision(user=editor)
    Workflow.objects.get(name="Medical review").start(article, editor)
    browser = signed_in(editor)

    assert not {"Send for review", "Send again"} & set(buttons(browser.get(EDIT.format(article.pk))))
    state = article.current_workflow_task_state
    state.task.on_action(state, reviewer, "reject", comment="Say when to rest.")

    assert buttons(browser.get(EDIT.format(article.pk)))[:2] == ["Save draft", "Send again"]
    browser.post(EDIT.format(article.pk), form_of(article) | {"action-submit": "1"})
    assert Article.objects.get(pk=article.pk).workflow_in_progress


def test_page_that_needs_no_review_is_not_sent_for_one(signed_in, library, editor):
    page = SitePage.objects.filter(kind="information").first()

    assert "Send for review" not in buttons(signed_in(editor).get(f"/cms/snippets/articles/sitepage/edit/{page.pk}/"))


# --- the words ---


def entries(text):
    """The words of a catalog of translations: asked for, and said."""
    found = {}
    for entry in text.split("\n\n")[1:]:
        strings = [string.replace('\\"', '"').replace("\\n", "\n") for string in re.findall(r' "(.*)"', entry)]
        asked = strings[0]
        found |= {asked: strings[1]} if len(strings) == 2 else {(asked, 0): strings[2], (asked, 1): strings[3]}
    return found


def test_words_are_compiled_as_they_stand():
    with WORDS.with_suffix(".mo").open("rb") as compiled:
        catalog = gettext.GNUTranslations(compiled)._catalog

    assert entries(WORDS.read_text()) == {asked: said for asked, said in catalog.items() if asked}


def test_words_are_those_that_wagtail_asks_for():
    catalogs = Path(apps.get_app_config("wagtailcore").path).glob("**/locale/en/LC_MESSAGES/django.po")
    known = {re.sub(r'"\n"', "", text) for text in (path.read_text() for path in catalogs)}
    asked = {key if isinstance(key, str) else key[0] for key in entries(WORDS.read_text())}

    escaped = {words: words.replace('"', '\\"') for words in asked}
    assert [
        words
        for words in asked
        if not any(f'msgid "{escaped[words]}"' in text or f'"{escaped[words]}"' in text for text in known)
    ] == []


def test_list_says_nothing_of_languages_while_there_is_one(signed_in, library, editor):
    page = signed_in(editor).get(LIST).content.decode()

    assert "Language" not in BeautifulSoup(page, "html.parser").select_one("table.listing").get_text()
