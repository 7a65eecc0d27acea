"""What became of everything in a source."""

from collections import Counter
from dataclasses import dataclass, field

from articles.importing.items import Refused


@dataclass
class Report:
    """What became of everything in a source."""

    drafts: list[tuple[str, str, list[str]]] = field(default_factory=list)  # name, slug, notes
    again: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    refused: list[Refused] = field(default_factory=list)
    pictures_refused: dict[str, dict[str, None]] = field(default_factory=dict)  # by reason: their names, in order
    without_alt: int = 0

    @property
    def items(self) -> int:
        """All that the source held."""
        return len(self.drafts) + self.again + sum(self.left_out.values()) + len(self.refused)
