"""A form that came too late: kept for its writer, shown again, sent by nobody else."""

import re

import pytest
from django.db import connection
from wagtail.models import Revision
from wagtail.test.utils.form_data import nested_form_data, streamfield

from appointments.models import Event, Office
from articles.models import Article, OldAddress, ReaderQuestion, Reviewer, SitePage
from clinic.accounts import kept_forms
from common.models import KeptPost, User
from tests.articles.desk import form_of
from tests.conftest import Browser, contents

PASSWORD = "a long enough password"
TYPED = 'Asked for the side door </textarea> & a "quiet" room.\nCall her son first.'
MINUTE = 60


@pytest.fixture
def page(monday, make_request):
    """The page of a request."""
    return f"/admin/appointments/appointmentrequest/{make_request().pk}/change/"


@pytest.fixture
def tess(monday, toms_river_desk, signed_in):
    """The receptionist's browser, Monday 10:12."""
    return signed_in(toms_river_desk)


def send(browser, page, action="note", referer=None, **fields):
    """Send a form of the page."""
    answers = fields or {"note-text": TYPED, "seen": "1", "csrfmiddlewaretoken": "old"}
    headers = {"Referer": f"https://testserver{referer or page}"}
    return browser.post(page.replace("change/", f"{action}/"), answers, headers=headers)


def sign_in(browser, username="tess"):
    """On the page that the browser is asked at, and on to wherever that leads."""
    asked = browser.get("/desk/kept/")
    login = {"login": username, "password": PASSWORD, "next": "/desk/kept/"}
    return browser.post(asked.headers.get("Location", "/accounts/login/"), login, follow=True)


def typed_in(answer, name="note-text"):
    """What stands in a text box of the page, as a browser reads it."""
    found = re.search(rf'<textarea[^>]*name="{name}"[^>]*>\n?(.*?)</textarea>', answer.content.decode(), re.DOTALL)
    return found and found[1].replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")


def test_note_typed_before_the_session_ended_is_there_after_signing_in(tess, page, monday):
    tess.get(page)
    monday.shift(20 * MINUTE)

    answer = send(tess, page)
    assert answer["location"] == "/desk/kept/"
    back = sign_in(tess)

    assert back.request["PATH_INFO"] == page
    assert typed_in(back) == TYPED
    assert "Your text is still here: check it, then send it." in back.content.decode()


def test_note_typed_before_signing_out_in_another_tab_is_there_after_signing_in(tess, page):
    tess.get(page)
    tess.post("/accounts/logout/")

    answer = send(tess, page)
    assert answer["location"] == "/desk/kept/"
    back = sign_in(tess)

    assert back.request["PATH_INFO"] == page
    assert typed_in(back) == TYPED
    assert not Event.objects.filter(kind=Event.Kind.NOTE).exists()


def test_who_signs_out_is_not_told_of_an_ended_session(tess, page):
    tess.post("/accounts/logout/")

    assert tess.get(page)["location"] == f"/admin/login/?next={page}"


def test_nothing_is_sent_by_itself(tess, page, monday):
    monday.shift(20 * MINUTE)
    send(tess, page)
    sign_in(tess)

    assert not Event.objects.filter(kind=Event.Kind.NOTE).exists()


def test_text_is_sent_once_and_then_forgotten(tess, page, monday):
    monday.shift(20 * MINUTE)
    send(tess, page)
    sign_in(tess)

    send(tess, page, **{"note-text": TYPED})

    assert Event.objects.get(kind=Event.Kind.NOTE).note == TYPED.strip()
    assert not KeptPost.objects.exists()
    assert typed_in(tess.get(page)) == ""


def test_page_shown_again_takes_todays_state_and_not_the_old_one(tess, page, monday):
    """The hidden "last event seen" comes fresh, so that what a colleague did meanwhile is seen before sending."""
    monday.shift(20 * MINUTE)
    send(tess, page, **{"note-text": TYPED, "seen": "999999"})

    assert 'value="999999"' not in sign_in(tess).content.decode()


@pytest.mark.parametrize(
    ("action", "fields", "expected"),
    [
        ("book", {"book-at": "2026-12-01T10:15", "book-note": "Bring <shoes>"}, 'value="2026-12-01T10:15"'),
        ("close", {"close-reason": "declined", "close-note": "moved away"}, '<option selected="" value="declined">'),
    ],
)
def test_every_kind_of_box_is_filled(tess, page, monday, action, fields, expected):
    monday.shift(20 * MINUTE)
    send(tess, page, action, **fields)

    html = sign_in(tess).content.decode()

    assert expected in html


def test_form_of_djangos_admin_is_kept_too(monday, manager, signed_in):
    browser = signed_in(manager)
    change = f"/admin/appointments/office/{Office.objects.get(slug='toms-river').pk}/change/"
    html = browser.get(change).content.decode()
    fields = dict(re.findall(r'<input type="text" name="([^"]+)" value="([^"]*)"', html))
    name = next(name for name in fields if name.endswith("city"))
    monday.shift(20 * MINUTE)

    browser.post(change, {**fields, name: "Toms River West"}, headers={"Referer": f"https://testserver{change}"})
    back = sign_in(browser, "mona")

    assert 'value="Toms River West"' in back.content.decode()


def test_another_user_does_not_see_it(tess, page, monday, manager):
    monday.shift(20 * MINUTE)
    send(tess, page)

    answer = sign_in(tess, "mona")

    assert answer.request["PATH_INFO"] == "/admin/appointments/appointmentrequest/"
    assert "side door" not in tess.get(page).content.decode()
    assert "side door" not in tess.get("/desk/kept/?text", follow=True).content.decode()


@pytest.mark.thorough
def test_same_user_does_not_see_it_in_another_browser(tess, page, monday, toms_river_desk, signed_in):
    """Each browser shows only what was typed into it; one without any shows nothing."""
    other = signed_in(toms_river_desk)
    monday.shift(20 * MINUTE)
    send(other, page, **{"note-text": "Typed at the other desk."})
    send(tess, page)

    assert typed_in(sign_in(other)) == "Typed at the other desk."
    assert typed_in(sign_in(tess)) == TYPED
    assert "side door" not in sign_in(Browser()).content.decode()


@pytest.mark.parametrize("cookie", ["", "made-up"])
def test_cookie_that_is_none_of_ours_shows_nothing(tess, page, monday, cookie):
    monday.shift(20 * MINUTE)
    send(tess, page)
    tess.cookies["__Host-kept"] = cookie

    assert "side door" not in sign_in(tess).content.decode()
    assert "side door" not in tess.get("/desk/kept/?text", follow=True).content.decode()


def test_it_dies_after_thirty_minutes(tess, page, monday):
    monday.shift(20 * MINUTE)
    send(tess, page)
    monday.shift(30 * MINUTE)

    assert "side door" not in sign_in(tess).content.decode()
    assert kept_forms.delete_expired() == 1
    assert not KeptPost.objects.exists()


def test_nothing_readable_is_stored(tess, page, monday):
    monday.shift(20 * MINUTE)
    answer = send(tess, page)

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM common_keptpost")
        stored = repr(cursor.fetchall())
    assert "side door" not in stored
    assert answer.cookies["__Host-kept"].value not in stored
    assert "side door" not in repr(dict(tess.session))


def test_cookie_is_for_this_site_and_no_script(tess, page, monday):
    monday.shift(20 * MINUTE)

    cookie = send(tess, page).cookies["__Host-kept"]

    assert (cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, True, "Lax", "/")
    assert cookie["max-age"] == 30 * MINUTE


def test_passwords_are_not_kept(monday, manager, signed_in):
    manager.is_superuser = True
    manager.save()
    browser = signed_in(manager)
    monday.shift(20 * MINUTE)

    browser.post(
        "/admin/common/user/add/",
        {"username": "newbie", "password1": "green toe lamps", "password2": "green toe lamps"},
        headers={"Referer": "https://testserver/admin/common/user/add/"},
    )

    assert set(KeptPost.objects.get().fields) == {"username"}


def test_form_with_an_old_token_is_kept_as_well(monday, page, toms_river_desk):
    """Signed in anew in another tab, which renews the token."""
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(toms_river_desk)

    answer = send(browser, page)

    assert answer["location"] == "/desk/kept/"
    assert typed_in(browser.get("/desk/kept/", follow=True)) == TYPED
    assert not Event.objects.filter(kind=Event.Kind.NOTE).exists()


@pytest.mark.parametrize("referer", ["https://evil.example/admin/", "", "https://testserver/appointments/new/"])
def test_form_of_another_site_is_not_kept(tess, page, monday, referer):
    monday.shift(20 * MINUTE)

    tess.post(page.replace("change/", "note/"), {"note-text": TYPED}, headers={"Referer": referer} if referer else {})

    assert not KeptPost.objects.exists()


def test_second_form_after_the_session_ended_is_kept_too(tess, page, monday):
    """Two tabs were open."""
    monday.shift(20 * MINUTE)
    send(tess, page)
    send(tess, page, "close", **{"close-reason": "declined", "close-note": "moved away"})

    assert KeptPost.objects.count() == 2


def test_visitor_who_was_never_signed_in_leaves_nothing(client, page):
    send(client, page)

    assert not KeptPost.objects.exists()


def test_no_more_than_five_are_kept_for_a_person(tess, page, monday):
    monday.shift(20 * MINUTE)
    for _again in range(8):
        send(tess, page)

    assert KeptPost.objects.count() == 5


def test_text_that_finds_no_place_is_shown_by_itself(tess, page, monday, toms_river_desk):
    monday.shift(20 * MINUTE)
    send(tess, page)
    Office.objects.get(slug="toms-river").staff.remove(toms_river_desk)  # the page is no longer hers

    back = sign_in(tess)

    assert back.request["PATH_INFO"] == "/desk/kept/"
    assert "side door &lt;/textarea&gt;" in back.content.decode()


def test_text_of_which_a_part_finds_no_place_is_shown_whole_by_itself(tess, page, monday):
    """The page has one box less than it had."""
    monday.shift(20 * MINUTE)
    send(tess, page, **{"note-text": TYPED, "note-more": "Typed into a box that is gone."})

    back = sign_in(tess)

    assert back.request["PATH_INFO"] == "/desk/kept/"
    assert "side door &lt;/textarea&gt;" in back.content.decode()
    assert "Typed into a box that is gone." in back.content.decode()


def test_text_can_be_thrown_away(tess, page, monday):
    monday.shift(20 * MINUTE)
    send(tess, page)
    sign_in(tess)

    answer = tess.post("/desk/kept/")

    assert answer["location"] == "/desk/"
    assert not KeptPost.objects.exists()


def test_page_with_the_text_is_kept_by_no_browser(tess, page, monday):
    monday.shift(20 * MINUTE)
    send(tess, page)

    assert "no-store" in sign_in(tess).headers["Cache-Control"]


# --- the editors' desk ---

ARTICLES = "/cms/snippets/articles/article/"
PAGES = "/cms/snippets/articles/sitepage/"
REVIEWERS = "/cms/snippets/articles/reviewer/"


@pytest.fixture
def at(article, editor, reviewer, monday, signed_in):
    """An editor's or reviewer's browser, the page of a form, what is typed into it, and how to see it there."""
    asked = ReaderQuestion.objects.create(article=article, text="Sandals?", sent_key="1")
    other = User.objects.create_user("robin", password=PASSWORD)
    heading = {"title": "Typed at length", "summary": "Typed.", "description": "Typed."}
    page = nested_form_data(
        {**heading, "slug": "", "kind": "information", "role": "", "law": "", "body": streamfield([])}
    )
    forms = {
        "article": (editor, f"{ARTICLES}edit/{article.pk}/", form_of(article, text="<p>Typed at length</p>")),
        "new article": (editor, f"{ARTICLES}add/", form_of(Article(title="New one"), text="<p>Typed at length</p>")),
        "page": (editor, f"{PAGES}add/", page),
        "old address": (editor, "/cms/oldaddress/new/", {"path": "/typed-at-length/", "article": ""}),
        "answer": (
            editor,
            f"/cms/readerquestion/edit/{asked.pk}/",
            {"text": "Sandals?", "answer": "Typed at length", "status": "ready"},
        ),
        "reviewer": (
            User.objects.create_superuser("root", password=PASSWORD),
            f"{REVIEWERS}add/",
            {"user": other.pk, "name": "Typed at length", "credentials": "DPM"},
        ),
    }
    return forms.__getitem__


def rows_of_articles():
    """What could have been saved."""
    models = (Article, SitePage, OldAddress, ReaderQuestion, Reviewer, Revision)
    return [contents(model.objects.order_by("pk")) for model in models]


@pytest.mark.parametrize("ended", ["by the clock", "in another tab"])
@pytest.mark.parametrize("what", ["article", "new article", "page", "old address", "answer", "reviewer"])
def test_form_of_the_editors_desk_comes_back_as_typed(at, signed_in, monday, what, ended):
    user, address, fields = at(what)
    browser = signed_in(user)
    browser.get(address)
    before = rows_of_articles()
    if ended == "by the clock":
        monday.shift(20 * MINUTE)
    else:
        browser.post("/accounts/logout/")

    answer = browser.post(address, fields, headers={"Referer": f"https://testserver{address}"})
    assert answer["location"] == "/desk/kept/"
    back = sign_in(browser, user.username)

    html = back.content.decode()
    assert back.request["PATH_INFO"] == address
    assert "Typed at length" in html or "/typed-at-length/" in html
    assert "Your text is still here: check it, then send it." in html
    assert rows_of_articles() == before

    assert browser.post(address, fields).status_code == 302
    assert not KeptPost.objects.exists()
    assert rows_of_articles() != before


def test_text_that_the_editors_page_saves_by_itself_is_forgotten(at, signed_in, monday):
    """Else it would stand there again, older than what was typed since."""
    user, address, fields = at("article")
    browser = signed_in(user)
    monday.shift(20 * MINUTE)
    browser.post(address, fields, headers={"Referer": f"https://testserver{address}"})
    sign_in(browser, user.username)

    saved = browser.post(address, fields, headers={"Accept": "application/json", "X-Requested-With": "XMLHttpRequest"})

    assert saved.json()["success"] is True
    assert not KeptPost.objects.exists()


def test_what_a_script_sends_after_the_end_is_not_kept(at, signed_in, monday):
    user, address, fields = at("article")
    browser = signed_in(user)
    monday.shift(20 * MINUTE)

    headers = {"Referer": f"https://testserver{address}", "Sec-Fetch-Mode": "cors"}

    assert browser.post(address, fields, headers=headers).status_code == 401
    assert not KeptPost.objects.exists()
