"""Words that answers are stored as, and what they mean to people. Whatever different screens call one and the same
answer stands here side by side, named by where it is read.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

ANY_DAY, ANY_DAY_WORDS = "any", _("Any day")
FIRST_OFFICE = "first"


class Vocabulary(models.TextChoices):
    """The choices of a question. The label of one is what the patient reads in the form."""

    @classmethod
    def of(cls, value: Any) -> Self | None:
        """The choice that is stored as this; None for what is none, or can't be read."""
        return next((choice for choice in cls if choice == value), None)


class VisitFor(Vocabulary):
    """Who the visit is for."""

    SELF = "me", _("Me")
    CHILD = "child", _("My child")
    OTHER = "other", _("Someone I care for")

    @property
    def at_desk(self) -> Text:
        """Who wrote it; with "name" and "relation" to fill in."""
        return _("The patient wrote") if self == VisitFor.SELF else _("Written by %(name)s (%(relation)s)")

    @property
    def told_desk(self) -> Text:
        """Who told the desk, where nobody wrote."""
        return _("The patient") if self == VisitFor.SELF else _("Told by %(name)s (%(relation)s)")


class BeenBefore(Vocabulary):
    """Whether there is a chart already."""

    YES = "yes", _("Yes")
    NO = "no", _("No")
    UNSURE = "unsure", _("Not sure")

    @property
    def in_list(self) -> Text:
        """Beside the phone number in the desk's list."""
        return {
            BeenBefore.YES: _("Been here"),
            BeenBefore.NO: _("New"),
            BeenBefore.UNSURE: _("Not sure if new"),
        }[self]


class TimeOfDay(Vocabulary):
    """When on these days."""

    MORNING = "morning", _("Morning")
    AFTERNOON = "afternoon", _("Afternoon")
    ANY = "any", _("Any time")

    @property
    def at_desk(self) -> Text:
        """After the days: "Tue, Thu, mornings"."""
        return {
            TimeOfDay.MORNING: _("mornings"),
            TimeOfDay.AFTERNOON: _("afternoons"),
            TimeOfDay.ANY: _("any time"),
        }[self]


class Channel(models.TextChoices):
    """By which door a request came."""

    WEB = "web", _("Web form")
    PHONE = "phone", _("Phone")
    VOICEMAIL = "voicemail", _("Voicemail")
    WALK_IN = "walk_in", _("Walk-in")
    FAX = "fax", _("Fax or letter")
    REFERRAL = "referral", _("Referral by another practice")

    @property
    def how(self) -> Text:
        """In the history and the lists."""
        return {
            Channel.WEB: _("web form"),
            Channel.PHONE: _("by phone"),
            Channel.VOICEMAIL: _("by voicemail"),
            Channel.WALK_IN: _("in person"),
            Channel.FAX: _("by fax or letter"),
            Channel.REFERRAL: _("by referral"),
        }[self]

    @property
    def is_talk(self) -> bool:
        """Whether somebody is there who can be asked."""
        return self in (Channel.PHONE, Channel.WALK_IN)


class CallTime(Vocabulary):
    """When a call suits. Each is a bit of `AppointmentRequest.call_times`; none of them is any time."""

    MORNING = "morning", _("Mornings (until 11)")
    MIDDAY = "midday", _("Midday (11 to 2)")
    AFTERNOON = "afternoon", _("Afternoons (from 2)")

    @property
    def at_desk(self) -> Text:
        """In "Afternoons only", and in sentences."""
        return {
            CallTime.MORNING: _("mornings"),
            CallTime.MIDDAY: _("midday"),
            CallTime.AFTERNOON: _("afternoons"),
        }[self]

    @property
    def bit(self) -> int:
        """1, 2, 4."""
        return 1 << list(CallTime).index(self)

    @property
    def hours(self) -> tuple[int, int]:
        """From which full hour of the office's clock until which."""
        return {CallTime.MORNING: (0, 11), CallTime.MIDDAY: (11, 14), CallTime.AFTERNOON: (14, 24)}[self]


class SayWho(Vocabulary):
    """What may be said to who else picks up the phone."""

    PRACTICE = "practice", _("Yes, say the practice’s name")
    FIRST_NAME = "first_name", _("No, say only a first name")

    @property
    def on_check_page(self) -> Text:
        """Among the patient's own answers."""
        return {
            SayWho.PRACTICE: _("If somebody else answers, you may say the practice’s name"),
            SayWho.FIRST_NAME: _("If somebody else answers, say only a first name"),
        }[self]

    @property
    def in_list(self) -> Text:
        """A note in the desk's list."""
        words: dict[str, Text] = {SayWho.PRACTICE: "", SayWho.FIRST_NAME: _("Say only your first name")}
        return words[self]

    @property
    def at_desk(self) -> Text:
        """A sentence on the desk's page."""
        return {
            SayWho.PRACTICE: _("If somebody else answers, you may say the practice’s name."),
            SayWho.FIRST_NAME: _("If somebody else answers, say only your first name, and not where you call from."),
        }[self]


class Reminders(models.TextChoices):
    """How a patient wants to be reminded of a visit by mail."""

    NONE = "", _("No reminders")
    NEUTRAL = "neutral", _("A reminder without day and time")
    WITH_TIME = "time", _("A reminder with day and time")


class InsuranceKind(Vocabulary):
    """Who pays for the visit, as far as it is known."""

    PLAN = "plan", _("An insurance plan")
    NONE = "none", _("No insurance")
    SELF_PAY = "self_pay", _("Will not use insurance")
    UNSURE = "unsure", _("Not sure")

    @classmethod
    def in_words(cls, kind: str, name: str) -> str:
        """Who pays, as it is stored, in few words; "" if nothing is known."""
        known = cls.of(kind)
        if known is None and name == "":
            return str(kind)  # nothing, or that it can't be read
        if known is None or known == cls.PLAN:
            return str(name)
        return f"{known.label}: {name}" if name else str(known.label)

    @classmethod
    def without_a_plan(cls) -> list[Text]:
        """What a patient may answer instead of a plan's name."""
        return [kind.label for kind in cls if kind != cls.PLAN]

    @classmethod
    def typed(cls, answer: str) -> "InsuranceKind | None":
        """Which of these a patient has answered; None for a name, or nothing."""
        others = (kind for kind in cls if kind != cls.PLAN)
        return next((kind for kind in others if answer.casefold() == str(kind.label).casefold()), None)

    @property
    def needs_estimate(self) -> bool:
        """Whether the law asks for a good-faith estimate (45 CFR 149.610: uninsured, or not using it)."""
        return self in (InsuranceKind.NONE, InsuranceKind.SELF_PAY)


class BestWay(Vocabulary):
    """How a person likes to be reached. By email only messages are answered."""

    CALL = "call", _("Phone call")
    TEXT = "text", _("Text message")
    EMAIL = "email", _("Email")

    @property
    def in_list(self) -> Text:
        """A note in the desk's list, where it is not what is done anyway."""
        words: dict[str, Text] = {
            BestWay.CALL: "",
            BestWay.TEXT: _("Text is best"),
            BestWay.EMAIL: _("Email is best"),
        }
        return words[self]

    @property
    def at_desk(self) -> Text:
        """A sentence on the desk's page; with "address" to fill in."""
        return {
            BestWay.CALL: _("Likes a phone call."),
            BestWay.TEXT: _("Likes a text message."),
            BestWay.EMAIL: _("Likes an email to %(address)s."),
        }[self]

    @property
    def when_sent(self) -> Text:
        """What who asked for a visit may expect; with "phone" to fill in."""
        if self == BestWay.TEXT:
            return _("They may send a text message to %(phone)s first.")
        return _("They will call %(phone)s.")

    @property
    def when_message_sent(self) -> Text:
        """What who wrote a message may expect; with "phone" and "email" to fill in."""
        return {
            BestWay.CALL: _("They will call %(phone)s."),
            BestWay.TEXT: _("They will send a text message to %(phone)s."),
            BestWay.EMAIL: _("They will write to %(email)s."),
        }[self]


class Voicemail(Vocabulary):
    """Whether one may be left."""

    YES = "yes", _("Yes")
    NO = "no", _("No")

    @property
    def on_check_page(self) -> Text:
        """Among the patient's own answers."""
        return {Voicemail.YES: _("Yes, you may leave one"), Voicemail.NO: _("No voicemail")}[self]

    @property
    def in_list(self) -> Text:
        """A note in the desk's list."""
        words: dict[str, Text] = {Voicemail.YES: "", Voicemail.NO: _("No voicemail")}
        return words[self]

    @property
    def at_desk(self) -> Text:
        """A sentence on the desk's page."""
        return {
            Voicemail.YES: _("Voicemail is OK: say the practice name and number only."),
            Voicemail.NO: _("Do not leave a voicemail."),
        }[self]

    @property
    def when_sent(self) -> Text:
        """What who asked for a visit may expect."""
        return {
            Voicemail.YES: _("If you miss the call, they will leave a short voicemail."),
            Voicemail.NO: _("If you miss the call, they will not leave a voicemail. They will try again."),
        }[self]


NO_WORD_OF_VOICEMAIL = _("Nothing was said about voicemail: leave none.")  # at the desk


class Language(Vocabulary):
    """What is spoken on the phone. Each is called by its own name in the form; the other one is written out."""

    ENGLISH = "en", "English"
    SPANISH = "es", "Español"
    OTHER = "other", _("Another language")

    @property
    def in_list(self) -> Text:
        """A note in the desk's list, where it is not what is done anyway; with "language" to fill in."""
        words: dict[str, Text] = {
            Language.ENGLISH: "",
            Language.SPANISH: _("Speaks Spanish"),
            Language.OTHER: _("Speaks %(language)s"),
        }
        return words[self]

    @property
    def at_desk(self) -> Text:
        """The language on the desk's page; with "language" to fill in."""
        words: dict[str, Text] = {
            Language.ENGLISH: _("English"),
            Language.SPANISH: _("Spanish"),
            Language.OTHER: "%(language)s",
        }
        return words[self]


class Interpreting(NamedTuple):
    """Whether an interpreter is wanted, in words."""

    on_check_page: Text  # after the language
    in_list: Text  # a note in the desk's list
    at_desk: Text  # a sentence on the desk's page


INTERPRETER = {
    True: Interpreting(_("with an interpreter"), _("Interpreter"), _("Wants an interpreter.")),
    False: Interpreting(_("no interpreter"), "", _("No interpreter.")),
}


class Headline(NamedTuple):
    """The title of the patient's private page, which says the next act, and the sentence below it."""

    title: Text
    lead: Text = ""


ASK_AGAIN = _("If you still need us, please call or send a new request.")
WRITE_AGAIN = _("If you still need us, please call or write to us again.")
REQUEST_CLOSED = Headline(_("This request is closed"), ASK_AGAIN)
MESSAGE_CLOSED = Headline(_("This message is closed"), WRITE_AGAIN)


@dataclass(frozen=True, kw_only=True)
class Closing:
    """What a reason to close means to everybody.

    by_desk: what the desk closes with it, "visit" or "message" (`AppointmentRequest.Kind`).
    on_dashboard: as short as a chart needs, also in its file; None for what counts as spam there.
    of_visit, of_message: what the patient's private page says then.
    """

    by_desk: tuple[str, ...]
    on_dashboard: Text | None
    of_visit: Headline
    of_message: Headline


class CloseReason(models.TextChoices):
    """Why nothing more is to be done. Each says here whatever any screen needs to know of it."""

    closing: Closing

    COMPLETED = (
        "completed",
        Closing(
            by_desk=("visit",),
            on_dashboard=_("Visit took place"),
            of_visit=Headline(_("Your visit took place"), _("Thank you for coming. Call us if anything gets worse.")),
            of_message=MESSAGE_CLOSED,
        ),
        _("Visit took place"),
    )
    ANSWERED = (
        "answered",
        Closing(
            by_desk=("message",),
            on_dashboard=_("Message answered"),
            of_visit=REQUEST_CLOSED,
            of_message=Headline(_("We have answered you"), _("Call us if you have another question.")),
        ),
        _("Message answered"),
    )
    DECLINED = (
        "declined",
        Closing(
            by_desk=("visit",),
            on_dashboard=_("No visit wanted"),
            of_visit=REQUEST_CLOSED,
            of_message=MESSAGE_CLOSED,
        ),
        _("Patient does not want a visit"),
    )
    CANCELLED = (
        "cancelled",
        Closing(
            by_desk=("visit",),
            on_dashboard=_("Patient canceled"),
            of_visit=Headline(_("You canceled this"), ASK_AGAIN),
            of_message=Headline(_("You withdrew your message"), WRITE_AGAIN),
        ),
        _("Canceled by patient"),
    )
    MISSED = (
        "missed",
        Closing(
            by_desk=("visit",),
            on_dashboard=_("Did not come"),
            of_visit=Headline(_("We missed you"), ASK_AGAIN),
            of_message=MESSAGE_CLOSED,
        ),
        _("Did not come, and no new visit"),
    )
    PLAN = (
        "plan",
        Closing(
            by_desk=("visit",),
            on_dashboard=_("Plan not taken"),
            of_visit=REQUEST_CLOSED,
            of_message=MESSAGE_CLOSED,
        ),
        _("Insurance plan not taken"),
    )
    SENT_ON = (
        "sent_on",
        Closing(
            by_desk=("visit",),
            on_dashboard=_("Sent to another doctor"),
            of_visit=REQUEST_CLOSED,
            of_message=MESSAGE_CLOSED,
        ),
        _("Not our field, or sent to another doctor"),
    )
    ELSEWHERE = (
        "elsewhere",
        Closing(
            by_desk=("visit",),
            on_dashboard=_("Booked elsewhere"),
            of_visit=REQUEST_CLOSED,
            of_message=MESSAGE_CLOSED,
        ),
        _("Booked somewhere else"),
    )
    NO_ANSWER = (
        "no_answer",
        Closing(
            by_desk=("visit", "message"),
            on_dashboard=_("Not reached"),
            of_visit=Headline(_("We could not reach you"), ASK_AGAIN),
            of_message=Headline(_("We could not reach you"), WRITE_AGAIN),
        ),
        _("Could not reach the patient"),
    )
    DUPLICATE = (
        "duplicate",
        Closing(
            by_desk=("visit", "message"),
            on_dashboard=_("Duplicate"),
            of_visit=Headline(
                _("We put your requests together"),
                _("You asked us more than once. We will continue with the other request."),
            ),
            of_message=Headline(
                _("We put your messages together"),
                _("You wrote to us more than once. We will answer all of it together."),
            ),
        ),
        _("Duplicate of another request"),
    )
    SPAM = (
        "spam",
        Closing(
            by_desk=("visit", "message"),
            on_dashboard=None,
            of_visit=REQUEST_CLOSED,
            of_message=MESSAGE_CLOSED,
        ),
        _("Spam"),
    )

    def __new__(cls, value: str, *meaning: Closing) -> Self:
        """The word that is stored, and what it means: exactly one `Closing`. Raises ValueError."""
        reason = str.__new__(cls, value)
        reason._value_ = value
        [reason.closing] = meaning
        return reason


class Level(models.TextChoices):
    """From what may wait to what may not, in this order."""

    ROUTINE = "routine", _("Routine")
    SOON = "soon", _("Soon: ask for an appointment")
    NOW = "now", _("Today: call now; urgent care or an emergency room when no office is open")
    EMERGENCY = "emergency", _("Emergency: 911 or an emergency room")

    @property
    def rank(self) -> int:
        """0 for what may wait longest."""
        return list(Level).index(self)

    @property
    def is_urgent(self) -> bool:
        """Whether it must not wait for a call back."""
        return self.rank >= Level.NOW.rank


def highest(*levels: Level) -> Level:
    """The most urgent one; routine for none."""
    return max(levels, key=lambda level: level.rank, default=Level.ROUTINE)
