"""What every answer says about itself, over whole walks; and what is nowhere in our pages."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from common.client import client_address
from tests.clinic.test_access import addresses
from tests.conftest import Browser, post_steps

# Wagtail's: it can't work without. Django's own page of words for scripts is no page.
INLINE = re.compile(
    r"""<[a-z][^>]*\s(?:style|on[a-z]+)\s*=\s*["']|<style|<script(?![^>]*\ssrc=)(?![^>]*json)|javascript:""", re.I
)
NO_STORE = "no-store"
ROOT = Path(__file__).resolve().parents[2]


WALKED = {}  # opened once, and looked at by several tests


@pytest.fixture
def walked(request):
    """Every page of the accounts and of the front desk, as a manager who may do everything sees it; and what breaks."""
    return WALKED or request.getfixturevalue("_walk")


@pytest.fixture
def _walk(make_request, manager, signed_in, article):
    manager.is_superuser = True
    manager.save()
    browser = signed_in(manager)
    browser.raise_request_exception = False
    found = make_request()
    own = f"/admin/appointments/appointmentrequest/{found.pk}/"
    pages = [
        *addresses("accounts/"),
        *addresses("admin/"),
        f"{own}change/",
        f"{own}nowhere/",
        "/admin/nowhere/",
        "/desk/",
    ]
    answers = {page: browser.get(page) for page in pages if "logout" not in page}
    answers[f"{own}note/"] = browser.post(f"{own}note/", {"note-text": ""})
    WALKED.update({page: answer for page, answer in answers.items() if not answer.streaming})
    return WALKED


PUBLIC = [
    *("/", "/conditions/", "/conditions/heel-pain/", "/conditions/search/?q=heel", "/conditions/heel-pain/question/"),
    *("/offices/", "/offices/toms-river/", "/privacy/", "/appointments/new/", "/accounts/login/", "/nowhere/"),
    *("/accounts/password/reset/", "/accounts/signup/"),
]


@pytest.mark.thorough
def test_staff_pages_have_no_inline_style_script_or_handler(walked):
    found = {page: INLINE.findall(answer.content.decode()) for page, answer in walked.items()}

    assert len(walked) > 80
    assert {page: what for page, what in found.items() if what} == {}


@pytest.mark.parametrize("address", PUBLIC)
def test_public_page_has_no_inline_style_script_or_handler(client, library, address):
    assert INLINE.findall(client.get(address).content.decode()) == []


def test_steps_of_the_form_have_no_inline_style_script_or_handler(client, library):
    post_steps(client)

    for step in ("about-you/", "visit/", "contact/"):
        assert INLINE.findall(client.get(f"/appointments/new/{step}").content.decode()) == []
    assert INLINE.findall(client.get("/appointments/check/").content.decode()) == []


def test_every_staff_page_forbids_inline_code(walked):
    policies = {page: answer.headers["Content-Security-Policy"] for page, answer in walked.items()}

    weak = {
        page: policy for page, policy in policies.items() if "unsafe" in policy or "default-src 'none'" not in policy
    }
    assert weak == {}


def test_every_page_of_the_front_desk_has_the_way_out(walked):
    desk = {page: answer.content.decode() for page, answer in walked.items() if page.startswith("/admin/")}
    shown = {page: html for page, html in desk.items() if walked[page].status_code == 200 and "<body" in html}

    assert len(shown) > 30
    without = [page for page, html in shown.items() if 'method="post" action="/admin/logout/"' not in html]
    assert without == ["/admin/taggit/tag/merge-tags/"], "a package's own page, which only the operator's account opens"


def test_editors_desk_has_the_way_out(editor, library, signed_in):
    assert "/cms/logout/" in signed_in(editor).get("/cms/").content.decode()


def test_no_staff_page_is_kept_by_a_browser(walked):
    kept = {page: answer.headers.get("Cache-Control") for page, answer in walked.items()}

    assert {answer.status_code for answer in walked.values()} >= {200, 302, 404}
    assert {page: header for page, header in kept.items() if NO_STORE not in (header or "")} == {}


def test_no_step_of_the_form_is_kept_by_a_browser(client, library):
    post_steps(client)
    pages = ["about-you/", "visit/", "contact/"]

    for answer in (
        *(client.get(f"/appointments/new/{page}") for page in pages),
        client.get("/appointments/check/"),
        client.get("/appointments/sent/GS-0000-00/"),
        client.get("/appointments/nowhere/"),
        client.post("/appointments/check/", follow=True),
    ):
        assert NO_STORE in answer.headers["Cache-Control"], answer.request["PATH_INFO"]


def test_failure_while_sending_is_kept_by_no_browser(client, library, monkeypatch):
    post_steps(client)

    def fail(**kwargs):
        raise ValueError

    monkeypatch.setattr("appointments.actions.submit", fail)
    client.raise_request_exception = False

    answer = client.post("/appointments/check/")

    assert answer.status_code >= 500
    assert NO_STORE in answer.headers["Cache-Control"]


# --- When something goes wrong ---


PHONES = {"tel:+17325579900", "tel:+19734503035"}


def phones_on(answer):
    """Of the offices, as links that call."""
    return PHONES & set(re.findall(r'href="(tel:[^"]+)"', answer.content.decode()))


@pytest.mark.parametrize(
    ("status", "ask"),
    [
        (400, lambda browser: browser.post("/appointments/new/", {"photo": SimpleUploadedFile("foot.jpg", b"x")})),
        (403, lambda browser: Browser(enforce_csrf_checks=True).post("/accounts/login/", {"login": "tess"})),
        (404, lambda browser: browser.get("/nowhere/")),
        (404, lambda browser: browser.get("/appointments/status/0123/")),
        (410, lambda browser: browser.get("/conditions/heel-pain/")),
        (500, lambda browser: browser.get("/conditions/search/?q=heel")),
    ],
    ids=["broken form", "no token", "no such page", "no such request", "withdrawn article", "fault of ours"],
)
def test_every_error_page_has_the_phones_of_both_offices(article, monkeypatch, status, ask):
    browser = Browser(raise_request_exception=False)
    article.unpublish()
    if status == 500:
        monkeypatch.setattr("articles.search.index.current", lambda: 1 / 0)

    answer = ask(browser)

    assert answer.status_code == status
    assert phones_on(answer) == PHONES


@pytest.mark.parametrize("page", ["/appointments/new/about-you/", "/accounts/login/", "/admin/login/"])
def test_no_address_of_ours_is_told_to_other_sites(client, library, page):
    assert client.get(page).headers["Referrer-Policy"] == "same-origin"


def test_cookie_of_the_form_is_for_this_site_alone(client, library):
    client.post("/appointments/new/", {"flags": ["none"]})

    cookie = client.cookies["__Host-request-draft"]
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
    assert (cookie["path"], cookie["domain"]) == ("/", "")


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "www.testserver"])
def test_other_host_names_are_refused(db, host):
    answer = Browser().get("/", headers={"Host": host})

    assert answer.status_code == 400
    assert host not in answer.content.decode()


@pytest.mark.parametrize(
    ("hops", "forwarded", "expected"),
    [
        (0, "203.0.113.9", "10.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "1.1.1.1, 203.0.113.9", "203.0.113.9"),
        (2, "1.1.1.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "203.0.113.9", "10.0.0.1"),
        (1, "", "10.0.0.1"),
    ],
)
def test_address_of_a_visitor_comes_from_our_own_proxy_alone(settings, hops, forwarded, expected):
    settings.TRUSTED_PROXY_HOPS = hops

    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="10.0.0.1")

    assert client_address(request) == expected


def test_visitor_who_makes_up_addresses_meets_the_limit_all_the_same(client, manager):
    login = {"login": "mona", "password": "a wrong but long password"}
    for number in range(6):
        client.post("/accounts/login/", login, headers={"X-Forwarded-For": f"198.51.100.{number}"})

    client.post("/accounts/login/", {"login": "mona", "password": "a long enough password"})

    assert "_auth_user_id" not in client.session


# --- Whom to tell ---


def test_security_contact_is_told_as_rfc_9116_wants_it(client, settings, db):
    settings.SECURITY_CONTACT = "mailto:security@clinic.example"

    answer = client.get("/.well-known/security.txt")

    fields = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert fields["Contact"] == "mailto:security@clinic.example"
    assert fields["Canonical"] == "https://testserver/.well-known/security.txt"
    left = datetime.fromisoformat(fields["Expires"]) - datetime.now().astimezone()
    assert timedelta(days=30) < left < timedelta(days=365)


def test_without_a_contact_there_is_no_file(client, db):
    assert client.get("/.well-known/security.txt").status_code == 404


# --- What tells more than it should elsewhere ---


@pytest.mark.parametrize("page", [*PUBLIC, "/admin/", "/cms/", "/desk/", "/healthz", "/feed.xml"])
def test_trace_gives_nothing_back(client, library, page):
    answer = client.generic("TRACE", page, b"echo-body", headers={"X-Mine": "echo-header"})

    assert "echo-" not in answer.content.decode()


@pytest.mark.parametrize("folder", ["/static/", "/static/clinic/", "/media/", "/media/pictures/"])
def test_no_folder_is_listed(client, library, folder):
    assert client.get(folder).status_code == 404


def test_health_checks_tell_a_word_or_two(client, db):
    assert client.get("/healthz").content == b"ok"
    assert re.fullmatch(r"ok\nworker (?:running|late)\n", client.get("/readyz").content.decode())


@pytest.mark.parametrize("host", ["10.0.0.5", "10.0.0.5:8000", "node-7.internal"])
def test_monitors_may_ask_by_any_name_and_nobody_else(client, db, host):
    assert client.get("/healthz", headers={"Host": host}).content == b"ok"
    assert client.get("/readyz", headers={"Host": host}).status_code == 200
    assert client.get("/metrics", headers={"Host": host}).status_code == 200
    assert client.get("/", headers={"Host": host}).status_code == 400


# --- Our scripts ---


def test_no_script_of_ours_listens_to_other_sites_or_makes_code_of_text():
    scripts = [path for app in ("clinic", "articles", "appointments", "common") for path in (ROOT / app).rglob("*.js")]

    text = "\n".join(path.read_text() for path in scripts)

    assert len(scripts) > 5
    assert re.findall(r"postMessage|[\"']message[\"']|onmessage|\beval\(|new Function|document\.write", text) == []


def test_scripts_of_ours_keep_nothing_in_the_browser_but_whether_a_list_refreshes_itself():
    storing = r"localStorage|sessionStorage|indexedDB|document\.cookie|caches\.|cookieStore"
    scripts = [path for app in ("clinic", "articles", "appointments", "common") for path in (ROOT / app).rglob("*.js")]
    found = {path.name: re.findall(storing, path.read_text()) for path in scripts}

    assert {name for name, calls in found.items() if calls} == {"desk-list.js", "desk-keys.js", "writing.js"}
    writing = (ROOT / "articles/static/articles/cms/writing.js").read_text()
    assert re.findall(r"localStorage\.\w+\([^)]*\)", writing) == [
        'localStorage.setItem("wagtail:draftail-toolbar", "sticky")'  # Wagtail's own choice of a toolbar
    ]
    kept = re.findall(
        r"localStorage\.setItem\(([^)]*)\)", (ROOT / "appointments/static/appointments/desk-list.js").read_text()
    )
    assert kept == ['OFF, "1"']
