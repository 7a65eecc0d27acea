"""What machines read: JSON-LD, the head of each page, share pictures, sitemap, feed, robots; and the drawings."""

import json
import re
import xml.etree.ElementTree as ElementTree
from datetime import date, time, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.conf.urls.i18n import i18n_patterns
from django.core.files.storage import default_storage
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import path
from django.utils import timezone, translation
from PIL import Image

from appointments.models import Closure, Office
from articles.blocks import DRAWINGS
from articles.management.commands.load_articles import LIBRARY
from articles.models import Article, SitePage
from articles.public import schema_org
from clinic.web import share_pictures
from clinic.web.pages import privacy
from common.templatetags import head
from tests.conftest import post_steps

HOSTILE = "</script><script>alert(1)</script><!-- \" ' & \u2028\u2029 ]]>"
DRAWN = Path(share_pictures.__file__).resolve().parents[2] / "articles/templates/articles/drawings"
SVG = "{http://www.w3.org/2000/svg}"
ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"

urlpatterns = i18n_patterns(path("privacy/", privacy, name="privacy"))  # for the test of languages

# From https://schema.org: what a type inherits from, and the properties of its own that may be used here.
VOCABULARY = {
    "Thing": ("", "name alternateName description identifier url image"),
    "CreativeWork": (
        "Thing",
        "about audience citation creativeWorkStatus dateModified datePublished inLanguage isPartOf publisher text",
    ),
    "WebSite": ("CreativeWork", ""),
    "WebPage": ("CreativeWork", "breadcrumb lastReviewed reviewedBy specialty"),
    "MedicalWebPage": ("WebPage", "medicalAudience"),
    "ItemList": ("Thing", "itemListElement"),
    "BreadcrumbList": ("ItemList", ""),
    "ListItem": ("Thing", "item position"),
    "MedicalEntity": ("Thing", ""),
    "MedicalCondition": ("MedicalEntity", "associatedAnatomy"),
    "AnatomicalStructure": ("MedicalEntity", ""),
    "Patient": ("Thing", ""),
    "Person": ("Thing", "hasCredential honorificSuffix jobTitle knowsLanguage worksFor"),
    "EducationalOccupationalCredential": ("CreativeWork", "credentialCategory validIn"),
    "State": ("Place", ""),
    "Organization": ("Thing", "address employee logo parentOrganization subOrganization telephone"),
    "MedicalOrganization": ("Organization", "medicalSpecialty"),
    "Place": ("Thing", "address geo openingHoursSpecification telephone"),
    "LocalBusiness": ("Organization Place", ""),
    "MedicalBusiness": ("LocalBusiness", ""),
    "MedicalClinic": ("MedicalBusiness MedicalOrganization", "medicalSpecialty"),
    "PostalAddress": ("Thing", "addressCountry addressLocality addressRegion postalCode streetAddress"),
    "GeoCoordinates": ("Thing", "latitude longitude"),
    "OpeningHoursSpecification": ("Thing", "closes dayOfWeek opens validFrom validThrough"),
}
# Which types a property may hold; those not named hold text, numbers or addresses.
HOLDS = {
    "about": {"MedicalCondition"},
    "address": {"PostalAddress"},
    "associatedAnatomy": {"AnatomicalStructure"},
    "audience": {"Patient"},
    "breadcrumb": {"BreadcrumbList"},
    "citation": {"CreativeWork"},
    "employee": {"Person"},
    "geo": {"GeoCoordinates"},
    "hasCredential": {"EducationalOccupationalCredential"},
    "isPartOf": {"WebSite", "MedicalWebPage"},
    "itemListElement": {"ListItem"},
    "openingHoursSpecification": {"OpeningHoursSpecification"},
    "parentOrganization": {"MedicalOrganization"},
    "publisher": {"MedicalOrganization", "Organization"},
    "reviewedBy": {"MedicalOrganization", "Person"},
    "subOrganization": {"MedicalClinic"},
    "validIn": {"State"},
    "worksFor": {"MedicalClinic", "MedicalOrganization"},
}


def known(kind):
    """The properties of a type and of everything it inherits from."""
    parents, own = VOCABULARY[kind]
    return set(own.split()).union(*(known(parent) for parent in parents.split()))


def check(node, kinds_by_id):
    """Every property belongs to its type and holds what it may hold."""
    if set(node) == {"@id"}:
        return kinds_by_id[node["@id"]]
    kind = node["@type"]
    for name, value in node.items():
        if name in ("@type", "@id"):
            continue
        assert name in known(kind), f"{kind} has no {name}"
        for item in value if isinstance(value, list) else [value]:
            if name in HOLDS:
                assert check(item, kinds_by_id) in HOLDS[name], f"{name} can't be {item}"
            else:
                assert isinstance(item, str | int | float), f"{name} can't be {item}"
                assert item != ""
    return kind


def page_of(client, url, status=200):
    response = client.get(url)
    assert response.status_code == status
    return BeautifulSoup(response.content, "html.parser")


def described(client, url):
    """The page's JSON-LD, checked against the vocabulary, by type."""
    scripts = page_of(client, url).select("script:not([src])")
    assert [dict(script.attrs) for script in scripts] == [{"type": "application/ld+json"}]
    data = json.loads(scripts[0].string)
    assert data["@context"] == "https://schema.org"
    kinds_by_id = {node["@id"]: node["@type"] for node in data["@graph"]}
    for node in data["@graph"]:
        check(node, kinds_by_id)
    return {node["@type"]: node for node in data["@graph"]}


def meta(page):
    """The head's meta elements by name or property."""
    return {tag.get("name") or tag.get("property"): tag.get("content") for tag in page.head.select("meta[content]")}


# --- JSON-LD ---


@pytest.mark.thorough
def test_every_article_describes_itself_in_the_words_of_the_vocabulary(client, library):
    articles = list(Article.objects.published())
    assert len(articles) > 20
    for article in articles:
        nodes = described(client, article.get_absolute_url())

        assert set(nodes) == {"MedicalWebPage", "BreadcrumbList"}
        assert nodes["MedicalWebPage"]["url"] == f"https://testserver{article.get_absolute_url()}"
        assert nodes["MedicalWebPage"]["about"]["name"] == (article.medical_name or article.short_name)


def test_article_names_its_condition_as_patients_and_doctors_do(client, article):
    about = described(client, "/conditions/heel-pain/")["MedicalWebPage"]["about"]

    assert about["name"] == "plantar fasciitis"
    assert about["alternateName"][0] == "Heel pain"
    assert about["associatedAnatomy"][0]["name"] == "Heel"


def test_sample_does_not_claim_a_review(client, article):
    page = described(client, "/conditions/heel-pain/")["MedicalWebPage"]

    assert page["creativeWorkStatus"] == "Sample, not yet reviewed"
    assert not {"lastReviewed", "reviewedBy"} & set(page)


def test_reviewed_article_names_its_reviewer_and_the_date(client, article, reviewer, listed):
    listed("Rita Review", user=reviewer)
    article.save_revision().publish(user=reviewer)

    page = described(client, "/conditions/heel-pain/")["MedicalWebPage"]

    assert page["lastReviewed"] == timezone.localdate().isoformat()
    assert page["reviewedBy"] == {
        "@type": "Person",
        "@id": "https://testserver/people/rita-review/#person",
        "name": "Rita Review",
        "honorificSuffix": "DPM",
        "jobTitle": "Podiatric physician (NJ)",
        "url": "https://testserver/people/rita-review/",
    }
    assert page["dateModified"] == timezone.localdate().isoformat()
    assert "creativeWorkStatus" not in page


def test_reviewer_who_is_not_listed_is_the_practice(client, article, reviewer):
    article.save_revision().publish(user=reviewer)

    assert described(client, "/conditions/heel-pain/")["MedicalWebPage"]["reviewedBy"]["@type"] == "MedicalOrganization"
    assert "Rita" not in client.get("/conditions/heel-pain/").content.decode()


@pytest.mark.parametrize("change", [{"sample": True}, {"reviewer": None}, {"last_reviewed": None}])
def test_review_counts_only_when_all_of_it_is_true(article, reviewer, change):
    article.save_revision().publish(user=reviewer)
    article.refresh_from_db()
    for name, value in change.items():
        setattr(article, name, value)

    page = schema_org.article_page(article)["@graph"][0]

    assert not {"lastReviewed", "reviewedBy"} & set(page)


def test_person_describes_themselves_with_license_and_offices(client, listed):
    listed(
        "Pat Example",
        office="toms-river",
        license_number="25MD00000000",
        boards="American Board of Podiatric Medicine, in podiatric medicine",
        languages="English, Spanish",
    )

    person = described(client, "/people/pat-example/")["Person"]

    assert person["@id"] == "https://testserver/people/pat-example/#person"
    assert [office["@id"] for office in person["worksFor"]] == ["https://testserver/offices/toms-river/#office"]
    assert person["knowsLanguage"] == ["English", "Spanish"]
    assert [(each["credentialCategory"], each["name"]) for each in person["hasCredential"]] == [
        ("degree", "DPM"),
        ("license", "Podiatric physician"),
        ("certification", "Board certified by the American Board of Podiatric Medicine, in podiatric medicine"),
    ]
    assert "image" not in person
    staff = described(client, "/offices/toms-river/")["MedicalClinic"]["employee"]
    assert [each["@id"] for each in staff] == [person["@id"]]
    assert "employee" not in described(client, "/offices/belleville/")["MedicalClinic"]


def test_breadcrumbs_are_those_of_the_page(client, library, listed):
    listed("Pat Example")
    for url in ("/conditions/heel-pain/", "/offices/toms-river/", "/people/", "/people/pat-example/"):
        steps = described(client, url)["BreadcrumbList"]["itemListElement"]
        shown = [item.text for item in page_of(client, url).select(".crumbs li")]

        assert [step["name"] for step in steps] == shown
        assert [step["position"] for step in steps] == list(range(1, len(steps) + 1))
        assert steps[-1]["item"] == f"https://testserver{url}"


def test_hostile_text_can_not_leave_the_script(client, article):
    article.title = HOSTILE
    article.description = HOSTILE
    article.lay_names = HOSTILE.splitlines()[0]
    article.save()

    page = described(client, "/conditions/heel-pain/")["MedicalWebPage"]

    assert page["name"] == page["description"] == HOSTILE
    source = client.get("/conditions/heel-pain/").content.decode()
    script = source.split('<script type="application/ld+json">')[1].split("</script>")[0]
    assert not set("<>&\u2028\u2029") & set(script)


def test_home_page_describes_the_practice_and_its_offices(client, practice):
    nodes = described(client, "/")

    organization = nodes["MedicalOrganization"]
    assert organization["name"] == "Garden State Foot & Ankle Group"
    assert organization["medicalSpecialty"] == "https://schema.org/Podiatric"
    assert [office["telephone"] for office in organization["subOrganization"]] == ["+17325579900", "+19734503035"]
    assert nodes["WebSite"]["publisher"] == {"@id": organization["@id"]}


def test_office_page_says_where_it_is_and_nothing_of_hours_nobody_has_confirmed(client, practice):
    office = described(client, "/offices/toms-river/")["MedicalClinic"]

    assert office["address"]["addressLocality"] == "Toms River"
    assert office["telephone"] == "+17325579900"
    assert office["geo"]["latitude"] == pytest.approx(40, abs=1)
    assert office["parentOrganization"]["@id"] == "https://testserver/#practice"
    assert "openingHoursSpecification" not in office
    assert "clinic.example" not in client.get("/offices/toms-river/").content.decode()


def test_office_page_tells_confirmed_hours_with_the_days_it_is_closed(client, practice, monday):
    office = Office.objects.get(slug="toms-river")
    office.hours.all().delete()
    for weekday in (0, 2):
        office.hours.create(weekday=weekday, opens=time(9), closes=time(12))
    office.hours.create(weekday=3, opens=time(8, 30), closes=time(17))
    Closure.objects.create(
        office=office, first_day=date(2026, 12, 28), last_day=date(2026, 12, 31), reason="We are moving"
    )
    eve = date(2026, 12, 24)
    Closure.objects.create(
        office=office, first_day=eve, last_day=eve, opens=time(9), closes=time(12), reason="Christmas Eve"
    )
    office.hours_confirmed = True
    office.save()

    hours = described(client, "/offices/toms-river/")["MedicalClinic"]["openingHoursSpecification"]

    assert [
        (*(day.removeprefix("https://schema.org/") for day in row.get("dayOfWeek", [])), row["opens"], row["closes"])
        for row in hours[:2]
    ] == [("Monday", "Wednesday", "09:00", "12:00"), ("Thursday", "08:30", "17:00")]
    assert [(row["name"], row["validFrom"], row["validThrough"], row["opens"], row["closes"]) for row in hours[2:]] == [
        ("Thanksgiving Day", "2026-11-26", "2026-11-26", "00:00", "00:00"),
        ("Christmas Eve", "2026-12-24", "2026-12-24", "09:00", "12:00"),
        ("We are moving", "2026-12-28", "2026-12-28", "00:00", "00:00"),
        ("We are moving", "2026-12-30", "2026-12-31", "00:00", "00:00"),
        ("Martin Luther King Jr. Day", "2027-01-18", "2027-01-18", "00:00", "00:00"),
    ]


# --- The head of a page ---


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("/", "https://testserver/"),
        ("/?utm_source=x", "https://testserver/"),
        ("/conditions/?area=heel", "https://testserver/conditions/"),
        ("/conditions/heel-pain/?a=%22%3E", "https://testserver/conditions/heel-pain/"),
        ("/offices/toms-river/", "https://testserver/offices/toms-river/"),
        ("/privacy/", "https://testserver/privacy/"),
    ],
)
def test_page_names_its_one_address_and_can_be_shared(client, library, url, address):
    page = page_of(client, url)
    said = meta(page)

    assert [link["href"] for link in page.select("link[rel=canonical]")] == [address]
    assert said["og:url"] == address
    assert said["og:title"]
    assert page.title.text.startswith(said["og:title"])
    assert 40 <= len(said["description"]) <= 160
    assert said["og:description"] == said["description"]
    assert said["og:site_name"] == "Garden State Foot & Ankle Group"
    assert said["og:locale"] == "en_US"
    assert said["twitter:card"] == "summary_large_image"
    assert (said["og:image:width"], said["og:image:height"]) == ("1200", "630")
    assert "robots" not in said
    picture = client.get(said["og:image"].removeprefix("https://testserver"))
    assert Image.open(BytesIO(picture.content)).size == (1200, 630)


@pytest.mark.thorough
def test_every_public_page_has_a_description_of_its_own(client, library):
    urls = ["/", "/conditions/", "/offices/", "/offices/toms-river/", "/offices/belleville/", "/privacy/"]
    urls += ["/people/", "/insurance/"]
    urls += [article.get_absolute_url() for article in Article.objects.published()]

    descriptions = [meta(page_of(client, url))["description"] for url in urls]

    assert len(set(descriptions)) == len(urls)


def test_article_is_shared_as_an_article_with_its_own_picture(client, article):
    said = meta(page_of(client, "/conditions/heel-pain/"))

    assert said["og:type"] == "article"
    assert said["og:title"] == "Heel pain (plantar fasciitis)"
    assert said["og:description"] == article.description
    assert said["og:image"] == "https://testserver/conditions/heel-pain/share.png"
    assert said["og:image:alt"] == "Garden State Foot & Ankle Group: Heel pain (plantar fasciitis)"


def test_hostile_title_and_description_stay_inside_their_attributes(client, article):
    article.title = article.description = '"><meta name=robots content=noindex><b>'
    article.medical_name = ""
    article.save()

    said = meta(page_of(client, "/conditions/heel-pain/"))

    assert said["og:title"] == said["description"] == article.title
    assert "robots" not in said


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("/appointments/new/?expired=1", 200),
        ("/appointments/sent/GS-AAAA-AA/", 404),
        ("/accounts/login/", 200),
        ("/no-such-page/", 404),
        ("/conditions/no-such-thing/", 404),
    ],
)
def test_form_sign_in_and_errors_are_not_for_search_engines(client, practice, url, status):
    page = page_of(client, url, status)

    assert meta(page)["robots"] == "noindex"
    assert not page.select("link[rel=canonical], meta[property^='og:'], script[type='application/ld+json']")


def test_door_of_the_form_may_be_found(client, practice):
    page = page_of(client, "/appointments/new/?about=heel-pain")

    assert "robots" not in meta(page)
    assert meta(page)["description"]
    assert page.select_one("link[rel=canonical]")["href"] == "https://testserver/appointments/new/"


@pytest.mark.thorough
def test_answers_and_confirmation_are_not_for_search_engines(client, practice):
    post_steps(client)
    check_page = page_of(client, "/appointments/check/")
    sent = client.post("/appointments/check/")

    for page in (check_page, page_of(client, sent.url)):
        assert meta(page)["robots"] == "noindex"
        assert not page.select("link[rel=canonical], meta[property^='og:']")


def test_one_language_has_no_alternates(client, practice):
    assert not page_of(client, "/").select("link[hreflang]")


@pytest.mark.urls(__name__)
def test_several_languages_point_to_each_other(settings):
    settings.LANGUAGES = [("en", "English"), ("es", "Español")]

    pages = head.alternates({"request": RequestFactory().get("/en/privacy/")})

    assert pages == [
        ("en", "https://testserver/en/privacy/"),
        ("es", "https://testserver/es/privacy/"),
        ("x-default", "https://testserver/en/privacy/"),
    ]


@pytest.mark.parametrize(("language", "locale"), [("en", "en_US"), ("es", "es_US"), ("pt-br", "pt_BR")])
def test_open_graph_wants_a_language_with_a_country(language, locale):
    with translation.override(language):
        assert head.open_graph_locale() == locale


# --- Share pictures ---


def picture_of(response):
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "image/png"
    image = Image.open(BytesIO(response.content))
    assert (image.format, image.size) == ("PNG", (1200, 630))
    return image.convert("RGB")


def test_share_picture_is_small_and_kept_by_browsers_and_proxies(client, article):
    response = client.get("/conditions/heel-pain/share.png")

    picture_of(response)
    assert len(response.content) < 100_000
    assert response.headers["Cache-Control"] == "public, max-age=86400"
    again = client.get("/conditions/heel-pain/share.png", headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == response.headers["ETag"]


def test_share_picture_is_drawn_once_and_anew_when_the_title_changes(client, article, monkeypatch):
    drawn = []
    draw = share_pictures.draw
    monkeypatch.setattr(share_pictures, "draw", lambda words: drawn.append(words.title) or draw(words))
    Article.objects.filter(pk=article.pk).update(title="Heel pain, first")

    first = client.get("/conditions/heel-pain/share.png")
    client.get("/conditions/heel-pain/share.png")
    Article.objects.filter(pk=article.pk).update(title="Heel pain, second")
    second = client.get("/conditions/heel-pain/share.png")

    assert drawn == ["Heel pain, first", "Heel pain, second"]
    assert picture_of(first).tobytes() != picture_of(second).tobytes()
    assert first.headers["ETag"] != second.headers["ETag"]
    _folders, files = default_storage.listdir(f"share/article-{article.pk}")
    assert len(files) == 1


def test_share_pictures_take_one_query_and_none(client, article, django_assert_num_queries):
    client.get("/share.png")

    with django_assert_num_queries(1):
        picture_of(client.get("/conditions/heel-pain/share.png"))
    with django_assert_num_queries(0):
        picture_of(client.get("/share.png"))


def test_draft_has_no_share_picture(client, article):
    article.unpublish()

    assert client.get("/conditions/heel-pain/share.png").status_code == 404
    assert client.get("/conditions/no-such-thing/share.png").status_code == 404


@pytest.mark.parametrize(
    "title",
    [
        "",
        "x" * 120,
        "Wo " * 40,
        "Can foot pain cause knee or back pain?",
        "漢字 🦶 \u202eabc",
        "Niño con pie plano",
        HOSTILE,
    ],
)
def test_any_title_can_be_drawn(title):
    words = share_pictures.Words(
        ("Garden State", "Foot & Ankle Group"), title, "A line", "Toms River, New Jersey", "foot"
    )

    assert Image.open(BytesIO(share_pictures.draw(words))).size == (1200, 630)


def test_share_picture_names_the_towns(practice):
    from appointments.offices import directory

    assert share_pictures.towns(directory()) == "Toms River and Belleville, New Jersey"
    assert share_pictures.towns(directory() * 2) == "4 offices, New Jersey"
    assert share_pictures.towns(()) == ""


# --- Sitemap, feed, robots ---


def tree_of(client, url, kind):
    response = client.get(url)
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith(kind)
    return ElementTree.fromstring(response.content)


def test_sitemap_lists_exactly_what_is_published(client, library):
    Article.objects.get(slug="bunions").unpublish()
    Article.objects.filter(slug="gout").update(expire_at=timezone.now() - timedelta(seconds=1))

    rows = tree_of(client, "/sitemap.xml", "application/xml").findall(f"{MAP}url")

    pages = {row.findtext(f"{MAP}loc"): row.findtext(f"{MAP}lastmod") for row in rows}
    fixed = {"/", "/conditions/", "/offices/", "/offices/toms-river/", "/offices/belleville/", "/insurance/"}
    articles = {text.get_absolute_url() for model in (Article, SitePage) for text in model.objects.published()}
    assert set(pages) == {f"https://testserver{path}" for path in fixed | articles}
    assert not {"/conditions/bunions/", "/conditions/gout/"} & articles
    assert all(date.fromisoformat(pages[f"https://testserver{path}"]) for path in articles)
    assert len(rows) == len(pages)


def test_sitemap_and_feed_have_the_sites_own_address(client, library, settings):
    settings.BASE_URL = "https://www.example.com"

    rows = [row.text for row in tree_of(client, "/sitemap.xml", "application/xml").iter(f"{MAP}loc")]
    links = [link.get("href") for link in tree_of(client, "/feed.xml", "application/atom+xml").iter(f"{ATOM}link")]

    assert len(rows) > 25
    assert len(links) > 10
    assert [address for address in (*rows, *links) if not address.startswith("https://www.example.com/")] == []


def test_feed_has_the_articles_that_changed_last_on_top(client, article, reviewer):
    article.save_revision().publish(user=reviewer)

    feed = tree_of(client, "/feed.xml", "application/atom+xml")

    entries = feed.findall(f"{ATOM}entry")
    assert entries[0].findtext(f"{ATOM}title") == "Heel pain"
    assert entries[0].findtext(f"{ATOM}id") == "https://testserver/conditions/heel-pain/"
    assert feed.findtext(f"{ATOM}updated") == entries[0].findtext(f"{ATOM}updated")
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Garden State Foot & Ankle Group"
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == len(ids) == Article.objects.published().count()


def test_feed_survives_hostile_text_and_control_characters(client, article):
    Article.objects.filter(pk=article.pk).update(title=f"\x0b\x1b{HOSTILE}", description="a\x02b")

    titles = [row.text for row in tree_of(client, "/feed.xml", "application/atom+xml").iter(f"{ATOM}title")]

    assert any("<script>alert(1)</script>" in title for title in titles)


def test_feed_can_be_found_from_every_page(client, library):
    link = page_of(client, "/conditions/").select_one("link[type='application/atom+xml']")

    assert (link["rel"], link["href"]) == (["alternate"], "/feed.xml")


@pytest.mark.parametrize(
    "url", ["/sitemap.xml", "/feed.xml", "/robots.txt", "/share.png", "/conditions/heel-pain/share.png"]
)
def test_files_for_machines_are_public_and_set_no_cookie(client, library, url):
    response = client.get(url)

    assert "public" in response.headers["Cache-Control"]
    assert not response.cookies


@pytest.mark.parametrize(("url", "queries"), [("/sitemap.xml", 2), ("/feed.xml", 1), ("/robots.txt", 0)])
def test_files_for_machines_take_few_queries(client, library, django_assert_max_num_queries, url, queries):
    client.get(url)

    with django_assert_max_num_queries(queries):
        client.get(url)


def test_robots_are_kept_from_the_desks_and_the_form_and_shown_the_sitemap(client, practice):
    response = client.get("/robots.txt")

    assert response.headers["Content-Type"].startswith("text/plain")
    assert response.content.decode().splitlines() == [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /cms/",
        "Disallow: /accounts/",
        "Disallow: /appointments/",
        "Allow: /appointments/new/$",
        "",
        "Sitemap: https://testserver/sitemap.xml",
    ]


# --- Drawings ---


def test_editors_can_choose_every_drawing_there_is():
    assert {file.stem for file in DRAWN.glob("*.html")} == set(DRAWINGS)


@pytest.mark.parametrize("name", DRAWINGS)
def test_drawing_is_small_labeled_and_sound(name):
    svg = render_to_string(f"articles/drawings/{name}.html", {"alt": 'A "foot" <b>&'})

    tree = ElementTree.fromstring(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))
    assert tree.tag == f"{SVG}svg"
    assert (tree.get("role"), tree.get("aria-label")) == ("img", 'A "foot" <b>&')
    assert tree.get("viewBox").split()[2:] == [tree.get("width"), tree.get("height")]
    assert not [element for element in tree.iter() if element.get("id")]
    assert not [element for element in tree.iter() if element.tag in (f"{SVG}script", f"{SVG}image", f"{SVG}use")]
    assert (DRAWN / f"{name}.html").stat().st_size < 4096


def test_skin_of_each_color_is_drawn_with_its_own_line():
    drawn = {
        file.stem: set(re.findall(r'color "(art-(?:skin|line)[\w-]*)"', file.read_text())) for file in DRAWN.glob("*")
    }
    brown = {name for name, used in drawn.items() if "art-skin-brown" in used}

    assert len(brown) >= 7
    assert all("art-line" not in drawn[name] for name in brown - {"toe-rash"})  # which shows both, side by side
    assert all("art-line-brown" not in used for name, used in drawn.items() if name not in brown)


@pytest.mark.parametrize("name", [*DRAWINGS, "foot"])
def test_drawing_is_there_for_share_pictures_too(name):
    with Image.open(share_pictures.PARTS / f"{name}.png") as image:
        assert image.width <= share_pictures.DRAWING_SIZE[0]
        assert image.height <= share_pictures.DRAWING_SIZE[1]


@pytest.mark.slow
def test_every_drawing_the_library_names_is_described_on_its_page(client, library):
    seen = set()
    for file in sorted(LIBRARY.glob("*.md")):
        named = [part.split()[0].rstrip(")") for part in file.read_text().split("(drawing:")[1:]]
        page = page_of(client, f"/conditions/{file.stem}/")

        labels = [svg["aria-label"] for svg in page.select("figure > svg[role=img]")]
        assert len(labels) == len(named)
        assert all(40 <= len(label) <= 400 for label in labels)
        assert all(figure.figcaption.text for figure in page.select("figure:not(.action figure)"))
        seen |= set(named)
    assert seen == set(DRAWINGS)
