"""What a medical reviewer does to several articles at once. Each is decided by articles/reviewing/rules.py.

Approving asks for a tick that the texts were read, and holds for the versions that were on the page then: one that has
changed in the meantime is left out, with a word.
"""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.actions.unpublish import UnpublishAction
from wagtail.admin import messages
from wagtail.snippets.bulk_actions.snippet_bulk_action import SnippetBulkAction

from articles.models import Article
from articles.reviewing import rules
from common.models import User


class SeenForm(forms.Form):
    """Which versions were on the page."""

    seen = forms.JSONField(widget=forms.HiddenInput)

    def version_of(self, article: Article) -> int | None:
        """What was seen of an article."""
        seen = self.cleaned_data["seen"]
        found = seen.get(str(article.pk)) if isinstance(seen, dict) else None
        return found if isinstance(found, int) else None


class ReadForm(SeenForm):
    """For what takes a podiatrist's word."""

    read = forms.BooleanField(
        label=_("I have read each of these texts as it is now, and I stand by it with my name."),
        error_messages={"required": _("Tick the box if you have read them all.")},
    )


class ArticleBulkAction(SnippetBulkAction):
    """Several articles; each stands below with the reason why it is left out, if it is."""

    do_not_call_in_templates = True
    models: ClassVar = [Article]
    template_name = "articles/cms/bulk.html"
    form_class = SeenForm
    question: Promise
    button: Promise

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """For who writes or reviews. Raises PermissionDenied."""
        if not request.user.has_perm("articles.change_article"):
            raise PermissionDenied
        answer: HttpResponse = super().dispatch(request, *args, **kwargs)
        return answer

    def why_not(self, article: Article) -> Promise | None:
        """Why an article is left out; None if it is not."""
        raise NotImplementedError

    def version(self, article: Article) -> int | None:
        """The version that it is about."""
        return article.live_revision_id

    def act(self, article: Article, user: User) -> None:
        """Do it. Raises review.NotAllowed."""
        raise NotImplementedError

    def check_perm(self, obj: Article) -> bool:
        """Whether it is done to this one."""
        obj.why_not = self.why_not(obj)
        return obj.why_not is None

    def get_initial(self) -> dict[str, Any]:
        """The versions that the page shows."""
        return {"seen": {str(article.pk): self.version(article) for article in self.get_actionable_objects()[0]}}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the words of this action."""
        return {**super().get_context_data(**kwargs), "question": self.question, "button": self.button}

    @classmethod
    def execute_action(cls, objects: list[Article], **kwargs: Any) -> tuple[int, int]:
        """One by one: what is refused by now is left out with a word."""
        view = kwargs["self"]
        done = 0
        for article in objects:
            try:
                if view.cleaned_form.version_of(article) != view.version(article):
                    raise rules.NotAllowed(_("It has changed since you opened the page."))
                view.act(article, view.request.user)
            except rules.NotAllowed as refusal:
                messages.error(view.request, f"{article}: {refusal}")
            else:
                done += 1
        return done, 0

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str | None:
        if not num_parent_objects:
            return None
        return ngettext("%(many)d article: done.", "%(many)d articles: done.", num_parent_objects) % {
            "many": num_parent_objects
        }


class PublishBulkAction(ArticleBulkAction):
    """Approve the waiting drafts."""

    display_name = _("Publish")
    aria_label = _("Approve and publish the chosen articles")
    action_type = "publish"
    action_priority = 10
    form_class = ReadForm
    question = _("Approve these texts and make them public?")
    button = _("Approve and publish")

    def version(self, article: Article) -> int | None:
        """The newest."""
        return article.latest_revision_id

    def why_not(self, article: Article) -> Promise | None:
        """Nothing new, a date to wait for, or one's own text."""
        if article.live and not article.has_unpublished_changes:
            return _("It is public already.")
        if article.latest_revision_id is None:
            return _("Please open it and save it first.")
        if article.approved_schedule:
            return _("It is approved and waits for its date.")
        return rules.why_not_approve(article, self.request.user)

    def act(self, article: Article, user: User) -> None:
        """Through its review, if it is in one."""
        if article.workflow_in_progress:
            article.current_workflow_task.on_action(article.current_workflow_task_state, user, "approve")
        else:
            article.latest_revision.publish(user=user)


class ReviewedBulkAction(ArticleBulkAction):
    """Stand by what is public, as it is: the dates move on, and a sample loses its notice."""

    display_name = _("Mark as reviewed")
    aria_label = _("Mark the chosen articles as reviewed")
    action_type = "reviewed"
    action_priority = 20
    form_class = ReadForm
    question = _("Put your name on these texts, as they are public now?")
    button = _("Mark as reviewed")

    def why_not(self, article: Article) -> Promise | None:
        """Only what is public."""
        if not article.live:
            return _("It is not public.")
        return rules.why_not_approve(article, self.request.user, article.live_revision_id or 0)

    def act(self, article: Article, user: User) -> None:
        """With today's date."""
        rules.confirm(article, user, self.version(article))


class UnpublishBulkAction(ArticleBulkAction):
    """Take texts off the site."""

    display_name = _("Unpublish")
    aria_label = _("Unpublish the chosen articles")
    action_type = "unpublish"
    action_priority = 30
    classes: ClassVar = {"serious"}
    question = _("Take these texts off the site? They are kept as drafts.")
    button = _("Unpublish")

    def why_not(self, article: Article) -> Promise | None:
        """Who may publish may take it back."""
        if not self.request.user.has_perm("articles.publish_article"):
            return _("Only a medical reviewer can unpublish an article.")
        return None if article.live else _("It is not public.")

    def act(self, article: Article, user: User) -> None:
        """As the editor's own button does."""
        UnpublishAction(article, user=user).execute(skip_permission_checks=True)  # Wagtail asks pages only


ACTIONS = (PublishBulkAction, ReviewedBulkAction, UnpublishBulkAction)
