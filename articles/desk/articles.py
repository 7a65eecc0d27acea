"""Articles at the desk."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import ObjectList
from wagtail.snippets.views.snippets import SnippetViewSet

from articles.desk import choosing, comparing, editor, listing
from articles.desk.deleted_drafts import ArticleDeleteView, ArticlePolicy
from articles.desk.passed_dates import DatedForm
from articles.models import Article


class ArticleViewSet(SnippetViewSet):
    """Articles as a menu item of their own."""

    model = Article
    icon = "doc-full"
    menu_label = _("Articles")
    menu_order = 100
    add_to_admin_menu = True
    search_fields = ("title", "medical_name", "lay_names", "slug")
    search_backend_name = None  # a word in a name is enough; what readers search with knows more than the desk needs
    copy_view_enabled = False
    permission_policy = ArticlePolicy(Article)
    edit_handler = ObjectList(Article.panels, base_form_class=DatedForm)
    index_view_class = listing.ArticleIndexView
    add_view_class = editor.ArticleCreateView
    delete_view_class = ArticleDeleteView
    edit_view_class = editor.ArticleEditView
    revisions_compare_view_class = comparing.CompareView
    chooser_viewset_class = choosing.ArticleChooserViewSet
    workflow_action_view_class = editor.WorkflowActionView
