"""Who may open what: every address of the two desks and of the accounts, walked by every role."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.apps import apps
from django.contrib.auth.models import Group
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from wagtail.models import Collection, Page, Revision, Task, Workflow

from appointments.desk.buttons import ACTIONS
from appointments.models import AppointmentRequest, Event, Mail, Office, Presence, RoutingOverride
from articles.models import Article, Helpful, MissedSearch, OldAddress, ReaderQuestion, Reviewer, SitePage
from common.models import AuditEntry, User
from tests.conftest import Browser, contents

SIGN_IN = "/accounts/login/"
PASSWORD = "a long enough password"
HOME = {
    "toms_river_desk": "/admin/appointments/appointmentrequest/",
    "belleville_desk": "/admin/appointments/appointmentrequest/",
    "manager": "/admin/appointments/appointmentrequest/",
    "editor": "/cms/",
    "reviewer": "/cms/",
}
OF_THE_DESK, OF_THE_ARTICLES = ["toms_river_desk", "belleville_desk", "manager"], ["editor", "reviewer"]
EVERYBODY = [*HOME, "superuser", "inactive", "anonymous"]
PUBLIC = [
    "/",
    "/conditions/",
    "/conditions/heel-pain/",
    "/offices/",
    "/offices/toms-river/",
    "/privacy/",
    "/people/",
    "/insurance/",
]
# Wagtail's drawings and its words for scripts: no data in them, and open by Wagtail's own design.
OPEN_IN_CMS = {"/cms/sprite/", "/cms/jsi18n/"}
# What everybody at the desk has of Wagtail besides: their own account, choosers, and the words of questions to come.
READ_ALONG = (
    "/cms/account/",
    "/cms/api/main/",
    "/cms/choose-",
    "/cms/dismissibles/",
    "/cms/images/chooser/",
    "/cms/reports/site-history/",
    "/cms/snippets/articles/article/workflow/confirm_cancellation/",
    "/cms/snippets/choose/",
    "/cms/tag-autocomplete/",
    "/cms/test404/",
    "/cms/workflows/task_chooser/",
)
# Not walked: the first is not there, the other ends the walk.
NOT_WALKED = {"cms/failwhale/", "cms/logout/"}
MODELS_OF_CMS: dict[str, type[Model]] = {
    "cms/users/": User,
    "cms/groups/": Group,
    "cms/workflows/tasks/": Task,
    "cms/workflows/": Workflow,
    "cms/collections/": Collection,
    "cms/snippets/articles/reviewer/": Reviewer,
}


@pytest.fixture
def superuser(db):
    """An administrator who works in no office."""
    return User.objects.create_superuser("root", password=PASSWORD)


@pytest.fixture
def inactive(toms_river_desk):
    """A receptionist who has left."""
    User.objects.filter(pk=toms_river_desk.pk).update(is_active=False)
    return toms_river_desk


@pytest.fixture
def browser_of(request, signed_in):
    """The browser of a role, by the name of its fixture; it shows error pages instead of raising."""

    def browser(who: str) -> Client:
        found = Browser() if who == "anonymous" else signed_in(request.getfixturevalue(who))
        found.raise_request_exception = False
        return found

    return browser


@pytest.fixture
def patient(make_request, article):
    """A request of Toms River; in the tables there is something to show on every page."""
    RoutingOverride.objects.create(zip_code="07030", office=Office.objects.get(slug="belleville"))
    article.save_revision(clean=False)
    return make_request(patient_name="Wilhelmina Secretname")


def shows(page: Any, patient: AppointmentRequest, *, reference: bool = True) -> list[str]:
    """Which of the patient's details a page shows."""
    text = page.content.decode(errors="replace") if not page.streaming else ""
    details = ["Wilhelmina", "Secretname", "5550142", "555-0142", "harold@example.com", "worse in the morning"]
    return [detail for detail in [*details, *([patient.reference] if reference else [])] if detail in text]


def addresses(root: str) -> list[str]:
    """Every address below `root`, with something that exists in the place of each argument."""
    article, page = Article.objects.get(slug="heel-pain"), Page.objects.first()
    values = {
        **dict.fromkeys(("app_label", "app_name", "content_type_app_name"), "articles"),
        **dict.fromkeys(("model_name", "content_type_model_name"), "article"),
        **dict.fromkeys(("action", "action_name"), "approve"),
        **dict.fromkeys(("page_id", "parent_page_id", "page_to_move_id", "page_pk"), page.pk if page else 1),
        "revision_id": article.latest_revision_id,
        "revision_id_a": "earliest",
        "revision_id_b": "latest",
        "content_type_id": 1,
        "url": "nowhere/",
        "key": "abc",
        "uidb36": "1",
        "filter_spec": "max-100x100",
    }
    return sorted(
        {
            "/" + _fill(route, values, default=str(_pk_of_model(route) or article.pk))
            for route in _routes(get_resolver())
            if route.startswith(root) and route not in NOT_WALKED
        }
    )


def _routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield route
        else:
            yield from _routes(entry, route)


def _fill(route: str, values: dict[str, Any], default: str) -> str:
    """A route or a regular expression with its arguments replaced."""
    route = re.sub(r"\(\?P<app_label>[^)]*\)", "appointments", route)
    route = re.sub(r"\(\?P<(\w+)>(?:[^()]|\[[^]]*\])*\)", lambda m: str(values.get(m[1], default)), route)
    route = re.sub(r"<(?:\w+:)?(\w+)>", lambda m: str(values.get(m[1], default)), route)
    route = re.sub(r"\([^()]*\)", default, route)
    return route.replace("\\.", ".").replace("^", "").replace("$", "").replace(".*", "nowhere")


def _pk_of_model(route: str) -> int | None:
    """The first row of the model that the address is about."""
    match = re.match(r"admin/(\w+)/(\w+)/", route)
    if match:
        model = apps.all_models[match[1]].get(match[2])
    else:
        model = next((model for start, model in MODELS_OF_CMS.items() if route.startswith(start)), None)
    row = model._default_manager.first() if model else None
    return row.pk if row else None


def walk(browser: Client, found: list[str]) -> dict[str, Any]:
    """Open each address, without following where it leads; nothing on the way may end the session."""
    signed_in = is_signed_in(browser)
    answers = {address: browser.get(address) for address in found}
    assert is_signed_in(browser) is signed_in
    return answers


# --- Every address, every role ---


@pytest.mark.slow
@pytest.mark.parametrize("who", EVERYBODY)
def test_no_address_of_the_desk_breaks(patient, browser_of, who):
    browser = browser_of(who)

    answers = walk(browser, addresses("admin/"))

    assert len(answers) > 60
    assert {address: answer.status_code for address, answer in answers.items() if answer.status_code >= 500} == {}


@pytest.mark.slow
@pytest.mark.parametrize("who", EVERYBODY)
def test_no_address_of_the_editors_desk_breaks(patient, browser_of, who):
    browser = browser_of(who)

    answers = walk(browser, addresses("cms/"))

    assert len(answers) > 150
    assert {address: answer.status_code for address, answer in answers.items() if answer.status_code >= 500} == {}


@pytest.mark.parametrize("who", EVERYBODY)
def test_no_address_of_the_accounts_breaks(patient, browser_of, who):
    browser = browser_of(who)

    answers = walk(browser, addresses("accounts/"))

    assert len(answers) > 20
    assert {address: answer.status_code for address, answer in answers.items() if answer.status_code >= 500} == {}


@pytest.mark.thorough
@pytest.mark.parametrize("who", [*OF_THE_ARTICLES, "inactive", "anonymous"])
def test_front_desk_opens_for_nobody_else(patient, browser_of, who):
    browser = browser_of(who)
    opened = []

    for address in addresses("admin/"):
        answer = browser.get(address, follow=True)
        there = answer.request["PATH_INFO"].startswith("/admin/")
        if (there and answer.status_code == 200) or shows(answer, patient):
            opened.append(address)

    assert opened == []


@pytest.mark.slow
@pytest.mark.parametrize("who", [*OF_THE_DESK[:2], "inactive", "anonymous"])
def test_editors_desk_opens_for_nobody_else(patient, browser_of, who):
    browser = browser_of(who)

    answers = walk(browser, addresses("cms/"))

    opened = [address for address, answer in answers.items() if answer.status_code == 200]
    assert set(opened) <= OPEN_IN_CMS


def test_who_edits_nothing_is_told_so_and_not_sent_round_in_circles(toms_river_desk, signed_in):
    answer = signed_in(toms_river_desk).get("/cms/", follow=True)

    assert (answer.status_code, answer.redirect_chain) == (403, [])
    assert "You can’t open this page" in answer.content.decode()


READERS, WRITERS = {"manager", "editor", "reviewer"}, {"editor", "reviewer"}
# Our addresses at the editors' desk, and who opens them besides the superuser. {article} and its kind are numbers.
OURS = {
    "": {*READERS, "administrator"},
    "snippets/articles/article/": READERS,
    "snippets/articles/article/add/": {"editor"},
    "snippets/articles/article/edit/{article}/": WRITERS,
    "snippets/articles/article/delete/{article}/": set(),
    "snippets/articles/sitepage/": READERS,
    "snippets/articles/sitepage/add/": {"editor"},
    "snippets/articles/sitepage/edit/{page}/": WRITERS,
    "snippets/articles/reviewer/": {"administrator"},
    "snippets/articles/reviewer/add/": {"administrator"},
    "snippets/articles/reviewer/edit/{reviewer}/": {"administrator"},
    "snippets/articles/reviewer/delete/{reviewer}/": set(),
    "readerquestion/": READERS,
    "readerquestion/edit/{question}/": WRITERS,
    "readerquestion/delete/{question}/": WRITERS,
    "helpful/": READERS,
    "helpful/edit/{word}/": WRITERS,
    "helpful/delete/{word}/": WRITERS,
    "missedsearch/": READERS,
    "missedaddress/": WRITERS,
    "oldaddress/": WRITERS,
    "oldaddress/new/": WRITERS,
    "articles/link/?q=heel": WRITERS,
    "articles/from-text/": {"editor"},
    "articles/deleted/": WRITERS,
    "articles/{article}/ratings/": WRITERS,
    "moving-in/": {"reviewer", "administrator"},
}


@pytest.fixture
def numbers(article, reviewer):
    """Something of each kind to be opened."""
    return {
        "article": article.pk,
        "page": SitePage.objects.first().pk,
        "reviewer": Reviewer.objects.get().pk,
        "question": ReaderQuestion.objects.create(article=article, text="Sandals?", sent_key="1").pk,
        "word": Helpful.objects.create(article=article, yes=False, text="How long?", status="new").pk,
    }


@pytest.mark.parametrize("who", ["toms_river_desk", "manager", "administrator", "editor", "reviewer"])
def test_each_role_opens_what_is_its_own_at_the_editors_desk(numbers, browser_of, who):
    browser = browser_of(who)

    opened = {address for address in OURS if browser.get(f"/cms/{address.format(**numbers)}").status_code == 200}

    assert opened == {address for address, roles in OURS.items() if who in roles}


@pytest.mark.parametrize("who", ["toms_river_desk", "manager", "administrator"])
def test_who_only_reads_changes_nothing_at_the_editors_desk(numbers, browser_of, who):
    browser = browser_of(who)
    models = (Article, SitePage, Reviewer, ReaderQuestion, Helpful, OldAddress, MissedSearch, Revision, Task, Workflow)
    before = [contents(model.objects.order_by("pk")) for model in models]
    sent = {"text": "Mine", "status": "done", "title": "Mine", "name": "Mine"}

    for address in [
        *OURS,
        "snippets/articles/article/unpublish/{article}/",
        "snippets/articles/article/history/{article}/",
    ]:
        browser.post(f"/cms/{address.format(**numbers)}", sent)

    assert [contents(model.objects.order_by("pk")) for model in models] == before


@pytest.mark.slow
@pytest.mark.parametrize("who", ["manager", "administrator"])
def test_rest_of_the_editors_desk_opens_no_form_for_who_reads(patient, browser_of, who):
    """But for what is everybody's own: the account, and how the menu looks."""
    browser = browser_of(who)

    answers = walk(browser, addresses("cms/"))

    opened = {address for address, answer in answers.items() if answer.status_code == 200}
    own = {f"/cms/{address}{part}" for address, roles in OURS.items() if who in roles for part in ("", "results/")}
    assert {address for address in opened - own - OPEN_IN_CMS if not address.startswith(READ_ALONG)} == set()
    assert {address: shows(answer, patient) for address, answer in answers.items() if shows(answer, patient)} == {}


def test_manager_sees_what_is_overdue_and_no_way_to_change_it(article, numbers, manager, signed_in):
    Article.objects.filter(pk=article.pk).update(next_review="2020-01-01")
    browser = signed_in(manager)

    first = browser.get("/cms/").content.decode()
    listed = browser.get("/cms/snippets/articles/article/?review=overdue").content.decode()

    assert "Overdue" in first
    assert "Sandals?" in first
    for page in (first, listed):
        assert "Heel pain" in page
        assert not re.findall(r'href="/cms/[^"]*/(?:edit|add|delete|new)/', page)
    assert 'href="/conditions/heel-pain/"' in first


def test_administrator_enters_a_reviewer(administrator, reviewer, signed_in):
    person = User.objects.create_user("robin", password=PASSWORD)
    browser = signed_in(administrator)
    sent = {"user": person.pk, "name": "Robin Rest", "credentials": "DPM"}

    assert "/cms/snippets/articles/reviewer/" in browser.get("/cms/").content.decode()
    browser.post("/cms/snippets/articles/reviewer/add/", sent)
    made = Reviewer.objects.get(user=person)
    browser.post(f"/cms/snippets/articles/reviewer/edit/{made.pk}/", {**sent, "name": "Robin Toe"})

    assert Reviewer.objects.get(user=person).name == "Robin Toe"


@pytest.mark.parametrize("who", [*OF_THE_DESK, "inactive", "anonymous"])
@pytest.mark.parametrize(
    "address",
    ["articles/link/?q=heel", *(f"bulk/articles/article/{action}/?id=1" for action in ("publish", "reviewed"))],
)
def test_what_we_added_to_the_editors_desk_opens_for_nobody_else(patient, browser_of, who, address):
    browser = browser_of(who)

    assert browser.get(f"/cms/{address}").status_code in (302, 403)
    assert browser.post(f"/cms/{address}").status_code in (302, 403, 405)
    assert browser.post("/cms/articles/advice/", {"summary": "x"}).status_code in (302, 403)


@pytest.mark.slow
@pytest.mark.parametrize("who", [*OF_THE_ARTICLES, "superuser"])
def test_editors_desk_shows_no_patient(patient, browser_of, who):
    browser = browser_of(who)

    answers = walk(browser, addresses("cms/"))

    assert len([address for address, answer in answers.items() if answer.status_code == 200]) > 20
    assert {address: shows(answer, patient) for address, answer in answers.items() if shows(answer, patient)} == {}


@pytest.mark.thorough
@pytest.mark.parametrize("who", ["belleville_desk", "superuser"])
def test_front_desk_shows_no_patient_of_another_office(patient, browser_of, who):
    browser = browser_of(who)

    answers = walk(browser, addresses("admin/"))

    assert answers[f"/admin/appointments/appointmentrequest/{patient.pk}/change/"].status_code == 404
    # The audit trail, for who may read it, has references and nothing else of a request.
    shown = {page: shows(answer, patient, reference="auditentry" not in page) for page, answer in answers.items()}
    assert {page: details for page, details in shown.items() if details} == {}
    assert AuditEntry.objects.filter(action="view").count() == 0


def rows_of_requests() -> list[Any]:
    """Everything that hangs on a request, to compare before and after."""
    return [contents(model.objects.order_by("pk")) for model in (AppointmentRequest, Event, Mail, Presence)]


@pytest.mark.thorough
@pytest.mark.parametrize("who", ["belleville_desk", "editor", "reviewer", "superuser", "inactive", "anonymous"])
def test_no_action_or_search_at_the_front_desk_reaches_a_request_of_another_office(patient, browser_of, who):
    browser = browser_of(who)
    before = rows_of_requests()
    desk = "/admin/appointments/appointmentrequest/"

    for name in [*ACTIONS, "presence", "change"]:
        answer = browser.post(f"{desk}{patient.pk}/{name}/", {"note-text": "Mine", "assign-to": ""}, follow=True)
        assert shows(answer, patient) == [], name
    for typed in ("Wilhelmina", "5550142", patient.reference):
        answer = browser.post(f"{desk}search/", {"words": typed}, follow=True)
        assert not set(shows(answer, patient)) - {typed}, typed  # the box holds what was typed

    assert rows_of_requests() == before


@pytest.mark.parametrize("who", OF_THE_DESK[:2])
def test_front_desk_changes_no_office_and_no_account(patient, browser_of, who):
    browser = browser_of(who)
    office, user = Office.objects.get(slug="toms-river"), User.objects.first()

    for address in (
        f"/admin/appointments/office/{office.pk}/change/",
        "/admin/appointments/office/add/",
        f"/admin/common/user/{user.pk}/change/",
        f"/admin/common/user/{user.pk}/password/",
        "/admin/common/user/add/",
        "/admin/auth/group/add/",
    ):
        assert browser.post(address, {"name": "Mine"}).status_code in (403, 404), address


def test_manager_makes_no_accounts(manager, signed_in):
    browser = signed_in(manager)

    assert browser.get("/admin/common/user/").status_code == 403
    assert browser.post("/admin/common/user/add/", {"username": "friend"}).status_code == 403
    assert browser.get("/admin/auth/group/").status_code == 403


@pytest.mark.parametrize("who", OF_THE_ARTICLES)
def test_editors_make_no_accounts(patient, browser_of, who):
    browser = browser_of(who)

    for address in ("/cms/users/", "/cms/users/new/", "/cms/groups/", "/cms/groups/new/"):
        assert browser.get(address).status_code == 404, address
    assert browser.post("/cms/users/new/", {"username": "friend"}).status_code == 404
    assert not User.objects.filter(username="friend").exists()


# --- One door ---


def sign_in(browser: Client, username: str, password: str = PASSWORD, **extra: str) -> Any:
    return browser.post(SIGN_IN, {"login": username, "password": password, **extra}, follow=True)


def is_signed_in(browser: Client) -> bool:
    """Only who is signed in has a desk."""
    return not browser.get("/desk/").headers.get("Location", "").startswith(SIGN_IN)


@pytest.mark.parametrize(("who", "desk"), HOME.items())
def test_signing_in_leads_to_the_own_desk(request, client, library, who, desk):
    user = request.getfixturevalue(who)

    answer = sign_in(client, user.username)

    assert answer.status_code == 200
    assert answer.request["PATH_INFO"] == desk


def test_signing_in_leads_back_to_the_page_that_was_asked_for(client, manager):
    asked = client.get("/admin/appointments/office/", follow=True)
    assert asked.request["PATH_INFO"] == SIGN_IN

    answer = sign_in(client, "mona", next="/admin/appointments/office/")

    assert answer.request["PATH_INFO"] == "/admin/appointments/office/"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_signing_in_never_leads_to_another_site(client, manager, elsewhere):
    answer = sign_in(client, "mona", next=elsewhere)

    assert answer.request["PATH_INFO"] == HOME["manager"]


@pytest.mark.parametrize(
    "door",
    [
        "/cms/login/",
        "/cms/password_reset/",
        "/cms/password_reset/done/",
        "/cms/password_reset/confirm/MQ/set-password/",
        "/cms/password_reset/complete/",
        "/admin/login/",
    ],
)
@pytest.mark.parametrize("who", ["editor", "manager", "superuser"])
def test_other_doors_lead_to_the_one_sign_in_and_let_nobody_in(request, client, door, who):
    username = request.getfixturevalue(who).username

    shown = client.get(door)
    tried = client.post(door, {"username": username, "login": username, "password": PASSWORD, "email": "a@b.example"})

    assert [answer.status_code for answer in (shown, tried)] == [302, 302]
    assert {answer.headers["Location"].split("?")[0] for answer in (shown, tried)} == {SIGN_IN}
    assert not is_signed_in(client)


def test_sign_in_refuses_a_wrong_password(client, manager):
    answer = sign_in(client, "mona", "a wrong but long password")

    assert answer.status_code == 200
    assert not is_signed_in(client)


def test_sign_in_refuses_who_has_left(client, inactive):
    sign_in(client, inactive.username)

    assert not is_signed_in(client)


def test_sign_in_does_not_tell_whether_a_name_exists(client, manager):
    known, unknown = (sign_in(client, name, "a wrong but long password") for name in ("mona", "mono"))

    def without_what_was_typed(answer: Any) -> str:
        return re.sub(r'value="[^"]*"|nonce="[^"]*"', "", answer.content.decode())

    assert without_what_was_typed(known) == without_what_was_typed(unknown)


def test_five_wrong_passwords_lock_further_tries(client, manager):
    for _try in range(5):
        sign_in(client, "mona", "a wrong but long password")

    sign_in(client, "mona")

    assert not is_signed_in(client)


def test_lock_does_not_shut_out_a_colleague(client, manager, toms_river_desk):
    for _try in range(5):
        sign_in(client, "mona", "a wrong but long password")

    sign_in(client, "tess")

    assert is_signed_in(client)


def test_lock_ends_after_five_minutes(client, manager, monday):
    for _try in range(5):
        sign_in(client, "mona", "a wrong but long password")
    monday.shift(301)

    sign_in(client, "mona")

    assert is_signed_in(client)


def test_wrong_passwords_from_many_places_lock_the_name_too(client, manager):
    for number in range(5):
        Browser(REMOTE_ADDR=f"192.0.2.{number}").post(SIGN_IN, {"login": "mona", "password": "a wrong long password"})

    sign_in(client, "mona")

    assert not is_signed_in(client)


@pytest.mark.thorough
def test_twenty_wrong_names_from_one_place_lock_that_place(manager, monday):
    here, elsewhere = Browser(REMOTE_ADDR="192.0.2.1"), Browser(REMOTE_ADDR="192.0.2.2")
    for number in range(20):
        sign_in(here, f"nobody{number}", "a wrong but long password")

    sign_in(here, "mona")
    sign_in(elsewhere, "mona")

    assert not is_signed_in(here)
    assert is_signed_in(elsewhere)


def guess_from_everywhere(username: str, tries: int = 5) -> None:
    for number in range(tries):
        browser = Browser(REMOTE_ADDR=f"192.0.2.{number}")
        browser.post(SIGN_IN, {"login": username, "password": "a wrong long password"})


@pytest.mark.thorough
def test_limits_of_the_sign_in_count_connections_as_all_others(client, manager):
    """All IPv4 visitors through an IPv6 socket are not one."""
    for number in range(21):
        Browser(REMOTE_ADDR="::ffff:192.0.2.7").post(SIGN_IN, {"login": f"guess-{number}", "password": "a wrong one"})

    neighbor = Browser(REMOTE_ADDR="::ffff:198.51.100.8")
    sign_in(neighbor, "mona")

    assert is_signed_in(neighbor)


def been_in_before(username: str) -> Browser:
    browser = Browser()
    sign_in(browser, username)
    browser.post("/accounts/logout/")
    return browser


def test_known_browser_is_not_locked_out_by_strangers(manager):
    browser = been_in_before("mona")
    guess_from_everywhere("mona")

    sign_in(browser, "mona")

    assert is_signed_in(browser)


@pytest.mark.thorough
def test_known_browser_is_not_locked_out_by_strangers_behind_its_own_address(manager, toms_river_desk):
    """A patient in the waiting room's network."""
    browser = been_in_before("mona")
    for number in range(21):
        Browser().post(SIGN_IN, {"login": f"guess-{number}", "password": "a wrong long password"})

    sign_in(browser, "mona")

    assert is_signed_in(browser)


def test_known_browser_is_locked_after_five_wrong_passwords_of_its_own(manager):
    browser = been_in_before("mona")
    for _try in range(5):
        sign_in(browser, "mona", "a wrong but long password")

    sign_in(browser, "mona")

    assert not is_signed_in(browser)


def test_browser_is_known_for_the_person_who_was_in_alone(manager, toms_river_desk):
    browser = been_in_before("tess")
    guess_from_everywhere("mona")

    sign_in(browser, "mona")

    assert not is_signed_in(browser)


def test_browser_that_two_people_share_knows_both(manager, toms_river_desk):
    browser = been_in_before("tess")
    sign_in(browser, "mona")
    browser.post("/accounts/logout/")
    guess_from_everywhere("tess")

    sign_in(browser, "tess")

    assert is_signed_in(browser)


def test_cookie_of_a_known_browser_is_not_made_by_hand_and_names_nobody(manager):
    browser = been_in_before("mona")
    cookie = browser.cookies["__Host-known-browser"]
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Lax")
    assert "mona" not in cookie.value
    browser.cookies["__Host-known-browser"] = "x" + cookie.value
    guess_from_everywhere("mona")

    sign_in(browser, "mona")

    assert not is_signed_in(browser)


def test_password_alone_makes_no_known_browser(client, manager, settings):
    """Else who has guessed a password could go on with codes past the lock."""
    settings.MFA_REQUIRED = True
    TOTP.activate(manager, "JBSWY3DPEHPK3PXP")

    sign_in(client, "mona")

    assert "__Host-known-browser" not in client.cookies


def test_lock_tells_a_known_browser_nothing_about_names(manager):
    browser = been_in_before("mona")
    guess_from_everywhere("mona")
    guess_from_everywhere("nobody")

    known, unknown = (sign_in(Browser(), name).content.decode() for name in ("mona", "nobody"))

    def plain(page: str) -> str:
        return re.sub(r'value="[^"]*"|nonce="[^"]*"', "", page)

    assert plain(known) == plain(unknown)
    assert browser.cookies


def test_nobody_signs_up(client, db):
    shown = client.get("/accounts/signup/")
    tried = client.post("/accounts/signup/", {"username": "friend", "password1": PASSWORD, "password2": PASSWORD})

    assert "password1" not in shown.content.decode()
    assert tried.status_code in (200, 302, 403)
    assert not User.objects.filter(username="friend").exists()
    assert not is_signed_in(client)


def test_signing_out_ends_the_session(client, manager):
    sign_in(client, "mona")
    assert is_signed_in(client)

    client.post("/admin/logout/")

    assert not is_signed_in(client)


def test_editor_who_signs_out_at_the_editors_desk_is_out(client, editor):
    sign_in(client, "edith")

    client.post("/cms/logout/")

    assert not is_signed_in(client)


@pytest.mark.parametrize("address", ["/accounts/logout/", "/admin/logout/", "/cms/logout/"])
@pytest.mark.parametrize("who", ["manager", "editor"])
def test_looking_at_a_sign_out_page_ends_nothing(request, client, who, address):
    sign_in(client, request.getfixturevalue(who).username)

    client.get(address)

    assert is_signed_in(client)


# --- What every answer says about itself ---


def policy(answer: Any) -> dict[str, str]:
    """The Content-Security-Policy by directive."""
    parts = [part.strip() for part in answer.headers["Content-Security-Policy"].split(";") if part.strip()]
    return {part.split(" ")[0]: part for part in parts}


@pytest.mark.parametrize("address", [*PUBLIC, SIGN_IN, "/nowhere/", "/appointments/new/", "/healthz"])
def test_page_runs_nothing_that_is_not_its_own(client, library, address):
    answer = client.get(address)

    assert policy(answer)["default-src"] == "default-src 'none'"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert policy(answer)["frame-ancestors"] == "frame-ancestors 'none'"
    assert policy(answer)["form-action"] == "form-action 'self'"


def test_front_desk_runs_nothing_that_is_not_its_own(patient, manager, signed_in):
    browser = signed_in(manager)

    for address in (
        "/admin/appointments/appointmentrequest/",
        f"/admin/appointments/appointmentrequest/{patient.pk}/change/",
        "/admin/appointments/office/",
        "/admin/?all",
    ):
        answer = browser.get(address)
        assert answer.status_code == 200
        assert policy(answer)["default-src"] == "default-src 'none'"
        assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_editors_desk_has_a_policy_of_its_own(editor, library, signed_in):
    answer = signed_in(editor).get("/cms/")

    assert answer.status_code == 200
    assert policy(answer)["default-src"] == "default-src 'self'"
    assert "'unsafe-inline'" in policy(answer)["script-src"]
    assert "unsafe-eval" not in answer.headers["Content-Security-Policy"]
    assert policy(answer)["frame-ancestors"] == "frame-ancestors 'self'"


@pytest.mark.parametrize("address", PUBLIC)
def test_public_page_sets_no_cookie(client, library, address):
    answer = client.get(address)

    assert answer.status_code == 200
    assert answer.cookies.output() == ""
    assert "Cookie" not in answer.headers.get("Vary", "")


@pytest.mark.parametrize("address", ["/", "/conditions/heel-pain/", SIGN_IN, "/nowhere/"])
def test_answer_has_the_security_headers(client, library, address):
    headers = client.get(address).headers

    assert headers["Strict-Transport-Security"] == "max-age=31536000", "more only where it is asked for"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]


def test_visitor_without_https_is_led_to_it(library):
    answer = Client().get("/conditions/")

    assert (answer.status_code, answer.headers["Location"]) == (301, "https://testserver/conditions/")


def test_cookies_of_staff_stay_with_the_browser_and_this_site(client, manager):
    client.get(SIGN_IN)
    sign_in(client, "mona")

    assert set(client.cookies) >= {"__Host-session", "__Host-csrf"}
    for name in ("__Host-session", "__Host-csrf"):
        cookie = client.cookies[name]
        assert (cookie["secure"], cookie["httponly"], cookie["path"], cookie["domain"]) == (True, True, "/", "")
        assert cookie["samesite"] == "Lax"


def test_pages_of_staff_are_not_kept_by_browsers(client, manager, editor, library, signed_in):
    answers = [
        client.get(SIGN_IN),
        signed_in(manager).get("/admin/appointments/office/"),
        signed_in(manager).get("/admin/appointments/auditentry/"),
    ]

    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store, private"}
    assert "no-cache" in signed_in(editor).get("/cms/").headers["Cache-Control"]
