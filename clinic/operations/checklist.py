"""The first-day checklist: what of starter data and settings is still a placeholder, and where that is settled."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from appointments.models import Office, PracticeSettings, SafetyCheck
from appointments.offices import facts_of, somebody_takes
from articles.models import Article
from clinic.operations import alarms
from common.models import AuditEntry

MAY_SEE = "appointments.view_practicesettings"
BACKUP_EVERY = timedelta(days=1)


@dataclass(frozen=True)
class Item:
    """A line: what is to be done, whether it is done, and where. No `href`: on the server (docs/operating.md)."""

    words: str
    done: bool
    href: str = ""


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The list, what is open first. For who may see the practice's settings."""
    if not request.user.has_perm(MAY_SEE):
        raise PermissionDenied
    found = sorted(items(), key=lambda item: item.done)
    context = {
        **admin.site.each_context(request),
        "title": _("First-day checklist"),
        "items": found,
        "open": sum(not item.done for item in found),
    }
    return TemplateResponse(request, "admin/checklist.html", context)


def items() -> Iterator[Item]:
    """Every line, done or not. A few queries in all."""
    for office in Office.objects.all():
        yield from _of_office(office)
    yield from _of_practice()
    yield from _of_wording()
    yield from _of_server()


def _of_office(office: Office) -> Iterator[Item]:
    name = {"office": office.name}
    here = reverse("admin:appointments_office_change", args=[office.pk])
    sketch = office.sketch_main_road + office.sketch_note + office.sketch_building
    facts = facts_of(office)
    people = reverse("admin:common_user_changelist")
    yield Item(_("%(office)s: enter the opening hours") % name, facts.has_hours, here)
    yield Item(_("%(office)s: confirm the opening hours") % name, office.hours_confirmed, here)
    yield Item(_("%(office)s: enter an e-mail address for notices") % name, bool(office.notice_email), here)
    yield Item(_("%(office)s: give it staff who work its requests") % name, facts.staffed, people)
    yield Item(_("%(office)s: complete the sketch of the way") % name, "[" not in sketch, here)


def _of_practice() -> Iterator[Item]:
    practice = PracticeSettings.objects.filter(pk=1).first() or PracticeSettings()
    here = reverse("admin:appointments_practicesettings_changelist")
    to_bring = PracticeSettings._meta.get_field("what_to_bring").default
    yield Item(_("Enter the manager’s e-mail address, for overdue requests"), bool(practice.manager_email), here)
    yield Item(
        _("Check what patients should bring; it still says what came along"), practice.what_to_bring != to_bring, here
    )
    yield Item(
        _("Let at least one office take requests"), somebody_takes(), reverse("admin:appointments_office_changelist")
    )


def _of_wording() -> Iterator[Item]:
    check = SafetyCheck.objects.order_by("version").last()
    here = reverse("admin:appointments_safetycheck_changelist")
    yield Item(_("Have a podiatrist sign off the safety check"), bool(check and check.signed_off_by), here)
    samples = Article.objects.published().filter(sample=True).count()
    words = ngettext(
        "Have a podiatrist review the starter articles: %(count)d is still a sample",
        "Have a podiatrist review the starter articles: %(count)d are still samples",
        samples,
    )
    done = _("Have a podiatrist review the starter articles")
    yield Item(words % {"count": samples} if samples else done, not samples, reverse("wagtailadmin_home"))


def _of_server() -> Iterator[Item]:
    """For the person who looks after the server."""
    since = timezone.now() - BACKUP_EVERY
    backed_up = AuditEntry.objects.filter(action="backup finished", at__gte=since).exists()
    yield Item(_("Server: make a backup every day"), backed_up)
    late, told = alarms.standing()
    yield Item(_("Server: keep the worker running"), not late)
    hears = bool(settings.OPERATOR_EMAIL or settings.OPERATOR_WEBHOOK)
    yield Item(
        _("Server: name who hears of errors, and gets the audit’s mark once a day (OPERATOR_EMAIL, OPERATOR_WEBHOOK)"),
        hears,
    )
    for text in dict.fromkeys(text for _name, text in told):
        yield Item(text, False)
    yield Item(_("Server: ask staff for a second factor (MFA_REQUIRED)"), settings.MFA_REQUIRED)
    yield Item(_("Server: this is a demonstration (DEMO); real patients need a real installation"), not settings.DEMO)
