"""Rating a version by the published checklists, and what the panel says of what readers can do."""

import pytest
from bs4 import BeautifulSoup
from wagtail.models import Locale

from articles.desk.advice import advise
from articles.library import parse
from articles.models import Rating
from articles.readability.instruments import CCI, INSTRUMENTS, PEMAT, agreement
from tests.articles.test_actions import TEXT

FIELDS = {"summary": "x", "description": "x", "areas": "heel", "lay_names": "x"}
SOURCES = {"type": "sources", "value": [{"title": "Heel Pain", "publisher": "x", "year": 2020, "url": ""}]}


# --- The numbers ---


def test_scores_count_what_applies():
    scale = PEMAT.scales[1]
    answers = {"20": "yes", "21": "yes", "22": "yes", "23": "no", "24": "na", "25": "na", "26": "yes"}

    assert scale.percent(answers) == 80
    assert scale.percent({**answers, "26": "no"}) == 60
    assert scale.percent({"24": "na"}) is None


@pytest.mark.parametrize(
    ("one", "other", "percent", "kappa"),
    [
        ("yyyynnnn", "yyyynnnn", 100, 1.0),
        ("yyyynnnn", "nnnnyyyy", 0, -1.0),
        ("yynn", "ynyn", 50, 0.0),
        ("yyyyyyyyyn", "yyyyyyyyny", 80, -0.11),
        ("yyyy", "yyyy", 100, None),
        ("yna", "yna", 100, 1.0),
    ],
)
def test_agreement_beyond_chance(one, other, percent, kappa):
    words = {"y": "yes", "n": "no", "a": "na"}
    first, second = ({str(i): words[letter] for i, letter in enumerate(text)} for text in (one, other))

    found = agreement(first, second)

    assert (found.percent, found.kappa) == (percent, kappa)


def test_agreement_needs_common_items():
    assert agreement({"1": "yes"}, {"2": "yes"}) is None


def test_checklists_have_the_published_items():
    assert [item.number for item in PEMAT.items] == [*range(1, 13), *range(15, 27)]
    assert [item.number for item in CCI.items] == [*range(1, 21)]


# --- The page ---


@pytest.fixture
def kept(article, editor):
    article.save_revision(user=editor)
    article.refresh_from_db()
    return article


def address(article, instrument=""):
    return f"/cms/articles/{article.pk}/ratings/" + (f"{instrument}/" if instrument else "")


def filled(article, instrument, **changes):
    answers = {item.key: "yes" for item in INSTRUMENTS[instrument].items}
    return {"revision": article.latest_revision_id, **answers, **changes}


def test_two_people_rate_a_version(kept, signed_in, editor, reviewer):
    signed_in(editor).post(address(kept, "pemat"), filled(kept, "pemat", **{"20": "no", "24": "na", "25": "na"}))
    signed_in(reviewer).post(address(kept, "pemat"), filled(kept, "pemat", **{"24": "na", "25": "na"}))

    shown = " ".join(BeautifulSoup(signed_in(editor).get(address(kept)).content, "html.parser").main.get_text().split())

    assert "Actionability 80%" in shown
    assert "Actionability 100%" in shown
    assert "96% the same, kappa 0.78" in shown
    assert "The text now" in shown


def test_scores_of_the_text_now_are_shown_to_who_has_rated_it(kept, signed_in, editor, reviewer):
    signed_in(editor).post(address(kept, "cci"), filled(kept, "cci"))

    shown = signed_in(reviewer).get(address(kept)).content.decode()
    assert "Shown once you have rated it, too" in shown
    assert "100%" not in shown
    assert "100%" in signed_in(editor).get(address(kept)).content.decode()

    kept.save_revision(user=editor)
    assert "100%" in signed_in(reviewer).get(address(kept)).content.decode()


def test_version_that_was_rated_is_not_written_over(kept, signed_in, editor):
    signed_in(editor).post(address(kept, "cci"), filled(kept, "cci"))
    rated = kept.latest_revision

    kept.summary = "Other words."
    kept.save_revision(user=editor, overwrite_revision=rated)

    rated.refresh_from_db()
    assert kept.latest_revision_id != rated.pk
    assert rated.content["summary"] != "Other words."


def test_missing_answers_are_named_and_the_others_kept(kept, signed_in, editor):
    data = filled(kept, "cci")
    del data["7"]

    said = signed_in(editor).post(address(kept, "cci"), data)

    assert said.status_code == 200
    page = BeautifulSoup(said.content, "html.parser")
    assert "1 answer is missing" in page.get_text()
    assert page.select_one("#item-7 .desk-error")
    assert len(page.select("input[checked]")) == len(CCI.items) - 1
    assert not Rating.objects.exists()


@pytest.mark.parametrize("wrong", ["maybe", "na"])
def test_answer_that_the_item_does_not_have_is_refused(kept, signed_in, editor, wrong):
    assert signed_in(editor).post(address(kept, "cci"), filled(kept, "cci", **{"1": wrong})).status_code == 200
    assert not Rating.objects.exists()


def test_own_rating_is_changed_and_not_made_twice(kept, signed_in, editor):
    browser = signed_in(editor)
    for answer in ("yes", "no"):
        browser.post(address(kept, "cci"), filled(kept, "cci", **{"1": answer}))

    assert Rating.objects.get().answers["1"] == "no"
    chosen = BeautifulSoup(browser.get(address(kept, "cci")).content, "html.parser").select_one("#item-1 [checked]")
    assert chosen["value"] == "no"


def test_rating_stays_with_the_version_that_was_read(kept, signed_in, editor):
    data = filled(kept, "cci")
    kept.save_revision(user=editor)

    browser = signed_in(editor)
    browser.post(address(kept, "cci"), data)

    assert Rating.objects.get().revision_id == data["revision"]
    assert "The text now" not in browser.get(address(kept)).content.decode()


def test_checklist_or_version_that_is_none_is_404(kept, signed_in, editor):
    browser = signed_in(editor)

    assert browser.get(address(kept, "nonsense")).status_code == 404
    assert browser.post(address(kept, "cci"), filled(kept, "cci", revision="999999")).status_code == 404
    assert browser.post(address(kept, "cci"), filled(kept, "cci", revision="x")).status_code == 404


def test_front_desk_and_strangers_rate_nothing(kept, client, signed_in, toms_river_desk):
    assert client.post(address(kept, "cci"), filled(kept, "cci")).status_code in (302, 403)
    assert signed_in(toms_river_desk).post(address(kept, "cci"), filled(kept, "cci")).status_code in (302, 403)
    assert not Rating.objects.exists()


# --- The panel ---


def said_of(text, *more):
    return [str(words) for words in advise(FIELDS, [*parse(text, "x").body, *more], Locale.get_default()).doing]


def test_panel_is_content_with_a_text_that_can_be_acted_on(db):
    whole = TEXT.replace("- Stop if", "- How often: twice a day\n- Stop if")

    assert said_of(whole, SOURCES) == []


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("### First\nChange your shoes.\n", "", "“Do this first”: one thing, and only one"),
        ("### First\n", "### First\nRest.\n\n### First\n", "“Do this first”: one thing, and only one"),
        ("2. Lean in.\n", "", "“Stretch your calf” has no steps to follow."),
        ("- How long: 30 seconds: no more\n", "", "“Stretch your calf” does not say how long or how often."),
        ("- Stop if: it hurts\n", "", "“Stretch your calf” does not say when to stop."),
        ("![A heel](drawing:heel)\n", "", "“Stretch your calf” has no drawing."),
        ("- Source: Heel Pain", "- Source: Elsewhere", "The number of “people are better” has a source that is not"),
    ],
)
def test_panel_says_what_cannot_be_acted_on(db, before, after, said):
    (found,) = said_of(TEXT.replace(before, after, 1), SOURCES)

    assert found.startswith(said)


def test_panel_asks_for_steps_and_a_chance(db):
    found = said_of("---\ntitle: x\nsummary: x\ndescription: x\n---\n\n## What you can do\n\nRest.\n")

    assert len(found) == 3
    assert "numbered steps" in found[1]
    assert "nobody has counted" in found[2]


def test_panel_is_part_of_the_editors_page(kept, signed_in, editor):
    browser = signed_in(editor)

    page = browser.get(f"/cms/snippets/articles/article/edit/{kept.pk}/").content.decode()

    assert f'href="{address(kept)}"' in page
