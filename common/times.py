"""Times in words, in the language of the page: "5 pm", "Tuesday, November 24", "today"."""

from datetime import date, datetime, time

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


def local(at: datetime) -> datetime:
    """`at` on the practice's clock."""
    return timezone.localtime(at)


def clock(at: datetime | time) -> str:
    """A time of day: "5 pm", "9:30 am", "noon". A moment is read on the practice's clock."""
    value = local(at) if isinstance(at, datetime) else at
    if (value.hour, value.minute) == (12, 0):
        return _("noon")
    half = pgettext("before noon", "am") if value.hour < 12 else pgettext("after noon", "pm")
    minutes = f":{value.minute:02}" if value.minute else ""
    return f"{(value.hour - 1) % 12 + 1}{minutes}{NO_BREAK_SPACE}{half}"


def day(at: datetime | date) -> str:
    """A day: "Tuesday, November 24", with the year when it is not this one."""
    value = local(at).date() if isinstance(at, datetime) else at
    pattern = _("l, F j") if value.year == timezone.localdate().year else _("l, F j, Y")
    return date_format(value, pattern).replace(f" {value.day}", f"{NO_BREAK_SPACE}{value.day}", 1)


def day_in_list(value: date) -> str:
    """A day in few letters: "Tue, Nov 24", with the year when it is not this one."""
    pattern = _("D, M j") if value.year == timezone.localdate().year else _("D, M j, Y")
    return date_format(value, pattern).replace(" ", NO_BREAK_SPACE)


def date_in_words(value: date) -> str:
    """A date that will be read much later: "November 3, 2026"."""
    return date_format(value, _("F j, Y"))


def moment(at: datetime) -> str:
    """A day and time: "Monday, November 23 at 10:12 am"."""
    return _("%(day)s at %(time)s") % {"day": day(at), "time": clock(at)}


def moment_by(at: datetime) -> str:
    """A deadline: "by 5 pm on Tuesday, November 24"."""
    return _("by %(time)s on %(day)s") % {"day": day(at), "time": clock(at)}


def recent(at: datetime) -> str:
    """A moment that staff look back on, inside a sentence: "today, 10:12 am"; "Nov 20, 10:12 am"."""
    if local(at).date() == timezone.localdate():
        return _("today, %(time)s") % {"time": clock(at)}
    pattern = _("M j") if local(at).year == timezone.localdate().year else _("M j, Y")
    return f"{date_format(local(at), pattern)}, {clock(at)}"


def duration(minutes: int) -> str:
    """A length of time: "35 min", "2 h 10 min"."""
    hours, rest = divmod(minutes, 60)
    parts = [_("%(count)d h") % {"count": hours}] if hours else []
    if rest or not hours:
        parts.append(_("%(count)d min") % {"count": rest})
    return " ".join(parts).replace(" ", NO_BREAK_SPACE)
