"""Readers' questions at the desk."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.viewsets.model import ModelViewSet

from articles.desk.policies import NobodyAdds
from articles.models import ReaderQuestion


class ModerationForm(WagtailAdminModelForm):
    """What moderators write. Whoever publishes is put down as the one who answered."""

    def clean(self) -> dict[str, Any]:
        """Only a reviewer may publish; settled here, before the question's own rules are checked."""
        data: dict[str, Any] = super().clean()
        self.instance.status = data.get("status", self.instance.status)
        self.instance.set_publisher(self.for_user)
        return data


class ReaderQuestionViewSet(ModelViewSet):
    """Readers' questions, newest first, to be reworded, answered, published or refused."""

    model = ReaderQuestion
    icon = "help"
    menu_label = _("Questions")
    menu_order = 150
    add_to_admin_menu = True
    list_display = ("excerpt", "article", "status", "asked_at")
    list_filter = ("status",)
    ordering = ("-asked_at", "-pk")
    list_per_page = 50
    edit_handler = ObjectList(
        [
            FieldPanel("article", read_only=True),
            FieldPanel("asked_at", read_only=True),
            FieldPanel("text"),
            FieldPanel("answer"),
            FieldPanel("status"),
            FieldPanel("answered_by", read_only=True),
        ],
        base_form_class=ModerationForm,
    )
    add_to_reference_index = False
    copy_view_enabled = False
    permission_policy = NobodyAdds(ReaderQuestion)
