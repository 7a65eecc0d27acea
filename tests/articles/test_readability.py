"""How hard a text is to read, and that the starter articles are not."""

import pytest

from articles.library import parse
from articles.management.commands.load_articles import LIBRARY
from articles.models import Article
from articles.readability import GRADES, PLAINER, article_text, judge, syllables

ARTICLES = sorted(LIBRARY.glob("*.md"))


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("foot", 1), ("shoes", 1), ("called", 1), ("aching", 2), ("swollen", 2), ("needed", 2), ("ankle", 2),
        ("ankles", 2), ("area", 3), ("doing", 2), ("careful", 2), ("movement", 2), ("fluid", 2), ("diet", 2),
        ("radius", 3), ("bunion", 2), ("diabetes", 4), ("activities", 4), ("podiatrist", 4), ("arthritis", 3),
        ("it’s", 1), ("doesn’t", 2), ("X-ray", 2), ("over-the-counter", 5), ("MRI", 3), ("15", 1),
    ],
)  # fmt: skip
def test_syllables_are_those_one_hears(word, count):
    assert syllables(word) == count


def test_grade_is_that_of_the_formula():
    reading = judge("The cat sat on the mat. The doctor examined the patient.")

    # 11 words, 2 sentences, 15 syllables: 0.39 * 11 / 2 + 11.8 * 15 / 11 - 15.59
    assert (reading.sentences, reading.words, reading.grade) == (2, 11, 2.6)


@pytest.mark.parametrize("text", ["", " \n ", "...", "— •"])
def test_text_without_words_has_grade_zero(text):
    reading = judge(text)

    assert (reading.grade, reading.sentences, reading.words, reading.longest) == (0, 0, 0, 0)


def test_each_line_is_a_sentence():
    assert judge("pain under the heel\nsoreness in the morning").sentences == 2


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Ask Dr. Smith. Then rest.", 2),
        ("Hold for 1.5 minutes.", 1),
        ("Does it hurt? “Yes!” Call us.", 3),
        ("See a doctor (or call). 911 is for emergencies.", 2),
    ],
)
def test_sentences_end_where_a_reader_stops(text, count):
    assert judge(text).sentences == count


def test_sentence_of_25_words_is_not_long_and_one_more_is():
    fair, long = " ".join(["word"] * 25) + ".", " ".join(["Word"] * 26) + "."

    assert judge(f"{fair} {long}").long_sentences == [long]
    assert judge(f"{fair} {long}").longest == 26


def test_hard_word_comes_with_a_simpler_one_in_each_form_once():
    reading = judge("Edema was monitored prior to surgery. Utilizing ice eases edema. Other modalities exist.")

    assert reading.hard_words == [
        ("Edema", "swelling"),
        ("monitored", "watch"),
        ("prior to", "before"),
        ("Utilizing", "use"),
        ("modalities", "treatment"),
    ]


def test_hard_word_within_another_is_left_alone():
    assert judge("Concurrent, paperedemas and lesional.").hard_words == []


def test_simpler_words_are_not_hard_themselves():
    assert [plain for plain in PLAINER.values() if judge(plain).hard_words] == []


@pytest.mark.slow
def test_hostile_text_is_judged_in_no_time():
    assert judge("a" * 50_000 + "e. " * 20_000 + "<p" * 20_000).words > 0


def test_article_text_has_what_readers_read_a_line_each():
    body = [
        {
            "type": "overview",
            "value": {
                "heading": "Its own heading",
                "content": [
                    {"type": "text", "value": "<p>One &amp; <b>two</b>.<br/>Three.</p><ul><li>four</li></ul>"},
                    {"type": "drawing", "value": {"name": "heel", "alt": "unread", "caption": "Five."}},
                    {"type": "figure", "value": {"image": {"image": 1, "alt_text": "unread"}, "caption": "Six."}},
                    {"type": "dos", "value": {"do": ["seven"], "do_not": [{"type": "item", "value": "eight"}]}},
                ],
            },
        },
        {"type": "urgency", "value": {"now": ["nine"], "today": [], "soon": []}},
        {"type": "questions", "value": [{"type": "item", "value": {"question": "Ten?", "answer": "<p>Yes.</p>"}}]},
        {"type": "sources", "value": [{"title": "unread", "publisher": "unread", "year": 2020, "url": ""}]},
    ]

    lines = article_text(body).splitlines()

    assert lines == ["One & two.", "Three.", "four", "Five.", "Six.", "seven", "eight", "nine", "Ten?", "Yes."]


def test_saved_article_reads_as_its_file(article):
    file = LIBRARY / "heel-pain.md"

    saved = article_text(Article.objects.get(pk=article.pk).body.raw_data)

    assert saved == article_text(parse(file.read_text(), file.stem).body)


@pytest.mark.parametrize("file", ARTICLES, ids=lambda file: file.stem)
def test_starter_article_is_plain_and_neither_short_nor_long(file):
    reading = judge(article_text(parse(file.read_text(), file.stem).body))

    assert GRADES[0] <= reading.grade <= GRADES[1]
    assert 500 <= reading.words <= 1_500


def test_subheadings_are_not_measured():
    body = [
        {"type": "overview", "value": {"content": [{"type": "text", "value": "<p>One.</p><h3>Shoes</h3><p>Two.</p>"}]}}
    ]

    assert article_text(body) == "One.\nTwo."
