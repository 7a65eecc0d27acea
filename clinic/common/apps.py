"""The ground floor that both apps stand on."""

from django.apps import AppConfig


class CommonConfig(AppConfig):
    """Users, encrypted fields and the small pieces that articles and appointments share."""

    name = "clinic.common"
    label = "common"
