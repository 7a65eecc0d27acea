"""Mails of the review: to the reviewers when an article waits for them, to who asked for it when they have decided.

They take the place of Wagtail's own, which are sent while the page waits: a mail server that refuses would make an
error of every "Submit" and every approval, and the mail would be gone.
"""

from collections.abc import Iterable
from typing import Any, cast

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from wagtail.models import TaskState, WorkflowState
from wagtail.signals import task_submitted, workflow_approved, workflow_rejected, workflow_submitted
from wagtail.users.models import UserProfile

from articles.models import Article, SitePage
from common import staff_mail
from common.identity import identity
from common.models import User

SUBJECTS = {
    "submitted": _("“%(title)s” waits for your review"),
    "rejected": _("“%(title)s” came back from the review"),
    "approved": _("“%(title)s” is approved"),
}


def take_over() -> None:
    """Disconnect Wagtail's and connect ours."""
    task_submitted.disconnect(sender=TaskState, dispatch_uid="group_approval_task_submitted_email_notification")
    workflow_submitted.disconnect(sender=WorkflowState, dispatch_uid="workflow_state_submitted_email_notification")
    workflow_rejected.disconnect(sender=WorkflowState, dispatch_uid="workflow_state_rejected_email_notification")
    workflow_approved.disconnect(sender=WorkflowState, dispatch_uid="workflow_state_approved_email_notification")
    task_submitted.connect(_submitted, dispatch_uid="review mails")
    workflow_rejected.connect(_returned, sender=WorkflowState, dispatch_uid="review mails")
    workflow_approved.connect(_approved, sender=WorkflowState, dispatch_uid="review mails")


def _submitted(instance: TaskState, user: User | None, **kwargs: Any) -> None:
    reviewers = User.objects.filter(groups__in=instance.task.specific.groups.all()).distinct()
    _tell("submitted", reviewers, instance.workflow_state, user)


def _returned(instance: WorkflowState, user: User | None, **kwargs: Any) -> None:
    task = instance.current_task_state
    _tell("rejected", [instance.requested_by], instance, user, comment=task.specific.get_comment() if task else "")


def _approved(instance: WorkflowState, user: User | None, **kwargs: Any) -> None:
    task = instance.current_task_state
    _tell("approved", [instance.requested_by], instance, user, comment=task.specific.get_comment() if task else "")


def _tell(what: str, people: Iterable[User | None], state: WorkflowState, by: User | None, comment: str = "") -> None:
    """Owe a mail to each of those people, but not to whoever did it. Who wants none says so in their account."""
    article = cast("Article | SitePage", state.content_object).get_latest_revision_as_object()
    on_page = what == "submitted"
    page = f"{article._meta.model_name}_review" if on_page else article.snippet_viewset.get_url_name("edit")
    context = {
        "what": what,
        "title": article.title,
        "by": by,
        "comment": comment,
        "on_page": on_page,
        "address": f"{settings.BASE_URL}{reverse(page, args=[article.pk])}",
        "practice_name": identity().name,
    }
    with translation.override(settings.LANGUAGE_CODE):
        for user in people:
            if not user or user == by or not (user.is_active and user.email):
                continue
            if not getattr(UserProfile.get_for_user(user), f"{what}_notifications"):
                continue
            text = render_to_string("articles/mail/review.txt", {**context, "user": user})
            staff_mail.queue(user.email, str(SUBJECTS[what]) % {"title": article.title}, text)
