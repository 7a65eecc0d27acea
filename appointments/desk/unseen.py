"""Requests that no active person can see: found within a minute, told to administrators, managers and the operator.

Nobody is on the staff of their office who may sign in and work requests: the last one has left, or lost the right.
Told are references and offices, never what is in them.
"""

from datetime import datetime, time

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from appointments import actions
from appointments.models import AppointmentRequest, Office
from appointments.offices import practice
from common import audit, staff_mail
from common.models import AuditEntry

ALARM = "alarm: seen by nobody"  # as the audit has it
MAY_MEND = "appointments.view_practicesettings"  # administrators, and managers who tell them
MOST_NAMED = 20  # references in a mail


def look() -> int:
    """For the worker: what is somebody's job who can't see it becomes nobody's; what nobody sees is mailed, once a day
    for each office. Returns of how many offices. The banner and the operator hear of it from the alarms.
    """
    actions.unassign_in_vain(actor=actions.Actor(worker=True))
    offices = Office.objects.unstaffed().values_list("pk", flat=True)
    return sum(_tell(pk) for pk in list(offices))


def trouble() -> str:
    """For the alarms: of which offices nobody sees what waits, by reference; "" if there is none."""
    waiting = AppointmentRequest.objects.seen_by_nobody().order_by("office__position", "pk")
    rows = list(waiting.values_list("office__name", "reference"))
    if not rows:
        return ""
    return _(
        "Nobody can see the requests of %(offices)s: nobody on the staff there may sign in and work them. %(which)s"
    ) % {
        "offices": ", ".join(dict.fromkeys(office for office, _reference in rows)),
        "which": ", ".join(reference for _office, reference in rows[:MOST_NAMED]),
    }


@transaction.atomic
def _tell(office_pk: int) -> bool:
    """Whether there was something to tell, and it had not been told today."""
    office = Office.objects.unstaffed().select_for_update().filter(pk=office_pk).first()
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(), time()))
    if office is None or AuditEntry.objects.filter(action=ALARM, office=office.slug, at__gte=midnight).exists():
        return False
    waiting = AppointmentRequest.objects.seen_by_nobody().filter(office=office).order_by("pk")
    references = list(waiting.values_list("reference", flat=True))
    if not references:
        return False
    named = ", ".join(references[:MOST_NAMED])
    with override(settings.LANGUAGE_CODE):
        subject = _("Nobody can see requests of the %(office)s office") % {"office": office.name}
        text = _(
            "Of the %(office)s office, %(count)d in all: %(references)s\n\n"
            "Nobody on its staff may sign in and work them, so nobody will call these patients. "
            "Give the office a person:\n%(page)s"
        ) % {
            "office": office.name,
            "count": len(references),
            "references": named,
            "page": settings.BASE_URL + reverse("admin:unseen"),
        }
    for address in _whom():
        staff_mail.queue(address, subject, text)
    audit.record(actor="worker", action=ALARM, record=named, office=office.slug)
    return True


def _whom() -> set[str]:
    """The addresses of administrators and managers."""
    people = get_user_model()._default_manager.with_perm(MAY_MEND, backend="django.contrib.auth.backends.ModelBackend")
    return {practice().manager_email, *people.filter(is_staff=True).values_list("email", flat=True)} - {""}


# --- At the desk ---


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The references, by office, and the way to give the office a person. Nothing of what is in them."""
    if not request.user.has_perm(MAY_MEND):
        raise PermissionDenied
    unseen = AppointmentRequest.objects.seen_by_nobody().select_related("office").order_by("office__position", "pk")
    inquiries = list(unseen.only("reference", "office__name"))
    if inquiries:
        shown = ", ".join(inquiry.reference for inquiry in inquiries)
        audit.record_by(request, action="list", record=shown[: audit.LONGEST_RECORD])
    context = {
        **admin.site.each_context(request),
        "title": _("Requests that nobody can see"),
        "inquiries": inquiries,
        "may_give": request.user.has_perm("common.change_user"),
    }
    return TemplateResponse(request, "admin/unseen.html", context)
