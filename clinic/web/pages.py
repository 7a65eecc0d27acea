"""The shell's own pages: home, privacy, and the way to each desk."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from appointments.offices import directory, schema_org
from articles import old_addresses
from articles.models import Article
from articles.public.views import zones
from clinic.web.errors import led_on
from common.public_pages import public_page


@public_page
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The front page: the foot as a map, what can't wait, the offices. One query."""
    query = request.META.get("QUERY_STRING", "")
    if old_addresses.HOME_PARAMETERS.match(query) and (moved := led_on(request)):  # WordPress: /?p=123
        return moved
    articles = Article.objects.for_home().only("title", "slug", "summary")
    context = {"zones": zones(), "articles": articles[:6], "structured": schema_org.home_page(directory())}
    return render(request, "home.html", context)


@public_page
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What the site keeps, and for how long."""
    return render(request, "privacy.html", {"minutes": settings.OWN_PAGE_MINUTES})


@login_required
def desk(request: HttpRequest) -> HttpResponse:
    """After signing in: everyone to their own desk."""
    if request.user.is_staff and not request.user.has_perm("appointments.view_appointmentrequest"):
        return redirect("admin:index")
    if request.user.is_staff:
        return redirect("admin:appointments_appointmentrequest_changelist")
    if request.user.has_perm("wagtailadmin.access_admin"):
        return redirect("wagtailadmin_home")
    raise PermissionDenied
