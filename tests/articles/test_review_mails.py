"""Who is told by mail what the review waits for and what it decided, and that no mail server stands in its way."""

import pytest
from django.db import transaction
from wagtail.models import TaskState, Workflow
from wagtail.signals import task_submitted, workflow_approved, workflow_rejected, workflow_submitted
from wagtail.users.models import UserProfile

from articles.mail import reviews
from articles.models import Article
from common import staff_mail
from common.models import StaffMail, User
from tests.articles.desk import EDIT, form_of
from tests.dead_mail_server import DEAD, TROUBLES, Backend

SUBMIT = {"action-submit": "1"}
APPROVE = {"action-workflow-action": "1", "workflow-action-name": "approve"}
RETURN = {"action-workflow-action": "1", "workflow-action-name": "reject"}


@pytest.fixture
def people(editor, reviewer):
    """An editor and a reviewer, both with an address."""
    for user in (editor, reviewer):
        User.objects.filter(pk=user.pk).update(email=f"{user.username}@clinic.example")
        user.refresh_from_db()


@pytest.fixture
def act(people, article, signed_in):
    """Send the editor's form as somebody. Returns the answer."""
    return lambda user, changes: signed_in(user).post(EDIT.format(article.pk), form_of(article) | changes)


def arrived(mailoutbox):
    """To whom and about what, in the order they came."""
    staff_mail.deliver_due()
    return [(mail.to[0].split("@")[0], mail.subject) for mail in mailoutbox]


def test_reviewer_and_editor_are_told(act, editor, reviewer, article, mailoutbox):
    act(editor, SUBMIT)
    waiting = arrived(mailoutbox)
    act(reviewer, APPROVE)

    assert waiting == [("rita", "“Heel pain” waits for your review")]
    assert arrived(mailoutbox) == [*waiting, ("edith", "“Heel pain” is approved")]
    assert "edith asks you to review “Heel pain”" in mailoutbox[0].body
    assert f"https://testserver/cms/articles/review/{article.pk}/" in mailoutbox[0].body
    assert f"https://testserver{EDIT.format(article.pk)}" in mailoutbox[1].body


def test_comment_of_a_returned_text_is_in_the_mail(act, editor, reviewer, article, mailoutbox):
    act(editor, SUBMIT)
    state = article.current_workflow_task_state
    state.specific.reject(user=reviewer, comment="Which exercises? <b> & 'how'")

    assert arrived(mailoutbox)[-1] == ("edith", "“Heel pain” came back from the review")
    assert "Which exercises? <b> & 'how'" in mailoutbox[-1].body


def test_who_has_left_or_wants_no_mails_gets_none(act, editor, reviewer, mailoutbox):
    User.objects.filter(pk=reviewer.pk).update(is_active=False)
    profile = UserProfile.get_for_user(editor)
    profile.approved_notifications = False
    profile.save()
    act(editor, SUBMIT)
    User.objects.filter(pk=reviewer.pk).update(is_active=True)
    act(reviewer, APPROVE)

    assert arrived(mailoutbox) == []


def test_administrators_are_left_alone(act, editor, admin_user, mailoutbox):
    act(editor, SUBMIT)

    assert [name for name, _subject in arrived(mailoutbox)] == ["rita"]


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
def test_dead_mail_server_stops_no_review(act, editor, reviewer, article, settings, monkeypatch, trouble):
    monkeypatch.setattr(Backend, "trouble", trouble)
    settings.EMAIL_BACKEND = DEAD

    assert act(editor, SUBMIT).status_code == 302
    assert act(reviewer, APPROVE).status_code == 302

    assert not Article.objects.get(pk=article.pk).has_unpublished_changes
    assert Article.objects.get(pk=article.pk).reviewer.user == reviewer
    assert StaffMail.objects.count() == 2


def test_mail_of_what_was_undone_is_not_owed(people, article, editor):
    article.save_revision(user=editor)

    with pytest.raises(ZeroDivisionError):
        _start_and_fail(article, editor)

    assert not StaffMail.objects.exists()
    assert not TaskState.objects.exists()


def _start_and_fail(article, editor):
    with transaction.atomic():
        Workflow.objects.get(name="Medical review").start(article, editor)
        raise ZeroDivisionError


def test_wagtail_sends_none_of_its_own():
    for signal in (task_submitted, workflow_submitted, workflow_approved, workflow_rejected):
        assert {receiver().__module__ for _key, receiver, *_rest in signal.receivers} <= {reviews.__name__}
