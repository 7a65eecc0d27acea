"""Where the lines, bars and words of a chart stand. Pure: numbers in, coordinates out; the template draws them.

Coordinates are in units of the drawing, whose width is WIDTH; it is shown about as many pixels wide.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil, floor, log10

WIDTH = 480
HEIGHT = 240
LEFT, RIGHT, TOP, BOTTOM = 36, 12, 20, 30  # margins, for the words beside the plot
ROW = 34  # height of a horizontal bar
LABEL = 172  # room for its name
MOST_LABELS = 6


@dataclass(frozen=True)
class Tick:
    """A line across, or a place below, with its words."""

    at: float
    words: str


@dataclass(frozen=True)
class Dot:
    """A measured point; `words` stand at the first and last one."""

    x: float
    y: float
    words: str = ""
    words_y: float = 0


@dataclass(frozen=True)
class Goal:
    """A dashed line across, and where its words stand: at its left or right end."""

    at: float
    words: str
    words_y: float
    x: float
    side: str  # "left" or "right"


@dataclass(frozen=True)
class Plot:
    """A chart with axes."""

    rows: list[Tick]
    columns: list[Tick]
    lines: list[str] = field(default_factory=list)  # points of each line; where nothing was measured, a new one starts
    dots: list[Dot] = field(default_factory=list)
    bars: list[str] = field(default_factory=list)  # the path of all bars of each series
    goal: Goal | None = None
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    foot: int = HEIGHT - 8


@dataclass(frozen=True)
class HorizontalBar:
    """With its name and number."""

    label: str
    value: int
    y: float
    middle: float
    width: float
    end: float
    quiet: bool = False


@dataclass(frozen=True)
class BarList:
    """Bars under each other."""

    bars: list[HorizontalBar]
    height: int
    width: int = WIDTH
    label: int = LABEL


def steps(highest: float) -> list[float]:
    """Round numbers from 0 to at least `highest`, about four of them: [0, 5, 10, 15]."""
    rough = max(highest, 1) / 4
    ten = 10 ** floor(log10(rough))
    step = max(next(step for step in (ten, 2 * ten, 5 * ten, 10 * ten) if step >= rough), 1)
    return [step * number for number in range(ceil(max(highest, 1) / step) + 1)]


def _height(value: float, top: float) -> float:
    """The y of a value."""
    return round(HEIGHT - BOTTOM - value / top * (HEIGHT - BOTTOM - TOP), 1)


def _rows(highest: float) -> tuple[list[Tick], float]:
    numbers = steps(highest)
    return [Tick(_height(number, numbers[-1]), f"{number:g}") for number in numbers], numbers[-1]


def _label_step(count: int) -> int:
    """Of so many columns, every how many gets its words."""
    return ceil(count / MOST_LABELS) if count > MOST_LABELS + 1 else 1


def line(values: Sequence[float | None], labels: Sequence[str], goal: tuple[float, str]) -> Plot:
    """A line from column to column; None where there is nothing. goal: a value and its words, a dashed line."""
    known = [value for value in values if value is not None]
    rows, top = _rows(max([*known, goal[0]]) * 1.05)
    width = WIDTH - LEFT - RIGHT - 40
    xs = [round(LEFT + 20 + width * number / max(len(values) - 1, 1), 1) for number in range(len(values))]
    runs: list[list[str]] = [[]]
    dots: list[Dot] = []
    measured = [number for number, value in enumerate(values) if value is not None]
    for number, value in enumerate(values):
        if value is None:
            runs.append([])
            continue
        y = _height(value, top)
        runs[-1].append(f"{xs[number]},{y}")
        ends = number in (measured[0], measured[-1])
        below = y < TOP + 20 or (number == measured[-1] and value < goal[0] and y + 22 < HEIGHT - BOTTOM)
        dots.append(Dot(xs[number], y, f"{value:.1f}" if ends else "", y + 22 if below else y - 11))
    step_of_labels = _label_step(len(labels))
    columns = [Tick(x, label) for x, label in list(zip(xs, labels, strict=True))[::step_of_labels]]
    return Plot(
        rows,
        columns,
        lines=[" ".join(run) for run in runs if len(run) > 1],
        dots=dots,
        goal=_goal(_height(goal[0], top), goal[1], [dot for dot in dots if dot.words]),
    )


def _goal(at: float, words: str, said: Sequence[Dot]) -> Goal:
    """The words stand where they are farthest from what is said of the first and the last point."""
    ends = (("right", WIDTH - RIGHT, said[-1:]), ("left", LEFT + 6, said[:1]))
    spots = [
        (min((abs(y - dot.words_y) for dot in dots), default=HEIGHT), Goal(at, words, y, x, side))
        for y in (at - 7, at + 17)
        for side, x, dots in ends
    ]
    return max(spots, key=lambda spot: min(spot[0], ROW))[1]


def stacked(columns: Sequence[Sequence[int]], labels: Sequence[str]) -> Plot:
    """A bar for each column, made of its numbers from below."""
    rows, top = _rows(max((sum(column) for column in columns), default=0))
    step = (WIDTH - LEFT - RIGHT) / max(len(columns), 1)
    width = round(step * 0.68, 1)
    paths: dict[int, list[str]] = {series: [] for series in range(max(map(len, columns), default=0))}
    for number, column in enumerate(columns):
        x, below = round(LEFT + step * (number + 0.16), 1), 0
        for series, value in enumerate(column):
            if value:
                foot, height = _height(below, top), _height(below, top) - _height(below + value, top)
                paths[series].append(f"M{x} {foot}v-{height:.1f}h{width}v{height:.1f}z")
            below += value
    step_of_labels = _label_step(len(labels))
    middles = [round(LEFT + step * (number + 0.5), 1) for number in range(len(labels))]
    ticks = [Tick(x, label) for x, label in list(zip(middles, labels, strict=True))[::step_of_labels]]
    return Plot(rows, ticks, bars=["".join(path) for path in paths.values()])


def horizontal(values: Sequence[tuple[str, int, bool]]) -> BarList:
    """A bar for each (name, number, quiet), in the order given; the longest fills the room."""
    most = max((value for _name, value, _quiet in values), default=0) or 1
    room = WIDTH - LABEL - 48
    bars = []
    for number, (name, value, quiet) in enumerate(values):
        y, width = number * ROW + 4, round(room * value / most, 1)
        bars.append(HorizontalBar(name, value, y, y + 18, width, LABEL + width + 8, quiet))
    return BarList(bars, height=len(bars) * ROW + 4)
