"""Rights that nobody has, whatever their groups say."""

from wagtail.permission_policies.base import ModelPermissionPolicy

from common.models import User


class NobodyDeletes(ModelPermissionPolicy):
    """Old versions of articles name their reviewers, and could not be read without them."""

    def user_has_permission(self, user: User, action: str) -> bool:
        """Whatever their rights say, but for deleting."""
        return action != "delete" and super().user_has_permission(user, action)


class LookOnly(ModelPermissionPolicy):
    """Nobody adds, changes or deletes, not even an administrator."""

    def user_has_permission(self, user: User, action: str) -> bool:
        """Only to look, with the right to."""
        return action == "view" and super().user_has_permission(user, action)


class NobodyAdds(ModelPermissionPolicy):
    """Readers ask; the desk does not."""

    def user_has_permission(self, user: User, action: str) -> bool:
        """Whatever their rights say, but for adding."""
        return action != "add" and super().user_has_permission(user, action)
