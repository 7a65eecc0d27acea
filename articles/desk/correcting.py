"""The menu beside "Save draft": small corrections, and publishing for reviewers alone."""

from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _
from wagtail.snippets.action_menu import ActionMenuItem

from articles.models import Article, PageKind, SitePage
from articles.reviewing import rules


class CorrectMenuItem(ActionMenuItem):
    """In the menu beside "Save draft", for who has the right, where readers have a version to be corrected."""

    name = "action-correct"
    icon_name = "check"
    order = 70

    @property
    def label(self) -> str:
        return _("Publish as a small correction")

    def is_shown(self, context: dict[str, Any]) -> bool:
        """Only for a public text that is not in review."""
        article: Any = context.get("instance")
        return bool(
            super().is_shown(context)
            and context["view"] == "edit"
            and context["request"].user.has_perm(rules.MAY_CORRECT)
            and article.live
            and not article.workflow_in_progress
        )


def keep_publishing_to_reviewers(
    menu_items: list[ActionMenuItem], request: HttpRequest, context: dict[str, Any]
) -> None:
    """No button that would be refused: "Publish" is there for a reviewer, on a text that others wrote."""
    if context["model"] not in (Article, SitePage):
        return
    text = context.get("instance")
    for item in list(menu_items):
        if item.name == "action-publish":
            hidden = text is None or text.workflow_in_progress or text.why_not_release(request.user)
        else:  # what needs no review is not sent for one
            hidden = item.name == "action-submit" and isinstance(text, SitePage) and text.kind != PageKind.MEDICAL
        if hidden:
            menu_items.remove(item)


def menu_item_for(model: type[Model]) -> ActionMenuItem | None:
    """Small corrections are for articles."""
    return CorrectMenuItem() if model is Article else None
