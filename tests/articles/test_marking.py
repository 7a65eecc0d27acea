"""Two versions as one: what is new and what is gone, word by word, in the form that the page's templates show."""

import re

import pytest

from articles.blocks import SECTIONS, BodyBlock
from articles.models.sections import sections_of
from articles.reviewing import marking
from articles.reviewing.versions import content_of


def bare(html):
    """Without what screen readers are told besides: <ins> as {+ +}, <del> as [- -]."""
    html = re.sub(r'<span class="visually-hidden">[^<]*</span>', "", html)
    for tag, before, after in (("ins", "{+", "+}"), ("del", "[-", "-]")):
        html = html.replace(f"<{tag}>", before).replace(f"</{tag}>", after)
    return html


def section(content, heading=""):
    return {"type": "overview", "value": {"heading": heading, "content": content}}


def text(html):
    return {"type": "text", "value": html}


def merged(before, after):
    """The sections of two bodies as one."""
    return marking.sections(BodyBlock(), before, after, SECTIONS)


def shown(before, after):
    """As the public templates show them, without their context."""
    found = merged(before, after)
    body = BodyBlock().to_python([{"type": each.kind, "value": each.value} for each in found])
    return [str(section.block.value) for section in sections_of(body)]


@pytest.mark.parametrize(
    ("before", "after", "marked"),
    [
        ("the same words", "the same words", "the same words"),
        ("Rest two weeks.", "Rest four weeks.", "Rest [-two-]{+four+} weeks."),
        ("Rest.", "Rest. Then walk.", "Rest.{+ Then walk.+}"),
        ("Rest now please.", "Rest please.", "Rest[- now-] please."),
        ("Take 2.5 mg daily", "Take 25 mg daily", "Take [-2.5-]{+25+} mg daily"),
        ("Do run every day", "Don’t run every day", "[-Do-]{+Don’t+} run every day"),
        ("a very big red dog", "a very old tan dog", "a very [-big red-]{+old tan+} dog"),
        ("", "Words", "{+Words+}"),
        (None, "Words", "{+Words+}"),
        ("Words", None, "[-Words-]"),
        ("Walk & <b>run</b>", "Walk & <i>run</i>", "Walk &amp; &lt;[-b-]{+i+}&gt;run&lt;/[-b-]{+i+}&gt;"),
        ("all other words stood here", "none of it is left", "[-all other words stood here-]{+none of it is left+}"),
    ],
)  # fmt: skip
def test_plain_words(before, after, marked):
    assert bare(marking.words(before, after)) == marked


def test_screen_readers_are_told_what_the_marks_mean():
    html = marking.words("Rest two weeks.", "Rest four weeks.")

    assert '<del><span class="visually-hidden">[taken out: </span>two<span' in html
    assert '<ins><span class="visually-hidden">[added: </span>four<span' in html


@pytest.mark.parametrize(
    ("before", "after", "marked"),
    [
        ("<p>One two three</p>", "<p>One two four</p>", "<p>One two [-three-]{+four+}</p>"),
        ("<p>One</p>", "<p>One</p><p>Two</p>", "<p>One</p><p>{+Two+}</p>"),
        ("<p>One</p><p>Two</p>", "<p>Two</p>", "<p>[-One-]</p><p>Two</p>"),
        (
            "<ul><li>One</li><li>Two</li></ul>",
            "<ul><li>One</li><li>New</li><li>Two</li></ul>",
            "<ul><li>One</li><li>{+New+}</li><li>Two</li></ul>",
        ),
        ("<p>Do this</p>", "<h3>Do this</h3>", "<p>[-Do this-]</p><h3>{+Do this+}</h3>"),
        (
            "<ul><li>One<ul><li>Deep words here</li></ul></li></ul>",
            "<ul><li>One<ul><li>Deep words there</li></ul></li></ul>",
            "<ul><li>One<ul><li>Deep words [-here-]{+there+}</li></ul></li></ul>",
        ),
        ("<ol><li>A b</li></ol><p>C</p>", "<ol><li>A b</li></ol><p>C</p>", "<ol><li>A b</li></ol><p>C</p>"),
        (
            "<p>Some <b>bold words</b> here</p>",
            "<p>Some <b>bold text</b> here</p>",
            "<p>Some <b>bold </b>[-<b>words</b>-]{+<b>text</b>+} here</p>",
        ),
        ("<p>One<br/>two</p>", "<p>One<br/>two</p>", "<p>One<br>two</p>"),
        ("<p>&lt;script&gt; one</p>", "<p>&lt;script&gt; two</p>", "<p>&lt;script&gt; [-one-]{+two+}</p>"),
    ],
)  # fmt: skip
def test_rich_text(before, after, marked):
    assert bare(marking.rich(before, after)) == marked


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('see <a href="/a/">this page</a>', 'see <a href="/b/">this page</a>', "the link leads elsewhere now"),
        ("see this page", 'see <a href="/b/">this page</a>', "link added"),
        ('see <a href="/a/">this page</a>', "see this page", "link taken out"),
        ("see this page", "see <b>this page</b>", "bold or plain has changed"),
    ],
)
def test_change_that_no_word_shows_is_said_once_behind_the_words(before, after, told):
    html = marking.rich(f"<p>{before} for more</p>", f"<p>{after} for more</p>")

    assert html.count(f"[{told}]") == 1
    assert "<ins>" not in html


def test_link_in_words_that_are_gone_leads_nowhere():
    html = marking.rich('<p>Gone <a href="/a/">words</a></p><p>stay here</p>', "<p>stay here</p>")

    assert "<a" not in html


def test_paragraph_too_long_to_be_compared_is_taken_out_and_written_anew(monkeypatch):
    monkeypatch.setattr(marking, "MOST_PIECES", 5)

    assert bare(marking.words("one two three four", "one two three five")) == (
        "[-one two three four-]{+one two three five+}"
    )


def test_lists_of_what_to_do_are_marked_item_by_item():
    before = [section([{"type": "dos", "value": {"do": ["Rest", "Walk barefoot"], "do_not": ["Run"]}}])]
    after = [section([{"type": "dos", "value": {"do": ["Rest"], "do_not": ["Run", "Walk barefoot"]}}])]

    (html,) = shown(before, after)

    assert "[-Walk barefoot-]" in bare(html)
    assert "{+Walk barefoot+}" in bare(html)


def test_new_answer_belongs_to_its_question():
    before = [{"type": "questions", "value": [{"question": "Can I walk?", "answer": "<p>Yes.</p>"}]}]
    after = [{"type": "questions", "value": [{"answer": "<p>No, rest it.</p>", "question": "Can I walk?"}]}]

    ((value,),) = (each.value for each in merged(before, after))

    assert bare(value["question"]) == "Can I walk?"
    assert bare(value["answer"]) == "<p>[-Yes.-]</p><p>{+No, rest it.+}</p>"


def test_section_that_came_and_one_that_went_are_marked_whole():
    old = {"type": "causes", "value": {"heading": "", "content": [text("<p>Strain.</p>")]}}

    gone, come = sorted(merged([old], [section([text("<p>Bone.</p>")])]), key=lambda each: each.kind)

    assert [bare(each.heading) for each in (gone, come)] == ["[-Why it happens-]", "{+What it is+}"]
    assert bare(gone.value["content"][0]["value"]) == "<p>[-Strain.-]</p>"
    assert (gone.changed, come.changed) == (True, True)


def test_heading_is_marked_beside_the_section_and_left_plain_in_it():
    (found,) = merged([section([], heading="What it is like")], [section([], heading="What it feels like")])

    assert bare(found.heading) == "What it [-is-]{+feels+} like"
    assert (found.name, found.value["heading"]) == ("What it feels like", "What it feels like")


def test_sections_stand_in_the_order_of_the_page_and_the_same_ones_are_unmarked():
    body = [{"type": "causes", "value": {"heading": "", "content": []}}, section([text("<p>Same.</p>")])]

    found = merged(body, [*reversed(body)])

    assert [(each.kind, each.changed) for each in found] == [("overview", False), ("causes", False)]


DRAWING = {"name": "heel", "alt": "A foot", "caption": "Seen from the side"}
FIGURE = {"image": {"image": 1, "alt_text": "A foot", "decorative": False}, "caption": ""}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (("drawing", DRAWING), ("drawing", {**DRAWING, "alt": "A heel"}), ("A foot", "A heel")),
        (("drawing", DRAWING), ("drawing", {**DRAWING, "name": "gout"}), ("Heel and plantar fascia", "gout")),
        (
            ("figure", FIGURE),
            ("figure", {**FIGURE, "image": {**FIGURE["image"], "image": 2}}),
            ("another picture", "this picture"),
        ),
        (
            ("figure", FIGURE),
            ("figure", {**FIGURE, "image": {**FIGURE["image"], "decorative": True}}),
            ("A foot", "decoration"),
        ),
    ],
)
def test_changes_of_pictures_are_told_below(before, after, told):
    (found,) = merged(*([section([{"type": kind, "value": value}])] for kind, value in (before, after)))

    assert [(one.before, one.after) for one in found.unseen] == [told]


def test_picture_that_is_gone_is_told_and_not_shown():
    """Its file may be gone, too."""
    (found,) = merged([section([{"type": "figure", "value": FIGURE}, text("<p>A</p>")])], [section([text("<p>A</p>")])])

    assert [block["type"] for block in found.value["content"]] == ["text"]
    assert [(one.before, one.after) for one in found.unseen] == [("A foot", "")]


def test_address_and_year_of_a_source_are_told():
    source = {"title": "Heel pain", "publisher": "OrthoInfo", "year": 2020, "url": "https://a.example/"}
    before, after = (
        [{"type": "sources", "value": [{**source, **change}]}]
        for change in ({}, {"year": 2024, "url": "https://b.example/"})
    )

    (found,) = merged(before, after)

    assert [(one.before, one.after) for one in found.unseen] == [
        ("2020", "2024"),
        ("https://a.example/", "https://b.example/"),
    ]
    assert found.value == after[0]["value"]


CHANCE = {"many": 8, "out_of": "10", "outcome": "people are better", "source": "S"}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (CHANCE, {**CHANCE, "many": 6}, [("8", "6")]),
        (CHANCE, {**CHANCE, "many": None}, [("8", "")]),
        ({**CHANCE, "many": None}, {**CHANCE, "many": 0}, [("", "0")]),
        (CHANCE, {**CHANCE, "out_of": "100"}, [("10", "100")]),
        (CHANCE, CHANCE, []),
    ],
)
def test_chance_keeps_its_numbers_and_tells_what_they_were(before, after, told):
    (found,) = merged(*([section([{"type": "chance", "value": value}])] for value in (before, after)))

    assert [(one.before, one.after) for one in found.unseen] == told
    (block,) = found.value["content"]
    assert (block["value"]["many"], block["value"]["out_of"]) == (after["many"], after["out_of"])


def test_steps_are_marked_line_by_line_with_how_long_to_do_them():
    steps = {"heading": "Stretch", "steps": ["Stand.", "Lean in."], "how_long": "30 seconds", "picture": {"name": ""}}
    more = {**steps, "steps": ["Stand.", "Bend your knee.", "Lean in."], "how_long": "40 seconds"}

    (found,) = merged(*([section([{"type": "steps", "value": value}])] for value in (steps, more)))

    value = found.value["content"][0]["value"]
    assert [bare(line) for line in value["steps"]] == ["Stand.", "{+Bend your knee.+}", "Lean in."]
    assert bare(value["how_long"]) == "[-30-]{+40+} seconds"


def test_lines_of_an_older_version_that_were_blocks_are_the_same_lines():
    old = {"now": [{"type": "item", "id": "x", "value": "you can’t walk"}], "today": [], "soon": []}
    new = {"now": ["you can’t walk"], "today": [], "soon": []}
    bodies = (content_of({"body": [{"type": "urgency", "value": value}]})["body"] for value in (old, new))

    (found,) = merged(*bodies)

    assert (found.changed, found.value["now"]) == (False, ["you can’t walk"])


@pytest.mark.parametrize(
    "broken",
    [
        {"type": "overview", "value": "words"},
        {"type": "overview", "value": {"heading": None, "content": "words"}},
        {"type": "questions", "value": {"a": 1}},
        {"type": "nonsense", "value": []},
    ],
)
def test_old_version_in_another_form_stops_no_review(broken):
    assert merged([broken], [section([text("<p>New.</p>")])])
    assert merged([section([text("<p>Old.</p>")])], [broken]) is not None


def test_content_keeps_where_links_lead():
    link = '<a linktype="article" id="7">flat feet</a>'

    content = content_of({"body": [{"id": "x", **section([text(f'<p data-block-key="k">{link}</p>')])}]})

    assert content["body"] == [section([text(f"<p>{link}</p>")])]
