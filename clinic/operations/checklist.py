"""The first-day checklist: what of starter data and settings is still a placeholder, and where that is settled."""

from collections.abc import Iterator
from dataclasses import dataclass

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

from appointments.mail import unread
from appointments.models import Office, PracticeSettings, SafetyCheck
from appointments.offices import OfficeFacts, directory, facilities_of, facts_of, plans_of, podiatrists, somebody_takes
from appointments.offices.plans import is_fresh
from articles.models import ROLES, Article, Reviewer, SitePage
from clinic.operations import alarms, doctor

MAY_SEE = "appointments.view_practicesettings"


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
    asked = unread.troubles(directory())
    for office in Office.objects.all():
        yield from _of_office(office, asked.get(office.pk, ""))
    yield from _of_practice()
    yield from _of_people()
    yield from _of_wording()
    yield from _of_pages()
    yield from _of_server()


def _of_office(office: Office, asked: str) -> Iterator[Item]:
    name = {"office": office.name}
    here = reverse("admin:appointments_office_change", args=[office.pk])
    sketch = office.sketch_main_road + office.sketch_note + office.sketch_building
    facts = facts_of(office)
    people = reverse("admin:common_user_changelist")
    yield Item(_("%(office)s: enter the opening hours") % name, facts.has_hours, here)
    yield Item(_("%(office)s: confirm the opening hours") % name, office.hours_confirmed, here)
    yield Item(_("%(office)s: enter an e-mail address for notices") % name, bool(office.notice_email), here)
    yield Item(asked or _("%(office)s: open the notices by the link in them") % name, not asked, here)
    yield Item(_("%(office)s: give it staff who work its requests") % name, facts.staffed, people)
    yield Item(_("%(office)s: complete the sketch of the way") % name, "[" not in sketch, here)
    plans = plans_of(office.pk)
    old = sum(not is_fresh(plan.checked_on, timezone.localdate()) for plan in plans)
    again = {**name, "count": old}
    listed = reverse("admin:appointments_insuranceplan_changelist")
    law = _law(" (N.J.S.A. 26:2SS-5)", facts)
    yield Item(_("%(office)s: enter the insurance plans that it takes%(law)s") % (name | law), bool(plans), here)
    if plans:
        words = _("%(office)s: check the insurance plans again; patients are told to ask about %(count)d") % again
        yield Item(words if old else _("%(office)s: check the insurance plans again") % name, not old, listed)
    yield Item(
        _("%(office)s: enter the hospitals where its podiatrists treat patients, or that there are none") % name,
        office.no_facilities or bool(facilities_of(office.pk)),
        here,
    )


def _of_practice() -> Iterator[Item]:
    practice = PracticeSettings.objects.filter(pk=1).first() or PracticeSettings()
    here = reverse("admin:appointments_practicesettings_changelist")
    to_bring = PracticeSettings._meta.get_field("what_to_bring").default
    yield Item(_("Enter who you are: name, logo, mark and colors"), bool(practice.name), here)
    yield Item(_("Enter the manager’s e-mail address, for overdue requests"), bool(practice.manager_email), here)
    yield Item(
        _("Check what patients should bring; it still says what came along"), practice.what_to_bring != to_bring, here
    )
    yield Item(
        _("Settle how long requests are kept: %(count)d days now; seven years, %(safe)d days, are the safe answer")
        % {"count": practice.keep_closed_days, "safe": PracticeSettings._meta.get_field("keep_closed_days").default},
        practice.keeping_confirmed,
        here,
    )
    yield Item(
        _("Let at least one office take requests"), somebody_takes(), reverse("admin:appointments_office_changelist")
    )


def _law(named: str, *offices: OfficeFacts) -> dict[str, str]:
    """What asks for it in New Jersey; elsewhere it is only wise."""
    return {"law": named if any(facts.state == "NJ" for facts in offices) else ""}


def _of_people() -> Iterator[Item]:
    """Whom the site names, and whose review it can't name yet."""
    here = reverse("admin:appointments_podiatrist_changelist")
    law = _law(" (N.J.S.A. 45:1-67)", *directory())
    yield Item(_("List the podiatrists with degree and type of license%(law)s") % law, bool(podiatrists()), here)
    reviewed = Article.objects.published().filter(sample=False, reviewer__isnull=False)
    for reviewer in Reviewer.objects.filter(pk__in=reviewed.values("reviewer")):
        if reviewer.person is None:
            words = _("List %(name)s, who reviewed articles: readers see “a podiatrist of this practice” until then")
            yield Item(words % {"name": reviewer}, False, here)


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


def _of_pages() -> Iterator[Item]:
    """What the law asks for, and what everybody asks: one query."""
    pages = {
        page.role: page for page in SitePage.objects.published().filter(locale__language_code="en").exclude(role="")
    }
    here = reverse("wagtailsnippets_articles_sitepage:list")
    for name, role in ROLES.items():
        page = pages.get(name)
        if page is None and not role.must:
            continue
        what = {"page": role.title}
        edit = reverse("wagtailsnippets_articles_sitepage:edit", args=[page.pk]) if page else here
        yield Item(_("Page “%(page)s”: publish it") % what, page is not None, edit)
        if page is None:
            continue
        filled = not (page.sample or page.has_placeholders())
        yield Item(
            _("Page “%(page)s”: fill in what stands in [brackets], and publish it as yours") % what, filled, edit
        )
        if page.is_notice:
            yield Item(_("Page “%(page)s”: have counsel check the wording") % what, not page.is_unchecked, edit)


def _of_server() -> Iterator[Item]:
    """For the person who looks after the server: what `manage.py doctor` says, as far as a page can look."""
    for finding in doctor.for_checklist():
        yield Item(_("Server: %(words)s") % {"words": finding.words}, finding.right is not False)
    for text in dict.fromkeys(text for _name, text in alarms.standing()[1]):
        yield Item(text, False)
    yield Item(_("Server: ask staff for a second factor (MFA_REQUIRED)"), settings.MFA_REQUIRED)
