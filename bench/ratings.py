"""What two raters made of the starter articles: `python -m bench.ratings` prints the table of docs/articles-rated.md.

Their answers lie in bench/ratings/, a file for each: by article and checklist, "yes", "no" or "na" by the item's
number, and a reason for each "no". Scores and kappa as in articles/readability/instruments.py; kappa over all articles.
Needs neither database nor network.
"""

import argparse
import json
import os
from pathlib import Path
from statistics import mean
from typing import Any

RATINGS = Path(__file__).parent / "ratings"
LIBRARY = Path(__file__).parents[1] / "articles" / "library"


def rated() -> list[dict[str, Any]]:
    """What each rater said, by article."""
    return [json.loads(path.read_text()) for path in sorted(RATINGS.glob("*.json"))]


def table(raters: list[dict[str, Any]]) -> list[str]:
    """Lines of Markdown: an article's scores by both raters, then means, how many reach the goal, and kappa."""
    from articles.readability.instruments import INSTRUMENTS, agreement

    scales = [(key, scale) for key, instrument in INSTRUMENTS.items() for scale in instrument.scales]
    heads = [f"{scale.name} (goal {scale.goal})" for _key, scale in scales]
    lines = [f"| Article | {' | '.join(heads)} |", f"|---|{'---|' * len(heads)}"]
    slugs = sorted(path.stem for path in LIBRARY.glob("*.md"))
    for slug in slugs:
        scores = [" / ".join(f"{scale.percent(rater[slug][key])}" for rater in raters) for key, scale in scales]
        lines.append(f"| {slug} | {' | '.join(scores)} |")
    lines.append("")
    for key, scale in scales:
        percents = [[scale.percent(rater[slug][key]) or 0 for slug in slugs] for rater in raters]
        means = " and ".join(f"{mean(each):.1f}" for each in percents)
        both = sum(all(each[place] >= scale.goal for each in percents) for place in range(len(slugs)))
        lines.append(f"- {scale.name}: mean {means}; at least {scale.goal} by both raters: {both} of {len(slugs)}")
    for key, instrument in INSTRUMENTS.items():
        one, other = (_all_of(rater, key) for rater in raters)
        if found := agreement(one, other):
            lines.append(f"- {instrument.name}: the raters agree on {found.percent} % of items, kappa {found.kappa}")
    return lines


def _all_of(rater: dict[str, Any], instrument: str) -> dict[str, str]:
    return {f"{slug} {item}": said for slug, of in rater.items() for item, said in of[instrument].items()}


def main() -> None:
    """The table."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    print("\n".join(table(rated())))


if __name__ == "__main__":
    main()
