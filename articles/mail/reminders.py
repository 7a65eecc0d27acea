"""Mails that an article's review is near or overdue: to its reviewer and to the editors, once for each of three dates.

One mail a person tells of everything that is new to them.
"""

from collections import defaultdict
from contextlib import suppress
from datetime import date

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import ngettext

from articles.models import Article, ReviewReminder
from common import staff_mail
from common.identity import identity
from common.models import User

EDITORS = "Editors"
Stage = ReviewReminder.Stage


def stage_of(next_review: date, today: date) -> ReviewReminder.Stage | None:
    """Which reminder is due; None if it is too early for any."""
    days = (next_review - today).days
    if days < 0:
        return Stage.OVERDUE
    return next((stage for stage in (Stage.WEEK, Stage.MONTH) if days <= stage), None)


def queue_due() -> int:
    """Owe a mail to everybody who has not been told. Returns how many."""
    today = timezone.localdate()
    articles = Article.objects.due_for_review(Stage.MONTH.value + 1).select_related("reviewer__user").defer("body")
    editors = list(User.objects.filter(Q(groups__name=EDITORS), is_active=True).exclude(email="").distinct())
    told = {
        (row.article_id, row.user_id, row.due, row.stage)
        for row in ReviewReminder.objects.filter(article__in=articles.order_by().values("pk"))
    }
    owed: dict[User, list[ReviewReminder]] = defaultdict(list)
    for article in articles:
        due = article.next_review
        stage = stage_of(due, today) if due else None
        reviewer = article.reviewer.user if article.reviewer else None
        people = {*editors, *([reviewer] if reviewer and reviewer.is_active and reviewer.email else [])}
        for user in people:
            if due and stage is not None and (article.pk, user.pk, due, stage) not in told:
                reminder = ReviewReminder(article=article, user=user, due=due, stage=stage)
                owed[user].append(reminder)
    queued = 0
    for user, reminders in owed.items():
        with suppress(IntegrityError):  # another worker was faster
            _queue(user, reminders)
            queued += 1
    return queued


@transaction.atomic
def _queue(user: User, reminders: list[ReviewReminder]) -> None:
    reminders.sort(key=lambda reminder: (reminder.due, reminder.article.title))
    with translation.override(settings.LANGUAGE_CODE):
        subject = ngettext("%(many)d article to be reviewed", "%(many)d articles to be reviewed", len(reminders)) % {
            "many": len(reminders)
        }
        rows = [
            (
                reminder,
                f"{settings.BASE_URL}{reverse('wagtailsnippets_articles_article:edit', args=[reminder.article_id])}",
            )
            for reminder in reminders
        ]
        text = render_to_string(
            "articles/mail/review_reminder.txt",
            {"user": user, "rows": rows, "overdue": Stage.OVERDUE, "practice_name": identity().name},
        )
    staff_mail.queue(user.email, subject, text)
    ReviewReminder.objects.bulk_create(reminders)
