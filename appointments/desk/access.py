"""Who may see what at the desk; every page starts here."""

from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _

from appointments.models import AppointmentRequest, RequestQuerySet
from common.models import User

NO_OFFICE = _("You are not on the staff of an office yet. Ask the person who manages the offices to add you.")


def user_of(request: HttpRequest) -> User:
    """Who is signed in; the admin lets in nobody else."""
    assert isinstance(request.user, User)  # noqa: S101  # says so to the type checker
    return request.user


def visible(request: HttpRequest) -> RequestQuerySet:
    """What this person may see."""
    return AppointmentRequest.objects.visible_to(request.user)


def visible_or_404(request: HttpRequest, pk: int) -> AppointmentRequest:
    """The inquiry, if this person may see it. Raises Http404."""
    inquiry = visible(request).select_related("office", "assigned_to", "visit_kind").filter(pk=pk).first()
    if inquiry is None:
        raise Http404
    return inquiry


def may_change(request: HttpRequest) -> bool:
    """Whether this person works inquiries, and does not only look at them."""
    return request.user.has_perm("appointments.change_appointmentrequest")


def check_may_look(request: HttpRequest) -> None:
    """Raises Http404."""
    if not (request.user.has_perm("appointments.view_appointmentrequest") or may_change(request)):
        raise Http404
