"""The conditions people read about, and the editors' desk."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ArticlesConfig(AppConfig):
    """Articles, their loader, and the hooks that shape Wagtail for the editors."""

    name = "articles"
    verbose_name = _("Articles")

    def ready(self) -> None:
        """Articles that move, or go, leave their addresses behind."""
        from articles import addresses  # noqa: F401 its receivers listen from here on
