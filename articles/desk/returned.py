"""A text that came back from the review: what the reviewer said, above the editor, and "Send again"."""

from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.models import WorkflowState

from articles.desk.review_page import why_incomplete
from articles.desk.review_text import comments_of
from articles.desk.reviewed import (
    OWN,
    WHOLE,
    Text,
    address_name,
    may_see,
    name_of_gone,
    part_names,
    review_url,
    send_again_url,
)
from articles.models import Article
from articles.reviewing import rules
from common.models import User


def note(article: Text, request: HttpRequest) -> SafeString | None:
    """For the editor of a text that came back; None of any other."""
    returned = article.current_workflow_state
    if (
        returned is None
        or returned.status != WorkflowState.STATUS_NEEDS_CHANGES
        or not request.user.has_perm(may_see(article))
    ):
        return None
    state = returned.current_task_state
    said = comments_of(state)
    text = article.get_latest_revision_as_object()
    names = part_names(text)
    # The numbers of the editor's boxes, so that a comment leads to its section.
    boxes = {block.block_type: block.id for block in text.body}
    if not isinstance(text, Article):
        boxes = dict(zip([key for key in names if key.startswith(OWN)], [block.id for block in text.body], strict=True))
    context = {
        "state": state,
        "whole": said.pop(WHOLE, ""),
        "comments": [(names.get(part) or name_of_gone(part), boxes.get(part, ""), text) for part, text in said.items()],
        "seen_url": f"{review_url(article)}?round={state.pk}",
        "again_url": send_again_url(article),
    }
    return render_to_string("articles/cms/returned.html", context, request)


@require_POST
def send_again(request: HttpRequest, pk: int, model: type[Text] = Article) -> HttpResponse:
    """What is saved goes to the reviewers once more."""
    user = request.user
    if not isinstance(user, User) or not user.has_perm(may_see(model)):
        raise PermissionDenied
    article = cast("Text", get_object_or_404(model, pk=pk))
    edit = address_name(article, "edit")
    try:
        _resume(article, user)
    except rules.NotAllowed as refusal:
        messages.error(request, str(refusal))
        return redirect(edit, pk)
    sent = _("“%(title)s” is with the medical reviewers again.") % {"title": article.get_latest_revision_as_object()}
    messages.success(request, sent)
    return redirect(address_name(article, "list"))


@transaction.atomic
def _resume(article: Text, user: User) -> None:
    """Raises NotAllowed."""
    locked = type(article).objects.select_for_update().get(pk=article.pk)
    returned: Any = locked.current_workflow_state
    if returned is None:
        raise rules.NotAllowed(_("This text is not waiting to be sent again."))
    if returned.status != WorkflowState.STATUS_NEEDS_CHANGES:
        raise rules.NotAllowed(_("This text is with the reviewers already."))
    if locked.locked and locked.locked_by_id != user.pk:
        raise rules.NotAllowed(_("Somebody has locked this text. It has to be unlocked first."))
    if missing := why_incomplete(locked.get_latest_revision_as_object()):
        raise rules.NotAllowed(missing)
    returned.resume(user)
