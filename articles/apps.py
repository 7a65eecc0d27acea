"""The conditions people read about, and the editors' desk."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from wagtail.admin.apps import WagtailAdminAppConfig


class ArticlesConfig(AppConfig):
    """Articles, their loader, and the hooks that shape Wagtail for the editors."""

    default = True
    name = "articles"
    verbose_name = _("Articles")

    def ready(self) -> None:
        """Articles that move, or go, leave their addresses behind; pictures come in clean."""
        from articles import pictures
        from articles.old_addresses import keeping  # noqa: F401 its receivers listen from here on

        pictures.connect()


class EditorsDeskConfig(WagtailAdminAppConfig):
    """Wagtail's admin, with our mails of the review, and our way with pictures."""

    default = False

    def ready(self) -> None:
        """After Wagtail's own."""
        super().ready()
        from articles.desk import pictures
        from articles.mail import reviews

        reviews.take_over()
        pictures.take_over()
