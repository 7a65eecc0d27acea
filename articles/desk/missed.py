"""What people looked for in vain, for the editors."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import TitleColumn
from wagtail.admin.viewsets.model import ModelViewSet

from articles.desk.policies import LookOnly
from articles.models import MissedAddress, MissedSearch


class MissedSearchViewSet(ModelViewSet):
    """What readers searched for and did not find."""

    model = MissedSearch
    icon = "search"
    menu_label = _("Searched, not found")
    menu_order = 200
    add_to_admin_menu = True
    list_display = ("words", "count", "last_at")
    ordering = ("-count", "-last_at")
    list_per_page = 50
    form_fields = ()
    add_to_reference_index = False
    copy_view_enabled = False
    permission_policy = LookOnly(MissedSearch)


class MissedAddressViewSet(ModelViewSet):
    """Pages that people asked for and that are not there; one click makes an old address of one."""

    model = MissedAddress
    icon = "warning"
    menu_label = _("Pages not found")
    menu_order = 220
    add_to_admin_menu = True
    list_display = (
        "path",
        "count",
        "last_at",
        TitleColumn(
            "lead",
            label=_("What to do"),
            accessor=lambda missed: _("Lead it to an article"),
            get_url=lambda missed: f"{reverse('oldaddress:add')}?{urlencode({'path': missed.path})}",
        ),
    )
    ordering = ("-count", "-last_at")
    list_per_page = 50
    form_fields = ()
    add_to_reference_index = False
    copy_view_enabled = False
    permission_policy = LookOnly(MissedAddress)
