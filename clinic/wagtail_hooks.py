"""What the shell adds to every page of the editors' desk, and what it takes away."""

import wagtail.hooks
from django.http import HttpRequest
from wagtail.admin.menu import MenuItem

from clinic.templatetags.sign_off import sign_off_script

wagtail.hooks.register("insert_global_admin_js", sign_off_script)


@wagtail.hooks.register("construct_settings_menu")
def hide_accounts(request: HttpRequest, menu_items: list[MenuItem]) -> None:
    """They are at /admin/, where a second person confirms rights; Wagtail's pages for them don't exist here."""
    menu_items[:] = [item for item in menu_items if item.name not in ("users", "groups")]
