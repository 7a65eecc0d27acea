"""The ground floor that both apps stand on."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommonConfig(AppConfig):
    """Users, encrypted fields and the small pieces that articles and appointments share."""

    name = "common"
    label = "common"
    verbose_name = _("Accounts")
