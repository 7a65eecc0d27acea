"""Which addresses take files: every one is tried. And what Wagtail has that this site has not."""

import re

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import get_resolver, resolve

from clinic.web.body_limit import FilesAtTheEditorsDesk
from common.models import User
from tests.clinic.test_access import addresses
from tests.conftest import Browser

# Each cleans what comes in or refuses it: tests/articles/test_pictures.py, tests/appointments/test_people.py.
MOVING_IN = "/cms/moving-in/"  # whose files lie in VAR_DIR, are unpacked by the worker, and served to nobody
PICTURE_DOORS = {
    "/cms/images/add/",
    "/cms/images/multiple/add/",
    "/cms/images/{}/",
    "/cms/images/chooser/create/",
    "/admin/appointments/podiatrist/add/",
    "/admin/appointments/podiatrist/{}/change/",
    "/admin/appointments/practicesettings/{}/change/",
}
EVERYBODY = ["toms_river_desk", "manager", "administrator", "editor", "reviewer", "superuser", "anonymous"]
DOCUMENTS = [
    "",
    "add/",
    "multiple/add/",
    "multiple/1/",
    "chooser/",
    "chooser/create/",
    "1/",
    "edit/1/",
    "delete/1/",
    "usage/1/",
    "nowhere/",
]


@pytest.fixture
def superuser(db):
    return User.objects.create_superuser("root", password="a long enough password")


@pytest.fixture
def browser_of(request, signed_in):
    def browser(who):
        return Browser() if who == "anonymous" else signed_in(request.getfixturevalue(who))

    return browser


@pytest.fixture
def arrived(monkeypatch):
    """The addresses at which a file was let in. Django's guard against forgery reads each form before its view does."""
    found = set()

    def let_in(self, raw_data, start):
        found.add(re.sub(r"\d+", "{}", self.request.path))
        return raw_data

    monkeypatch.setattr(FilesAtTheEditorsDesk, "receive_data_chunk", let_in)
    return found


def try_every_address(roots, user):
    """Send a file to each, with a token against forgery that is wrong: the form is read, and nothing is done."""
    browser = Browser(enforce_csrf_checks=True, raise_request_exception=False, headers={"origin": "https://testserver"})
    browser.force_login(user)
    browser.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
    tried = [address for root in roots for address in addresses(root)]
    for address in tried:
        browser.post(address, {"file": SimpleUploadedFile("evil.html", b"<script>alert(1)</script>")})
    return tried


@pytest.mark.slow
def test_files_come_in_by_the_doors_for_pictures_and_for_moving_in_alone(article, superuser, arrived):
    tried = try_every_address(["cms/", "admin/", "accounts/"], superuser)

    assert len(tried) > 250
    assert arrived == PICTURE_DOORS | {MOVING_IN}


def test_no_public_address_takes_a_file(article, superuser, arrived):
    roots = ["appointments/", "conditions/", "offices/", "desk/", "media/", "privacy/", "cms/images/add/"]

    assert len(try_every_address(roots, superuser)) > 20
    assert arrived == {"/cms/images/add/"}


@pytest.mark.slow
def test_no_page_of_the_editors_desk_asks_for_another_file(article, superuser, signed_in):
    browser = signed_in(superuser)
    browser.raise_request_exception = False
    asking = set()

    for address in addresses("cms/"):
        page = browser.get(address, {"id": article.pk})
        if not page.streaming and re.search(r'type=\\?"file\\?"', page.content.decode()):
            asking.add(address)

    assert asking == {
        "/cms/images/add/",
        "/cms/images/multiple/add/",
        "/cms/images/chooser/",
        "/cms/images/chooser/create/",
        MOVING_IN,
    }


def test_picture_of_oneself_is_refused(signed_in, editor, library):
    before = default_storage.listdir("")[0]

    answer = signed_in(editor).post("/cms/account/", {"avatar-avatar": SimpleUploadedFile("me.png", b"x")})

    assert answer.status_code == 400
    assert default_storage.listdir("")[0] == before


@pytest.mark.parametrize("who", EVERYBODY)
def test_documents_are_nowhere_for_anybody(browser_of, article, who):
    browser = browser_of(who)
    found = [f"/cms/documents/{path}" for path in DOCUMENTS]
    found += ["/cms/api/main/documents/", "/cms/api/main/documents/1/", "/documents/1/evil.html"]
    file = {"title": "x", "collection": "1", "file": SimpleUploadedFile("evil.html", b"<script>alert(1)</script>")}

    assert {path: browser.get(path).status_code for path in found} == dict.fromkeys(found, 404)
    assert {path: browser.post(path, file).status_code for path in found} == dict.fromkeys(found, 404)


def test_no_address_of_documents_is_on_the_map(db):
    names = {str(name) for name in get_resolver().reverse_dict if isinstance(name, str)}
    namespaces = set(get_resolver().namespace_dict)

    assert not [name for name in names | namespaces if "doc" in name]
    assert resolve("/cms/documents/add/").view_name == "gone"


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("path", ["failwhale/"])
def test_error_on_purpose_is_not_there(browser_of, article, who, path):
    assert browser_of(who).get(f"/cms/{path}").status_code == 404


@pytest.mark.parametrize("who", ["editor", "reviewer", "superuser"])
@pytest.mark.parametrize(
    "path",
    [
        "images/1/preview/max-4000x4000/",
        "images/1/generate_url/",
        "images/1/generate_url/output/",
        "images/multiple/create_from_uploaded_image/1/",
        "images/multiple/delete_upload/1/",
        "bulk/wagtaildocs/document/delete/",
    ],
)
def test_what_makes_pictures_by_address_is_not_there(browser_of, article, who, path):
    browser = browser_of(who)

    assert browser.get(f"/cms/{path}").status_code == 404
    assert browser.post(f"/cms/{path}").status_code == 404
