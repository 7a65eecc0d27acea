"""From an editor's draft over the podiatrist's approval to the reader, through the editors' desk."""

import json
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.utils import timezone
from wagtail.models import ModelLogEntry, Workflow

from articles.models import Article, MedicalReview, Reviewer
from articles.reviewing import rules
from common.models import User
from tests.articles.desk import EDIT, LIST, form_of

BULK = "/cms/bulk/articles/article/{}/"
TICK = {"read": "on"}


@pytest.fixture
def draft(article, editor):
    """The editor's change of a live article, sent to review."""
    article.summary = "The new words."
    revision = article.save_revision(user=editor)
    Workflow.objects.get(name="Medical review").start(article, editor)
    return revision


@pytest.fixture(autouse=True)
def _on_the_site(reviewer, listed):
    """Readers are told a reviewer's name once the practice lists them."""
    listed("Rita Review", user=reviewer)


@pytest.fixture
def both(db):
    """Writes articles, and is a podiatrist who reviews them."""
    user = User.objects.create_user(username="bo", password="a long enough password")
    user.groups.set(Group.objects.filter(name__in=["Editors", "Medical reviewers"]))
    Reviewer.objects.create(user=user, name="Bo Both", credentials="DPM")
    return user


@pytest.fixture
def corrector(editor):
    """An editor whom the practice lets publish small corrections."""
    editor.user_permissions.add(Permission.objects.get(codename="correct_article"))
    return User.objects.get(pk=editor.pk)


@pytest.fixture
def reviewed(article, reviewer):
    """A public article that a reviewer stands by."""
    rules.confirm(article, reviewer, article.live_revision_id)
    article.refresh_from_db()
    return article


def page_of(client):
    return client.get("/conditions/heel-pain/").content.decode()


def decide(article, user, action="approve", **kwargs):
    article.current_workflow_task.on_action(article.current_workflow_task_state, user, action, **kwargs)


def seen(*articles, version="live_revision_id"):
    return {"seen": json.dumps({str(article.pk): getattr(article, version) for article in articles})}


# --- the gate ---


def test_reviewer_who_lost_the_right_publishes_nothing(client, article, reviewer):
    reviewer.groups.clear()
    article.summary = "The new words."

    with pytest.raises(rules.NotAllowed):
        article.save_revision().publish(user=User.objects.get(pk=reviewer.pk))

    assert "The new words." not in page_of(client)


def test_readers_see_the_old_text_while_a_draft_waits(client, draft):
    assert "The new words." not in page_of(client)


def test_approval_publishes_and_puts_the_reviewers_name_on_the_page(client, draft, article, reviewer):
    decide(article, reviewer)

    page = page_of(client)
    assert "The new words." in page
    assert "Rita Review, DPM" in page
    published = Article.objects.get(pk=article.pk)
    assert (published.sample, published.last_reviewed) == (False, timezone.localdate())


def test_approval_sets_the_next_review(monday, draft, article, reviewer):
    decide(article, reviewer)

    assert Article.objects.get(pk=article.pk).next_review == date(2028, 11, 1)


def test_rejection_publishes_nothing(client, draft, article, reviewer):
    decide(article, reviewer, "reject")

    assert "The new words." not in page_of(client)


def test_approved_schedule_keeps_the_review_until_its_day(client, article, editor, reviewer):
    article.summary = "The new words."
    article.go_live_at = timezone.now() + timedelta(hours=1)
    article.save_revision(user=editor)
    Workflow.objects.get(name="Medical review").start(article, editor)
    decide(article, reviewer)
    assert "The new words." not in page_of(client)

    revision = article.revisions.get(approved_go_live_at__isnull=False)
    revision.approved_go_live_at = timezone.now() - timedelta(seconds=1)
    revision.content["go_live_at"] = None
    revision.save()
    call_command("publish_scheduled")

    page = page_of(client)
    assert "The new words." in page
    assert "Rita Review, DPM" in page


def test_nobody_but_a_reviewer_can_publish(article, editor, admin_user):
    for user in (editor, admin_user):
        with pytest.raises(PermissionDenied):
            article.save_revision(user=user).publish(user=user)


def test_editor_has_no_publish_button_and_can_not_publish_by_hand(signed_in, article, editor):
    browser = signed_in(editor)
    page = browser.get(EDIT.format(article.pk)).content.decode()

    assert "Send for review" in page
    assert 'name="action-publish"' not in page
    assert browser.get(f"/cms/snippets/articles/article/unpublish/{article.pk}/").status_code == 302
    assert browser.post(f"/cms/snippets/articles/article/unpublish/{article.pk}/").status_code == 302
    assert Article.objects.get(pk=article.pk).live


def test_editor_who_sends_the_publish_button_all_the_same_saves_a_draft(client, signed_in, article, editor):
    signed_in(editor).post(
        EDIT.format(article.pk), form_of(article, summary="The new words.") | {"action-publish": "1"}
    )

    assert "The new words." not in page_of(client)
    assert article.revisions.order_by("pk").last().content["summary"] == "The new words."


def test_step_of_the_workflow_is_ours(db):
    task = Workflow.objects.get(name="Medical review").tasks.get().specific

    assert isinstance(task, MedicalReview)


# --- nobody approves their own text ---


def test_own_text_can_not_be_published_even_with_both_roles(article, both):
    article.summary = "My own words."
    revision = article.save_revision(user=both)

    with pytest.raises(rules.NotAllowed):
        revision.publish(user=both)


def test_own_text_can_not_be_approved_in_a_review_that_the_writer_asked_for(article, both):
    article.summary = "My own words."
    article.save_revision(user=both)
    Workflow.objects.get(name="Medical review").start(article, both)

    assert [name for name, _label, _modal in article.current_workflow_task.get_actions(article, both)] == ["reject"]
    with pytest.raises(rules.NotAllowed):
        decide(article, both)


def test_text_written_in_a_review_that_the_writer_asked_for_counts_too(article, both):
    Workflow.objects.get(name="Medical review").start(article, both)
    article.summary = "My own words."
    article.save_revision(user=both)

    with pytest.raises(rules.NotAllowed):
        decide(article, both)


def test_another_reviewer_approves_it(client, article, both, reviewer):
    article.summary = "The words of Bo."
    article.save_revision(user=both)
    Workflow.objects.get(name="Medical review").start(article, both)

    decide(article, reviewer)

    assert "The words of Bo." in page_of(client)


def test_reviewer_may_mend_a_text_in_the_review_an_editor_asked_for(client, draft, article, reviewer):
    article.summary = "The mended words."
    article.save_revision(user=reviewer)

    decide(article, reviewer)

    assert "The mended words." in page_of(client)


def test_saving_without_a_change_is_not_writing(article, editor, reviewer):
    article.summary = "The new words."
    article.save_revision(user=editor)
    revision = article.save_revision(user=reviewer)

    revision.publish(user=reviewer)

    assert Article.objects.get(pk=article.pk).reviewer.user == reviewer


def test_what_was_approved_before_is_nobodys_own_any_more(article, both, editor, reviewer):
    article.summary = "The words of Bo."
    article.save_revision(user=both).publish(user=reviewer)
    article = Article.objects.get(pk=article.pk)
    article.summary = "The words of Edith."

    article.save_revision(user=editor).publish(user=both)

    assert Article.objects.get(pk=article.pk).reviewer.user == both


def test_refused_approval_keeps_the_text_and_says_why(signed_in, article, both):
    article.save_revision(user=both)
    Workflow.objects.get(name="Medical review").start(article, both)
    data = form_of(article, summary="My own words.") | {
        "action-workflow-action": "1",
        "workflow-action-name": "approve",
    }

    signed_in(both).post(EDIT.format(article.pk), data)

    assert article.revisions.order_by("pk").last().content["summary"] == "My own words."
    assert Article.objects.get(pk=article.pk).sample


def test_starter_article_saved_unchanged_has_the_same_text(signed_in, library, editor):
    articles = list(Article.objects.all())
    assert len(articles) > 20
    for article in articles:
        handler = Article.snippet_viewset.get_edit_handler()
        bound = handler.get_bound_panel(
            instance=article, form=handler.get_form_class()(instance=article, for_user=editor), request=None
        )
        kept = bound.form["body"].value()
        again = article.body.stream_block.get_prep_value(kept)
        content = article.serializable_data()
        assert rules.text_of({**content, "body": again}) == rules.text_of(content)


def test_approved_version_is_never_written_over(article, reviewer, draft):
    decide(article, reviewer)
    article = Article.objects.get(pk=article.pk)
    approved = article.live_revision
    article.summary = "Typed after the approval."

    saved = article.save_revision(user=approved.user, overwrite_revision=approved)

    assert saved.pk != approved.pk
    approved.refresh_from_db()
    assert approved.content["summary"] == "The new words."


def test_version_approved_for_a_later_day_is_not_written_over(article, editor, reviewer):
    article.summary = "The new words."
    article.go_live_at = timezone.now() + timedelta(days=1)
    approved = article.save_revision(user=editor)
    approved.publish(user=reviewer)
    article = Article.objects.get(pk=article.pk)
    article.summary = "Typed after the approval."

    saved = article.save_revision(user=editor, overwrite_revision=approved)

    approved.refresh_from_db()
    assert saved.pk != approved.pk
    assert approved.content["summary"] == "The new words."


def test_public_version_that_nobody_approved_is_not_written_over(client, article, editor):
    """A starter article's, which the loader made public."""
    public = article.live_revision
    article.summary = "Typed over it."

    saved = article.save_revision(user=editor, overwrite_revision=public)

    public.refresh_from_db()
    assert saved.pk != public.pk
    assert public.content["summary"] != "Typed over it."


# --- what the reviewer sees ---


@pytest.mark.thorough
def test_reviewer_is_led_to_what_has_changed_since_the_last_approval(signed_in, draft, article, reviewer, reviewed):
    browser = signed_in(reviewer)
    approved = rules.approved_revision_id(article)

    page = browser.get(EDIT.format(article.pk)).content.decode()

    changes = f"/cms/snippets/articles/article/history/{article.pk}/revisions/compare/{approved}...latest/"
    assert changes in page
    assert "The new words." in browser.get(changes).content.decode()


def test_any_two_versions_can_be_compared(signed_in, article, editor):
    versions = []
    for words in ("First words.", "Second words.", "Third words."):
        article.summary = words
        versions.append(article.save_revision(user=editor).pk)
    browser = signed_in(editor)
    address = f"/cms/snippets/articles/article/history/{article.pk}/revisions/compare/earliest...latest/"

    page = browser.get(address, {"before": versions[1], "after": versions[0]}, follow=True).content.decode()

    assert (
        f"compare/{versions[0]}...{versions[1]}/"
        in browser.get(address, {"before": versions[1], "after": versions[0]}).headers["Location"]
    )
    assert "First" in page
    assert "Second" in page
    assert "Third" not in page


@pytest.mark.parametrize("number", ["x", "²", "..%2f", "9" * 5_000])
def test_versions_of_what_is_no_number_are_not_found(signed_in, article, editor, number):
    history = "/cms/snippets/articles/article/history"
    for address in (
        f"{history}/{number}/revisions/compare/earliest...latest/",
        f"{history}/{article.pk}/revisions/compare/{number}...latest/",
    ):
        assert signed_in(editor).get(address).status_code == 404


def test_first_version_of_a_starter_article_can_be_restored(signed_in, article, editor):
    first = article.live_revision
    article.summary = "The new words."
    article.save_revision(user=editor, log_action=True)
    browser = signed_in(editor)
    address = f"/cms/snippets/articles/article/history/{article.pk}/revisions/{first.pk}/revert/"
    assert address in browser.get(f"/cms/snippets/articles/article/history/{article.pk}/").content.decode()

    browser.post(address, form_of(first.as_object()))

    assert article.revisions.order_by("pk").last().content["summary"] == first.content["summary"]


def test_approving_without_opening_the_text_leads_to_it(signed_in, draft, article, reviewer):
    state = article.current_workflow_task_state
    address = f"/cms/snippets/articles/article/workflow/action/{article.pk}/approve/{state.pk}/"

    answer = signed_in(reviewer).post(address)

    assert answer.headers["Location"].startswith(EDIT.format(article.pk))
    assert Article.objects.get(pk=article.pk).sample


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ("approve", "“Heel pain” is approved, and public."),
        ("reject", "“Heel pain” goes back to its writer, with your comment."),
    ],
)
def test_reviewer_is_told_what_the_decision_has_done(signed_in, draft, article, reviewer, action, said):
    decision = {"action-workflow-action": "1", "workflow-action-name": action}

    answer = signed_in(reviewer).post(EDIT.format(article.pk), form_of(article) | decision, follow=True)

    assert said in answer.content.decode()


def test_editor_is_told_who_has_the_text_now(signed_in, article, editor):
    answer = signed_in(editor).post(EDIT.format(article.pk), form_of(article) | {"action-submit": "1"}, follow=True)

    assert "“Heel pain” is with the medical reviewers now." in answer.content.decode()


def test_comment_reaches_the_editor(signed_in, draft, article, editor, reviewer):
    decide(article, reviewer, "reject", comment="Which exercises?")

    assert "Which exercises?" in signed_in(editor).get("/cms/").content.decode()


# --- marking as reviewed ---


def test_marking_retires_a_samples_notice(client, signed_in, article, reviewer):
    assert "A podiatrist has not checked this text yet" in page_of(client)

    signed_in(reviewer).post(f"{BULK.format('reviewed')}?id={article.pk}", {**TICK, **seen(article)})

    page = page_of(client)
    assert "A podiatrist has not checked this text yet" not in page
    assert "Rita Review, DPM" in page


def test_marking_asks_whether_the_texts_were_read(signed_in, article, reviewer):
    answer = signed_in(reviewer).post(f"{BULK.format('reviewed')}?id={article.pk}", seen(article))

    assert "Tick the box if you have read them all." in answer.content.decode()
    assert Article.objects.get(pk=article.pk).sample


@pytest.mark.parametrize("nonsense", ["", "[]", "{", "null", '{"1": "x"}'])
def test_marking_holds_only_for_the_version_that_was_on_the_page(signed_in, article, reviewer, nonsense):
    signed_in(reviewer).post(f"{BULK.format('reviewed')}?id={article.pk}", {**TICK, "seen": nonsense})

    assert Article.objects.get(pk=article.pk).sample


def test_marking_is_refused_once_another_version_is_public(article, reviewer, both):
    seen_on_the_page = article.live_revision_id
    article.summary = "The words that became public meanwhile."
    article.save_revision(user=both).publish(user=reviewer)

    with pytest.raises(rules.NotAllowed, match="Another version has become public"):
        rules.confirm(article, reviewer, seen_on_the_page)


def test_marking_leaves_a_waiting_draft_as_it_is(signed_in, draft, article, reviewer):
    rules.confirm(article, reviewer, article.live_revision_id)

    article = Article.objects.get(pk=article.pk)
    assert article.get_latest_revision_as_object().summary == "The new words."
    assert article.workflow_in_progress


def test_loading_leaves_alone_what_a_reviewer_stands_by(reviewed, tmp_path, monkeypatch):
    from articles.management.commands import load_articles

    changed = (load_articles.LIBRARY / "heel-pain.md").read_text().replace('title: "Heel pain"', 'title: "New"')
    (tmp_path / "heel-pain.md").write_text(changed)
    monkeypatch.setattr(load_articles, "LIBRARY", tmp_path)

    call_command("load_articles", verbosity=0)

    assert Article.objects.get(slug="heel-pain").title == "Heel pain"


# --- several at once ---


def test_bulk_publishing_approves_the_waiting_drafts(client, signed_in, draft, article, reviewer):
    data = {**TICK, **seen(article, version="latest_revision_id")}

    signed_in(reviewer).post(f"{BULK.format('publish')}?id={article.pk}", data)

    assert "The new words." in page_of(client)
    assert "Rita Review, DPM" in page_of(client)


def test_bulk_publishing_leaves_out_ones_own_text(client, signed_in, article, both):
    article.summary = "My own words."
    article.save_revision(user=both)
    address = f"{BULK.format('publish')}?id={article.pk}"
    browser = signed_in(both)

    assert "You wrote a part of this text" in browser.get(address).content.decode()
    browser.post(address, {**TICK, **seen(article, version="latest_revision_id")})

    assert "My own words." not in page_of(client)


def test_bulk_publishing_leaves_out_what_has_changed_since_the_page_was_opened(
    client, signed_in, draft, article, editor, reviewer
):
    data = {**TICK, **seen(article, version="latest_revision_id")}
    article.summary = "Words that nobody has read."
    article.save_revision(user=editor)

    address = f"{BULK.format('publish')}?id={article.pk}&next={LIST}"
    answer = signed_in(reviewer).post(address, data, follow=True)

    assert "It has changed since you opened the page." in answer.content.decode()
    assert "Words that nobody has read." not in page_of(client)


@pytest.mark.parametrize("action", ["publish", "reviewed", "unpublish"])
def test_editor_can_do_nothing_to_several_at_once(client, signed_in, draft, article, editor, action):
    version = "latest_revision_id" if action == "publish" else "live_revision_id"

    signed_in(editor).post(f"{BULK.format(action)}?id={article.pk}", {**TICK, **seen(article, version=version)})

    found = Article.objects.get(pk=article.pk)
    assert (found.live, found.sample, found.summary == "The new words.") == (True, True, False)


def test_bulk_unpublishing_takes_texts_off_the_site(client, signed_in, article, reviewer):
    signed_in(reviewer).post(f"{BULK.format('unpublish')}?id={article.pk}", seen(article))

    assert client.get("/conditions/heel-pain/").status_code in (404, 410)


# --- small corrections ---


def test_small_correction_goes_live_and_is_logged_as_such(client, reviewed, corrector):
    before = (reviewed.last_reviewed, reviewed.next_review, reviewed.reviewer_id)
    reviewed.summary = reviewed.summary.replace("Sharp pain", "Sharp pains")

    rules.correct(reviewed.save_revision(user=corrector), corrector)

    assert "Sharp pains" in page_of(client)
    found = Article.objects.get(pk=reviewed.pk)
    assert (found.last_reviewed, found.next_review, found.reviewer_id) == before
    entry = ModelLogEntry.objects.get(action="articles.correct")
    assert (entry.user, entry.revision_id) == (corrector, found.live_revision_id)
    assert "Small correction, not reviewed" in entry.message


def test_editors_can_not_correct_unless_the_practice_says_so(reviewed, editor):
    reviewed.summary = reviewed.summary.replace("Sharp pain", "Sharp pains")

    with pytest.raises(rules.NotAllowed):
        rules.correct(reviewed.save_revision(user=editor), editor)


def test_correction_in_the_editor_that_is_too_large_is_kept_as_a_draft(client, signed_in, reviewed, corrector):
    data = form_of(reviewed, summary="Take 400 mg of something else instead.") | {"action-correct": "1"}

    answer = signed_in(corrector).post(EDIT.format(reviewed.pk), data, follow=True)

    assert "but it is not public" in answer.content.decode()
    assert "400 mg" not in page_of(client)
    assert "400 mg" in reviewed.revisions.order_by("pk").last().content["summary"]


def test_text_in_review_can_not_be_corrected_not_even_by_a_word(article, editor, corrector):
    article.summary = article.summary.replace("Sharp pain", "Sharp pains")
    slip = article.save_revision(user=editor)
    Workflow.objects.get(name="Medical review").start(article, editor)

    with pytest.raises(rules.NotAllowed, match="with the medical reviewer"):
        rules.correct(slip, corrector)


def test_sample_that_is_corrected_stays_a_sample(article, corrector):
    article.summary = article.summary.replace("Sharp pain", "Sharp pains")

    rules.correct(article.save_revision(user=corrector), corrector)

    assert Article.objects.get(pk=article.pk).sample


# --- when the date has passed ---


@pytest.mark.parametrize(("days", "told"), [(-1, False), (1, False), (90, False), (91, True)])
def test_readers_are_told_after_the_time_of_grace(client, reviewed, days, told):
    Article.objects.filter(pk=reviewed.pk).update(next_review=timezone.localdate() - timedelta(days=days))

    assert ("This page is due for a check." in page_of(client)) is told


def test_reviewer_whom_old_versions_name_is_never_deleted(signed_in, draft, article, reviewer, admin_user):
    decide(article, reviewer)
    Article.objects.update(reviewer=None)
    browser = signed_in(admin_user)

    for address in ("/cms/snippets/articles/reviewer/delete/{}/", "/cms/bulk/articles/reviewer/delete/?id={}"):
        browser.post(address.format(reviewer.reviewer.pk))

    assert Reviewer.objects.filter(user=reviewer).exists()
