"""What readers wrote below an article on the old site becomes questions that wait for an answer."""

import re
from collections.abc import Iterable
from datetime import UTC
from hashlib import sha256

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from articles.importing.furniture import MAIL, PAGE, PHONE
from articles.importing.items import Comment
from articles.importing.naming import cut_words
from articles.models import Article, ReaderQuestion

HIDDEN = "[…]"


def keep_comments(article: Article, comments: Iterable[Comment]) -> int:
    """Each once, and how many are new. Names stay behind; phones and addresses are taken out of the words."""
    kept = 0
    for comment in comments:
        text = comment.text
        for pattern in (MAIL, PAGE, PHONE):
            text = pattern.sub(HIDDEN, text)
        at = parse_datetime(comment.at) if re.match(r"\d{4}-\d\d-\d\d[ T]\d", comment.at) else None
        _question, made = ReaderQuestion.objects.get_or_create(
            sent_key=sha256(comment.key.encode()).hexdigest(),
            defaults={
                "article": article,
                "text": cut_words(text, ReaderQuestion.LENGTH),
                "asked_at": at.replace(tzinfo=UTC) if at else timezone.now(),
            },
        )
        kept += made
    return kept
