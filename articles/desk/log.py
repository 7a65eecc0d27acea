"""What an article's history says of our own actions."""

from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import LogActionRegistry, LogFormatter
from wagtail.models import ModelLogEntry

from articles import deleting, schedule
from articles.importing.drafts import LOG_ACTION
from articles.reviewing import rules


class ByName(LogFormatter):
    """With the name that stood behind it."""

    def format_message(self, log_entry: ModelLogEntry) -> str:
        return f"{self.label} ({log_entry.data.get('by', '')})"


class Approved(ByName):
    label = _("Medical review: approved")


class Corrected(ByName):
    label = _("Small correction, not reviewed")


class CalledOff(LogFormatter):
    """With the reason."""

    label = _("Not published on its day")

    def format_message(self, log_entry: ModelLogEntry) -> str:
        return f"{self.label}: {log_entry.data.get('why', '')}"


class Imported(LogFormatter):
    """Source, author and date as the source has them; then what an editor should look at."""

    label = _("Imported as a draft")

    def format_message(self, log_entry: ModelLogEntry) -> str:
        data = log_entry.data
        known = [data.get(name, "") for name in ("source", "author", "date")]
        return " · ".join([f"{self.label}: " + ", ".join(filter(None, known)), *data.get("notes", [])])


class BroughtBack(LogFormatter):
    label = _("Deleted, and brought back")


def register(actions: LogActionRegistry) -> None:
    """Each under the name that it has in Wagtail's log."""
    actions.register_action(rules.APPROVED)(Approved)
    actions.register_action(rules.CORRECTED)(Corrected)
    actions.register_action(schedule.CALLED_OFF)(CalledOff)
    actions.register_action(LOG_ACTION)(Imported)
    actions.register_action(deleting.BROUGHT_BACK)(BroughtBack)
