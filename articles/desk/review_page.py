"""The review on the page: the text as readers see it, with what has changed marked in it, a box for a comment on each
section, and Approve and Return at its end. It needs no script and no editor: a podiatrist reviews on a phone.
"""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any, cast

from django import forms
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.admin.utils import get_user_display_name
from wagtail.models import Revision, TaskState

from articles.desk.descriptions import UNDESCRIBED, has_undescribed
from articles.desk.review_text import Shown, comments_of, name_of, parts_of, text_in
from articles.desk.reviewed import HEAD, OWN, REST, WHOLE, Name, Text, address_name, may_see, name_of_gone, part_names
from articles.models import Article, ReviewComment
from articles.reviewing import rules
from common import times
from common.models import User
from common.text import whole_number

BOX = "comment-"
FORM = "review"  # the id that boxes and buttons name, so that they can stand anywhere on the page
MOST_LETTERS = 4_000
MOST_GONE = 30  # sections of a page that are gone, and that somebody wrote about
DECISIONS = {"approve": TaskState.STATUS_APPROVED, "reject": TaskState.STATUS_REJECTED}


class CommentForm(forms.Form):
    """A box for each part that a text can have, so that nothing typed is lost when a part has gone meanwhile."""

    def __init__(self, parts: Mapping[str, Name], data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.parts: dict[str, Name] = {}
        gone = [name.removeprefix(BOX) for name in data or () if name.startswith(BOX + OWN)][:MOST_GONE]
        for part in dict.fromkeys([*parts, *gone]):
            self._ask(part, parts.get(part) or name_of_gone(part))

    def _ask(self, part: str, name: Name) -> None:
        if part not in self.parts:
            self.parts[part] = name
            box = forms.Textarea(attrs={"rows": 3, "form": FORM, "class": "input"})
            self.fields[self.named(part)] = forms.CharField(required=False, max_length=MOST_LETTERS, widget=box)

    @staticmethod
    def named(part: str) -> str:
        """Of its box."""
        return f"{BOX}{part or 'whole'}"

    def box(self, part: str) -> forms.BoundField:
        """The one for a part, also for a section that the newest version no longer has."""
        self._ask(part, name_of_gone(part))
        return self[self.named(part)]

    def said(self) -> dict[str, str]:
        """What was typed, by part, the whole text first."""
        typed = {part: self.cleaned_data.get(self.named(part), "") for part in self.parts}
        return {part: text for part, text in typed.items() if text}

    def kept(self, shown: Iterable[str]) -> list[tuple[Name, str]]:
        """What was typed about parts that the page has no box for."""
        boxes = {part: str(self.box(part).value() or "") for part in self.parts if part not in {*shown}}
        return [(self.parts[part], typed) for part, typed in boxes.items() if typed.strip()]


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, pk: int, model: type[Text] = Article) -> HttpResponse:
    """The page; a POST approves or returns the version that it showed."""
    user = request.user
    if not isinstance(user, User) or not user.has_perm(may_see(model)):
        raise PermissionDenied
    article = cast("Text", get_object_or_404(model, pk=pk))
    newest = article.latest_revision
    names = part_names(text_in(newest, model) if newest else article)
    if request.method != "POST":
        return _page(request, article, CommentForm(names))
    action, round_sent = request.POST.get("action", ""), whole_number(request.POST.get("round", ""))
    if action not in DECISIONS or round_sent is None:
        raise BadRequest("The review came in a broken form")
    form = CommentForm(names, request.POST)
    if not form.is_valid():
        most = _("A comment has more than %(most)d letters. Shorten it.") % {"most": MOST_LETTERS}
        return _page(request, article, form, problem=most, status=422)
    if _is_said_already(article, user, action, round_sent, form.said()):
        messages.info(request, _done(article, action, again=True))
        return redirect("wagtailadmin_home")
    if action == "reject" and not form.said():
        problem = _("Write a comment before you return the text: its writer has to know what to change.")
        return _page(request, article, form, problem=problem, status=422)
    try:
        decide(article, user, action, round_sent, request.POST.get("seen", ""), form.said())
    except rules.NotAllowed as refusal:
        article.refresh_from_db()
        return _page(request, article, form, problem=str(refusal), status=409)
    article.refresh_from_db()
    messages.success(request, _done(article, action))
    return redirect("wagtailadmin_home")


@transaction.atomic
def decide(article: Text, user: User, action: str, round_sent: int, seen: str, said: Mapping[str, str]) -> None:
    """Approve or return exactly what was seen, by Wagtail's workflow.

    Raises rules.NotAllowed, in words for the page; PermissionDenied for who is no reviewer.
    """
    locked = type(article).objects.select_for_update().get(pk=article.pk)
    state = locked.current_workflow_task_state
    task = locked.current_workflow_task
    if state is None or task is None or state.pk != round_sent:
        raise rules.NotAllowed(_what_happened(locked, user, round_sent))
    revision = Revision.objects.select_for_update().get(pk=locked.latest_revision_id)
    allowed = {name for name, _words, _modal in task.get_actions(locked, user)}
    if not allowed:
        raise PermissionDenied
    if action not in allowed:
        raise rules.NotAllowed(rules.why_not_approve(locked, user) or _("This can’t be done now."))
    shown = Shown(locked, revision, state)
    if shown.seen != seen:
        raise rules.NotAllowed(_who_saved(revision))
    if locked.locked and locked.locked_by_id != user.pk:
        raise rules.NotAllowed(_("Somebody has locked this text. It has to be unlocked in the editor first."))
    if action == "approve" and (missing := why_incomplete(revision.as_object())):
        raise rules.NotAllowed(missing)
    ReviewComment.objects.bulk_create(
        ReviewComment(task_state_id=state.pk, section=part, text=text) for part, text in said.items()
    )
    task.on_action(state, user, action, comment=in_one(said, part_names(shown.version)))


def in_one(said: Mapping[str, str], names: Mapping[str, Name]) -> str:
    """All comments as Wagtail keeps them: one text."""
    return "\n\n".join(
        f"{names.get(part) or name_of_gone(part)}: {text}" if part else text for part, text in said.items()
    )


def why_incomplete(version: Text) -> str:
    """What a text lacks that the editor would not let through, in words; "" if nothing."""
    missing: list[str] = []
    try:
        version.full_clean()
    except ValidationError as problem:
        missing += [name_of(name, version) for name in problem.message_dict]
    try:
        version.body.stream_block.clean(version.body)
    except ValidationError:
        missing.append(name_of("body", version))
    if not missing:
        return ""
    return _("Something is missing or wrong in: %(names)s. Mend it in the editor first.") % {
        "names": get_text_list(list(dict.fromkeys(missing)), _("and"))
    }


def _is_said_already(article: Text, user: User, action: str, round_sent: int, said: dict[str, str]) -> bool:
    """A second click on the same button. Who has typed something new is told instead, and keeps it."""
    state = TaskState.objects.for_instance(article).filter(pk=round_sent, finished_by=user).first()
    return bool(state and state.status == DECISIONS[action] and said in ({}, comments_of(state)))


def _what_happened(article: Text, user: User, round_sent: int) -> str:
    """Since the page was opened, that its round of the review is over."""
    state = TaskState.objects.for_instance(article).filter(pk=round_sent).select_related("finished_by").first()
    done = {
        TaskState.STATUS_APPROVED: (_("You have approved this text."), _("%(who)s has approved this text meanwhile.")),
        TaskState.STATUS_REJECTED: (_("You have returned this text."), _("%(who)s has returned this text meanwhile.")),
    }
    if state is None or state.status not in done:
        return _("This text is not with the reviewers any more.")
    mine, named = done[state.status]
    who = get_user_display_name(state.finished_by) if state.finished_by else _("Somebody")
    return mine if state.finished_by == user else named % {"who": who}


def _who_saved(revision: Revision) -> str:
    who = get_user_display_name(revision.user) if revision.user else _("Somebody")
    return _(
        "%(who)s saved another version (%(when)s) after you opened this page. It stands here now; read what is new."
    ) % {"who": who, "when": times.recent(revision.created_at)}


def _done(article: Text, action: str, *, again: bool = False) -> str:
    """What a decision has done, in the words of this desk."""
    title = {"title": article.title}
    if action == "reject":
        if again:
            return _("You have returned “%(title)s” already.") % title
        return _("“%(title)s” goes back to its writer, with your comment.") % title
    if again:
        return _("You have approved “%(title)s” already.") % title
    if planned := article.scheduled_revision:
        at = times.moment(planned.approved_go_live_at)
        return _("“%(title)s” is approved, and becomes public on %(at)s.") % {**title, "at": at}
    return _("“%(title)s” is approved, and public.") % title


def _shown(article: Text, round_asked: str) -> Shown:
    """The version of a round; without one the newest, if it is not the writer's own business again.

    Raises Http404.
    """
    rounds = TaskState.objects.for_instance(article).select_related(
        "workflow_state__requested_by", "finished_by", "task"
    )
    waiting = article.current_workflow_task_state
    if round_asked:
        state = rounds.filter(pk=whole_number(round_asked) or 0).first()
        if state is None:
            raise Http404
    else:
        state = rounds.filter(pk=waiting.pk).first() if waiting else rounds.order_by("-pk").first()
    is_over = state is not None and state.status != TaskState.STATUS_IN_PROGRESS
    revision = state.revision if state and is_over else article.latest_revision
    if revision is None:
        raise Http404
    return Shown(article, revision, state)


def _page(
    request: HttpRequest, article: Text, form: CommentForm, *, problem: str = "", status: int = 200
) -> HttpResponse:
    shown = _shown(article, "" if request.method == "POST" else request.GET.get("round", ""))
    user, state, version = request.user, shown.state, shown.version
    bases = shown.bases(user)
    base = next((each for each in bases if each.key == request.GET.get("since")), bases[0] if bases else None)
    actions = set()
    if state and shown.is_waiting:
        actions = {name for name, _words, _modal in state.task.specific.get_actions(article, user)}
    told_in = (shown.returned if shown.is_waiting else state) if state else None
    comments = comments_of(told_in) if told_in else {}
    parts, head, rest = parts_of(shown, base, comments, form.box if actions else None)
    changed = [part for part in parts if part.changed]
    for one, other in pairwise(changed):
        one.next_changed = other
    goes_live = version.go_live_at if version.go_live_at and version.go_live_at > timezone.now() else None
    context = {
        "article": article,
        "version": version,
        "shown": shown,
        "state": state,
        "asked_by": state and state.workflow_state.requested_by,
        "told_in": told_in,
        "comment": comments.get(WHOLE, ""),
        "gone_comments": [
            (form.parts.get(key) or name_of_gone(key), text)
            for key, text in comments.items()
            if key and key not in {part.key for part in parts}
        ],
        "base": base,
        "bases": bases,
        "head": head,
        "rest": rest,
        "parts": parts,
        "sections": [part for part in parts if part.key not in (HEAD, REST)],
        "changed": changed,
        "near": version.neighbors(),
        "undescribed": UNDESCRIBED if has_undescribed(list(version.body.raw_data)) else "",
        "why_not": rules.why_not_approve(article, user, shown.revision.pk) if actions == {"reject"} else None,
        "may_decide": bool(actions),
        "may_approve": "approve" in actions,
        "goes_live": times.moment(goes_live) if goes_live else "",
        "leaves": times.moment(version.expire_at) if version.expire_at else "",
        "whole": form.box(WHOLE),
        "typed": bool(actions) and any(form.box(part).value() for part in form.parts),
        "kept": form.kept([WHOLE, *(part.key for part in parts)] if actions else []),
        "form_id": FORM,
        "problem": problem,
        "edit_url": reverse(address_name(article, "edit"), args=[article.pk]),
    }
    return render(request, "articles/cms/review_page.html", context, status=status)
