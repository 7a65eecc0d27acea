"""What the shell adds to every page of the editors' desk."""

import wagtail.hooks

from clinic.templatetags.sign_off import sign_off_script

wagtail.hooks.register("insert_global_admin_js", sign_off_script)
