"""Articles that were approved for a day, or until one."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone
from wagtail.models import ModelLogEntry, Workflow

from articles import schedule
from articles.models import Article
from articles.reviewing import rules
from clinic.management.commands import worker
from tests.articles.desk import EDIT, form_of


@pytest.fixture
def approve_for_tomorrow(editor, reviewer):
    """The editor's change of an article, approved by the reviewer for tomorrow."""

    def approve(article, **changes):
        for name, value in changes.items():
            setattr(article, name, value)
        article.go_live_at = timezone.now() + timedelta(days=1)
        article.save_revision(user=editor)
        Workflow.objects.get(name="Medical review").start(article, editor)
        article.current_workflow_task.on_action(article.current_workflow_task_state, reviewer, "approve")

    return approve


@pytest.fixture
def taken(article, reviewer, approve_for_tomorrow, monday):
    """An article approved for tomorrow at an address that another one takes today. The day has come."""
    approve_for_tomorrow(article, slug="sore-heel", summary="The new words.")
    other = Article.objects.get(slug="bunions")
    other.slug = "sore-heel"
    other.save_revision().publish(user=reviewer)
    monday.shift(timedelta(days=2))
    return article


def panel(browser):
    return BeautifulSoup(browser.get("/cms/").content, "html.parser").find(id="desk-drafts").parent.get_text(" ")


def test_version_that_waits_for_its_day_is_not_written_over(client, article, editor, approve_for_tomorrow, monday):
    """What an editor types meanwhile is saved over the latest version; that one has been approved as it was."""
    approve_for_tomorrow(article, summary="The words that were approved.")
    waiting = article.latest_revision
    article.summary = "Typed afterwards."

    saved = article.save_revision(user=editor, overwrite_revision=waiting)
    monday.shift(timedelta(days=2))
    schedule.publish_scheduled()

    assert saved.pk != waiting.pk
    page = client.get("/conditions/heel-pain/").content.decode()
    assert "The words that were approved." in page
    assert "Typed afterwards." not in page


def test_article_becomes_public_on_its_day(client, article, approve_for_tomorrow, monday):
    approve_for_tomorrow(article, summary="The new words.")
    schedule.publish_scheduled()
    assert "The new words." not in client.get("/conditions/heel-pain/").content.decode()

    monday.shift(timedelta(days=2))
    schedule.publish_scheduled()

    assert "The new words." in client.get("/conditions/heel-pain/").content.decode()


def test_worker_sees_to_it():
    assert schedule.publish_scheduled in worker.JOBS


def test_article_is_taken_off_the_site_on_its_day(client, article, monday):
    Article.objects.filter(pk=article.pk).update(expire_at=timezone.now() - timedelta(seconds=1))

    schedule.publish_scheduled()

    assert not Article.objects.get(pk=article.pk).live


def wanted(day):
    """As a browser sends it."""
    return timezone.localtime(day).strftime("%Y-%m-%d %H:%M")


def test_days_are_forgotten_once_the_article_is_off_the_site(article, monday):
    yesterday, hour_ago = timezone.now() - timedelta(days=1), timezone.now() - timedelta(hours=1)
    article.go_live_at, article.expire_at = yesterday, hour_ago
    article.save()
    article.save_revision()

    schedule.publish_scheduled()

    off = Article.objects.get(pk=article.pk)
    kept = off.latest_revision.content
    assert (off.expired, off.go_live_at, off.expire_at) == (True, None, None)
    assert (kept["go_live_at"], kept["expire_at"]) == (None, None)


def test_newer_draft_keeps_a_day_that_is_to_come(article, monday):
    Article.objects.filter(pk=article.pk).update(expire_at=timezone.now() - timedelta(hours=1))
    article.expire_at = timezone.now() + timedelta(days=9)
    article.save_revision()

    schedule.publish_scheduled()

    assert Article.objects.get(pk=article.pk).latest_revision.content["expire_at"]


@pytest.mark.parametrize("worker_was_there", [True, False])
def test_days_that_have_passed_hold_up_no_change(article, editor, signed_in, monday, worker_was_there):
    """The page was open while they passed, so the browser sends them."""
    go_live, expire = timezone.now() - timedelta(days=2), timezone.now() - timedelta(days=1)
    article.go_live_at, article.expire_at = go_live.replace(second=0), expire.replace(second=0)
    article.save()
    article.save_revision()
    if worker_was_there:
        schedule.publish_scheduled()

    sent = form_of(article, title="Sore heel", go_live_at=wanted(go_live), expire_at=wanted(expire))
    answer = signed_in(editor).post(EDIT.format(article.pk), sent)

    kept = Article.objects.get(pk=article.pk).latest_revision.content
    assert answer.status_code == 302
    assert (kept["title"], kept["go_live_at"], kept["expire_at"]) == ("Sore heel", None, None)


def test_expiry_typed_into_the_past_is_refused(article, editor, signed_in, monday):
    sent = form_of(article, expire_at=wanted(timezone.now() - timedelta(days=1)))

    assert "must be in the future" in signed_in(editor).post(EDIT.format(article.pk), sent).content.decode()


def test_article_whose_address_was_taken_is_called_off_once(taken):
    schedule.publish_scheduled()
    schedule.publish_scheduled()

    assert Article.objects.get(pk=taken.pk).slug == "heel-pain"
    (told,) = ModelLogEntry.objects.filter(action=schedule.CALLED_OFF)
    assert told.data["why"] == "“Bunions” has the address “sore-heel” by now. Choose another one."


@pytest.mark.thorough
def test_others_go_public_though_one_could_not(taken, approve_for_tomorrow, monday, client):
    approve_for_tomorrow(Article.objects.get(slug="gout"), summary="Gout’s new words.")
    monday.shift(timedelta(days=2))

    schedule.publish_scheduled()

    assert "Gout’s new words." in client.get("/conditions/gout/").content.decode()


def test_others_go_public_though_one_is_broken(article, approve_for_tomorrow, monday, client, monkeypatch, caplog):
    gout = Article.objects.get(slug="gout")
    approve_for_tomorrow(article)
    approve_for_tomorrow(gout, summary="Gout’s new words.")
    publish = Article.publish

    def broken(self, *args, **kwargs):
        if self.pk == article.pk:
            raise RuntimeError
        publish(self, *args, **kwargs)

    monkeypatch.setattr(Article, "publish", broken)
    monday.shift(timedelta(days=2))

    schedule.publish_scheduled()

    assert "Gout’s new words." in client.get("/conditions/gout/").content.decode()
    assert "could not be published on its day" in caplog.text


def test_editor_is_told_on_the_first_page_until_the_text_is_mended(taken, signed_in, editor):
    schedule.publish_scheduled()
    browser = signed_in(editor)
    assert "“Bunions” has the address “sore-heel” by now." in panel(browser)

    draft = taken.get_latest_revision_as_object()
    browser.post(EDIT.format(taken.pk), form_of(draft, slug="aching-heel", go_live_at=""))

    shown = panel(browser)
    assert "Heel pain" in shown
    assert "by now" not in shown


def test_history_says_why_an_article_was_called_off(taken, signed_in, editor):
    schedule.publish_scheduled()

    page = signed_in(editor).get(f"/cms/snippets/articles/article/history/{taken.pk}/").content.decode()

    assert "Not published on its day: “Bunions” has the address" in page


def test_address_taken_in_the_meantime_is_told_to_the_reviewer(article, reviewer):
    waiting = article.get_latest_revision_as_object()
    waiting.slug = "sore-heel"
    revision = waiting.save_revision()
    other = Article.objects.get(slug="bunions")
    other.slug = "sore-heel"
    other.save_revision().publish(user=reviewer)

    with pytest.raises(rules.NotAllowed, match="“Bunions” has the address “sore-heel” by now"):
        revision.publish(user=reviewer)
