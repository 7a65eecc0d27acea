"""The first page of the desk: what waits for whom."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.ui.components import Component
from wagtail.models import ModelLogEntry, Revision, TaskState

from articles import schedule
from articles.desk.columns import SOON_DAYS
from articles.desk.comparing import changes_url
from articles.desk.reviewed import KINDS, review_url
from articles.desk.statuses import STATUSES, with_status
from articles.importing.drafts import LOG_ACTION
from articles.models import Article, DeletedDraft, Helpful, ImportedArticle, MissedSearch, ReaderQuestion, SitePage
from articles.reviewing import rules
from common.models import User

ROWS = 8  # of each panel; the rest is a click away
READ_DAYS = 30


class Panel(Component):
    """A part of the first page, for who has the right to what it shows."""

    right: str

    def __init__(self, user: User | AnonymousUser) -> None:
        self.user = user

    def is_shown(self) -> bool:
        """Whether the user may see it."""
        return self.user.has_perm(self.right)

    def rows(self) -> dict[str, Any]:
        """What the template shows."""
        raise NotImplementedError

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """In the words of this panel."""
        listing = reverse(Article.snippet_viewset.get_url_name("list"))
        may_change = self.user.has_perm("articles.change_article")
        return {"articles_url": listing, "rows_shown": ROWS, "may_change": may_change, **self.rows()}


class MyDrafts(Panel):
    """What I have begun and readers do not see yet, with what the reviewer said, or why its day passed in vain."""

    right = "articles.change_article"
    template_name = "articles/cms/home_drafts.html"
    order = 10

    def rows(self) -> dict[str, Any]:
        """The ones edited last on top."""
        mine = Article.objects.filter(Q(latest_revision__user=self.user) | Q(workflow_states__requested_by=self.user))
        waiting = mine.filter(Q(has_unpublished_changes=True) | Q(live=False), expired=False).distinct()
        found = with_status(Article.objects.filter(pk__in=waiting.values("pk")))
        drafts = found.select_related("latest_revision").defer("body").order_by("-latest_revision__created_at")
        shown = list(drafts[:ROWS])
        comments = {
            state.workflow_state.object_id: state.comment
            for state in TaskState.objects.filter(
                workflow_state__object_id__in=[str(article.pk) for article in shown],
                workflow_state__base_content_type__model="article",
                workflow_state__status="needs_changes",
                status=TaskState.STATUS_REJECTED,
            )
            .select_related("workflow_state")
            .order_by("pk")
        }
        called_off = schedule.why_called_off(article.latest_revision_id for article in shown)
        return {
            "drafts": [
                (
                    article,
                    *STATUSES[article.status],
                    comments.get(str(article.pk), ""),
                    called_off.get(article.latest_revision_id, ""),
                )
                for article in shown
            ],
            "any_deleted": DeletedDraft.objects.exists(),
            "may_add": self.user.has_perm("articles.add_article"),
        }


class WaitingForMyReview(Panel):
    """What a reviewer is asked to read, the longest waiting first."""

    right = "articles.publish_article"
    template_name = "articles/cms/home_waiting.html"
    order = 5

    def is_shown(self) -> bool:
        """For reviewers."""
        return super().is_shown() and rules.reviewer_of(self.user) is not None

    def rows(self) -> dict[str, Any]:
        """Each with its changes."""
        states = (
            TaskState.objects.reviewable_by(self.user)
            .filter(workflow_state__base_content_type__model__in=[kind._meta.model_name for kind in KINDS])
            .select_related("workflow_state__requested_by")
            .prefetch_related("workflow_state__content_object")
            .order_by("started_at")
        )
        found = [(state, state.workflow_state.content_object) for state in states[:ROWS]]
        titles = dict(
            Revision.objects.filter(pk__in=[article.latest_revision_id for _state, article in found if article])
            .order_by()
            .values_list("pk", "object_str")
        )
        return {
            "waiting": [
                (
                    state,
                    review_url(article),
                    titles.get(article.latest_revision_id) or str(article),
                    changes_url(article),
                )
                for state, article in found
                if article
            ],
            "many": states.count(),
        }


class DueForReview(Panel):
    """What is overdue, or will be within 30 days, and the samples that nobody has reviewed."""

    right = "articles.view_article"
    template_name = "articles/cms/home_due.html"
    order = 20

    def rows(self) -> dict[str, Any]:
        """The longest overdue first."""
        due = Article.objects.due_for_review(SOON_DAYS).select_related("reviewer").defer("body")
        return {
            "due": due[:ROWS],
            "many": due.count(),
            "overdue": Article.objects.due_for_review().count(),
            "samples": Article.objects.published().filter(sample=True).count(),
        }


class QuestionsWaiting(Panel):
    """Readers' questions without an answer."""

    right = "articles.view_readerquestion"
    template_name = "articles/cms/home_questions.html"
    order = 30

    def rows(self) -> dict[str, Any]:
        """The oldest first; a reviewer's own on top. What looks like spam is only counted."""
        held, asked = ReaderQuestion.objects.filter(status=ReaderQuestion.Status.HELD), []
        if rules.reviewer_of(self.user):
            for_reviewer = ReaderQuestion.objects.for_reviewer()
            asked = list(for_reviewer.select_related("article").defer("article__body").order_by("asked_at")[:ROWS])
        return {
            "asked": asked,
            "may_answer": self.user.has_perm("articles.change_readerquestion"),
            "questions": held.select_related("article").defer("article__body").order_by("asked_at")[:ROWS],
            "many": held.count(),
            "suspected": ReaderQuestion.objects.filter(status=ReaderQuestion.Status.SUSPECTED).count(),
        }


class MostRead(Panel):
    """Which pages were opened most."""

    right = "articles.view_article"
    template_name = "articles/cms/home_read.html"
    order = 40

    def rows(self) -> dict[str, Any]:
        """Of the last 30 days."""
        since = timezone.localdate() - timedelta(days=READ_DAYS)
        lately = Q(daily_reads__day__gt=since)
        articles = Article.objects.filter(lately).annotate(times=Sum("daily_reads__count", filter=lately))
        return {"read": articles.defer("body").order_by("-times", "title")[:ROWS], "days": READ_DAYS}


class WasItHelpful(Panel):
    """What readers clicked below the texts, those that helped least on top."""

    right = "articles.view_helpful"
    template_name = "articles/cms/home_helpful.html"
    order = 45

    def rows(self) -> dict[str, Any]:
        """Of the last 30 days."""
        lately = Helpful.objects.filter(day__gt=timezone.localdate() - timedelta(days=READ_DAYS), text="").order_by()
        counted = lately.annotate(title=Coalesce("article__title", "page__title")).values("title")
        helped = counted.annotate(no=Count("pk", filter=Q(yes=False)), yes=Count("pk", filter=Q(yes=True)))
        new = Helpful.objects.filter(status=Helpful.Status.NEW)
        return {"helped": helped.order_by("-no", "-yes", "title")[:ROWS], "many": new.count(), "days": READ_DAYS}


class NotFound(Panel):
    """What people searched for and did not find."""

    right = "articles.view_missedsearch"
    template_name = "articles/cms/home_missed.html"
    order = 50

    def rows(self) -> dict[str, Any]:
        """The most frequent first."""
        return {"missed": MissedSearch.objects.all()[:ROWS]}


class Imported(Panel):
    """What came in from another site and nobody has saved since."""

    right = "articles.change_article"
    template_name = "articles/cms/home_imported.html"
    order = 15

    def is_shown(self) -> bool:
        """Where there is something."""
        return super().is_shown() and self._found().exists()

    def _found(self) -> QuerySet[ImportedArticle]:
        untouched = [
            Q(
                (f"{text}__live", False),
                (f"{text}__first_published_at", None),
                (f"{text}__latest_revision__user", None),
                (f"{text}__isnull", False),
            )
            for text in ("article", "page")
        ]
        return ImportedArticle.objects.filter(untouched[0] | untouched[1])

    def rows(self) -> dict[str, Any]:
        """The newest first, with what the import noted."""
        found = self._found().order_by("-imported_at", "-pk")
        shown = list(found.select_related("article", "page").defer("article__body", "page__body")[:ROWS])
        numbers = [str(imported.article_id or imported.page_id) for imported in shown]
        entries = ModelLogEntry.objects.filter(action=LOG_ACTION, object_id__in=numbers).order_by("pk")
        notes = {(entry.content_type_id, entry.object_id): entry.data.get("notes", []) for entry in entries}
        kinds = ContentType.objects.get_for_models(Article, SitePage)
        texts = [imported.article or imported.page for imported in shown]
        told = [notes.get((kinds[type(text)].pk, str(text.pk)), []) for text in texts if text]
        return {
            "rows": list(zip(shown, texts, map(AdminURLFinder(self.user).get_edit_url, texts), told, strict=True)),
            "many": found.count(),
        }


PANELS: tuple[type[Panel], ...] = (
    WaitingForMyReview,
    MyDrafts,
    Imported,
    DueForReview,
    QuestionsWaiting,
    MostRead,
    WasItHelpful,
    NotFound,
)


def panels_for(user: User | AnonymousUser) -> list[Panel]:
    """The parts of the first page that a user may see."""
    return [panel for panel in (kind(user) for kind in PANELS) if panel.is_shown()]


def replace_panels(request: HttpRequest, panels: list[Any]) -> None:
    """What waits for whom, instead of Wagtail's panels about pages."""
    panels[:] = panels_for(request.user)
