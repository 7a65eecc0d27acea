"""Mails about reviews that are near or overdue, once each."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from articles.mail.reminders import queue_due, stage_of
from articles.models import Article
from articles.reviewing import rules
from common import staff_mail
from common.models import StaffMail

TODAY = date(2026, 11, 23)


@pytest.fixture
def people(editor, reviewer):
    """An editor and the reviewer, both with an address."""
    for user in (editor, reviewer):
        user.email = f"{user.username}@clinic.example"
        user.save()


@pytest.fixture
def reviewed(article, people, reviewer):
    """An article that Rita stands by."""
    rules.confirm(article, reviewer, article.live_revision_id)
    return article


def due_in(article, days):
    Article.objects.filter(pk=article.pk).update(next_review=timezone.localdate() + timedelta(days=days))


def tell():
    """What the worker does."""
    queue_due()
    staff_mail.deliver_due()


@pytest.mark.parametrize(("days", "stage"), [(31, None), (30, 30), (8, 30), (7, 7), (0, 7), (-1, 0), (-400, 0)])
def test_stage_by_the_days_left(days, stage):
    assert stage_of(TODAY + timedelta(days=days), TODAY) == stage


def test_reviewer_and_editors_are_told_once_for_each_stage(reviewed, monday, mailoutbox):
    due_in(reviewed, 31)
    sent = []
    for days in (0, 1, 1, 21, 2, 5, 1, 10):  # 31, 30, 29, 8, 6, 1, 0 and -10 days left
        monday.shift(timedelta(days=days))
        tell()
        sent.append(len(mailoutbox))

    assert sent == [0, 2, 2, 2, 4, 4, 4, 6]
    assert {address for mail in mailoutbox for address in mail.to} == {"edith@clinic.example", "rita@clinic.example"}


def test_one_mail_tells_of_all(people, reviewed, reviewer, mailoutbox):
    other = Article.objects.get(slug="bunions")
    rules.confirm(other, reviewer, other.live_revision_id)
    due_in(reviewed, -3)
    due_in(other, 5)

    tell()

    assert len(mailoutbox) == 2
    for mail in mailoutbox:
        assert mail.subject == "2 articles to be reviewed"
        assert mail.body.index("Heel pain: overdue since") < mail.body.index("Bunions: due on")
        assert f"https://testserver/cms/snippets/articles/article/edit/{reviewed.pk}/" in mail.body


def test_new_review_date_is_told_of_again(reviewed, mailoutbox):
    due_in(reviewed, -1)
    tell()
    due_in(reviewed, 20)
    tell()

    assert len(mailoutbox) == 4


def test_reminder_that_another_worker_has_just_queued_is_queued_once(reviewed, monkeypatch):
    due_in(reviewed, 3)
    monkeypatch.setattr("articles.mail.reminders.ReviewReminder.objects.bulk_create", already_there)

    assert queue_due() == 0
    assert not StaffMail.objects.exists()


def already_there(reminders):
    """What the database says to the second of two workers."""
    raise IntegrityError


@pytest.mark.parametrize("change", [{"live": False}, {"expire_at": timezone.now()}, {"next_review": None}])
def test_nobody_is_told_of_what_readers_do_not_see(reviewed, mailoutbox, change):
    due_in(reviewed, -1)
    Article.objects.filter(pk=reviewed.pk).update(**change)

    assert queue_due() == 0


def test_who_has_left_or_has_no_address_is_not_told(reviewed, editor, reviewer, mailoutbox):
    due_in(reviewed, -1)
    editor.email = ""
    editor.save()
    reviewer.is_active = False
    reviewer.save()

    assert queue_due() == 0
