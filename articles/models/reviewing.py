"""Who reviews articles, the step at which they do, and who was reminded of it."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import GroupApprovalTask, TaskState

from articles.reviewing import rules
from articles.reviewing.people import Person, person_of
from common.models import User

Actions = list[tuple[str, str | Promise, bool]]  # of a task: name, words on the button, whether it asks for a comment


class Reviewer(models.Model):
    """A podiatrist who reviews articles. The names here are for the desk; what readers are told is `person`."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="reviewer")
    name = models.CharField(
        _("name"), max_length=120, help_text=_("For the desk. Readers see what the admin’s “Podiatrists” say.")
    )
    credentials = models.CharField(_("credentials"), max_length=60, help_text=_("For example: DPM, FACFAS"))

    panels: ClassVar = [FieldPanel("user"), FieldPanel("name"), FieldPanel("credentials")]

    class Meta:
        verbose_name = _("reviewer")
        verbose_name_plural = _("reviewers")

    def __str__(self) -> str:
        return f"{self.name}, {self.credentials}"

    @property
    def person(self) -> Person | None:
        """What readers may be told of them; None while the practice does not list them."""
        return person_of(self.user_id)


class MedicalReview(GroupApprovalTask):
    """The step of the workflow at which a reviewer approves a text or returns it. Nobody approves their own."""

    class Meta:
        proxy = True

    def get_actions(self, obj: rules.Reviewed, user: User) -> Actions:
        """What a user can do with a text in review: name, words on the button, whether it asks for a comment."""
        if not super().get_actions(obj, user):
            return []
        actions: Actions = [("reject", _("Return with a comment"), True)]
        if not rules.why_not_approve(obj, user):
            actions += [("approve", _("Approve"), False), ("approve", _("Approve with a comment"), True)]
        return actions

    @transaction.atomic
    def on_action(self, task_state: TaskState, user: User, action_name: str, **kwargs: Any) -> Any:
        """Raises rules.NotAllowed for one's own text, wherever the action came from. What is kept is the version that
        was decided on, not the one that was sent.
        """
        article: Any = task_state.workflow_state.content_object
        if action_name == "approve" and (reason := rules.why_not_approve(article, user)):
            raise rules.NotAllowed(reason)
        task_state.revision = article.get_latest_revision()
        return super().on_action(task_state, user, action_name, **kwargs)


class ReviewComment(models.Model):
    """What a reviewer said of one section on the page of the review. All of them together are the comment of Wagtail's
    `TaskState`, which mails and the history have.
    """

    task_state = models.ForeignKey(TaskState, models.CASCADE, related_name="review_comments")
    section = models.CharField(max_length=40, blank=True)  # a key of SECTIONS, "head" or "rest"; empty: the whole text
    text = models.TextField()

    class Meta:
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(name="review_comment_once", fields=("task_state", "section"))]

    def __str__(self) -> str:
        return f"{self.task_state_id}, {self.section}"


class ReviewReminder(models.Model):
    """That somebody was told by mail that an article's review is near or overdue: told once, not again."""

    class Stage(models.IntegerChoices):
        """Days before the review is due."""

        MONTH = 30, _("30 days before")
        WEEK = 7, _("7 days before")
        OVERDUE = 0, _("overdue")

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    due = models.DateField()
    stage = models.PositiveSmallIntegerField(choices=Stage.choices)
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(name="reminded_once", fields=("article", "user", "due", "stage"))]

    def __str__(self) -> str:
        return f"{self.article_id} → {self.user_id}, {self.due}, {self.stage}"
