"""The audit of pages that show themselves again and again."""

from collections.abc import Iterable

from django.http import HttpRequest

from appointments.models import AppointmentRequest
from common import audit
from common.crypto import digest


def write_down_shown(
    request: HttpRequest, inquiries: Iterable[AppointmentRequest], *, action: str, office: str = ""
) -> str:
    """Write down who has been shown which requests; returns what stands for these.

    A page that refreshes itself says which it has (X-Shown); unless others are shown now, nobody has looked at
    anything new, and nothing is written.
    """
    references = sorted(inquiry.reference for inquiry in inquiries)
    shown = digest("shown", f"{request.user.pk}\0{' '.join(references)}")
    if request.headers.get("X-Shown") != shown:
        for record in audit.in_records(references) or [""]:
            audit.record_by(request, action=action, record=record, office=office)
    return shown
