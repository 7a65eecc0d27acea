"""The parts of the foot that a line names."""

import re

from articles.models import BodyArea

AREAS = {
    BodyArea.ANKLE: r"ankle",
    BodyArea.TOP: r"top of (?:the )?foot|instep",
    BodyArea.HEEL: r"heel",
    BodyArea.ARCH: r"arch(?:es)?\b",
    BodyArea.BALL: r"ball of (?:the )?foot|forefoot|metatars",
    BodyArea.TOES: r"\btoes?\b",
    BodyArea.NAILS: r"nails?\b|^skin\b",
}


def areas_in(words: str) -> list[str]:
    """The parts of the foot that are named."""
    return [area.value for area, pattern in AREAS.items() if re.search(pattern, words, re.IGNORECASE)]
