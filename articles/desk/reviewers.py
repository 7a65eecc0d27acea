"""Reviewers at the desk."""

from django.utils.translation import gettext_lazy as _
from wagtail.snippets.views.snippets import SnippetViewSet

from articles.desk.policies import NobodyDeletes
from articles.models import Reviewer


class ReviewerViewSet(SnippetViewSet):
    """Who may stand on a page as its reviewer."""

    model = Reviewer
    icon = "user"
    menu_label = _("Reviewers")
    menu_order = 300
    add_to_admin_menu = True
    permission_policy = NobodyDeletes(Reviewer)
