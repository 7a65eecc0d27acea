"""What became of everything in a source."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from articles.importing.items import Refused

OPTION = re.compile(r" \([^()]*--\w+[^()]*\)")  # of the command, which a page in the browser does not have
MOST_TOLD, MOST_NAMES = 500, 10  # on a page


@dataclass
class Report:
    """What became of everything in a source."""

    drafts: list[tuple[str, str, list[str]]] = field(default_factory=list)  # name, slug, notes
    again: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    refused: list[Refused] = field(default_factory=list)
    pictures_refused: dict[str, dict[str, None]] = field(default_factory=dict)  # by reason: their names, in order
    without_alt: int = 0
    comments: int = 0
    kinds: Counter[str] = field(default_factory=Counter)  # of items that could be articles, too
    notes: list[str] = field(default_factory=list)  # about the source as a whole
    made: list[int] = field(default_factory=list)  # the numbers of the articles' drafts
    pages: list[int] = field(default_factory=list)  # of the pages'

    @property
    def items(self) -> int:
        """All that the source held."""
        return len(self.drafts) + self.again + sum(self.left_out.values()) + len(self.refused)

    def as_data(self) -> dict[str, Any]:
        """For a job: what its page tells."""
        return {
            "items": self.items,
            "drafts": [
                {"name": name, "slug": slug, "notes": [OPTION.sub("", note) for note in notes]}
                for name, slug, notes in self.drafts[:MOST_TOLD]
            ],
            "many": len(self.drafts),
            "again": self.again,
            "left_out": [(OPTION.sub("", why), many) for why, many in self.left_out.most_common()],
            "refused": [{"name": one.name, "why": one.why} for one in self.refused[:MOST_TOLD]],
            "pictures_refused": [
                {"why": OPTION.sub("", why), "many": len(names), "names": [*names][:MOST_NAMES]}
                for why, names in self.pictures_refused.items()
            ],
            "without_alt": self.without_alt,
            "comments": self.comments,
            "notes": self.notes,
        }
