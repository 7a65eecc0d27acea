"""What readers ask about an article."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from articles.models.reviewing import Reviewer
from common.models import User


class ReaderQuestionQuerySet(models.QuerySet["ReaderQuestion"]):
    """What readers asked."""

    def published(self) -> "ReaderQuestionQuerySet":
        """What readers may see, once their article is."""
        return self.filter(status=ReaderQuestion.Status.PUBLISHED)

    def hold(self, *, article_id: int, text: str, sent_key: str, suspected: bool) -> None:
        """Keep a question for a moderator; the same one sent twice is kept once."""
        status = ReaderQuestion.Status.SUSPECTED if suspected else ReaderQuestion.Status.HELD
        self.get_or_create(sent_key=sent_key, defaults={"article_id": article_id, "text": text, "status": status})


class ReaderQuestion(models.Model):
    """A question about an article, held until a medical reviewer publishes it with an answer. Nobody is named."""

    LENGTH = 500

    class Status(models.TextChoices):
        """Where a question stands. Only published ones are seen."""

        HELD = "held", _("Waiting for an answer")
        SUSPECTED = "suspected", _("Waiting, perhaps spam")
        PUBLISHED = "published", _("Published")
        REFUSED = "refused", _("Refused")

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="questions", verbose_name=_("article"))
    text = models.TextField(
        _("question"),
        max_length=LENGTH,
        help_text=_("Take out whatever could tell who asked: names, dates, places, their own health."),
    )
    asked_at = models.DateTimeField(_("asked"), default=timezone.now, editable=False)
    answer = models.TextField(
        _("answer"), max_length=3000, blank=True, help_text=_("Plain text. An empty line starts a new paragraph.")
    )
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.HELD)
    answered_by = models.ForeignKey(
        Reviewer, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("published by")
    )
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    sent_key = models.CharField(max_length=64, unique=True, editable=False)  # see TrapsForm.once

    objects = ReaderQuestionQuerySet.as_manager()

    class Meta:
        ordering = ("-asked_at", "-pk")
        constraints = [
            models.CheckConstraint(
                name="reader_question_published_whole",
                condition=~Q(status="published")
                | (~Q(answer="") & Q(answered_by__isnull=False) & Q(published_at__isnull=False)),
                violation_error_message=_("Only a medical reviewer can publish a question, and only with an answer."),
            )
        ]
        verbose_name = _("question")
        verbose_name_plural = _("questions")

    def __str__(self) -> str:
        """Without its words: Wagtail copies this into its log, where they would outlive the question."""
        return _("Question %(number)s") % {"number": self.pk}

    @admin.display(description=_("question"))
    def excerpt(self) -> str:
        """The first words, for lists."""
        return Truncator(self.text).chars(100)

    def clean(self) -> None:
        """No question is published without its answer."""
        super().clean()
        if self.status == self.Status.PUBLISHED and not self.answer:
            raise ValidationError({"answer": _("Write an answer before you publish the question.")})

    def set_publisher(self, user: User) -> None:
        """Put down who publishes it and when, or nobody if it is not published. Not saved.

        Raises ValidationError unless the user is set up as a reviewer: the answer is medical advice.
        """
        if self.status != self.Status.PUBLISHED:
            self.answered_by = self.published_at = None
            return
        self.answered_by = Reviewer.objects.filter(user=user).first()
        if self.answered_by is None:
            raise ValidationError(
                {"status": _("Only a medical reviewer can publish a question or change one that is published.")}
            )
        self.published_at = self.published_at or timezone.now()
