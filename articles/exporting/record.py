"""What goes along with a text for people to read: readers' questions with their answers, and who did what when."""

from collections.abc import Iterator
from typing import Any

from wagtail.log_actions import registry
from wagtail.models import ModelLogEntry

from articles.models import Article, ReaderQuestion, SitePage

IMPORTED = "articles.import"
LEFT_OUT = {"wagtail.edit", "wagtail.lock", "wagtail.unlock"}  # an entry for each time the text was saved


def record_of(text: Article | SitePage) -> dict[str, Any]:
    """As front matter has it. Two queries."""
    found: dict[str, Any] = {"history": list(_history(text))}
    if isinstance(text, Article):
        found["readers_questions"] = list(_questions(text))
    return found


def _questions(article: Article) -> Iterator[dict[str, Any]]:
    """All but what looks like spam, the oldest first."""
    asked = ReaderQuestion.objects.filter(article_id=article.pk).exclude(status=ReaderQuestion.Status.SUSPECTED)
    for question in asked.select_related("answered_by").order_by("asked_at", "pk"):
        row = {
            "question": question.text,
            "asked": question.asked_at.isoformat(),
            "answer": question.answer,
            "state": question.status,
            "answered_by": str(question.answered_by or ""),
            "published": question.published_at.isoformat() if question.published_at else "",
        }
        yield {name: value for name, value in row.items() if value}


def _history(text: Article | SitePage) -> Iterator[dict[str, str]]:
    """The oldest first; what an import brought along stands where the import does."""
    entries = registry.get_logs_for_instance(text).exclude(action__in=LEFT_OUT).select_related("user")
    for entry in entries.order_by("timestamp", "pk"):
        if brought := entry.action == IMPORTED and entry.data.get("history"):
            yield from brought
        else:
            yield _line(entry)


def _line(entry: ModelLogEntry) -> dict[str, str]:
    data = entry.data or {}
    user = entry.user
    row = {
        "at": entry.timestamp.isoformat(),
        "what": str(registry.get_action_label(entry.action)),
        "by": str(data.get("by") or (user and (user.get_full_name() or user.get_username())) or ""),
        "comment": str(data.get("comment") or data.get("why") or ""),
    }
    return {name: value for name, value in row.items() if value}
