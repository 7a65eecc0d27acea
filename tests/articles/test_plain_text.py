"""Text without markup: every sentence of it stands in the article, or among what was left out."""

import json
import re
from html import unescape
from pathlib import Path

import pytest

from articles.blocks import SECTIONS
from articles.importing import furniture
from articles.importing.files import read
from articles.importing.items import Item
from articles.importing.naming import description_of, slug_of, summary_of, telling
from articles.importing.page import fill_from_page
from articles.importing.plain_text import from_text
from articles.importing.text_lines import Line, read_lines
from articles.models import Article

TEXTS = Path(__file__).parent / "data" / "texts"


def bare(text):
    """The words alone, so that signs, icons and markup do not count."""
    return " ".join(re.findall(r"\w+", re.sub(r"<[^>]*>", " ", unescape(text)).casefold()))


def sentences_of(name):
    """Or the pieces of them that stand on a line."""
    text = (TEXTS / f"{name}.txt").read_text().replace("pa-\ntience", "patience\n")
    return [words for part in re.split(r"\n|(?<=[.!?])\s", text) if (words := bare(part)) and not words.isdigit()]


def taken_in(name):
    """The article, its notes, and everything of both in words."""
    item = next(iter(read(TEXTS / f"{name}.txt")))
    assert isinstance(item, Item)
    notes = []
    article = Article()
    body = fill_from_page(article, item, notes)
    return (
        article,
        body,
        notes,
        bare(" ".join([article.title, json.dumps(body, ensure_ascii=False), *notes, *map(str, SECTIONS.values())])),
    )


@pytest.mark.parametrize("name", sorted(path.stem for path in TEXTS.glob("*.txt")))
def test_every_sentence_is_in_the_draft_or_in_the_note(name, db):
    article, _body, _notes, everything = taken_in(name)

    assert [words for words in sentences_of(name) if words not in everything] == []
    assert 0 < len(article.summary.split()) <= 45
    assert article.summary.endswith((".", "?", "!"))
    assert "…" not in article.title


@pytest.mark.parametrize(
    ("name", "title", "slug", "kinds"),
    [
        (
            "copied-page",
            "Can tired feet make your knees or hips hurt?",
            "can-tired-feet-make-your-knees-or-hips-hurt",
            ["overview", "self_care", "treatment"],
        ),
        (
            "pdf-wrapped",
            "Ankle Sprains: A Guide for Patients",
            "ankle-sprains-a-guide-for-patients",
            ["overview", "symptoms"],
        ),
        ("word-numbers", "Heel Spurs", "heel-spurs", ["overview", "treatment", "causes"]),
        (
            "question-title",
            "Is it safe to cut a thick toenail at home?",
            "is-it-safe-to-cut-a-thick-toenail-at-home",
            ["overview", "questions"],
        ),
        ("spanish", "¿Qué es el juanete?", "que-es-el-juanete", ["overview", "symptoms", "treatment", "causes"]),
        ("web-steps", "How to tape your arch", "how-to-tape-your-arch", ["overview", "questions"]),
        ("long-sentences", "Daily Foot Check", "daily-foot-check", ["overview"]),
        (
            "blog-page",
            "Can foot pain cause knee or back pain?",
            "can-foot-pain-cause-knee-or-back-pain",
            ["overview", "treatment", "causes"],
        ),
        ("pdf-headers", "PLANTAR FASCIITIS", "plantar-fasciitis", ["overview", "treatment", "causes"]),
        ("terms", "Foot Care Words", "foot-care-words", ["overview"]),
    ],
)
def test_title_address_and_sections_come_from_the_text(name, title, slug, kinds, db):
    article, body, _notes, _everything = taken_in(name)

    assert (article.title, article.slug) == (title, slug)
    assert [section["type"] for section in body] == kinds


def test_copied_page_has_its_lists_and_leaves_the_practice_out():
    found = from_text((TEXTS / "copied-page.txt").read_text())

    assert "<li><b>Flat feet:</b> The arch is low, and the leg turns inward.</li>" in found.html
    assert "<ul><li>Wear shoes with a firm heel.</li><li>Put ice on sore spots for 10 minutes.</li>" in found.html
    assert found.html.count("<h2>") == 5
    assert "<p>.</p>" not in found.html
    assert "555" not in found.html
    assert found.left_out[-1] == "0 Comments"
    assert "Call 911 if you cannot put weight on the leg" in found.html


def test_lines_of_a_pdf_are_whole_again():
    found = from_text((TEXTS / "pdf-wrapped.txt").read_text())

    assert "because the cold can harm it.</p>" in found.html
    assert "healing takes patience" in found.html
    assert "A low-heeled shoe" in found.html
    assert "when you turn it to the side</li>" in found.html
    assert found.left_out == ["Ankle Care Series", "Page 1 of 3", "Page 2 of 3", "Page 3 of 3"]
    assert found.notes == ["A word was cut at a line’s end and is whole again: “patience”"]


def test_rows_of_a_table_and_references_stay():
    found = from_text((TEXTS / "table-and-references.txt").read_text())

    assert found.title == "Ingrown Toenails"
    assert "<ul><li>Stage – Sign – What to do</li><li>1 – Redness – Soak</li>" in found.html
    assert "<ol><li>Smith J. Ingrown nails. J Foot. 2019.</li><li>https://www.example.org/nails</li></ol>" in found.html
    assert found.notes == ["The title was “Ingrown Toenails | Foot Docs of Ocean County”"]


def test_closing_words_that_say_when_to_come_stay():
    found = from_text(
        "Sprains\nA sprain is a torn band.\nWhen to call\nIf it lasts longer than two weeks, schedule an appointment.\n"
        "Don’t ignore your feet\nOur team is glad to help you, and to tell you what is best for your feet and for you. "
        "Schedule a visit.\n(732) 555-0110"
    )

    assert found.html.endswith(
        "<h2>When to call</h2>\n<p>If it lasts longer than two weeks, schedule an appointment.</p>"
    )
    assert found.left_out[0] == "Don’t ignore your feet"


def test_header_of_each_page_is_no_title():
    found = from_text((TEXTS / "pdf-headers.txt").read_text())

    assert "PATIENT EDUCATION" not in found.html
    assert "especially on hard surfaces.</li></ol>" in found.html
    assert "no more than 1,200 mg a day.</li>" in found.html


def test_numbers_alone_on_their_lines_are_the_steps_of_a_list():
    assert "<ol><li>Clean and dry the foot.</li>" in from_text((TEXTS / "web-steps.txt").read_text()).html


def test_list_that_does_not_begin_at_one_keeps_its_numbers():
    found = from_text(
        "Rest\n\nThe first steps are above, and these are the ones that follow.\n\n4. Run again.\n\nSlowly."
    )

    assert "<p>4. Run again.</p>" in found.html


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            "We all want to know: can a bunion come back? It can, but it seldom does.\n\nMore of it.",
            "Can a bunion come back?",
        ),
        (
            "Bunion Clinic\nCan a bunion come back?\nIt can, but it seldom does, and it takes years.",
            "Can a bunion come back?",
        ),
        (
            "A long first sentence that tells of bunions. Another one.\nShoes\nWide ones are best for most people.",
            "Shoes",
        ),
        ("A text of two sentences. It has neither question nor heading.", ""),
        ("", ""),
        (".\n-\n•\n", ""),
    ],
)
def test_title_is_the_question_or_the_first_heading_and_never_a_cut_off_paragraph(text, title):
    assert from_text(text).title == title


@pytest.mark.parametrize(
    "line",
    [
        "(732) 555-0110",
        "Tel. 609.555.0188 | Fax 609.555.0189",
        "Phone: +1 732-555-0142 ext. 12",
        "664 Commons Way Building 1, Toms River, NJ 08755",
        "Toms River Office",
        "Email: front@practice.example",
        "Monday to Friday 9:00 am to 5:00 pm",
        "www.practice.example",
    ],
)
def test_line_that_only_says_how_to_reach_a_practice(line):
    assert furniture.is_contact(line)


@pytest.mark.parametrize(
    "line",
    [
        "If your wound is open, call us at (732) 555-0110 before you put any weight on the foot.",
        "Call 911",
        "When to see a podiatrist",
        "Take 200 mg of ibuprofen, 3 times a day.",
        "Wear the boot from Monday to Friday.",
    ],
)
def test_line_of_a_readers_worth_is_none(line):
    assert not furniture.is_contact(line)


@pytest.mark.parametrize("line", ["Next, dry the foot.", "by taking weight off", "Share the load between both feet."])
def test_words_that_pages_have_too_stay_in_a_text(line):
    found = from_text(
        f"Care\n\nThis is a long enough first paragraph about your feet, as any text has one.\n\n{line}\n\nEnd of it."
    )

    assert found.left_out == []


def test_what_cannot_wait_is_never_left_out():
    found = from_text(
        "Burns\nA burn can be deep.\nContact Us\n(732) 555-0110\nCall 911 or us at once: (732) 555-0111\n555 Oak Street"
    )

    assert "Call 911 or us at once" in found.html
    assert found.left_out == ["555 Oak Street"]


def test_icons_go_and_degrees_and_signs_of_doses_stay():
    lines = read_lines("📞 Call\n\uf095 732\n40 °C and 10 m² of 5 µg ≥ 3").found

    assert [line.text for line in lines] == ["Call", "732", "40 °C and 10 m² of 5 µg ≥ 3"]


def test_items_of_word_have_their_sign_on_a_line_or_before_the_words():
    lines = read_lines("\uf0b7\tOne\n·\tTwo\no\tThree\n•\nFour\n-5 degrees").found

    assert lines[0] == Line("One", "item", apart=True, last=lines[0].last)
    assert [line.kind for line in lines] == ["item", "item", "item", "item", "text"]


def test_summary_is_whole_sentences():
    long = "Word " * 46
    assert summary_of("One two. Three four.") == "One two. Three four."
    assert summary_of(f"Short one. {long}.") == "Short one."
    assert summary_of(f"{long}.") == ""
    assert description_of("First. " + "Second is long " * 20 + ".") == "First."


def test_file_that_no_person_named_gives_no_address():
    assert [telling(name) for name in ("000_1245e45117ece1e4", "index", "page (1)", "2021-05-06-nails")] == [
        "",
        "",
        "",
        "nails",
    ]
    assert slug_of("%c2%bfque-es-el-juanete") == "que-es-el-juanete"
    assert slug_of("%d0%b1", "Köhler disease") == "kohler-disease"
    assert slug_of("%d0%b1", "") == "article"
    assert slug_of("word " * 40).endswith("-word")
