"""What the search learns from what people typed, and the file that keeps it."""

import pytest

from articles.management.commands.learn_phrases import TYPED, phrases_to_learn
from articles.search.engine import Index
from articles.search.index import LEARNED
from articles.search.learned import MOST_PIECES, NOTHING_LEARNED, Learned, mark_of, pieces_of
from articles.search.text import words_of
from articles.search.values import Document
from bench import search as bench

PHRASES = [
    ("blisters", "blister on heel"),
    ("blisters", "new boots gave me a blister"),
    ("bunions", "bump beside big toe"),
    ("bunions", "big toe leans, bump"),
]


def most_likely(learned, typed):
    likely = learned.likely(typed)
    return max(likely, key=likely.get)


def test_likeliest_is_the_article_whose_phrases_have_most_of_it():
    learned = Learned.of(PHRASES)

    assert [most_likely(learned, typed) for _slug, typed in PHRASES] == [slug for slug, _typed in PHRASES]
    assert most_likely(learned, "blisterrs") == "blisters"
    assert most_likely(learned, "a big bmp on the toe") == "bunions"


def test_likeliest_has_nothing_to_make_up_and_a_known_phrase_is_far_ahead():
    likely = Learned.of(PHRASES).likely(PHRASES[0][1])

    assert likely["blisters"] == 0
    assert likely["bunions"] < -0.5


def test_words_never_met_say_nothing():
    assert Learned.of(PHRASES).likely("xylophone") == {}
    assert Learned.of(PHRASES).likely("") == {}
    assert NOTHING_LEARNED.likely("blister") == {}


def test_one_article_alone_is_the_likeliest():
    assert Learned.of(PHRASES[:2]).likely("blister") in ({}, {"blisters": 0})


def test_a_child_s_age_is_one_word_and_another_age_is_not():
    assert pieces_of("my 8 year old") == pieces_of("my kid")
    assert "=years" in pieces_of("at 50 years old")


def test_points_of_the_longest_query_stay_apart():
    row = bytes([255, 0])
    learned = Learned(["a", "b"], dict.fromkeys(pieces_of(" ".join(map(str, range(1000, 1200)))), row), 1.0)
    assert len(learned.bytes_of) > 2 * MOST_PIECES

    likely = learned.likely(" ".join(map(str, range(1000, 1200))))

    assert likely["a"] == 0
    assert likely["b"] == pytest.approx(-255 * MOST_PIECES / len(learned.bytes_of) ** 0.5)


def test_what_was_learned_is_written_and_read(tmp_path):
    learned = Learned.of(PHRASES)
    learned.write(tmp_path / "learned", "a mark")

    read, mark = Learned.read(tmp_path / "learned")

    assert mark == "a mark"
    assert [read.likely(typed) for _slug, typed in PHRASES] == [learned.likely(typed) for _slug, typed in PHRASES]


def test_file_was_learned_from_the_phrases_as_they_are():
    _learned, mark = Learned.read(LEARNED)

    assert mark == mark_of(phrases_to_learn()), "phrases or names were changed: run manage.py learn_phrases"


@pytest.mark.thorough
def test_file_is_what_is_learned_today(tmp_path):
    phrases = [*phrases_to_learn()]
    Learned.of(phrases).write(tmp_path / "learned", mark_of(phrases))

    again, _mark = Learned.read(tmp_path / "learned")
    kept, _mark = Learned.read(LEARNED)

    assert (again.slugs, again.per_point, again.bytes_of) == (kept.slugs, kept.per_point, kept.bytes_of)


def test_phrases_are_written_once_and_for_articles_that_are_there():
    rows = [line.split("\t") for line in TYPED.read_text().splitlines()]

    assert rows == sorted(rows)
    assert len({typed for _slug, typed in rows}) == len(rows)
    assert {slug for slug, _typed in rows} <= {path.stem for path in TYPED.parent.glob("*.md")}


def test_no_phrase_of_the_halves_that_are_never_read_is_learned():
    unseen = {tuple(sorted(words_of(typed))) for half in "DFG" for typed, _right in bench.phrases(half)}
    learned = {tuple(sorted(words_of(line.partition("\t")[2]))) for line in TYPED.read_text().splitlines()}

    assert len(unseen & learned) == 0  # a number alone: nobody is to read them


def index_of(*slugs):
    """A site with these articles, and nothing told of them but their titles."""
    learned = Learned.of([*PHRASES, ("warts", "rough spot on my sole"), ("warts", "black dots on a rough spot")])
    return Index([document_of(slug) for slug in slugs], "en", (), learned)


def document_of(slug):
    return Document(
        slug=slug,
        title=slug.title(),
        medical_name="",
        other_names=(),
        summary=f"All of {slug} on a toe.",
        description="",
        areas=(),
        headings="",
        text="",
    )


def test_site_with_one_article_left_is_searched():
    found = index_of("bunions").search("big toe leans, bump").hits

    assert [hit.document.slug for hit in found] in (["bunions"], [])
