"""What people typed for each article, learned from: which article a query is likely to mean, by its letters.

A judge beside the ranking: a line through the space of all pieces of words, for each article, found by going through
the phrases again and again and moving the lines of the right and of the likeliest wrong article where they are too near
(Crammer and others, 2006, "Online passive-aggressive algorithms"). Pieces of three and four letters stand any slip of
spelling and any ending; whole words and pairs of neighbors say more. Articles without phrases are not judged.

Learning takes seconds, so `manage.py learn_phrases` does it once and the site reads what was learned from a file. What
a piece says for all articles is one long number, 16 bits for each: adding up numbers is all that a query costs.
"""

import json
import random
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import sha256
from itertools import pairwise
from math import sqrt
from pathlib import Path
from struct import unpack

from articles.search.english import ENGLISH
from articles.search.text import words_of

PIECES = 3, 4  # letters
OFTEN = 2  # phrases that have a piece, or it tells nothing
ROUNDS, UNSETTLED = 8, 2  # through all phrases; what the first rounds say is not kept
APART = 1000.0  # the right article should be ahead by this
MOST_MOVED = 300.0  # by one phrase
NEUTRAL, MOST = 128, 127  # a byte that says nothing either way, and the most it can say
MOST_PIECES = 257  # of a query: their bytes never add up to more than 16 bits
LANE = 32  # bits for each article while learning

Phrase = tuple[str, str]  # an article's slug, and what people type who mean it


class Learned:
    """How likely each article is by the letters of a query."""

    def __init__(self, slugs: Sequence[str], bytes_of: dict[str, bytes], per_point: float) -> None:
        self.slugs, self.bytes_of, self.per_point = slugs, bytes_of, per_point
        self.numbers = {piece: int.from_bytes(_widened(row), "big") for piece, row in bytes_of.items()}

    def likely(self, typed: str) -> dict[str, float]:
        """How far each article is behind the likeliest one, which has 0; empty if no piece was ever met.

        A phrase it has learned from is ahead by about 1.
        """
        pieces = pieces_of(typed)
        met = [self.numbers[piece] for piece in pieces if piece in self.numbers][:MOST_PIECES]
        if not met:
            return {}
        points = unpack(f">{len(self.slugs)}H", sum(met).to_bytes(2 * len(self.slugs), "big"))
        best, each = max(points), self.per_point * sqrt(len(pieces))
        return {slug: (point - best) / each for slug, point in zip(self.slugs, points, strict=True)}

    @classmethod
    def of(cls, phrases: Sequence[Phrase]) -> "Learned":
        """Learned from these phrases; always the same from the same ones."""
        slugs = sorted({slug for slug, _typed in phrases})
        pieces = [list(pieces_of(typed)) for _slug, typed in phrases]
        times = Counter(piece for each in pieces for piece in each)
        numbers = {piece: number for number, piece in enumerate(sorted(times)) if times[piece] >= OFTEN}
        lines = _lines(
            [
                (slugs.index(slug), [numbers[piece] for piece in each if piece in numbers])
                for (slug, _typed), each in zip(phrases, pieces, strict=True)
            ],
            len(slugs),
            len(times),
        )
        told = {piece: _points(lines[number], len(slugs)) for piece, number in numbers.items()}
        largest = max((abs(point) for points in told.values() for point in points), default=0) or 1
        bytes_of = {
            piece: bytes(NEUTRAL + round(point * MOST / largest) for point in points) for piece, points in told.items()
        }
        return cls(slugs, bytes_of, APART * (ROUNDS - UNSETTLED) * MOST / largest)

    def write(self, path: Path, source: str) -> None:
        """With a mark of what it was learned from."""
        head = {"from": source, "slugs": self.slugs, "per_point": self.per_point, "pieces": [*self.bytes_of]}
        path.write_bytes(zlib.compress(json.dumps(head).encode() + b"\n" + b"".join(self.bytes_of.values()), 9))

    @classmethod
    def read(cls, path: Path) -> "tuple[Learned, str]":
        """And the mark of what it was learned from."""
        head, _end, rows = zlib.decompress(path.read_bytes()).partition(b"\n")
        told = json.loads(head)
        count = len(told["slugs"])
        bytes_of = {piece: rows[place * count : (place + 1) * count] for place, piece in enumerate(told["pieces"])}
        return cls(told["slugs"], bytes_of, told["per_point"]), told["from"]


NOTHING_LEARNED = Learned((), {}, 1.0)


def mark_of(phrases: Iterable[Phrase]) -> str:
    """A mark by which the same phrases are known again."""
    return sha256(repr(list(phrases)).encode()).hexdigest()


def pieces_of(text: str) -> dict[str, None]:
    """The words of a text, what they are pieced together from, and pairs of neighbors; each once, and in order.

    A child's age is one word: "years old" can be said of anybody.
    """
    if ENGLISH.child_age:
        text = ENGLISH.child_age.sub(ENGLISH.child, text)
    words = words_of(text)
    found: dict[str, None] = {}
    for word in words:
        found[f"={word}"] = None
        whole = f" {word} "
        for length in PIECES:
            for start in range(len(whole) - length + 1):
                found[whole[start : start + length]] = None
    for one, next_one in pairwise(words):
        found[f"{one}_{next_one}"] = None
    return found


def _lines(told: list[tuple[int, list[int]]], articles: int, pieces: int) -> list[int]:
    """What each piece says for all articles, added up over the rounds that count."""
    dice = random.Random(1)  # noqa: S311 # nosec B311 only the order of phrases
    lines, kept = [0] * pieces, [0] * pieces
    middle = sum(1 << (LANE * place + LANE - 1) for place in range(articles))
    for turn in range(ROUNDS):
        dice.shuffle(told)
        for right, numbers in told:
            if not numbers:
                continue
            points = _points(sum(lines[number] for number in numbers), articles, middle)
            ahead, points[right] = points[right], min(points) - 1
            best = max(points)
            size = sqrt(len(numbers))
            missing = APART * size - (ahead - best)
            moved = int(min(missing / (2 * len(numbers)), MOST_MOVED / size))
            wrong = points.index(best)
            if moved < 1 or wrong == right:
                continue
            change = (moved << LANE * right) - (moved << LANE * wrong)
            for number in numbers:
                lines[number] += change
        if turn >= UNSETTLED:
            kept = [before + line for before, line in zip(kept, lines, strict=True)]
    return kept


def _points(line: int, articles: int, middle: int = 0) -> list[int]:
    """The number for each article that one long number is made of."""
    middle = middle or sum(1 << (LANE * place + LANE - 1) for place in range(articles))
    lanes = unpack(f"<{articles}I", (line + middle).to_bytes(LANE // 8 * articles, "little"))
    return [lane - (1 << LANE - 1) for lane in lanes]


def _widened(row: bytes) -> bytes:
    """With another byte before each, to add up in."""
    wide = bytearray(2 * len(row))
    wide[1::2] = row
    return bytes(wide)
