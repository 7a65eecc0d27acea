"""What readers wrote below an article on the old site becomes questions that wait for an answer."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from articles.importing.furniture import MAIL, PAGE, PHONE
from articles.importing.items import Comment
from articles.importing.naming import cut_words
from articles.models import Article, ReaderQuestion

HIDDEN = "[…]"
ANSWER_LENGTH = 3000
Status = ReaderQuestion.Status
SETTLED = (Status.REFUSED, Status.WITHDRAWN, Status.SUSPECTED)


def keep_questions(article: Article, rows: Any) -> list[str]:
    """Questions of an export of ours: those with an answer wait for the reviewer, the others for an answer; what was
    refused or taken back stays so. Returns what an editor should know.
    """
    notes = []
    for row in rows if isinstance(rows, list) else []:
        text = row.get("question") if isinstance(row, dict) else None
        if not isinstance(text, str) or not text.strip() or row.get("state") in SETTLED:
            continue
        answer = str(row.get("answer") or "")[:ANSWER_LENGTH]
        asked = str(row.get("asked", ""))
        ReaderQuestion.objects.get_or_create(
            sent_key=sha256(f"{article.slug} {asked} {text}".encode()).hexdigest(),
            defaults={
                "article": article,
                "text": cut_words(text, ReaderQuestion.LENGTH),
                "answer": answer,
                "asked_at": _moment(asked),
                "status": Status.READY if answer else Status.HELD,
            },
        )
        if row.get("answered_by"):
            day = str(row.get("published", ""))[:10]
            notes.append(f"{row['answered_by']} had published an answer to “{cut_words(text, 80)}” on {day}")
    return notes


def _moment(given: str) -> datetime:
    """As the source has it, in UTC where it names no zone; now if it has none."""
    try:
        at = parse_datetime(given) if re.match(r"\d{4}-\d\d-\d\d[ T]\d", given) else None
    except ValueError:  # a day that no month has
        at = None
    if at is None:
        return timezone.now()
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def keep_comments(article: Article, comments: Iterable[Comment]) -> int:
    """Each once, and how many are new. Names stay behind; phones and addresses are taken out of the words."""
    kept = 0
    for comment in comments:
        text = comment.text
        for pattern in (MAIL, PAGE, PHONE):
            text = pattern.sub(HIDDEN, text)
        _question, made = ReaderQuestion.objects.get_or_create(
            sent_key=sha256(comment.key.encode()).hexdigest(),
            defaults={
                "article": article,
                "text": cut_words(text, ReaderQuestion.LENGTH),
                "asked_at": _moment(comment.at),
            },
        )
        kept += made
    return kept
