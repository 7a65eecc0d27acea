"""Reviewers at the desk."""

from django.utils.translation import gettext_lazy as _
from wagtail.snippets.views import snippets
from wagtail.snippets.views.snippets import SnippetViewSet

from articles.desk.policies import NobodyDeletes
from articles.desk.typed_before import TypedBefore
from articles.models import Reviewer


class ReviewerCreate(TypedBefore, snippets.CreateView):
    """A new one."""


class ReviewerEdit(TypedBefore, snippets.EditView):
    """One that is there."""


class ReviewerViewSet(SnippetViewSet):
    """Who may stand on a page as its reviewer."""

    model = Reviewer
    icon = "user"
    menu_label = _("Reviewers")
    menu_order = 300
    add_to_admin_menu = True
    add_view_class = ReviewerCreate
    edit_view_class = ReviewerEdit
    permission_policy = NobodyDeletes(Reviewer)
