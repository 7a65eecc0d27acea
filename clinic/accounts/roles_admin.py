"""Roles, to be read."""

from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest


class RolesAdmin(GroupAdmin):
    """What each role may do: settled by migrations, read here. A changed role would be a door around `access.py`."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody, not even the operator."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return False
