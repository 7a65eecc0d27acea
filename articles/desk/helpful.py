"""What readers found missing, at the desk."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.admin.views.generic import EditView, IndexView
from wagtail.admin.viewsets.model import ModelViewSet

from articles.desk.policies import NobodyAdds
from articles.desk.typed_before import TypedBefore
from articles.models import Helpful


class SentencesFirst(IndexView):
    """Clicks alone are numbers on the first page."""

    def get_base_queryset(self) -> QuerySet[Helpful]:
        """Only those with words."""
        rows: QuerySet[Helpful] = super().get_base_queryset()
        return rows.exclude(text="").select_related("article", "page").defer("article__body", "page__body")


class HelpfulEdit(TypedBefore, EditView):
    """What an editor makes of it."""


class HelpfulViewSet(ModelViewSet):
    """Words from readers, newest first."""

    model = Helpful
    icon = "comment"
    menu_label = _("Words from readers")
    menu_order = 160
    add_to_admin_menu = True
    index_view_class = SentencesFirst
    edit_view_class = HelpfulEdit
    list_display = ("excerpt", "about", "yes", "status", "day")
    list_filter = ("status",)
    list_per_page = 50
    panels = [
        FieldPanel("day", read_only=True),
        FieldPanel("yes", read_only=True),
        FieldPanel("text"),
        FieldPanel("status"),
    ]
    add_to_reference_index = False
    copy_view_enabled = False
    permission_policy = NobodyAdds(Helpful)
