"""The second look at patients' own words: what the reader finds and leaves out, and how well the word list does."""

import random
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from appointments.warning_signs.letters import tokens_of
from appointments.warning_signs.reader import BadPattern, Found, Reader

DATA = Path(__file__).parent / "data"
WORDS = Path(__file__).parents[2] / "appointments" / "data" / "warning_words.yaml"
SIGNS = {
    "chest",
    "cold-black",
    "injury",
    "deep-wound",
    "no-feeling",
    "spreading",
    "hot-swollen",
    "fever",
    "calf",
    "sore",
    "pus",
    "warm-red-swollen",
    "pop",
    "puncture",
}
CONDITIONS = {"diabetes", "blood-flow", "immune", "numb-feet"}
EMERGENCY = {"chest", "cold-black", "injury", "deep-wound", "no-feeling", "spreading"}
NOW = {"hot-swollen", "fever", "calf", "pus", "pop", "puncture"}
NOW_WITH_CONDITION = {"sore", "warm-red-swollen"}


def _lines() -> list[tuple[str, str]]:
    words: dict[str, dict[str, list[str]]] = yaml.safe_load(WORDS.read_text())
    return [(sign, line) for sign, languages in words.items() for lines in languages.values() for line in lines]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(_lines())


def _signs(found: Iterable[Found]) -> set[str]:
    return {each.sign for each in found}


def _raises(found: Iterable[Found]) -> bool:
    """The table of levels in short."""
    signs = _signs(found)
    return bool(signs & (EMERGENCY | NOW)) or bool(signs & CONDITIONS and signs & NOW_WITH_CONDITION)


def _texts(name: str) -> list[tuple[bool, str]]:
    lines = [line for line in (DATA / name).read_text().splitlines() if line[:1] in ("+", "-")]
    return [(line[0] == "+", line.partition("|")[2].strip()) for line in lines]


# The word list


def test_word_list_has_lines_in_both_languages_for_each_sign_and_condition():
    words = yaml.safe_load(WORDS.read_text())

    assert set(words) == SIGNS | CONDITIONS
    assert all(set(languages) == {"en", "es"} for languages in words.values())
    assert all(isinstance(line, str) for _sign, line in _lines())


def test_word_list_names_what_the_starter_data_asks_about():
    asked = yaml.safe_load(WORDS.with_name("practice.yaml").read_text())["safety_check"]

    assert {row["slug"] for row in asked["signs"]} == SIGNS
    assert {row["slug"] for row in asked["conditions"]} == CONDITIONS


@pytest.mark.thorough
def test_lines_of_each_sign_can_be_read_without_those_of_the_others():
    for sign in SIGNS | CONDITIONS:
        assert Reader(line for line in _lines() if line[0] == sign)


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["triage-tuning.txt", "triage-tuning-2.txt", "triage-tuning-3.txt"])
def test_at_least_95_of_100_urgent_texts_raise_and_at_most_8_of_100_others(reader, name):
    texts = _texts(name)
    missed = [text for urgent, text in texts if urgent and not _raises(reader.found(text))]
    false = [text for urgent, text in texts if not urgent and _raises(reader.found(text))]

    assert len(missed) <= 0.05 * sum(urgent for urgent, _text in texts), missed
    assert len(false) <= 0.08 * sum(not urgent for urgent, _text in texts), false


@pytest.mark.thorough
def test_list_does_what_it_was_written_for(reader):
    wrong = [text for urgent, text in _texts("warning-words-own.txt") if urgent != _raises(reader.found(text))]

    assert wrong == []


def test_few_of_the_desks_usual_messages_raise(reader):
    lines = (DATA / "messages-patients.txt").read_text().splitlines()
    texts = [line.partition("|")[2] for line in lines if "|" in line and not line.startswith("#")]

    assert sum(_raises(reader.found(text)) for text in texts) <= 0.10 * len(texts)


@pytest.mark.parametrize(
    "text",
    [
        "I broke my ankle in 2018 and it still aches when it rains",
        "broke my heel bone in 09",
        "I was told it was infected, took antibiotics, all clear now",
        "my aunt got sepsis from a foot sore and died",
        "a brother of mine had a blood clot",
        "nothing is red or draining",
        "no fever, no swelling in that toe",
        "my appointment in September, a separate bill for my foot",
        "how do I know if a nail is infected?",
        "should I worry about getting a blood clot on a flight?",
        "I used to get swelling and redness in that toe, none in four years",
        "my computer got infected",
        "las piernas se me hinchan al anochecer",
        "¿cómo sé si una uña está infectada?",
        "me quebré el tobillo hace año y medio",
    ],
)
def test_told_of_others_of_long_ago_or_only_asked_about_raises_nothing(reader, text):
    assert not _raises(reader.found(text))


@pytest.mark.parametrize(
    "text",
    [
        "my father had his toe amputated last year, now the other toe is black",
        "my aunt's toe died and fell off",
        "I broke my ankle in 2018 and today I fell again and can't stand on it",
        "me quebré el pie en 2019 y ayer me caí y no puedo pisar",
        "my toe was fine yesterday, today it is purple and cold",
        "your office is closed and my toe is turning black",
        "I finished antibiotics but the toe is oozing",
        "I was treated for an ulcer last year and it opened again, I have neuropathy",
        "me da miedo que sea gangrena, el dedo está negro",
        "should I be worried about a black toe?",
    ],
)
def test_what_is_there_now_raises_beside_what_was(reader, text):
    assert _raises(reader.found(text))


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("I have chest pain", "chest"),
        ("me falta el aire", "chest"),
        ("my toe has turned black", "cold-black"),
        ("tengo el pie frío y azul", "cold-black"),
        ("fell off a ladder, can't put weight on it", "injury"),
        ("se me salió el hueso", "injury"),
        ("the cut won't stop bleeding", "deep-wound"),
        ("una herida muy profunda", "deep-wound"),
        ("suddenly I can't move my foot", "no-feeling"),
        ("de repente no siento la pierna", "no-feeling"),
        ("red streaks up my leg", "spreading"),
        ("lo rojo va subiendo por la pierna", "spreading"),
        ("my ankle is hot, red and swollen", "hot-swollen"),
        ("el tobillo rojo, caliente e hinchado", "hot-swollen"),
        ("I have the chills", "fever"),
        ("fiebre de 39", "fever"),
        ("my left calf is swollen", "calf"),
        ("la pantorrilla hinchada", "calf"),
        ("an open sore on my heel", "sore"),
        ("una llaga en el pie", "sore"),
        ("pus comes out", "pus"),
        ("le sale pus", "pus"),
        ("new redness on my foot", "warm-red-swollen"),
        ("se me hinchó el pie", "warm-red-swollen"),
        ("I felt a pop in my ankle", "pop"),
        ("sentí un chasquido en el tobillo", "pop"),
        ("I stepped on a nail", "puncture"),
        ("pisé un clavo", "puncture"),
        ("I am diabetic", "diabetes"),
        ("tengo azúcar", "diabetes"),
        ("I have poor circulation", "blood-flow"),
        ("mala circulación", "blood-flow"),
        ("I get chemo", "immune"),
        ("estoy en quimioterapia", "immune"),
        ("I have neuropathy", "numb-feet"),
        ("no siento los pies", "numb-feet"),
    ],
)
def test_each_sign_is_found_in_plain_words(reader, text, sign):
    assert sign in _signs(reader.found(text))


@pytest.mark.parametrize(
    "text",
    [
        "numb feet",
        "diabetic foot",
        "foot ulcers",
        "swollen feet",
        "hot feet",
        "cold feet",
        "pies fríos",
        "pie diabético",
    ],
)
def test_topic_alone_does_not_raise(reader, text):
    assert not _raises(reader.found(text))


@pytest.mark.parametrize(
    "text",
    [
        "you have diabetes, poor circulation, numb feet or a weak immune system and see a sore, blister or new redness",
        "your foot is suddenly cold, pale or blue, or a toe has turned black",
        "one calf is newly swollen, warm or tender",
        "you had an injury and cannot put weight on your foot, or a bone or joint looks out of place",
        "redness is spreading up your foot or leg",
        "your child had an injury and cannot put weight on the foot",
        "the skin over the joint is open, or you see pus",
    ],
)
def test_what_articles_say_of_getting_help_raises(reader, text):
    assert _raises(reader.found(text))


def test_article_line_names_all_conditions_and_signs(reader):
    line = (
        "you have diabetes, poor circulation, numb feet or a weak immune system and see a sore, blister or new redness"
    )

    assert _signs(reader.found(line)) == CONDITIONS | NOW_WITH_CONDITION


# How words are written


@pytest.fixture(scope="module")
def small() -> Reader:
    """A few lines, to try one thing at a time."""
    return Reader(
        [
            ("black", "black + FOOT"),
            ("black", "(not) black ... shoe*"),
            ("cold", "=pie ... frio"),
            ("pus", "pus/drainage"),
            ("fever", "fever*/fiebre"),
            ("fever", "temp* ... 100.4-108"),
            ("swollen", "swell*/swollen/hinchad*"),
            ("bent", "bent + FOOT + HURT"),
            ("nail", "stepped on ... nail"),
            ("flow", "poor/bad circulation/blood-flow"),
            ("stent", "(ever) stent*"),
            ("numb", "no/without feeling"),
        ]
    )


@pytest.mark.parametrize(
    "text",
    [
        "BLACK TOE",
        "blaack toe",
        "balck toe",
        "b\u200bla\u00adck t\u2060oe",
        "ｂｌａｃｋ　ｔｏｅ",
        "bláck tóe",
        "🦶black🖤toe🦶",
        "my toe … is now all black",
        "the black,\nbig toe",
        "\u202eblack toe\u202c",
    ],
)
def test_word_is_found_however_it_is_written(small, text):
    assert _signs(small.found(text)) == {"black"}


@pytest.mark.parametrize("text", ["sweling", "Swelllling", "swollin", "swolen", "hinchado", "hinchadas"])
def test_word_is_found_with_a_slip_or_an_ending(small, text):
    assert _signs(small.found(text)) == {"swollen"}


def test_word_of_every_day_is_no_slip():
    reader = Reader([("wound", "wound"), ("spread", "cover")])

    assert reader.found("I would be over there, here or never") == []


def test_words_of_another_sentence_are_not_put_together(small):
    assert small.found("My toe is fine. I like black.") == []


def test_accident_may_be_told_in_a_sentence_of_its_own(small):
    assert _signs(small.found("I fell off a ladder. Now my foot is bent.")) == {"bent"}


def test_list_in_capitals_says_something_of_its_own_and_is_denied_with_its_words():
    reader = Reader([("dark", "DARK + FOOT")])

    assert _signs(reader.found("my toe is like charcoal")) == {"dark"}
    assert reader.found("my toe is not black") == []


def test_number_counts_only_within_its_range(small):
    assert _signs(small.found("temperature of 101.8")) == {"fever"}
    assert small.found("temperature of 98.6") == []


def test_exact_word_has_no_plural(small):
    assert _signs(small.found("el pie está frío")) == {"cold"}
    assert small.found("los pies están fríos") == []


def test_words_joined_by_a_hyphen_count_as_one(small):
    assert _signs(small.found("bad blood flow")) == {"flow"}


def test_harmless_words_are_no_sign(small):
    assert small.found("black leather shoes hurt my toe") == []
    assert _signs(small.found("black leather shoes, and my toe is black")) == {"black"}


def test_quote_is_cut_from_the_text_as_written(small):
    text = "Hello! My TÓE is now all\nbláck."

    assert small.found(text) == [Found("black", "TÓE is now all\nbláck", 10, 30)]


def test_quote_is_short(reader):
    text = "redness " + "really " * 6 + "x" * 300 + " is spreading up my leg"

    assert all(len(each.words) <= 80 for each in reader.found(text))


def test_found_are_in_order_and_each_word_counts_once_for_a_sign(reader):
    found = reader.found("Fever, pus, black toe, red and swollen foot, fever again, diabetic with a sore")

    assert found == sorted(found, key=lambda each: each.start)
    for sign in _signs(found):
        places = [(each.start, each.end) for each in found if each.sign == sign]
        assert all(before[1] <= after[0] for before, after in pairwise(places))


# What is denied, over, or of others


@pytest.mark.parametrize(
    "text",
    [
        "no fever",
        "No pus, drainage or fever",
        "not swollen",
        "it isn't swollen",
        "without any swelling",
        "denies fever, swelling and drainage",
        "I have not noticed any swelling",
        "doesn't look swollen",
        "I don't think it is swollen",
        "never had a fever",
        "sin fiebre",
        "no tengo fiebre ni pus",
        "no está hinchado",
        "nunca tuve fiebre",
        "How do I avoid swelling?",
        "cómo prevenir la fiebre",
    ],
)
def test_what_is_denied_is_not_found(small, text):
    assert small.found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "had a fever in March",
        "I used to have a fever",
        "fever two years ago",
        "in 2018 I had a fever",
        "hace años tuve fiebre",
        "swollen last month, gone now",
        "the swelling went down",
        "my fever is gone",
        "ya se me quitó la fiebre",
        "tenía fiebre pero ya se me quitó",
        "my mother had a fever",
        "mi abuela tuvo fiebre",
    ],
)
def test_what_is_over_or_of_others_is_not_found(small, text):
    assert small.found(text) == []


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("not only swollen", "swollen"),
        ("No, it is swollen", "swollen"),
        ("no pain but swollen", "swollen"),
        ("no pain, my toe is black", "black"),
        ("no pain. Swollen", "swollen"),
        ("I don't know why my toe is black", "black"),
        ("my toe doesn't hurt but is black", "black"),
        ("can't sleep, swollen", "swollen"),
        ("it won't heal, pus", "pus"),
        ("no puedo dormir, tengo fiebre", "fever"),
        ("ya no sé qué hacer, hinchado", "swollen"),
        ("swollen since last month", "swollen"),
        ("my toe turned black last month", "black"),
        ("the pain is gone but it is swollen", "swollen"),
        ("my toe is black the pain is gone", "black"),
        ("had a fever in March and now there is pus", "pus"),
        ("my mother has a fever", "fever"),
        ("there is no feeling", "numb"),
        ("it has gone black, my toe", "black"),
        ("in 3 days my toe turned black", "black"),
    ],
)
def test_what_only_looks_denied_or_over_is_found(small, text, sign):
    assert sign in _signs(small.found(text))


def test_condition_counts_though_it_is_told_of_the_past(small):
    assert _signs(small.found("I got two stents ten years ago")) == {"stent"}
    assert small.found("no stents") == []


# Lines that cannot be read


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("(not)", "it has no words"),
        ("(ever)  ", "it has no words"),
        ("black +", "a word is missing before or after +"),
        ("... nail", "a word is missing before or after +"),
        ("red//blue toe", "a word is missing before or after /"),
        ("black + TOES", "TOES is no list we have. The lists are CALF, CANT, COMESOUT, DARK, FLUID, FOOT"),
        ("FOOT", "words in capitals alone"),
        ("b*ack", "a * stands at the end of a word"),
        ("b*", "a * stands at the end of a word"),
        ("108-100", "108-100 goes from a larger number to a smaller one"),
        ("black (toe)", "only letters, numbers and"),
        ("toe[s]?", "only letters, numbers and"),
        ("1.2.3", "only letters, numbers and"),
        ("==", "only letters, numbers and"),
    ],
)
def test_line_that_cannot_be_read_says_what_is_wrong(line, fault):
    with pytest.raises(BadPattern) as wrong:
        Reader([("sign", "good line"), ("sign", line)])

    assert f"“{line.strip()}”" in str(wrong.value)
    assert fault in str(wrong.value)


def test_empty_lines_and_remarks_say_nothing():
    assert Reader([("sign", ""), ("sign", "  "), ("sign", "# a remark")]).found("a remark") == []


def test_reader_without_lines_finds_nothing():
    assert Reader([]).found("black toe") == []


# Texts that nobody would write


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t",
        "\0" * 5000,
        "🦶" * 5000,
        ".*+?^${}()|[]\\" * 300,
        "((((((((((a+)+)+)+)+" * 200,
        "\u202e\u2066\u200f" * 2000,
        "a" * 100_000,
        "a\u0301" * 5000,
        "፩⅓²①٣" * 500,
        "\ud800 \udfff" * 100,
        "ß ŉ ﬁ İ" * 500,
        "'" * 5000,
        "%s %d {0} {{}}" * 100,
    ],
)
def test_hostile_text_is_read_like_any_other(reader, text):
    assert reader.found(text) == []


@pytest.mark.parametrize(
    "word", ["no ", "black toe ", "cant walk ", "red hot swollen no ", "no fever and ", "gone now "]
)
def test_word_said_a_thousand_times_is_found_a_few_times(reader, word):
    found = reader.found(word * 1000)

    assert all(sum(each.sign == sign for each in found) <= 8 for sign in _signs(found))


def test_text_is_read_to_its_5000th_letter(reader):
    assert _signs(reader.found("x " * 2400 + "pus comes out")) == {"pus"}
    assert reader.found("x " * 2500 + "pus comes out") == []


def test_places_are_those_of_the_text_whatever_stands_in_it(reader):
    pieces = ["black toe", "ﬁebre", "pus", "ñ", "n\u0303", "İ", "ß", "\u200b", "🦶", "é", "e\u0301", "\0", "pie frío"]
    dice = random.Random(1)
    for _time in range(200):
        text = " ".join(dice.choices(pieces, k=12))
        for each in reader.found(text):
            assert each.words == text[each.start : each.end]
            assert each.words.strip()


@pytest.mark.thorough
def test_what_is_added_in_another_sentence_takes_no_sign_away(reader):
    texts = [text for name in ("triage-tuning.txt", "warning-words-own.txt") for _urgent, text in _texts(name)]
    dice = random.Random(7)
    for _time in range(1500):
        first, second = dice.choices(texts, k=2)
        assert _signs(reader.found(first)) <= _signs(reader.found(f"{first}\n\n{second}")), (first, second)


def test_words_are_parted_the_same_with_and_without_accents():
    plain = [token.word for token in tokens_of("Se me puso frio el pie, anos despues")]

    assert [token.word for token in tokens_of("Se me puso frío el pie, años después")] == plain
