"""Pages that are no conditions: their addresses, who makes them public, the links to them, their text files."""

import json
from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DatabaseError
from django.utils import timezone
from wagtail.models import Locale
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from articles.blocks import FOREIGN, RICH_TEXT_FEATURES
from articles.management.commands.load_articles import PAGES
from articles.models import ROLES, OldAddress, PageKind, SitePage
from articles.models.site_pages import Role
from articles.page_library import parse_page
from articles.public import site_pages
from articles.reviewing import rules
from tests.conftest import post_steps

TEXT = {"type": "text", "value": "<p>Yes</p>"}
BODY = json.dumps([{"type": "section", "value": {"heading": "Steps", "content": [TEXT]}}])
LIST = "/cms/snippets/articles/sitepage/"


@pytest.fixture
def make_page(library):
    """A page that nobody has made public yet."""

    def make(**fields):
        fields = {"title": "Telehealth", "summary": "By video.", "description": "Video visits.", "body": BODY, **fields}
        page = SitePage(locale=Locale.objects.get(language_code="en"), live=False, **fields)
        page.full_clean(exclude=["translation_key"])
        page.save()
        return page

    return make


def read(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def form_of(page):
    """The editor's form for a page with one section."""
    text = streamfield([("text", rich_text("<p>Plain words.</p>", features=RICH_TEXT_FEATURES))])
    fields = ("title", "slug", "kind", "role", "summary", "description", "law")
    body = streamfield([("section", {"heading": "Steps", "content": text})])
    return nested_form_data({**{name: getattr(page, name) for name in fields}, "body": body})


def released(page, user=None):
    page.save_revision(user=user).publish(user)
    site_pages.forget()
    return SitePage.objects.get(pk=page.pk)


# --- Addresses ---


def test_page_is_at_the_top_of_the_site_once_it_is_public(client, make_page):
    page = make_page()
    assert client.get("/telehealth/").status_code == 404

    released(page)

    main = read(client, "/telehealth/").main
    assert main.h1.get_text() == "Telehealth"
    assert main.h2.get_text() == "Steps"


def test_page_is_gone_after_its_last_day(client, make_page):
    released(make_page())
    SitePage.objects.filter(slug="telehealth").update(expire_at=timezone.now() - timedelta(seconds=1))

    assert client.get("/telehealth/").status_code == 404


@pytest.mark.parametrize("slug", ["offices", "appointments", "conditions", "my", "admin", "cms", "privacy", "static"])
def test_address_of_the_site_itself_is_refused(make_page, slug):
    with pytest.raises(ValidationError, match="belongs to another page"):
        make_page(slug=slug)


def test_address_of_another_page_or_kept_for_one_is_refused(make_page):
    make_page()
    with pytest.raises(ValidationError, match="“Telehealth” has this address already"):
        make_page(title="Other", slug="telehealth")
    with pytest.raises(ValidationError, match="kept for another page"):
        make_page(slug=ROLES["what-to-bring"].slug)


def test_role_is_taken_once_in_a_language(make_page):
    with pytest.raises(ValidationError, match="“What it costs” is this page already"):
        make_page(role="cost")


def test_page_that_moves_leaves_its_address_behind(client, make_page):
    page = released(make_page())

    page.slug = "video-visits"
    page = released(page)

    assert client.get("/telehealth/").headers["Location"] == "/video-visits/"
    page.slug = "telehealth"
    released(page)
    assert client.get("/telehealth/").status_code == 200
    assert not OldAddress.objects.filter(path="/telehealth/").exists()


def test_page_takes_two_queries_at_most(client, make_page, django_assert_max_num_queries):
    text = '<p>See <a href="/conditions/gout/">gout</a> and <a href="/conditions/none/">nothing</a>.</p>'
    body = [{"type": "section", "value": {"heading": "Steps", "content": [{"type": "text", "value": text}]}}]
    released(make_page(body=json.dumps(body)))
    read(client, "/")

    with django_assert_max_num_queries(2):
        main = read(client, "/telehealth/").main

    assert [link["href"] for link in main.select(".read a")] == ["/conditions/gout/"]


def test_page_is_for_everybody_the_same_and_kept(client, make_page):
    released(make_page())

    response = client.get("/telehealth/")

    assert "public" in response.headers["Cache-Control"]
    assert not response.cookies
    assert b"csrf" not in response.content


# --- Who makes it public ---


def test_editor_releases_what_is_about_the_practice(make_page, editor):
    page = released(make_page(sample=True), editor)

    assert page.live
    assert (page.sample, page.reviewer) == (False, None)


def test_notice_is_released_by_who_has_the_right(make_page, editor, reviewer):
    page = make_page(kind=PageKind.NOTICE)
    with pytest.raises(rules.NotAllowed, match="do not have the right"):
        released(page, editor)

    assert released(page, reviewer).live


def test_text_about_health_is_approved_by_a_reviewer_who_did_not_write_it(make_page, editor, reviewer):
    page = make_page(kind=PageKind.MEDICAL)
    page.save_revision(user=editor)
    with pytest.raises(rules.NotAllowed, match="Only a medical reviewer"):
        released(page, editor)

    page.latest_revision.publish(reviewer)

    page.refresh_from_db()
    assert page.reviewer.user == reviewer
    assert page.last_reviewed == timezone.localdate()


def test_kind_of_a_public_page_stays_so_that_no_review_is_gone_round(make_page, editor, reviewer):
    page = released(make_page(kind=PageKind.NOTICE), reviewer)

    page.kind = PageKind.INFORMATION
    with pytest.raises(rules.NotAllowed, match="stays of its kind"):
        released(page, editor)


def test_page_without_a_text_is_not_made_public(make_page, editor):
    with pytest.raises(rules.NotAllowed, match="no text yet"):
        released(make_page(body="[]"), editor)


# --- At the desk ---


def test_editor_writes_and_publishes_a_page_and_sees_no_button_that_is_refused(signed_in, editor, make_page):
    browser = signed_in(editor)
    assert "Notice of Privacy Practices" in browser.get(LIST).content.decode()
    page, notice = make_page(), make_page(title="Notice", kind=PageKind.NOTICE)

    buttons = {text: read(browser, f"{LIST}edit/{text.pk}/").find(class_="footer") for text in (page, notice)}

    assert "Publish" in buttons[page].get_text()
    assert "Publish" not in buttons[notice].get_text()
    assert "Submit" not in buttons[page].get_text()
    sent = browser.post(f"{LIST}edit/{page.pk}/", {**form_of(page), "action-publish": "1"})
    assert sent.status_code == 302
    page.refresh_from_db()
    assert page.live


def test_address_that_is_taken_is_told_beside_its_box(signed_in, editor, make_page):
    browser, page = signed_in(editor), make_page()

    answer = browser.post(f"{LIST}edit/{page.pk}/", {**form_of(page), "slug": "offices"})

    assert "This address belongs to another page. Choose another one." in answer.content.decode()


# --- Where the site leads to it ---


def test_every_page_names_the_notices_at_its_foot(client, library):
    foot = read(client, "/conditions/heel-pain/").footer
    links = {link.get_text(): link["href"] for link in foot.select("nav a")}

    assert links["Notice of Privacy Practices"] == "/notice-of-privacy-practices/"
    for role in ROLES.values():
        assert not role.must or f"/{role.slug}/" in links.values()


def test_notice_that_has_gone_leaves_no_hole(client, library):
    SitePage.objects.filter(role="privacy-practices").update(expire_at=timezone.now() - timedelta(seconds=1))
    SitePage.objects.filter(role="nondiscrimination").update(live=False)
    site_pages.forget()

    foot = {link.get_text(): link["href"] for link in read(client, "/").footer.select("nav a")}

    for name in ("Notice of Privacy Practices", "Nondiscrimination notice"):
        main = read(client, foot[name]).main
        assert main.h1.get_text() == name
        assert "tel:+17325579900" in [link["href"] for link in main.select("a")]


def test_foot_stands_while_the_database_is_away(library, monkeypatch):
    before = site_pages.site_links()
    monkeypatch.setattr(site_pages, "_read", _fail)

    site_pages.forget()
    names = [link.title for link in site_pages.site_links().footer]
    monkeypatch.setitem(site_pages._kept, "en", (0.0, before))

    assert names == [str(role.title) for role in ROLES.values() if role.must]
    assert site_pages.site_links() == before  # as it was, once the time is over


def _fail():
    raise DatabaseError


def test_notice_is_beside_the_consent_and_language_help_on_every_step(client, library):
    assert read(client, "/appointments/new/").footer.find("a", href="/language-help/")
    post_steps(client)
    assert read(client, "/appointments/check/").footer.find("a", href="/language-help/")
    page = read(client, "/appointments/new/contact/")
    assert page.main.form.find("a", href="/notice-of-privacy-practices/")


def test_page_is_found_by_what_people_ask_for_and_linked_where_they_ask(client, library):
    found = read(client, "/conditions/search/?q=how+much+is+a+visit").main
    assert found.find("a", href="/what-it-costs/").get_text() == "What it costs"

    office = read(client, "/offices/toms-river/").main
    assert {"/first-visit/", "/what-it-costs/"} <= {link["href"] for link in office.select("a")}

    SitePage.objects.exclude(role="").update(live=False)
    site_pages.forget()
    assert not read(client, "/offices/toms-river/").main.find("a", href="/what-it-costs/")
    assert not read(client, "/conditions/search/?q=how+much+is+a+visit").main.find("a", href="/what-it-costs/")


def test_draft_of_a_notice_says_so_until_counsel_has_checked_it(client, make_page, reviewer):
    page = released(make_page(kind=PageKind.NOTICE, effective_on=date(2026, 12, 1), law="45 CFR 1.1"), reviewer)
    main = read(client, "/telehealth/").main.get_text()
    assert "Not final: to be checked by counsel." in main
    assert "In effect from December 1, 2026" in main
    assert "Published under 45 CFR 1.1." in main

    page.counsel_checked_by, page.counsel_checked_on = "Counsel", date(2026, 11, 20)
    released(page, reviewer)

    assert "Draft" not in read(client, "/telehealth/").main.get_text()


def test_who_checked_a_notice_is_told_with_the_day_or_not_at_all(make_page):
    with pytest.raises(ValidationError, match="Enter both"):
        make_page(counsel_checked_by="Counsel")


def test_text_in_another_language_tells_browsers_which_and_its_direction(client, library):
    page = read(client, "/language-help/").main
    told = {text["lang"]: text["dir"] for text in page.select("p[lang]")}

    assert told.keys() == FOREIGN.keys()
    assert {code for code, direction in told.items() if direction == "rtl"} == {"ar", "ur"}
    assert "PHONES" not in page.get_text()
    assert page.select_one("p[lang=ar] a[href='tel:+17325579900']")["dir"] == "ltr"


# --- Claims ---


def test_home_page_claims_nothing_that_the_practice_did_not_say(client, library):
    text = read(client, "/").main.get_text().casefold()

    for claim in ("we treat most", "minutes", "best", "leading", "expert", "experienced", "trusted", "award"):
        assert claim not in text


# --- Text files ---

FRONT = "---\ntitle: T\nkind: information\nsummary: s\ndescription: d\n---\n"


def test_starter_pages_are_loaded_once_and_stay_as_editors_left_them(library, editor, capsys):
    page = SitePage.objects.get(role="cost")
    page.title = "Prices"
    released(page, editor)

    call_command("load_articles")

    assert "1 kept as editors left them" in capsys.readouterr().out.splitlines()[-1]
    assert SitePage.objects.get(role="cost").title == "Prices"
    assert SitePage.objects.count() == len(list(PAGES.glob("*.md")))


def test_file_is_read_into_sections_phones_and_foreign_texts():
    page = parse_page(f"{FRONT}## One\n\nWords.\n\nPHONES\n\n```ar\nنص PHONES\n```\n\n- a\n- b\n", "one")

    (section,) = page.body
    assert section["value"]["heading"] == "One"
    assert [block["type"] for block in section["value"]["content"]] == ["text", "phones", "foreign", "text"]
    assert section["value"]["content"][2]["value"] == {"language": "ar", "text": "نص PHONES"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("no front matter", "front matter"),
        (FRONT.replace("kind: information", "kind: poem"), "Unknown kind"),
        (FRONT.replace("title", "titel"), "titel"),
        (FRONT + "stray\n", "before any heading"),
        (FRONT + "## One\n\n```xx\nwords\n```\n", "Unknown language “xx”"),
        (FRONT.replace("summary: s", "summary: " + "word " * 46), "more than 45 words"),
    ],
)
def test_file_that_breaks_the_rules_is_refused(text, problem):
    with pytest.raises(ValueError, match=problem):
        parse_page(text, "one")


def test_every_role_that_must_be_has_a_starter_page(library):
    there = set(SitePage.objects.values_list("role", flat=True))

    assert {name for name, role in ROLES.items() if role.must} <= there
    assert Role("x", "y").must is False
    assert Group.objects.get(name="Medical reviewers").permissions.filter(codename="release_notice").exists()


# --- Found by the search ---


@pytest.mark.parametrize(
    ("title", "typed", "found"),
    [
        ("Valet parking at Belleville", "valet parking at belleville", True),
        ("Valet parking at Belleville", "Is there VALET PARKING AT BELLEVILLE please", True),
        ("Volunteers", "volunteers", True),
        ("Bunions", "bunions", False),  # an article is about it
        ("Valet parking at Belleville", "heel pain", False),
    ],
)
def test_page_is_found_by_its_title(client, library, title, typed, found):
    page = SitePage(title=title, summary="s", description="What it says.", live=False, locale=Locale.get_default())
    page.body = json.dumps([{"type": "section", "value": {"heading": "One", "content": []}}])
    page.full_clean(exclude=["translation_key"])
    page.save()
    assert "What it says." not in client.get(f"/conditions/search/?q={typed}").content.decode()
    page.save_revision().publish()
    site_pages.forget()

    shown = client.get(f"/conditions/search/?q={typed}").content.decode()

    assert (f'href="{page.get_absolute_url()}"' in shown) == found
    assert ("What it says." in shown) == found


def test_starter_pages_are_found_by_their_titles(client, library):
    for page in SitePage.objects.exclude(role__in=("cost", "first-visit")):
        assert f'href="{page.get_absolute_url()}"' in client.get(f"/conditions/search/?q={page.title}").content.decode()
