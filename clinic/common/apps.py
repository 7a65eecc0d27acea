"""The ground floor that both apps stand on."""

from django.apps import AppConfig


class CommonConfig(AppConfig):
    """Users, encrypted fields and the small pieces that articles and appointments share."""

    name = "clinic.common"
    label = "common"

    def ready(self) -> None:
        """Bad keys stop the start, not the first patient."""
        from clinic.common.crypto import check_keys

        check_keys()
