"""A paper copy for the patient. Only a POST makes it, since that it was made stands in the history and the audit."""

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments import actions
from appointments.actions import Actor
from appointments.desk.access import may_change, user_of, visible_or_404
from appointments.desk.presenters import PaperCopy
from common.client import client_address


def make(request: HttpRequest, pk: int) -> HttpResponse:
    """All that is held of one request, to print. For who may see it, and write that it was made; else it is 404."""
    inquiry = visible_or_404(request, pk)
    if not may_change(request):
        raise Http404
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    actions.copy_for_patient(inquiry=inquiry, actor=Actor(user_of(request), client_address(request)))
    context = {
        **admin.site.each_context(request),
        "title": _("Copy of what we hold: %(reference)s") % {"reference": inquiry.reference},
        "inquiry": inquiry,
        "copy": PaperCopy(inquiry),
        "now": timezone.now(),
    }
    return TemplateResponse(request, "admin/appointments/paper_copy.html", context)
