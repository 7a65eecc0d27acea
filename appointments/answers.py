"""One row for each answer of the form: where it is kept, what each place calls it, and who gets to read it.

What saves, shows, exports and checks answers reads this table. A new answer gets a row, and says of every place whether
it is there; an answer without a row is refused when it is to be saved (`columns`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, Literal, NamedTuple

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext_lazy as _

from appointments.vocabulary import (
    ANY_DAY,
    ANY_DAY_WORDS,
    BeenBefore,
    BestWay,
    CallTime,
    InsuranceKind,
    Language,
    SayWho,
    Text,
    TimeOfDay,
    VisitFor,
    Voicemail,
)
from common.phones import phone_in_words
from common.times import date_in_words


class UnknownAnswer(Exception):
    """An answer has no row here, so nobody knows where to keep it."""


class Placed(NamedTuple):
    """A label that stands after another answer's instead of in the order of the form."""

    label: Text
    after: str


class Shown(Enum):
    """Shown without a label of its own: in the words of another answer, in a sentence, or as a title."""

    WITHOUT_LABEL = "without a label"


Label = Text | Placed | Shown | None
WITHOUT_LABEL = Shown.WITHOUT_LABEL
Place = Literal["check", "desk", "export"]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What there is to know of an answer. As a label, None says that it is not shown there.

    step: where it stands in the draft; "" for what nobody is asked.
    kept: the request's column: its own, which has its name and is encrypted unless it is "plain", or one of several
    answers; None: not once it is sent.
    check, desk, export: its label on "check your answers", among the facts on the desk's page, and in the desk's file.
    called: what the desk is told when the column can't be read, or when it was changed.
    listed: the desk's list needs it.
    changed: the patient can change it on the private page.
    spam: looked at for signs of spam, as a name or as free text.
    words: a value for people, as far as the value alone can tell.
    """

    name: str
    step: str
    kept: Literal["own", "plain", "wishes", "contact", "safety"] | None = "own"
    check: Label
    desk: Label
    export: Label
    called: Text = ""
    listed: bool = False
    changed: bool = False
    spam: Literal["name", "text"] | None = None
    words: Callable[[Any], Text] = str


def days_in_words(days: list[str]) -> str:
    """Weekdays' numbers, or just "any": "Tue, Thu"."""
    return str(ANY_DAY_WORDS) if ANY_DAY in days else ", ".join(str(WEEKDAYS_ABBR[int(number)]) for number in days)


ANSWERS = (
    Answer(
        name="flags",
        step="safety",
        kept="safety",
        check=_("Needs care today"),
        desk=Placed(_("Safety check"), after="details"),
        export=_("Safety answers"),
        listed=True,
    ),
    Answer(
        name="conditions",
        step="safety",
        kept="safety",
        check=_("Makes problems more serious"),
        desk=WITHOUT_LABEL,
        export=_("Makes it more serious"),
        listed=True,
    ),
    Answer(
        name="words",
        step="",  # what they speak of themselves
        kept="safety",
        check=WITHOUT_LABEL,
        desk=WITHOUT_LABEL,
        export=_("Read this first"),
        listed=True,
    ),
    Answer(
        name="so",
        step="second_look",
        kept="safety",
        check=_("So today"),
        desk=WITHOUT_LABEL,
        export=None,
        listed=True,
    ),
    Answer(
        name="visit_for",
        step="about_you",
        check=_("Visit is for"),
        desk=_("Visit is for"),
        export=None,
        called=_("whom the visit is for"),
        words=lambda value: VisitFor(value).label,
    ),
    Answer(
        name="caller_name",
        step="about_you",
        check=_("Your name"),
        desk=WITHOUT_LABEL,
        export=Placed(_("Who asks"), after="birth_date"),
        called=_("who asks"),
        listed=True,
        spam="name",
    ),
    Answer(
        name="caller_relation",
        step="about_you",
        check=WITHOUT_LABEL,
        desk=WITHOUT_LABEL,
        export=Placed(_("Relation"), after="caller_name"),
        called=_("relation"),
        listed=True,
        spam="name",
    ),
    Answer(
        name="patient_name",
        step="about_you",
        check=_("Patient name"),
        desk=WITHOUT_LABEL,
        export=_("Patient"),
        called=_("name"),
        listed=True,
        spam="name",
    ),
    Answer(
        name="birth_date",
        step="about_you",
        check=_("Date of birth"),
        desk=_("Date of birth"),
        export=_("Date of birth"),
        called=_("date of birth"),
        words=lambda value: date_in_words(date.fromisoformat(value)),
    ),
    Answer(
        name="been_before",
        step="about_you",
        check=_("Been here before"),
        desk=_("Been here before"),
        export=Placed(_("Been here before"), after="zip_code"),
        called=_("been here before"),
        listed=True,
        words=lambda value: BeenBefore(value).label,
    ),
    Answer(
        name="phone",
        step="about_you",
        check=_("Phone number"),
        desk=_("Phone"),
        export=_("Phone"),
        called=_("phone"),
        listed=True,
        changed=True,
        words=phone_in_words,
    ),
    Answer(
        name="email",
        step="about_you",
        check=_("Email"),
        desk=_("Email"),
        export=_("Email"),
        called=_("email"),
        listed=True,
        changed=True,
    ),
    Answer(
        name="zip_code",
        step="about_you",
        check=_("ZIP code"),
        desk=_("ZIP"),
        export=_("ZIP code"),
        called=_("ZIP code"),
    ),
    Answer(
        name="no_zip",
        step="about_you",
        kept=None,  # the ZIP code is "" then
        check=None,
        desk=None,
        export=None,
    ),
    Answer(
        name="reason",
        step="visit",
        check=_("Main problem"),
        desk=_("Main problem"),
        export=_("Reason"),
        called=_("main problem"),
        listed=True,
    ),
    Answer(
        name="body_area",
        step="visit",
        check=_("Where on the foot"),
        desk=_("Where on the foot"),
        export=_("Where it hurts"),
        called=_("where it hurts"),
    ),
    Answer(
        name="details",
        step="visit",
        check=_("More details"),
        desk=_("In their words"),
        export=_("In their words"),
        called=_("what they wrote"),
        spam="text",
    ),
    Answer(
        name="office",
        step="visit",
        kept=None,  # it decides where the request goes
        check=_("Office"),
        desk=WITHOUT_LABEL,
        export=WITHOUT_LABEL,
    ),
    Answer(
        name="days",
        step="visit",
        kept="wishes",
        check=_("Days"),
        desk=_("Wants"),
        export=_("Wants"),
        listed=True,
        called=_("days"),
        changed=True,
        words=days_in_words,
    ),
    Answer(
        name="time_of_day",
        step="visit",
        kept="wishes",
        check=_("Time of day"),
        desk=WITHOUT_LABEL,
        export=WITHOUT_LABEL,
        listed=True,
        called=_("time of day"),
        changed=True,
        words=lambda value: TimeOfDay(value).label,
    ),
    Answer(
        name="best_way",
        step="contact",
        kept="contact",
        check=_("Best way"),
        desk=WITHOUT_LABEL,
        export=_("How to reach them"),
        listed=True,
        called=_("best way"),
        changed=True,
        words=lambda value: BestWay(value).label,
    ),
    Answer(
        name="voicemail",
        step="contact",
        kept="contact",
        check=_("Voicemail"),
        desk=WITHOUT_LABEL,
        export=WITHOUT_LABEL,
        listed=True,
        called=_("voicemail"),
        changed=True,
        words=lambda value: Voicemail(value).on_check_page,
    ),
    Answer(
        name="language",
        step="contact",
        kept="contact",
        check=_("Language"),
        desk=WITHOUT_LABEL,
        export=WITHOUT_LABEL,
        listed=True,
        called=_("language"),
        changed=True,
        words=lambda value: Language(value).label,
    ),
    Answer(
        name="other_language",
        step="contact",
        kept="contact",
        check=WITHOUT_LABEL,
        desk=WITHOUT_LABEL,
        export=WITHOUT_LABEL,
        listed=True,
        called=_("other language"),
        changed=True,
        spam="name",
    ),
    Answer(
        name="interpreter",
        step="contact",
        kept="contact",
        check=WITHOUT_LABEL,
        desk=WITHOUT_LABEL,
        export=WITHOUT_LABEL,
        listed=True,
        called=_("interpreter"),
        changed=True,
        words=lambda value: _("yes") if value else _("no"),
    ),
    Answer(
        name="call_times",
        step="contact",
        kept="contact",
        check=_("When to call"),
        desk=WITHOUT_LABEL,
        export=WITHOUT_LABEL,
        called=_("when to call"),
        listed=True,
        changed=True,
        words=lambda value: ", ".join(str(CallTime(each).label) for each in value),
    ),
    Answer(
        name="not_before",
        step="contact",
        kept="contact",
        check=WITHOUT_LABEL,
        desk=WITHOUT_LABEL,
        export=WITHOUT_LABEL,
        called=_("no call before"),
        listed=True,
        changed=True,
        words=lambda value: date_in_words(date.fromisoformat(value)),
    ),
    Answer(
        name="say_who",
        step="contact",
        kept="contact",
        check=WITHOUT_LABEL,
        desk=WITHOUT_LABEL,
        export=WITHOUT_LABEL,
        called=_("whether to say who calls"),
        listed=True,
        changed=True,
        words=lambda value: SayWho(value).label,
    ),
    Answer(
        name="insurance",
        step="contact",
        check=_("Insurance company"),
        desk=Placed(_("Insurance"), after="zip_code"),
        export=Placed(_("Insurance"), after="been_before"),
        called=_("insurance"),
        spam="name",
    ),
    Answer(
        name="reminders",
        step="contact",
        kept="plain",
        check=_("Reminders by email"),
        desk=_("Reminders"),
        export=None,
    ),
    Answer(
        name="consent",
        step="contact",
        kept=None,  # nothing is sent without
        check=None,
        desk=None,
        export=None,
    ),
    Answer(
        name="source_article",
        step="",  # the page from which the form was opened
        check=None,
        desk=_("Came from"),
        export=_("Came from article"),
        called=_("article they came from"),
    ),
    # What only the desk writes down.
    Answer(
        name="insurance_kind",
        step="",
        check=None,
        desk=WITHOUT_LABEL,
        export=None,
        called=_("who pays"),
    ),
    Answer(
        name="referred_by",
        step="",
        check=None,
        desk=_("Referred by"),
        export=_("Referred by"),
        called=_("who referred them"),
    ),
    Answer(
        name="visit_note",
        step="",
        check=None,
        desk=None,
        export=_("Note for the visit"),
        called=_("note for the visit"),
        listed=True,
    ),
    Answer(
        name="chart_number",
        step="",
        check=None,
        desk=None,
        export=_("Number in the chart"),
        called=_("number in the chart"),
    ),
)
SHARED_COLUMNS = {  # of several answers, and what the desk is told when one can't be read
    "wishes": _("wished days"),
    "contact": _("how to reach them"),
    "safety": _("safety answers"),
}
OF_ITS_OWN = ("own", "plain")  # columns
NO_ANSWERS = {"safety": {"version"}, "second_look": {"quoted"}}  # what steps put into the draft besides


def of_step(step: str) -> list[Answer]:
    """In the order of the form."""
    return [answer for answer in ANSWERS if answer.step == step]


def kept_in(column: str) -> list[str]:
    """The names of the answers that share a column."""
    return [answer.name for answer in ANSWERS if answer.kept == column]


def columns(draft: Mapping[str, Any]) -> dict[str, Any]:
    """What the request's columns hold of a complete draft, but for "safety". A draft from before an answer was asked
    for lacks it. Raises UnknownAnswer.
    """
    kept: dict[str, Any] = {"wishes": {}, "contact": {}}
    for step in ("safety", "second_look", "about_you", "visit", "contact"):
        given = draft.get(step, {})
        answers = of_step(step)
        if unknown := given.keys() - {answer.name for answer in answers} - NO_ANSWERS.get(step, set()):
            raise UnknownAnswer(f"{', '.join(sorted(unknown))}: no row in appointments/answers.py, step {step}")
        for answer in answers:
            if answer.name in given and answer.kept not in (None, "safety"):
                column = kept if answer.kept in OF_ITS_OWN else kept[answer.kept or ""]
                column[answer.name] = given[answer.name]
    if kind := InsuranceKind.typed(kept.get("insurance", "")):
        kept |= {"insurance": "", "insurance_kind": kind.value}
    return kept


def value_of(answer: Answer, inquiry: Any) -> Any:
    """What a request keeps of it."""
    if answer.kept in OF_ITS_OWN:
        return getattr(inquiry, answer.name)
    return getattr(inquiry, answer.kept).get(answer.name, "") if answer.kept else ""


def labels(place: Place) -> list[tuple[Answer, Text]]:
    """What has a label there, in the order in which it is shown."""
    shown: list[tuple[Answer, Text]] = []
    placed: list[tuple[Answer, Placed]] = []
    for answer in ANSWERS:
        label: Label = getattr(answer, place)
        if isinstance(label, Placed):
            placed.append((answer, label))
        elif label is not None and not isinstance(label, Shown):
            shown.append((answer, label))
    for answer, (label, after) in placed:
        before = [other.name for other, _label in shown].index(after)
        shown.insert(before + 1, (answer, label))
    return shown


def names(draft: Mapping[str, Any]) -> list[str]:
    """What may be a name or an advertisement, for the spam check."""
    return [draft[answer.step].get(answer.name, "") for answer in ANSWERS if answer.spam == "name"]


def called() -> dict[str, Text]:
    """What the desk is told of a column that can't be read."""
    own: dict[str, Text] = {answer.name: answer.called for answer in ANSWERS if answer.kept == "own"}
    return own | SHARED_COLUMNS
