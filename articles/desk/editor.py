"""The editor of an article: who may do what from it, and what it says to a reviewer."""

from collections.abc import Callable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin import messages
from wagtail.admin.models import EditingSession
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.ui.side_panels import ChecksSidePanel, StatusSidePanel
from wagtail.admin.utils import get_user_display_name
from wagtail.snippets.views import snippets

from articles.desk import returned
from articles.desk.advice_panel import AdvicePanel
from articles.desk.choosing import SEVERAL_LANGUAGES
from articles.desk.comparing import changes_url
from articles.desk.descriptions import UNDESCRIBED, has_undescribed
from articles.desk.reviewed import Text, address_name, review_url
from articles.desk.start_from_text import header_button
from articles.desk.typed_before import TypedBefore
from articles.models import Article
from articles.reviewing import rules
from common.models import User
from common.text import whole_number


class PlainPanels:
    """The panels beside the editor of any text."""

    def get_side_panels(self) -> MediaContainer:
        """Of languages only where there are several."""
        panels = super().get_side_panels()  # type: ignore[misc]
        for panel in panels:
            if isinstance(panel, StatusSidePanel) and not SEVERAL_LANGUAGES:
                panel.locale = None
        return panels


class ArticleEditor(TypedBefore, PlainPanels):
    """What writing a new article and changing one have in common."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Raises BadRequest (400) for what our page does not send and Wagtail takes on trust."""
        sent = request.POST
        rows = whole_number(sent.get("related_links-TOTAL_FORMS", "")) or 0
        orders = (f"related_links-{row}-ORDER" in sent for row in range(rows))
        if whole_number(sent.get("overwrite_revision_id") or "0") is None or not all(orders):
            raise BadRequest("The article came in a broken form")
        answer: HttpResponse = super().post(request, *args, **kwargs)  # type: ignore[misc]
        return answer

    def get_success_message(self, instance: Article | None = None) -> str:
        """What has happened, in the words of this desk."""
        article: Article = instance or self.object  # type: ignore[attr-defined]
        done = {
            "correct": _("The correction of “%(title)s” is public. The history says that it was not reviewed."),
            "submit": _("“%(title)s” is with the medical reviewers now. You will see their answer on the first page."),
            "reject": _("“%(title)s” goes back to its writer, with your comment."),
            "approve": _("“%(title)s” is approved, and public."),
        }
        action = self.action  # type: ignore[attr-defined]
        if action == "workflow-action":
            action = self.workflow_action  # type: ignore[attr-defined]
        if action == "approve" and article.go_live_at and article.go_live_at > timezone.now():
            return _("“%(title)s” is approved. Readers will see it from the date you set.") % {"title": article.title}
        if action in done:
            return done[action] % {"title": article.title}
        message: str = super().get_success_message(instance)  # type: ignore[misc]
        return message

    def get_side_panels(self) -> MediaContainer:
        """Our panel of advice in the place of Wagtail's checks, which know nothing of plain language."""
        panels = super().get_side_panels()
        if any(isinstance(panel, ChecksSidePanel) for panel in panels):
            panels[:] = [panel for panel in panels if not isinstance(panel, ChecksSidePanel)]
            panels.append(AdvicePanel(self.form.instance, self.request))  # type: ignore[attr-defined]
        return panels


class ArticleCreateView(ArticleEditor, snippets.CreateView):
    """A new article is a draft: nobody can publish what they have just written."""

    @property
    def header_buttons(self) -> list[Any]:
        """It can begin with a text that is there already."""
        return [header_button()]

    def get_available_actions(self) -> list[str]:
        """All but publishing."""
        return [action for action in super().get_available_actions() if action != "publish"]

    def get_form(self, *args: Any, **kwargs: Any) -> Any:
        """One begins to write at once."""
        form = super().get_form(*args, **kwargs)
        form.fields["title"].widget.attrs["autofocus"] = True
        return form


class SaysWhy(snippets.EditView):
    """Whatever is refused, the text has been saved before: nothing typed is lost."""

    def publish_action(self) -> HttpResponse | None:
        """Refused to who may not."""
        return self._or_say_why(super().publish_action)

    def workflow_action_action(self) -> HttpResponse | None:
        """Refused to who may not."""
        return self._or_say_why(super().workflow_action_action)

    def _or_say_why(self, act: Callable[[], Any]) -> HttpResponse | None:
        try:
            answer: HttpResponse | None = act()
        except rules.NotAllowed as refusal:
            saved = _("Your text is saved as a draft, but it is not public.")
            messages.error(self.request, f"{refusal} {saved}")
            return redirect(self.get_edit_url())
        return answer


class InReview(SaysWhy):
    """With a word to the reviewer, or from one, and who else has the text open."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Above the text, when it is opened."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        if self.request.method == "GET" and not self.hydrate_create_view:
            if note := _note_for_reviewer(self.object, self.request):
                messages.info(self.request, note)
            if note := returned.note(self.object, self.request):
                messages.info(self.request, note)
            if others := _also_here(self.object, self.request.user):
                messages.warning(self.request, others)
        return context


class ArticleEditView(ArticleEditor, InReview):
    """With small corrections."""

    def get_available_actions(self) -> list[str]:
        """With small corrections, for who has the right."""
        actions = super().get_available_actions()
        return [*actions, "correct"] if self.request.user.has_perm(rules.MAY_CORRECT) else actions

    def correct_action(self) -> HttpResponse | None:
        """Public at once, without a new review, if it is small."""
        return self._or_say_why(lambda: rules.correct(self.new_revision, self.request.user))


def _note_for_reviewer(article: Text, request: HttpRequest) -> SafeString | None:
    """What has changed since the last approval, and whether they may approve; None for who is no reviewer."""
    state = article.current_workflow_task_state
    user = request.user
    if (
        state is None
        or rules.reviewer_of(user) is None
        or not user.has_perm(f"articles.publish_{article._meta.model_name}")
    ):
        return None
    context = {
        "asked_by": state.workflow_state.requested_by,
        "since": state.started_at,
        "changes": changes_url(article),
        "review_url": review_url(article),
        "why_not": rules.why_not_approve(article, user),
        "missing": UNDESCRIBED if has_undescribed(list(article.body.raw_data)) else "",
        "return_url": reverse(
            address_name(article, "collect_workflow_action_data"), args=(article.pk, "reject", state.pk)
        ),
    }
    return render_to_string("articles/cms/note_for_reviewer.html", context)


def _also_here(article: Text, user: User) -> str:
    """Who else has the article open, as their pages tell when they are looked at and when they close."""
    sessions = EditingSession.objects.filter(
        content_type=ContentType.objects.get_for_model(article),
        object_id=str(article.pk),
        last_seen_at__gt=timezone.now() - EditingSession.IDLE_TIMEOUT,
    )
    names = sorted(
        {get_user_display_name(session.user) for session in sessions.exclude(user=user).select_related("user")}
    )
    if not names:
        return ""
    who = get_text_list(names, _("and"))
    return ngettext(
        "%(who)s has this text open, too. Agree on who writes: what the other one saves would replace yours.",
        "%(who)s have this text open, too. Agree on who writes: what one saves would replace the others’.",
        len(names),
    ) % {"who": who}


class WorkflowActionView(snippets.WorkflowActionView):
    """Approving or returning without having opened the text: it would not say which version was read."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """To the text, where the buttons are."""
        return redirect(self.redirect_url)
