"""The front desk: Django's admin behind our sign-in, with our navigation."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from common.identity import identity

# After "g", from everywhere at the desk (desk-keys.js).
KEYS = {"admin:appointments_appointmentrequest_changelist": "r", "admin:appointments_appointmentrequest_day": "d"}
SHORTCUTS = {"admin:appointments_appointmentrequest_new": "n"}


class Desk(AdminSite):
    """Requests first; everything else of the admin behind "All admin"."""

    site_title = _("Front desk")
    index_title = _("All admin")
    enable_nav_sidebar = False

    @property
    def site_header(self) -> str:  # type: ignore[override]
        """The practice's name."""
        return identity().name

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The one sign-in. Whoever is signed in but has no business here is told so, not asked again."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next", reverse("desk")))

    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The one sign-out."""
        if request.method != "POST":
            return redirect("account_logout")
        from allauth.account.views import logout

        return logout(request)

    def get_urls(self) -> list[Any]:
        """With the checklist and the dashboard; without Django's "view on site", which tells strangers what exists."""
        from appointments.dashboard import pages  # the models of the apps are there only once all is loaded
        from appointments.desk import unseen
        from clinic.accounts import access_pages
        from clinic.operations import checklist
        from clinic.web import as_it_stood

        usual = [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]
        first_day = path("first-day/", self.admin_view(checklist.page), name="first_day")
        seen_by_nobody = path("unseen/", self.admin_view(unseen.page), name="unseen")
        ours = [
            first_day,
            seen_by_nobody,
            *as_it_stood.urls(self.admin_view),
            *access_pages.urls(self.admin_view),
            *pages.urls(self.admin_view),
        ]
        return [*ours, *usual]

    def index(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Work first: the requests, unless everything was asked for, or they are not this person's work."""
        if "all" not in request.GET and request.user.has_perm("appointments.view_appointmentrequest"):
            return redirect("admin:appointments_appointmentrequest_changelist")
        return super().index(request, extra_context)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Adds the top navigation (what this person may open, and where they are) and what is in alarm. One query."""
        from clinic.operations import alarms, checklist  # the models are there only once all is loaded

        context = super().each_context(request)
        user = request.user
        context["worker_late"], told = alarms.standing()
        if user.has_perm(checklist.MAY_SEE):
            # Two may say the same. What nobody sees leads to a page of its own.
            context["alarms"] = list(dict.fromkeys(text for name, text in told if name != alarms.UNSEEN))
            context["unseen"] = dict(told).get(alarms.UNSEEN, "")
        places = [
            (_("Requests"), "admin:appointments_appointmentrequest_changelist", "appointments.view_appointmentrequest"),
            (_("New request"), "admin:appointments_appointmentrequest_new", "appointments.change_appointmentrequest"),
            (_("Day"), "admin:appointments_appointmentrequest_day", "appointments.view_appointmentrequest"),
            (_("Dashboard"), "admin:dashboard", "appointments.view_figures"),
            (_("Offices and hours"), "admin:appointments_office_changelist", "appointments.view_office"),
            (_("Checklist"), "admin:first_day", "appointments.view_practicesettings"),
            (_("Access"), "admin:access", "appointments.confirm_rights"),
            (_("Articles"), "wagtailadmin_home", "wagtailadmin.access_admin"),
            (_("All admin"), "admin:index", "appointments.change_office"),
        ]
        links = [(label, reverse(name)) for label, name, permission in places if user.has_perm(permission)]
        everything = reverse("admin:index")
        keys, shortcuts = ({reverse(name): key for name, key in each.items()} for each in (KEYS, SHORTCUTS))
        here = max((href for _label, href in links if request.path.startswith(href)), key=len, default="")
        context["desk_nav"] = [
            {
                "label": label,
                "href": f"{href}?all" if href == everything else href,
                "current": href == here,
                "key": keys.get(href, ""),
                "shortcut": shortcuts.get(href, ""),
            }
            for label, href in links
        ]
        return context
