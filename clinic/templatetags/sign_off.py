"""The script that warns staff before they are signed out, for both desks."""

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def sign_off_script() -> SafeString:
    """Its words and addresses stand on the element, so that the script is the same for everybody."""
    return format_html(
        '<script src="{}" defer data-time-left="{}" data-sign-in="{}" data-seconds="{}" data-title="{}" data-text="{}"'
        ' data-stay="{}" data-ended="{}" data-again="{}"></script>',
        static("clinic/staff-sign-off.js"),
        reverse("time_left"),
        reverse("account_login"),
        settings.IDLE_MINUTES * 60,
        _("Are you still there?"),
        _("You will be signed out in {seconds} seconds, because nobody has used this page for a while."),
        _("Stay signed in"),
        _("You are signed out. Sign in again in a new tab, then go on here."),
        _("Sign in"),
    )
