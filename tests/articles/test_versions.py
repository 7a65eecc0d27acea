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
CARE = (
    "<h3>At home</h3><p>Put ice on it after a walk, if it is &lt; 3 days old and pain is &gt; 5. Stretch, then run. "
    "Take 200 mg twice a day, 1/2 of it daily, at 40 °C for 5 minutes. More rest is safe. Lift your left foot. "
    "Keep it steady and painful steps short.</p><h3>At work</h3><p>Wear soft shoes. Rest them.</p>"
)
ADVICE = [
    {"type": "text", "id": "t", "value": CARE},
    {"type": "dos", "id": "d", "value": {"do": ["Rest", "Walk barefoot"], "do_not": ["Run"]}},
    {"type": "first", "id": "f", "value": {"text": "Change into other boots."}},
    {
        "type": "steps",
        "id": "s",
        "value": {"heading": "Stretch", "steps": ["Stand.", "Lean in."], "how_long": "", "stop_if": "it hurts"},
    },
    {"type": "chance", "id": "c", "value": {"many": 8, "out_of": "10", "outcome": "are well", "source": "Heel"}},
    {"type": "drawing", "id": "p", "value": {"name": "heel", "alt": "A hele from the side.", "caption": ""}},
]
CONTENT = {
    "title": "Heel pain",
    "medical_name": "plantar fasciitis",
    "slug": "heel-pain",
    "summary": "Sharp pain under the heel that is worst with the first steps in the morning and eases while you walk.",
    "description": " ".join(["Some", "letters"] * 8),
    "areas": ["heel", "arch"],
    "body": [
        {"type": "overview", "id": "11", "value": {"heading": "", "content": PARAGRAPH}},
        {"type": "urgency", "id": "12", "value": {"now": ["You can not stand on it."], "soon": ["It is red."]}},
        {"type": "self_care", "id": "14", "value": {"heading": "", "content": ADVICE}},
        {"type": "sources", "id": "13", "value": [{"type": "item", "id": "x", "value": {"name": "NHS", "url": "/a"}}]},
    ],
    "last_reviewed": "2026-01-01",
}


CARE_AT = 2  # its place in the body
TURNED = "A number has changed, or a word that can turn advice around"
ADVICE_CHANGED = "What to do, what to leave, steps, or a chance in numbers has changed"
STRUCTURE = "A section, a list or a subheading has been added, moved or taken out"


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
        with_text("soft sole", "comfortable, soft sole"),
        with_text("a1", "b2"),
        with_text('"id": "11"', '"id": "99"'),
        with_text("Wear shoes", "good " * 3 + "Wear shoes"),
        with_text("A hele from", "A heel from", CARE_AT),
        with_text("Put ice", "Please put ice", CARE_AT),
        with_text("&lt; 3", "&#60; 3", CARE_AT),
        with_text("Rest them.", "Then rest.".replace("Then", "Do"), CARE_AT),
        with_text("At work", "At your work", CARE_AT),
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
        "3 words more",
        "a slip in a description",
        "please",
        "an escape",
        "two words for two",
        "a word in a subheading",
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
        (with_text('"NHS"', '"The NHS"', 3), "A link or a source"),
        (with_text("www.nhs.uk/heel", "www.nhs.uk/foot"), "A link or a source"),
        (with_text("See <a", "See also <a href='/x/'>x</a> <a"), "A link or a source"),
        (with_text("2 weeks", "3 weeks"), "A number"),
        (with_text("2 weeks", "two weeks"), "A number"),
        (with_text("for 2 weeks, then walk 10", "for 10 weeks, then walk 2"), "A number"),
        (with_text("Do not walk", "Do walk"), "like “not”"),
        (with_text("Do not walk", "Don’t walk"), "like “not”"),
        (with_text("Wear shoes", "Never wear shoes"), "like “not”"),
        (with_text("Wear shoes", "Only wear shoes"), "like “not”"),
        (changed(summary=CONTENT["summary"].replace("Sharp pain", "Pain without cause")), "like “not”"),
        (changed(description=" ".join(["Other", "words"] * 8)), "More than 12 words"),
        (with_text("Wear shoes", "good " * 4 + "Wear shoes"), "More than 3 words have been added"),
        (with_text("Put ice on it", "Put it", CARE_AT), TURNED),
    ],
)
def test_step_that_could_change_the_advice_is_none(after, why):
    assert why in why_not(after)


def advice(number: int, **fields: Any) -> dict[str, Any]:
    """The article with other values in a block of “What you can do”."""
    content = deepcopy(CONTENT)
    content["body"][CARE_AT]["value"]["content"][number]["value"].update(fields)
    return content


def in_order(*order: int) -> dict[str, Any]:
    """The article with the blocks of “What you can do” in this order, or some of them."""
    content = deepcopy(CONTENT)
    content["body"][CARE_AT]["value"]["content"] = [ADVICE[number] for number in order]
    return content


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("ice on it after", "heat on it after"),
        ("ice on it after", "ice on it before"),
        ("More rest", "Less rest"),
        ("left foot", "right foot"),
        ("5 minutes", "5 hours"),
        ("200 mg", "200 g"),
        ("twice a day", "once a day"),
        ("it daily", "it weekly"),
        ("40 °C", "40 °F"),
        ("40 °C", "40 C"),
        ("1/2", "1.2"),
        ("&lt; 3", "&gt; 3"),
        ("&lt; 3", "&lt; 30"),
        ("&lt; 3 days old and pain is &gt; 5", "&lt; 3 days old or pain is &gt; 5"),
        ("is safe", "is unsafe"),
        ("steady", "unsteady"),
        ("painful", "painless"),
        ("Wear soft", "Avoid soft"),
        ("soft shoes", "hard shoes"),
        ("steps short", "steps long"),
        ("Rest them.", "Do not rest them."),
    ],
)
def test_word_that_turns_advice_around_is_no_small_correction(before, after):
    assert TURNED in why_not(with_text(before, after, CARE_AT))
    assert TURNED in str(why_not_small(text_of(with_text(before, after, CARE_AT)), text_of(CONTENT)))


@pytest.mark.parametrize(
    ("after", "why"),
    [
        (advice(1, do=["Rest"], do_not=["Run", "Walk barefoot"]), ADVICE_CHANGED),
        (advice(1, do=["Run"], do_not=["Rest", "Walk barefoot"]), ADVICE_CHANGED),
        (advice(1, do=["Walk barefoot", "Rest"]), ADVICE_CHANGED),
        (advice(1, do=["Rest", "Walk"]), ADVICE_CHANGED),
        (advice(1, do=["Rests", "Walk barefoot"]), ADVICE_CHANGED),
        (advice(2, text="Change into these boots."), ADVICE_CHANGED),
        (advice(3, steps=["Lean in.", "Stand."]), ADVICE_CHANGED),
        (advice(3, how_long="it hurts", stop_if=""), ADVICE_CHANGED),
        (advice(3, heading="Stretch it"), ADVICE_CHANGED),
        (advice(4, many=9), ADVICE_CHANGED),
        (advice(4, many=None), ADVICE_CHANGED),
        (advice(4, outcome="are not well"), ADVICE_CHANGED),
        (in_order(0, 2, 3, 4, 5), ADVICE_CHANGED),
        (in_order(0, 1, 3, 2, 4, 5), ADVICE_CHANGED),
        (in_order(1, 0, 2, 3, 4, 5), STRUCTURE),
        (advice(5, name="heel-spur"), "A picture has changed"),
        (in_order(0, 1, 2, 3, 4), "A picture has changed"),
        (advice(5, caption="New here"), STRUCTURE),
        (with_text("<h3>At work</h3>", "", CARE_AT), STRUCTURE),
        (with_text("<h3>At work</h3>", "<h2>At work</h2>", CARE_AT), STRUCTURE),
        (with_text("<p>Wear soft shoes.", "<ul><li>Wear soft shoes.</li></ul><p>", CARE_AT), STRUCTURE),
        (with_text("Wear soft shoes. Rest them.", "Rest them. Wear soft shoes.", CARE_AT), "Words have changed places"),
        (with_text("Stretch, then run", "Run, then stretch", CARE_AT), "Words have changed places"),
        (with_text("Stretch, then run", "Then stretch, run", CARE_AT), "Words have changed places"),
        (changed(body=[CONTENT["body"][number] for number in (2, 1, 0, 3)]), STRUCTURE),
        (changed(body=[CONTENT["body"][number] for number in (0, 1, 3)]), ADVICE_CHANGED),
        (changed(summary="Sharp pain under the heel that eases while you walk."), "like “not”"),
    ],
)
def test_change_of_advice_pictures_or_structure_is_no_small_correction(after, why):
    assert why in why_not(after)


def test_words_taken_out_count_like_words_added():
    long = changed(description="See the old picture of the whole sole here.")
    short = changed(description="See the sole here.")

    assert "More than 3 words have been taken out" in str(why_not_small(text_of(long), text_of(short)))
    assert "More than 3 words have been added" in str(why_not_small(text_of(short), text_of(long)))


def test_words_in_the_place_of_others_do_not_count_as_added():
    """Seven others, three more."""
    before = changed(description="Aa bb dd ee ff gg hh end")
    after = changed(description="Ii jj kk ll nn oo pp qq rr ss end")

    assert why_not_small(text_of(before), text_of(after)) is None


def test_order_in_which_the_database_gives_fields_is_no_change():
    """PostgreSQL has one of its own."""
    after = deepcopy(CONTENT)
    block = after["body"][CARE_AT]["value"]["content"][1]
    block["value"] = dict(reversed(block["value"].items()))

    assert why_not(after) == ""
