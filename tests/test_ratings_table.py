"""The table in docs/articles-rated.md says what the raters' answers say, about the articles that there are."""

from pathlib import Path
from typing import Any

import pytest

from articles.readability.instruments import INSTRUMENTS
from bench import ratings

DOCS = Path(__file__).parents[1] / "docs"
SLUGS = {path.stem for path in ratings.LIBRARY.glob("*.md")}


def test_table_is_what_the_answers_make() -> None:
    assert "\n".join(ratings.table(ratings.rated())) in (DOCS / "articles-rated.md").read_text()


@pytest.mark.parametrize("rater", ratings.rated(), ids=["first", "second"])
def test_every_article_is_rated_whole(rater: dict[str, Any]) -> None:
    assert set(rater) == SLUGS
    for slug, answers in rater.items():
        for key, instrument in INSTRUMENTS.items():
            assert {item.key for item in instrument.items} == set(answers[key]), slug
            assert all(answers[key][item.key] in item.choices for item in instrument.items), slug
            missed = {f"{key} {item.key}" for item in instrument.items if answers[key][item.key] == "no"}
            assert missed <= set(answers["why"]), slug


def test_every_article_has_its_claims() -> None:
    assert {path.stem for path in (DOCS / "claims").glob("*.md")} == SLUGS
