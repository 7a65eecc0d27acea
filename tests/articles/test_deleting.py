"""Drafts that readers never saw: deleted by who began them, out of everything, and back within 30 days."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group
from wagtail.models import ModelLogEntry, Revision

from articles import deleting
from articles.models import Article, DeletedDraft, ImportedArticle, OldAddress, ReaderQuestion, RelatedArticle
from articles.reviewing import rules
from clinic.management.commands import worker
from common.models import User
from tests.articles.desk import ADD, EDIT, LIST, form_of

DELETE = "/cms/snippets/articles/article/delete/{}/"
DELETED = "/cms/articles/deleted/"


@pytest.fixture
def draft(signed_in, library, editor):
    """What the editor has begun, changed, and related to another article."""
    browser = signed_in(editor)
    browser.post(ADD, form_of(Article(title="Begun by mistake", summary="S", description="D"), text="<p>Plain.</p>"))
    made = Article.objects.get(title="Begun by mistake")
    RelatedArticle.objects.create(article=made, related=Article.objects.get(slug="gout"))
    made.save_revision(user=editor, clean=False)
    return Article.objects.get(pk=made.pk)


@pytest.fixture
def colleague(db):
    """Another editor."""
    user = User.objects.create_user("carl", password="a long enough password")
    user.groups.add(Group.objects.get(name="Editors"))
    return user


def delete(browser, article):
    return browser.post(DELETE.format(article.pk), follow=True)


def told(answer):
    return BeautifulSoup(answer.content, "html.parser").find(class_="messages").text


def test_editor_deletes_what_they_began_and_it_is_nowhere_any_more(signed_in, editor, draft):
    browser = signed_in(editor)
    assert DELETE.format(draft.pk) in browser.get(EDIT.format(draft.pk)).content.decode()
    assert "brought back from there for 30 days" in browser.get(DELETE.format(draft.pk)).content.decode()

    answer = delete(browser, draft)

    assert "“Begun by mistake” is deleted." in told(answer)
    assert not Article.objects.filter(pk=draft.pk).exists()
    assert not Revision.objects.filter(object_id=str(draft.pk), base_content_type__model="article").exists()
    for address in (LIST, "/cms/"):
        page = BeautifulSoup(browser.get(address).content, "html.parser")
        assert "Begun by mistake" not in page.find("main").text
    assert browser.get(EDIT.format(draft.pk)).status_code == 404
    assert DELETED in browser.get("/cms/").content.decode()


def test_it_comes_back_as_it_was(signed_in, editor, draft):
    browser = signed_in(editor)
    old = OldAddress.objects.create(path="/begun/", article=draft)
    question = ReaderQuestion.objects.create(article=draft, text="Sandals?", sent_key="1")
    before = (draft.title, draft.body.raw_data[0]["type"], draft.latest_revision_id, draft.revisions.count())
    history = ModelLogEntry.objects.for_instance(draft).count()
    delete(browser, draft)
    waiting = DeletedDraft.objects.get()
    assert "Begun by mistake" in browser.get(DELETED).content.decode()

    answer = browser.post(f"{DELETED}{waiting.pk}/back/", follow=True)

    assert "“Begun by mistake” is back." in told(answer)
    back = Article.objects.get(pk=draft.pk)
    assert (back.title, back.body.raw_data[0]["type"], back.latest_revision_id, back.revisions.count()) == before
    assert [link.related.slug for link in back.related_links.all()] == ["gout"]
    assert OldAddress.objects.get(pk=old.pk).article == back
    assert ReaderQuestion.objects.get(pk=question.pk).article == back
    assert ModelLogEntry.objects.for_instance(back).count() == history + 2
    assert "Deleted, and brought back" in browser.get(f"{LIST}history/{back.pk}/").content.decode()
    assert not DeletedDraft.objects.exists()
    assert browser.get(EDIT.format(back.pk)).status_code == 200


def test_it_comes_back_though_its_address_its_writer_and_a_related_article_are_gone(
    signed_in, editor, colleague, draft
):
    delete(signed_in(editor), draft)
    Article.objects.create(title="Begun by mistake", summary="S", description="D", locale_id=draft.locale_id)
    Article.objects.get(slug="gout").delete()
    ModelLogEntry.objects.filter(user=editor).delete()
    editor.delete()

    signed_in(colleague).post(f"{DELETED}{DeletedDraft.objects.get().pk}/back/")

    back = Article.objects.get(pk=draft.pk)
    assert (back.slug, back.latest_revision.content["slug"]) == ("begun-by-mistake-2", "begun-by-mistake-2")
    assert (back.latest_revision.user, back.related_links.count()) == (None, 0)


def test_imported_draft_is_deleted_by_any_editor_and_does_not_move_in_again(signed_in, colleague, draft):
    ImportedArticle.objects.create(source="https://old.example/?p=1", article=draft)

    delete(signed_in(colleague), draft)

    assert not Article.objects.filter(pk=draft.pk).exists()
    assert ImportedArticle.objects.get().article is None
    deleting.bring_back(DeletedDraft.objects.get(), colleague)
    assert ImportedArticle.objects.get().article_id == draft.pk


def public(article, **_people):
    Article.objects.filter(pk=article.pk).update(live=True)


def was_public(article, **_people):
    Article.objects.filter(pk=article.pk).update(first_published_at="2026-01-01T00:00Z")


def in_review(article, editor, **_people):
    article.get_workflow().start(article, editor)


def approved_for_later(article, reviewer, **_people):
    article.go_live_at = article.latest_revision.created_at + timedelta(days=9)
    article.save_revision(clean=False).publish(user=reviewer)


@pytest.mark.parametrize(
    ("happened", "why"),
    [
        (public, "Readers have seen this article"),
        (was_public, "Readers have seen this article"),
        (in_review, "This text is with the medical reviewer."),
        (approved_for_later, "A medical reviewer has approved this text."),
    ],
)
def test_what_went_further_than_a_draft_is_not_deleted(signed_in, editor, reviewer, draft, happened, why):
    happened(draft, editor=editor, reviewer=reviewer)
    browser = signed_in(editor)

    assert DELETE.format(draft.pk) not in browser.get(EDIT.format(draft.pk)).content.decode()
    assert why in told(delete(browser, draft))
    with pytest.raises(rules.NotAllowed):
        deleting.put_away(draft, editor)

    assert Article.objects.filter(pk=draft.pk).exists()


def test_nobody_deletes_what_somebody_else_began(signed_in, colleague, reviewer, draft):
    for user in (colleague, reviewer):
        browser = signed_in(user)
        assert DELETE.format(draft.pk) not in browser.get(EDIT.format(draft.pk)).content.decode()
        assert "Somebody else began this article." in told(delete(browser, draft))

    assert Article.objects.filter(pk=draft.pk).exists()


def test_who_does_not_write_articles_neither_deletes_nor_brings_back(signed_in, manager, administrator, editor, draft):
    for user in (manager, administrator):
        assert signed_in(user).post(DELETE.format(draft.pk)).status_code in (302, 403)
        assert deleting.why_not_delete(draft, user)
    waiting = deleting.put_away(draft, editor)

    for user in (manager, administrator):
        browser = signed_in(user)
        assert browser.get(DELETED).status_code in (302, 403)
        assert browser.post(f"{DELETED}{waiting.pk}/back/").status_code in (302, 403)
    assert DeletedDraft.objects.exists()


def test_looking_brings_nothing_back(signed_in, editor, draft):
    waiting = deleting.put_away(draft, editor)

    assert signed_in(editor).get(f"{DELETED}{waiting.pk}/back/").status_code == 405
    assert signed_in(editor).post(f"{DELETED}999/back/").status_code == 404
    assert DeletedDraft.objects.exists()


def test_deleted_draft_goes_for_good_after_thirty_days(editor, draft, monday):
    deleting.put_away(draft, editor)
    DeletedDraft.objects.update(deleted_at="2026-11-23T15:12Z")

    monday.shift(timedelta(days=30))
    deleting.forget_old()
    assert DeletedDraft.objects.exists()

    monday.shift(timedelta(seconds=1))
    deleting.forget_old()
    assert not DeletedDraft.objects.exists()


def test_worker_sees_to_it_and_waits_while_the_clock_is_in_doubt():
    assert deleting.forget_old in worker.JOBS
    assert deleting.forget_old in worker.DELETING
    assert worker.PAUSES[deleting.forget_old] == 24 * 60 * 60
