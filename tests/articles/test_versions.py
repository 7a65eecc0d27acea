"""What is a small correction: a slip of the pen, and never a number, a warning, a link, or a word that turns advice."""

import json
from copy import deepcopy
from typing import Any

import pytest

from articles.reviewing.versions import text_of, why_not_small

PARAGRAPH = (
    '<p data-block-key="a1">Rest the heel for 2 weeks, then walk 10 minutes a day. Wear shoes with a soft sole. '
    'Do not walk barefoot. See <a linktype="article" id="7">ankle sprain</a> and '
    '<a href="https://www.nhs.uk/heel/">the NHS</a>.</p>'
)
CONTENT = {
    "title": "Heel pain",
    "medical_name": "plantar fasciitis",
    "slug": "heel-pain",
    "summary": "Sharp pain under the heel that is worst with the first steps in the morning and eases while you walk.",
    "areas": ["heel", "arch"],
    "body": [
        {"type": "overview", "id": "11", "value": {"heading": "", "content": PARAGRAPH}},
        {"type": "urgency", "id": "12", "value": {"now": ["You can not stand on it."], "soon": ["It is red."]}},
        {"type": "sources", "id": "13", "value": [{"type": "item", "id": "x", "value": {"name": "NHS", "url": "/a"}}]},
    ],
    "last_reviewed": "2026-01-01",
}


def changed(**fields: Any) -> dict[str, Any]:
    return {**deepcopy(CONTENT), **fields}


def with_text(before: str, after: str, block: int = 0) -> dict[str, Any]:
    """The article with other words in a section."""
    content = deepcopy(CONTENT)
    as_text = json.dumps(content["body"][block], ensure_ascii=False)
    assert before in as_text
    content["body"][block] = json.loads(as_text.replace(before, after))
    return content


def why_not(after: dict[str, Any]) -> str:
    """Why the step to it is no small correction; "" if it is."""
    return str(why_not_small(text_of(CONTENT), text_of(after)) or "")


@pytest.mark.parametrize(
    "after",
    [
        changed(),
        changed(last_reviewed="2026-05-05"),
        changed(title="Pain in the heel"),
        changed(summary=CONTENT["summary"].replace("Sharp", "Stabbing")),
        changed(body=json.dumps(CONTENT["body"])),
        with_text("soft sole", "thick, soft sole"),
        with_text("a1", "b2"),
        with_text('"id": "11"', '"id": "99"'),
        with_text("Wear shoes", "good " * 12 + "Wear shoes"),
    ],
    ids=[
        "nothing",
        "a date",
        "title",
        "a word",
        "stored as text",
        "in the body",
        "keys",
        "numbers of blocks",
        "12 words",
    ],
)
def test_slip_of_the_pen_is_a_small_correction(after):
    assert why_not(after) == ""


@pytest.mark.parametrize(
    ("after", "why"),
    [
        (changed(slug="pain-in-the-heel"), "The web address"),
        (changed(areas=["heel"]), "the parts of the foot"),
        (changed(areas=["arch", "heel", "toes"]), "the parts of the foot"),
        (with_text("It is red.", "It is very red.", 1), "When to get help"),
        (with_text('"NHS"', '"The NHS"', 2), "A link or a source"),
        (with_text("www.nhs.uk/heel", "www.nhs.uk/foot"), "A link or a source"),
        (with_text("See <a", "See also <a href='/x/'>x</a> <a"), "A link or a source"),
        (with_text("2 weeks", "3 weeks"), "A number"),
        (with_text("2 weeks", "two weeks"), "A number"),
        (with_text("for 2 weeks, then walk 10", "for 10 weeks, then walk 2"), "A number"),
        (with_text("Do not walk", "Do walk"), "a word like “not”"),
        (with_text("Do not walk", "Don’t walk"), "a word like “not”"),
        (with_text("Wear shoes", "Never wear shoes"), "a word like “not”"),
        (with_text("Wear shoes", "Only wear shoes"), "a word like “not”"),
        (changed(summary="Pain without cause."), "a word like “not”"),
        (changed(summary=" ".join(["Other", "words"] * 8)), "More than 12 words"),
        (with_text("Wear shoes", "good " * 13 + "Wear shoes"), "More than 12 words"),
    ],
)
def test_step_that_could_change_the_advice_is_none(after, why):
    assert why in why_not(after)
