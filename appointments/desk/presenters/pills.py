"""Short notes with a color: the tag `pill` draws them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Pill:
    """A note. state: its color, "late", "soon", "due", "booked", "wait", "sent", "failed" or "".

    look: "tag", or "flag" for what must not be overlooked. icon: a name in `common.icons`, or "".
    """

    words: str
    state: str = ""
    icon: str = ""
    look: str = "tag"
