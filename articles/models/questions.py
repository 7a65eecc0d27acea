"""What readers ask about an article."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from articles.models.reviewing import Reviewer
from common.models import User

NOT_PUBLISHED = _("Only a medical reviewer can publish a question or change one that is published.")
NOT_TAKEN_BACK = _("Only a medical reviewer can take back what is published. You can ask the reviewer to do it.")


class ReaderQuestionQuerySet(models.QuerySet["ReaderQuestion"]):
    """What readers asked."""

    def published(self) -> "ReaderQuestionQuerySet":
        """What readers may see, once their article is."""
        return self.filter(status__in=SHOWN)

    def for_reviewer(self) -> "ReaderQuestionQuerySet":
        """What only a medical reviewer can go on with."""
        return self.filter(status__in=FOR_REVIEWER)

    def hold(self, *, article_id: int, text: str, sent_key: str, suspected: bool) -> None:
        """Keep a question for a moderator; the same one sent twice is kept once."""
        status = ReaderQuestion.Status.SUSPECTED if suspected else ReaderQuestion.Status.HELD
        self.get_or_create(sent_key=sent_key, defaults={"article_id": article_id, "text": text, "status": status})


class ReaderQuestion(models.Model):
    """A question about an article, held until a medical reviewer publishes it with an answer. Nobody is named."""

    LENGTH = 500

    class Status(models.TextChoices):
        """Where a question stands. Readers go on seeing what is published until a reviewer takes it back."""

        HELD = "held", _("Waiting for an answer")
        SUSPECTED = "suspected", _("Waiting, perhaps spam")
        READY = "ready", _("Answered, ready for the reviewer")
        PUBLISHED = "published", _("Published")
        TAKE_BACK = "take_back", _("Published; the reviewer is asked to take it back")
        WITHDRAWN = "withdrawn", _("Taken back by a reviewer")
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
                condition=~Q(status__in=["published", "take_back", "withdrawn"])
                | (~Q(answer="") & Q(answered_by__isnull=False) & Q(published_at__isnull=False)),
                violation_error_message=_("Only a medical reviewer can publish a question, and only with an answer."),
            )
        ]
        verbose_name = _("question")
        verbose_name_plural = _("questions")

    def __str__(self) -> str:
        """Without its words: Wagtail copies this into its log, where they would outlive the question."""
        return _("Question %(number)s") % {"number": self.pk}

    def save(self, *args: Any, **kwargs: Any) -> None:
        """What readers see is put on record."""
        with transaction.atomic():
            super().save(*args, **kwargs)
            if self.status in SHOWN:
                ShownAnswer.keep(self)

    @admin.display(description=_("question"))
    def excerpt(self) -> str:
        """The first words, for lists."""
        return Truncator(self.text).chars(100)

    def clean(self) -> None:
        """No question goes to the reviewer, or to readers, without its answer."""
        super().clean()
        if self.status in (*SHOWN, self.Status.READY) and not self.answer:
            before = _("Write an answer before you send it to the reviewer.")
            message = (
                before if self.status == self.Status.READY else _("Write an answer before you publish the question.")
            )
            raise ValidationError({"answer": message})

    def shown_before(self) -> list["ShownAnswer"]:
        """Earlier wordings of what is published, and all of what was taken back."""
        return [row for row in self.shown.select_related("answered_by") if not self._shows(row)]

    def _shows(self, row: "ShownAnswer") -> bool:
        return self.status in SHOWN and (row.text, row.answer) == (self.text, self.answer)

    @property
    def was_public(self) -> bool:
        """Whether readers have seen it. Then it is never deleted."""
        return self.published_at is not None

    def moves(self, user: User) -> tuple[str, ...]:
        """Where a user may bring it from where it stands."""
        return (MOVES_OF_REVIEWERS if _reviewer(user) else MOVES_OF_EDITORS)[self.Status(self.status)]

    def set_publisher(self, user: User) -> None:
        """Put down who publishes it and when, or nobody if readers never saw it. Not saved.

        Raises ValidationError for what is a reviewer's: to publish, to change what is public, to take it back.
        """
        before = type(self).objects.filter(pk=self.pk).first()
        reviewer = _reviewer(user)
        if before and self.status not in before.moves(user):
            raise ValidationError({"status": NOT_TAKEN_BACK if before.status in SHOWN else NOT_PUBLISHED})
        rewritten = before is None or (before.text, before.answer) != (self.text, self.answer)
        if ((before and before.was_public) or self.status in SHOWN) and rewritten and not reviewer:
            raise ValidationError({"status": NOT_PUBLISHED})
        if self.status in SHOWN:
            if rewritten or before is None or before.status not in SHOWN:
                self.answered_by = reviewer
            self.published_at = self.published_at or timezone.now()
        elif self.status != self.Status.WITHDRAWN:
            self.answered_by = self.published_at = None


class ShownAnswer(models.Model):
    """What readers saw of a question, and who stood by it: kept when it is changed or taken back."""

    question = models.ForeignKey(ReaderQuestion, models.CASCADE, related_name="shown")
    text = models.TextField()
    answer = models.TextField()
    answered_by = models.ForeignKey(Reviewer, models.PROTECT, related_name="+")
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.question_id}, {self.since:%Y-%m-%d}"

    @classmethod
    def keep(cls, question: ReaderQuestion) -> None:
        """The words of a public question, once for as long as they stay the same."""
        last = cls.objects.filter(question=question).last()
        if last is None or (last.text, last.answer) != (question.text, question.answer):
            cls.objects.create(
                question=question, text=question.text, answer=question.answer, answered_by=question.answered_by
            )


_Status = ReaderQuestion.Status
SHOWN = (_Status.PUBLISHED, _Status.TAKE_BACK)
FOR_REVIEWER = (_Status.READY, _Status.TAKE_BACK)
_NEVER_SHOWN = (_Status.HELD, _Status.SUSPECTED, _Status.READY, _Status.REFUSED)
# From where it stands to where it may be brought; what was public never becomes what readers never saw.
MOVES_OF_EDITORS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_NEVER_SHOWN, _NEVER_SHOWN),
    _Status.PUBLISHED: SHOWN,
    _Status.TAKE_BACK: SHOWN,
    _Status.WITHDRAWN: (_Status.WITHDRAWN,),
}
MOVES_OF_REVIEWERS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_NEVER_SHOWN, (*_NEVER_SHOWN, _Status.PUBLISHED)),
    _Status.PUBLISHED: (_Status.PUBLISHED, _Status.WITHDRAWN),
    _Status.TAKE_BACK: (*SHOWN, _Status.WITHDRAWN),
    _Status.WITHDRAWN: (_Status.WITHDRAWN, _Status.PUBLISHED),
}


def _reviewer(user: User) -> Reviewer | None:
    return Reviewer.objects.filter(user=user).first()
