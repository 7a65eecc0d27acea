"""The foot of the editor: "Save draft", "Send for review" beside it, and the menu with the rest."""

from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _
from wagtail.snippets.action_menu import ActionMenuItem

from articles.models import Article, PageKind, SitePage
from articles.reviewing import rules


class CorrectMenuItem(ActionMenuItem):
    """In the menu, for who has the right, where readers have a version to be corrected."""

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


class SaveAndSend(ActionMenuItem):
    """ "Save draft", and "Send for review" as a button of its own."""

    template_name = "articles/cms/save_and_send.html"

    def __init__(self, save: ActionMenuItem, send: ActionMenuItem) -> None:
        super().__init__(order=save.order)
        self.save, self.send = save, send

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        """With the words for a first time, or for another."""
        article: Any = parent_context.get("instance")
        state = article.current_workflow_state if article else None
        returned = state is not None and state.status == state.STATUS_NEEDS_CHANGES
        return {
            "save": self.save.render_html(parent_context),
            "name": self.send.name,
            "label": _("Send again") if returned else _("Send for review"),
        }


def arrange(menu_items: list[ActionMenuItem], request: HttpRequest, context: dict[str, Any]) -> None:
    """No button that would be refused: "Publish" is there for a reviewer, on a text that others wrote."""
    if context["model"] not in (Article, SitePage):
        return
    text = context.get("instance")
    for item in list(menu_items):
        if item.name == "action-publish":
            hidden = text is None or text.workflow_in_progress or text.why_not_release(request.user)
        elif item.name == "action-restart-workflow":  # with one step, the same as sending it again
            hidden = True
        else:  # what needs no review is not sent for one
            hidden = item.name == "action-submit" and isinstance(text, SitePage) and text.kind != PageKind.MEDICAL
        if hidden:
            menu_items.remove(item)
    named = {item.name: item for item in menu_items}
    if {"action-save", "action-submit"} <= named.keys():
        menu_items.remove(named["action-submit"])
        menu_items[menu_items.index(named["action-save"])] = SaveAndSend(named["action-save"], named["action-submit"])


def menu_item_for(model: type[Model]) -> ActionMenuItem | None:
    """Small corrections are for articles."""
    return CorrectMenuItem() if model is Article else None
