"""Two published checklists for texts to patients, with their scores. The items are told in our own words.

PEMAT-P: Patient Education Materials Assessment Tool for printable materials, Agency for Healthcare Research and
Quality, 2013 (Shoemaker, Wolf and Brach). CCI: Clear Communication Index, Centers for Disease Control and Prevention,
2014, revised 2019. Numbers of items are those of the instruments. Pure: answers in, numbers out.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

YES, NO, NOT_APPLICABLE = "yes", "no", "na"


@dataclass(frozen=True)
class Item:
    """A statement that a rater agrees to or not."""

    number: int
    text: Promise
    may_not_apply: bool = False

    @property
    def key(self) -> str:
        """Its name in a form and in what is kept."""
        return str(self.number)

    @property
    def choices(self) -> tuple[str, ...]:
        """What may be answered."""
        return (YES, NO, NOT_APPLICABLE) if self.may_not_apply else (YES, NO)


@dataclass(frozen=True)
class Scale:
    """Items that make one score. `goal`: the percentage from which a text is good."""

    name: Promise
    goal: int
    items: tuple[Item, ...]

    def percent(self, answers: Mapping[str, str]) -> int | None:
        """Of the items that apply, how many are met; None if none was answered."""
        given = [answers.get(item.key) for item in self.items]
        met, missed = given.count(YES), given.count(NO)
        return round(100 * met / (met + missed)) if met + missed else None


@dataclass(frozen=True)
class Instrument:
    """A checklist."""

    key: str
    name: str
    about: Promise
    scales: tuple[Scale, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        """All of them, in their order."""
        return tuple(item for scale in self.scales for item in scale.items)


PEMAT = Instrument(
    "pemat",
    "PEMAT-P",
    _("Can people understand it, and can they tell what to do? From the Agency for Healthcare Research and Quality."),
    (
        Scale(
            _("Understandability"),
            80,
            (
                Item(1, _("It is clear at once what this page is for.")),
                Item(2, _("Nothing in it leads away from that purpose.")),
                Item(3, _("It uses everyday words.")),
                Item(4, _("Medical words are there only to make them known, and each is explained.")),
                Item(5, _("Sentences are active: somebody does something.")),
                Item(6, _("Numbers are clear and easy to take in."), may_not_apply=True),
                Item(7, _("Nobody has to calculate anything.")),
                Item(8, _("It comes in short pieces."), may_not_apply=True),
                Item(9, _("Each piece has a heading that tells what is in it."), may_not_apply=True),
                Item(10, _("The order makes sense to a reader.")),
                Item(11, _("It sums up the main points."), may_not_apply=True),
                Item(12, _("Bold type, lists, boxes or arrows lead the eye to what matters.")),
                Item(15, _("There is a picture wherever one would make something easier to understand.")),
                Item(16, _("The pictures support the text and don’t distract from it."), may_not_apply=True),
                Item(17, _("Each picture has a title or a caption."), may_not_apply=True),
                Item(18, _("The pictures are clear, with nothing in them that is not needed."), may_not_apply=True),
                Item(19, _("Tables are simple, with short, clear headings."), may_not_apply=True),
            ),
        ),
        Scale(
            _("Actionability"),
            80,
            (
                Item(20, _("It names at least one thing that the reader can do.")),
                Item(21, _("It speaks to the reader when it says what to do: “you”, or “Rest your foot.”")),
                Item(22, _("It takes each action apart into steps that can be followed.")),
                Item(
                    23, _("Where a tool would help to act, there is one: a list to tick, steps to print, a reminder.")
                ),
                Item(
                    24, _("Where something must be calculated, it shows how, or gives an example."), may_not_apply=True
                ),
                Item(25, _("It says how to use its charts, tables and drawings to act."), may_not_apply=True),
                Item(26, _("There is a picture wherever one would make it easier to act.")),
            ),
        ),
    ),
)

CCI = Instrument(
    "cci",
    "CDC Clear Communication Index",
    _("Is the main message clear, and are numbers and risks? From the Centers for Disease Control and Prevention."),
    (
        Scale(
            _("Index"),
            90,
            (
                Item(1, _("There is one main message, in a sentence or two.")),
                Item(2, _("The main message stands at the beginning.")),
                Item(3, _("Type, color or place makes the main message stand out.")),
                Item(4, _("At least one picture carries or supports it.")),
                Item(5, _("It asks the readers to do at least one thing.")),
                Item(6, _("The main message and what to do are active sentences.")),
                Item(7, _("It always uses the words that its readers use.")),
                Item(8, _("Lists have bullets or numbers.")),
                Item(9, _("It is in pieces with headings.")),
                Item(10, _("What readers need most is told in the first paragraph or section.")),
                Item(11, _("It says what is known, and what nobody knows yet.")),
                Item(12, _("It recommends something to do.")),
                Item(13, _("It says why that matters to the reader.")),
                Item(14, _("It says exactly how to do it.")),
                Item(15, _("Numbers are of the kind that readers use in their lives."), may_not_apply=True),
                Item(16, _("It says what each number means."), may_not_apply=True),
                Item(17, _("Readers need not calculate with them."), may_not_apply=True),
                Item(18, _("It says what could happen to the reader, and how bad it is."), may_not_apply=True),
                Item(
                    19,
                    _("It tells both what speaks for and what against doing what it recommends."),
                    may_not_apply=True,
                ),
                Item(20, _("A chance in numbers is also told in words or in a picture."), may_not_apply=True),
            ),
        ),
    ),
)

INSTRUMENTS = {instrument.key: instrument for instrument in (PEMAT, CCI)}


@dataclass(frozen=True)
class Agreement:
    """How far two raters agree. `kappa`: Cohen's, 1 for always, 0 for as often as by chance; None where both gave
    all items the same answer, which leaves chance nothing to do.
    """

    percent: int
    kappa: float | None

    def in_words(self) -> str:
        """For the desk."""
        said = _("%(percent)d%% the same") % {"percent": self.percent}
        return f"{said}, kappa {self.kappa}" if self.kappa is not None else str(said)


def agreement(one: Mapping[str, str], other: Mapping[str, str]) -> Agreement | None:
    """Over the items that both answered; None without any."""
    both = [(one[key], other[key]) for key in one if key in other]
    if not both:
        return None
    same = sum(a == b for a, b in both) / len(both)
    by_chance = (
        sum(
            sum(a == answer for a, _b in both) * sum(b == answer for _a, b in both)
            for answer in (YES, NO, NOT_APPLICABLE)
        )
        / len(both) ** 2
    )
    return Agreement(round(100 * same), None if by_chance == 1 else round((same - by_chance) / (1 - by_chance), 2))
