"""How the site stood at a moment: each public page, and what the patient of a request had before them."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from appointments.models import AppointmentRequest, SafetyCheck
from articles.public.site_pages import site_links
from common import audit, page_record
from common.models import User

MAY_SEE = "appointments.view_practicesettings"
# A page of then is looked at, and does nothing: no script, no form, nothing from elsewhere.
POLICY = "sandbox; default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; frame-ancestors 'none'"


class MomentForm(forms.Form):
    """Which page, and when."""

    page = forms.ChoiceField(label=gettext_lazy("Page"))
    at = forms.DateTimeField(
        label=gettext_lazy("Day and time"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": gettext_lazy("Choose a day and a time")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["page"].choices = [(each, each) for each in page_record.paths()]  # type: ignore[attr-defined]


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Choose a page and a moment; says from when until when it stood so. For who may see the practice's settings."""
    if not request.user.has_perm(MAY_SEE):
        raise PermissionDenied
    form = MomentForm(request.GET or None, initial={"at": timezone.localtime()})
    found = page_record.shown(form.cleaned_data["page"], form.cleaned_data["at"]) if form.is_valid() else None
    context = {
        **admin.site.each_context(request),
        "title": _("The site as it stood"),
        "form": form,
        "found": found,
        "address": _address(form.cleaned_data["page"], form.cleaned_data["at"]) if found else "",
        "missing": form.is_valid() and found is None,
    }
    return TemplateResponse(request, "admin/as_it_stood.html", context)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The page itself, as it was sent; 404 if nothing was kept. For staff: it was public."""
    found = page_record.shown(request.GET.get("page", ""), _moment(request.GET.get("at", "")))
    if found is None:
        raise Http404
    response = HttpResponse(found.html, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = POLICY
    return response


@require_safe
def of_request(request: HttpRequest, pk: int) -> HttpResponse:
    """What the patient of a request had before them when they sent it. For the staff of its office; audited."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    inquiry = get_object_or_404(AppointmentRequest.objects.visible_to(request.user).select_related("office"), pk=pk)
    audit.record_by(request, action="view", record=inquiry.reference, office=inquiry.office.slug)
    asked = isinstance(inquiry.safety, dict) and inquiry.safety.get("asked", True)
    version = inquiry.safety.get("version") if asked else None
    check = SafetyCheck.objects.filter(version=version or 0).prefetch_related("flags", "conditions").first()
    context = {
        **admin.site.each_context(request),
        "title": _("What this patient saw"),
        "inquiry": inquiry,
        "back": reverse("admin:appointments_appointmentrequest_change", args=[inquiry.pk]),
        "check": check,
        "pages": [
            (words, _address(where, inquiry.created_at) if page_record.is_kept(where, inquiry.created_at) else "")
            for words, where in _pages_of(inquiry)
        ],
    }
    return TemplateResponse(request, "admin/what_patient_saw.html", context)


def _pages_of(inquiry: AppointmentRequest) -> list[tuple[str, str]]:
    """The pages that belong to a request: the article they came from, the notice beside the consent, the office."""
    links = site_links()
    found = [
        (links.privacy_practices.title, links.privacy_practices.address),
        (links.language_help.title, links.language_help.address),
        (_("How this site handles what you write"), reverse("privacy")),
        (inquiry.office.name, reverse("offices:detail", args=[inquiry.office.slug])),
    ]
    article = inquiry.source_article
    if article and isinstance(article, str):
        found.insert(0, (_("Article: %(article)s") % {"article": article}, reverse("articles:detail", args=[article])))
    return found


def _address(where: str, at: datetime) -> str:
    return f"{reverse('admin:as_it_stood_page')}?page={where}&at={at.timestamp():.0f}"


def _moment(seconds: str) -> datetime:
    """The end of that second, for what happened within it. Raises Http404 for what is no moment."""
    try:
        return datetime.fromtimestamp(int(seconds) + 1, tz=timezone.get_current_timezone())
    except (ValueError, OverflowError, OSError):
        raise Http404 from None


def urls(admin_view: Any) -> list[Any]:
    """Below /admin/."""
    return [
        path("as-it-stood/", admin_view(index), name="as_it_stood"),
        path("as-it-stood/page/", admin_view(page), name="as_it_stood_page"),
        path("as-it-stood/request/<int:pk>/", admin_view(of_request), name="what_patient_saw"),
    ]
