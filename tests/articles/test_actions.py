"""What a reader can do: the first thing, steps, a chance in numbers; and lists as one box."""

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from wagtail.blocks import StructBlockValidationError
from wagtail.test.utils.form_data import streamfield

from articles.blocks import ChanceBlock, DosBlock, LinesBlock, StepsBlock
from articles.library import parse
from articles.models import Article, RelatedArticle
from tests.articles.desk import EDIT, form_of

FRONT = "---\ntitle: x\nsummary: x\ndescription: x\n---\n\n## What you can do\n\n"
TEXT = (
    FRONT
    + """Words.

### First
Change your shoes.

After it.

### Steps: Stretch your calf
1. Stand facing a wall.
2. Lean in.
- How long: 30 seconds: no more
- Stop if: it hurts

![A heel](drawing:heel)

#### Work
Sit.

### Chance: 8 of 10
people are better
- Source: Heel Pain

### Chance: unknown
how many people need more
"""
)


def blocks_of(text):
    return [(block["type"], block["value"]) for block in parse(text, "x").body[0]["value"]["content"]]


def test_text_file_says_what_to_do():
    assert blocks_of(TEXT) == [
        ("text", "<p>Words.</p>"),
        ("first", {"text": "Change your shoes."}),
        ("text", "<p>After it.</p>"),
        (
            "steps",
            {
                "heading": "Stretch your calf",
                "steps": ["Stand facing a wall.", "Lean in."],
                "how_long": "30 seconds: no more",
                "how_often": "",
                "stop_if": "it hurts",
                "picture": {"name": "heel", "alt": "A heel"},
            },
        ),
        ("text", "<h3>Work</h3><p>Sit.</p>"),
        ("chance", {"many": 8, "out_of": "10", "outcome": "people are better", "source": "Heel Pain"}),
        ("chance", {"many": None, "out_of": "10", "outcome": "how many people need more", "source": ""}),
    ]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("### Chance: 8 of 12\nx", "Chance: 8 of 12"),
        ("### Chance: most\nx", "Chance: most"),
        ("### Steps: x\n1. a\n- How far: b", "How far"),
        ("### Else\nx", "Else"),
    ],
)
def test_text_file_with_an_unknown_word_is_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        parse(FRONT + wrong, "x")


@pytest.fixture
def page(client, article):
    """The public page of an article with that section."""

    def get(text):
        Article.objects.filter(pk=article.pk).update(body=parse(text, "x").body)
        return BeautifulSoup(client.get(article.get_absolute_url()).content, "html.parser")

    return get


def test_page_says_what_to_do(page):
    shown = page(TEXT)

    assert shown.select_one(".first").get_text(" ", strip=True) == "Do this first Change your shoes."
    action = shown.select_one(".action")
    assert action.h3.get_text() == "Stretch your calf"
    assert [item.get_text() for item in action.select("ol li")] == ["Stand facing a wall.", "Lean in."]
    assert [fact.get_text(" ", strip=True) for fact in action.select("dl div")] == [
        "How long 30 seconds: no more",
        "Stop if it hurts",
    ]
    assert action.select_one("figure svg")["aria-label"] == "A heel"
    counted, unknown = (" ".join(chance.get_text().split()) for chance in shown.select(".chance"))
    assert counted == "About 8 of 10 people are better. Source: Heel Pain"
    assert unknown == "Nobody has counted this well: how many people need more."
    assert [len(shown.select(f".chance {which}")) for which in ("i", "i.on")] == [10, 8]


def test_lists_of_earlier_versions_are_read(page, article):
    old = [{"type": "item", "value": "rest", "id": "1"}, {"type": "item", "value": "wait", "id": "2"}]

    assert LinesBlock().to_python(old) == ["rest", "wait"]
    assert DosBlock().to_python({"do": old, "do_not": []})["do"] == ["rest", "wait"]


@pytest.fixture
def write(article, signed_in, editor):
    """Saves one section of the article in the editor; what the editor answers."""
    RelatedArticle.objects.filter(article=article).delete()
    browser = signed_in(editor)
    return lambda kind, value: browser.post(EDIT.format(article.pk), form_of(article, sections=[(kind, value)]))


def test_a_line_of_the_box_is_a_line_of_the_list(article, write):
    lists = {"now": "\r\n you fell \r\n\r\nyour  foot is cold\r\n", "today": "", "soon": "it hurts"}

    write("urgency", lists)

    article.refresh_from_db()
    kept = article.get_latest_revision_as_object().body.raw_data[0]["value"]
    assert kept == {"now": ["you fell", "your foot is cold"], "today": [], "soon": ["it hurts"]}


def test_line_that_is_too_long_is_named(write):
    lists = {"now": f"short\n{'long ' * 50}", "today": "", "soon": ""}

    said = write("urgency", lists)

    assert "A line may have 200 letters at most; this one has 249: " in said.content.decode()
    with pytest.raises(ValidationError):
        LinesBlock(max_length=5).clean(["123456"])
    assert LinesBlock(max_length=5).clean(["12345"]) == ["12345"]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, set()),
        ({"many": None, "source": ""}, set()),
        ({"many": 11}, {"many"}),
        ({"many": 11, "out_of": "100"}, set()),
        ({"source": " "}, {"source"}),
    ],
)
def test_chance_needs_its_source_and_is_not_more_than_all(changes, wrong):
    block = ChanceBlock()
    value = block.to_python({"many": 8, "out_of": "10", "outcome": "people are better", "source": "Heel", **changes})

    try:
        block.clean(value)
        refused = set()
    except StructBlockValidationError as problem:
        refused = set(problem.block_errors)

    assert refused == wrong


def test_steps_without_a_drawing_are_fine(article, write):
    value = {"heading": "Rest", "steps": "Sit down.\nPut your foot up.", "how_long": "", "how_often": "", "stop_if": ""}
    section = {"heading": "", "content": streamfield([("steps", {**value, "picture-name": "", "picture-alt": ""})])}

    write("self_care", section)

    article.refresh_from_db()
    (kept,) = article.get_latest_revision_as_object().body[0].value["content"]
    assert kept.value["steps"] == ["Sit down.", "Put your foot up."]
    assert "<figure" not in StepsBlock().render(kept.value)
