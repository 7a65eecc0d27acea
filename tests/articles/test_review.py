"""From an editor's draft over the podiatrist's approval to the reader, through the editors' desk's own models."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.utils import timezone
from wagtail.models import Workflow

from articles.models import Article


@pytest.fixture
def draft(article, editor):
    """The editor's change of a live article, sent to review."""
    article.summary = "The new words."
    revision = article.save_revision(user=editor)
    Workflow.objects.get(name="Medical review").start(article, editor)
    return revision


def test_readers_see_the_old_text_while_a_draft_waits(client, draft):
    assert "The new words." not in client.get("/conditions/heel-pain/").content.decode()


def test_approval_publishes_and_puts_the_reviewers_name_on_the_page(client, draft, article, reviewer):
    article.current_workflow_task.on_action(article.current_workflow_task_state, reviewer, "approve")

    page = client.get("/conditions/heel-pain/").content.decode()
    assert "The new words." in page
    assert "Rita Review, DPM" in page
    published = Article.objects.get(pk=article.pk)
    assert (published.sample, published.last_reviewed) == (False, timezone.localdate())


def test_rejection_publishes_nothing(client, draft, article, reviewer):
    article.current_workflow_task.on_action(article.current_workflow_task_state, reviewer, "reject")

    assert "The new words." not in client.get("/conditions/heel-pain/").content.decode()


def test_approved_schedule_keeps_the_review_until_its_day(client, article, editor, reviewer):
    article.summary = "The new words."
    article.go_live_at = timezone.now() + timedelta(hours=1)
    article.save_revision(user=editor)
    Workflow.objects.get(name="Medical review").start(article, editor)
    article.current_workflow_task.on_action(article.current_workflow_task_state, reviewer, "approve")
    assert "The new words." not in client.get("/conditions/heel-pain/").content.decode()

    article.revisions.update(approved_go_live_at=timezone.now() - timedelta(seconds=1))
    revision = article.revisions.order_by("-pk").first()
    revision.content["go_live_at"] = None
    revision.save()
    call_command("publish_scheduled")

    page = client.get("/conditions/heel-pain/").content.decode()
    assert "The new words." in page
    assert "Rita Review, DPM" in page


def test_nobody_but_a_reviewer_can_publish(article, editor, admin_user):
    for user in (editor, admin_user):
        with pytest.raises(PermissionDenied):
            article.save_revision(user=user).publish(user=user)


def test_editor_has_no_publish_button_and_can_not_publish_by_hand(signed_in, article, editor):
    browser = signed_in(editor)
    page = browser.get(f"/cms/snippets/articles/article/edit/{article.pk}/").content.decode()

    assert "Submit to Medical review" in page
    assert 'name="action-publish"' not in page
    assert browser.get(f"/cms/snippets/articles/article/unpublish/{article.pk}/").status_code == 302
    assert browser.post(f"/cms/snippets/articles/article/unpublish/{article.pk}/").status_code == 302
    assert Article.objects.get(pk=article.pk).live
