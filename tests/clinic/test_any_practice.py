"""A practice elsewhere, loaded from its file: no word of New Jersey or of the sample practice on any page or in any
mail, and with one office nobody is asked or told which.
"""

import re
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import Group
from django.core import mail as outbox
from django.core.management import call_command

from appointments import offices, private_link
from appointments.mail import texts
from appointments.mail.compose import render, sample_values
from appointments.models import AppointmentRequest, Mail, Office, PracticeSettings, VisitKind, ZipCode
from articles.models import Article, LibraryEntry, SitePage
from common.models import User
from tests.appointments.test_callers import CALL, NEW
from tests.appointments.test_settings_admin import fields_of
from tests.conftest import ABOUT_YOU, VISIT, Browser, post_steps

pytestmark = pytest.mark.slow

SETTINGS = "/admin/appointments/practicesettings/1/change/"
# state, town, ZIP code
PLACES = {
    "one in Denver": [("CO", "Denver", "80218")],
    "three around Phoenix": [("AZ", "Phoenix", "85004"), ("AZ", "Mesa", "85201"), ("AZ", "Glendale", "85301")],
    "five around Chicago": [
        ("IL", "Chicago", "60601"),
        ("IL", "Evanston", "60201"),
        ("IL", "Oak Park", "60302"),
        ("IN", "Gary", "46402"),
        ("WI", "Kenosha", "53140"),
    ],
}
OURS = re.compile(
    r"New Jersey|\bN\.?J\.?\b|New[ _]York|Toms River|Belleville|Garden State|gsfagroup|\((?:732|973)\)|\+1(?:732|973)"
    r"|\bGS-"
)
MORE_THAN_ONE = re.compile(
    r"which office|(?:our|right|other|each|both|either|nearest|these) offices?\b(?<!our office)|straight line|nearest",
    re.IGNORECASE,
)
AT_THE_DESK = re.compile(  # as a word of its own: a column, a field, a filter
    r"which office|(?:another|other|each|both|either|every|all|by) offices?\b|[^\W_]offices\b|nearest"
    r"|near tie|routing|>\s*office:?\s*<",
    re.IGNORECASE,
)
# Where it is a fact of a record: evidence, a file whose columns stay, who is on the staff.
OFFICE_IS_A_FACT = re.compile(
    r"/admin/(?:appointments/auditentry|appointments/appointmentrequest/export|appointments/podiatrist|common/user)/"
)
# Words of medicine, and the zone of the tests: PostgreSQL's connection can't change it within one.
ELSEWHERE_TOO = re.compile(r"nearest emergency (?:room|department)|America/New[ _]York|clock \(New York\)")
SKIPPED = re.compile(
    r"/static/|/media/|\.(?:png|jpg|svg|webp|woff2)$|/accounts/logout|/jsi18n/|/cms/.*(?:delete|unpublish)"
)


LINK = re.compile(r"""(?:href="|<loc>)([^"<]+)""")


def sample_file(path: Path, places: list[tuple[str, str, str]]) -> Path:
    """The practice's own file."""
    lines = ["offices:"]
    for number, (state, town, zip_code) in enumerate(places):
        lines += [
            f"  - name: {town}",
            f"    street: {number + 1} Sample Road",
            f"    city: {town}",
            f"    state: {state}",
            f"    zip_code: '{zip_code}'",
            f"    phone: (303) 555-014{number}",
            f"    notice_email: desk{number}@clinic.example",
            "    hours: [{days: [monday, tuesday, wednesday, thursday, friday], opens: 08:00, closes: 17:00}]",
        ]
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture(params=PLACES)
def elsewhere(request, db, settings, tmp_path):
    """The practice in a new database, with somebody who works at all of it."""
    places = PLACES[request.param]
    for model in (Office, VisitKind, ZipCode, LibraryEntry, Article, SitePage):
        model.objects.all().delete()
    settings.PRACTICE_NAME, settings.PRACTICE_BRAND = "Sample Podiatry", ["Sample", "Podiatry"]
    settings.REFERENCE_PREFIX = "SP"
    call_command("load_practice", str(sample_file(tmp_path / "own.yaml", places)), verbosity=0)
    call_command("load_articles", verbosity=0)
    keeper = User.objects.create_user("walker", email="keeper@clinic.example", is_staff=True, is_superuser=True)
    keeper.groups.set(Group.objects.all())
    for office in Office.objects.all():
        office.staff.add(keeper)
    offices.forget()
    return keeper


def words(response):
    """All that a page says, its addresses and attributes among it."""
    kind = response.headers.get("Content-Type", "")
    if not kind.startswith(("text/", "application/")):
        return ""
    return unescape(b"".join(response).decode() if response.streaming else response.content.decode())


def walk(browser, *starts):
    """Address -> words, of all pages that links lead to within the site; a kind of address with a number once."""
    found, waiting, kinds = {}, list(starts), set()
    while waiting:
        address = waiting.pop(0)
        kind = re.sub(r"\d+", "1", address.partition("?")[0])
        if address in found or kind in kinds or SKIPPED.search(address):
            continue
        kinds.add(kind)
        response = browser.get(address, follow=True)
        if response.status_code != 200:
            continue
        found[address] = words(response)
        for link in LINK.findall(found[address]):
            parts = urlsplit(link)
            if parts.netloc in ("", "testserver") and parts.path.startswith("/"):
                waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))
    return found


def told(pages, pattern):
    """Address -> what was found there."""
    found = {}
    for address, text in pages.items():
        if hits := {
            " ".join(text[max(0, hit.start() - 40) : hit.end() + 20].split())
            for hit in pattern.finditer(ELSEWHERE_TOO.sub("", text))
        }:
            found[address] = sorted(hits)
    return found


def sent_request(browser):
    """The pages of a request's way, and the request."""
    office = Office.objects.first()
    about = {**ABOUT_YOU, "zip_code": office.zip_code, "phone": "(303) 555-0150"}
    visit = {**VISIT, "office": office.slug if Office.objects.count() > 1 else ""}
    post_steps(browser, about_you=about, visit=visit)
    steps = [f"/appointments/new/{step}" for step in ("", "about-you/", "visit/", "contact/")]
    pages = {step: words(browser.get(step)) for step in (*steps, "/appointments/check/")}
    pages["sent"] = words(browser.post("/appointments/check/", follow=True))
    return pages, AppointmentRequest.objects.get()


def every_mail():
    """What each kind of mail says, with made-up values."""
    facts = offices.directory()[0]
    found = {}
    for key in texts.PLACES:
        subject, text, html = render(key, texts.wording(key, "en"), sample_values(key, facts), facts)
        found[key] = f"{subject}\n{text}\n{html}"
    return found


def test_no_page_or_mail_speaks_of_new_jersey_or_of_offices_that_are_not_there(elsewhere, signed_in):
    visitor = Browser()
    pages = walk(visitor, "/", "/sitemap.xml", "/feed/", "/robots.txt", "/conditions/search/?q=where+are+you")
    way, inquiry = sent_request(visitor)
    pages |= way | {"private": words(visitor.get(private_link.path(inquiry), follow=True))} | every_mail()
    desk = walk(signed_in(elsewhere), "/admin/", "/admin/?all", "/admin/first-day/", "/cms/")

    assert inquiry.office.slug == offices.directory()[0].slug
    assert inquiry.reference.startswith("SP-")
    assert len(pages) > 80
    assert len(desk) > 40
    assert told(pages | desk, OURS) == {}
    if Office.objects.count() == 1:
        written = {f"/{slug}/" for slug in SitePage.objects.values_list("slug", flat=True)}
        ours = {at: text for at, text in pages.items() if at not in written and not at.startswith("/conditions/")}
        assert told(ours, MORE_THAN_ONE) == {}
        asked = {at: text for at, text in desk.items() if at.startswith("/admin/") and not OFFICE_IS_A_FACT.match(at)}
        assert len(asked) > 20
        assert told(asked, AT_THE_DESK) == {}


def test_notices_of_the_request_go_to_the_office(elsewhere, work_once):
    sent_request(Browser())

    work_once()

    assert Mail.objects.filter(sent_at=None).count() == 0
    assert all(OURS.search(f"{mail.subject}{mail.body}") is None for mail in outbox.outbox)
    assert "desk0@clinic.example" in {address for mail in outbox.outbox for address in mail.to}


@pytest.mark.parametrize("elsewhere", ["one in Denver"], indirect=True)
def test_desk_of_one_office_writes_down_a_call_without_naming_it(elsewhere, signed_in):
    desk = signed_in(elsewhere)
    call = {"phone": "(303) 555-0177", "reason": "I am not sure", "zip_code": "", "no_zip": "on"}

    asked = words(desk.get(NEW))
    desk.post(NEW, CALL | call)
    inquiry = AppointmentRequest.objects.get()

    assert 'name="office"' not in asked
    assert 'name="why_here"' not in asked
    assert inquiry.office.slug == "denver"
    assert "Why Denver?" not in words(desk.get(inquiry.get_absolute_url()))


@pytest.mark.parametrize("elsewhere", ["one in Denver"], indirect=True)
def test_settings_of_one_office_are_saved_without_distances(elsewhere, signed_in):
    desk = signed_in(elsewhere)
    typed = fields_of(desk.get(SETTINGS))

    answer = desk.post(SETTINGS, typed | {"visit_minutes": "35"})

    assert "near_tie_miles" not in typed
    assert answer.status_code == 302
    assert PracticeSettings.objects.get().visit_minutes == 35
    assert PracticeSettings.objects.get().far_miles == PracticeSettings().far_miles
