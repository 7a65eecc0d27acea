"""The public pages of the articles."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.utils import timezone

from articles.blocks import SECTIONS
from articles.models import Article, RelatedArticle
from clinic.reasons import articles as sources


def soup(client, url):
    response = client.get(url)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def test_index_lists_every_published_article(client, library):
    page = soup(client, "/conditions/")

    links = {link["href"] for link in page.select(".az a[href^='/conditions/']")}

    assert links == {article.get_absolute_url() for article in Article.objects.published()}
    assert len(links) >= 4


def test_index_of_an_area_lists_only_its_articles(client, library):
    page = soup(client, "/conditions/?area=nails")

    links = {link["href"] for link in page.select(".az a[href^='/conditions/']")} - {"/conditions/"}

    assert "/conditions/ingrown-toenail/" in links
    assert "/conditions/heel-pain/" not in links


@pytest.mark.parametrize("area", ["nose", "%00", "heel%27--", "x" * 5000, "HEEL"])
def test_index_of_an_unknown_area_is_the_whole_index(client, library, area):
    assert "Heel pain" in client.get(f"/conditions/?area={area}").content.decode()


def test_article_shows_its_parts_in_their_order(client, article):
    page = soup(client, "/conditions/heel-pain/")

    assert page.title.text.startswith("Heel pain (plantar fasciitis) | ")
    assert page.h1.get_text(" ", strip=True) == "Heel pain (plantar fasciitis)"
    assert page.select_one(".lead").text == article.summary
    headings = [heading.text for heading in page.select("article > .flow > h2:not(.no-print)")]
    assert headings == [section.heading for section in article.sections()]
    assert [section.kind for section in article.sections()] == list(SECTIONS)
    contents = [(link.text, link["href"]) for link in page.select(".contents a")]
    assert contents == [(section.heading, f"#{section.anchor}") for section in article.sections()]
    assert all(page.find(id=section.anchor) for section in article.sections())


def test_article_sections_keep_their_order_whatever_the_editor_did(article):
    article.body = list(reversed([(block.block_type, block.value) for block in article.body]))

    assert [section.kind for section in article.sections()] == list(SECTIONS)


def test_article_without_a_section_does_not_show_its_heading(client, article):
    article.body = [(block.block_type, block.value) for block in article.body if block.block_type != "causes"]
    article.body[0].value["content"] = []
    article.save()

    headings = [link.text for link in soup(client, "/conditions/heel-pain/").select(".contents a")]

    assert "Why it happens" not in headings
    assert "What it is" not in headings


def test_article_asks_for_an_appointment_with_its_own_name_and_names_both_offices(client, article):
    page = soup(client, "/conditions/heel-pain/")

    for link in page.select("article a.button, .band a.button, .dock a.button, .site-header a.button"):
        if link["href"].startswith("/appointments/"):
            assert link["href"] == "/appointments/new/?about=heel-pain"
    assert [office.h3.text for office in page.select(".band .office")] == ["Toms River Office", "Belleville Office"]
    assert {link["href"] for link in page.select(".band a.phone")} == {"tel:+17325579900", "tel:+19734503035"}


def test_article_lists_its_related_ones_in_the_editors_order_and_only_published_ones(client, article):
    first, second, hidden = Article.objects.exclude(pk=article.pk)[:3]
    article.related_links.set(
        [
            RelatedArticle(related=second, sort_order=0),
            RelatedArticle(related=hidden, sort_order=1),
            RelatedArticle(related=first, sort_order=2),
        ]
    )
    article.save()
    hidden.unpublish()

    related = soup(client, "/conditions/heel-pain/").find("h2", string="Related problems").find_next("ul")

    assert [link.text for link in related.find_all("a")] == [second.title, first.title]


def test_article_lists_what_its_text_mentions_and_is_not_related(client, article):
    article.related_links.set([RelatedArticle(related=Article.objects.get(slug="flat-feet"))])
    article.save()
    Article.objects.get(slug="stress-fracture").unpublish()

    mentioned = soup(client, "/conditions/heel-pain/").find("h2", string="Mentioned on this page").find_next("ul")

    addresses = [link["href"] for link in mentioned.find_all("a")]
    assert "/conditions/achilles-tendonitis/" in addresses
    assert not {"/conditions/heel-pain/", "/conditions/flat-feet/", "/conditions/stress-fracture/"} & set(addresses)


def test_home_shows_the_articles_that_have_a_place_there_in_order(client, library):
    Article.objects.get(slug="bunions").unpublish()

    titles = [link.text for link in soup(client, "/").select("li.tile a")]

    assert titles == ["Heel pain", "Ingrown toenail", "Diabetes foot care", "Flat feet", "Ankle sprain"]


def test_short_title_names_an_article_in_lists(client, library, practice):
    article = Article.objects.get(slug="can-foot-pain-cause-knee-or-back-pain")

    assert (article.slug, "Foot pain with knee or back pain", article.areas) in sources()


def test_home_says_what_a_problem_feels_like(client, library):
    page = soup(client, "/")

    tile = page.select_one(".tile:has(a[href='/conditions/heel-pain/']) p").get_text()
    assert tile.startswith("Sharp pain under your heel, worst with your first steps in the morning")
    assert tile.count(". ") == 0, "one sentence"


def test_main_navigation_counts_what_it_shows_on_a_phone(client, library):
    """What is hidden there is no item of the list, which would be told as an empty one."""
    items = soup(client, "/").select("header nav li")

    assert [item.get("class") for item in items] == [None, None, ["on-wide"]]


def test_sample_says_that_nobody_has_reviewed_it(client, article):
    page = soup(client, "/conditions/heel-pain/")

    assert "A podiatrist has not checked this text yet" in page.select_one(".notice").text
    assert page.select_one(".review") is None, "there is nothing to say of it yet"


def test_reviewed_article_names_reviewer_and_dates(client, article, reviewer, listed):
    listed("Rita Review", user=reviewer)
    article.save_revision().publish(user=reviewer)

    page = soup(client, "/conditions/heel-pain/")

    assert page.select_one(".notice") is None
    review = page.select_one(".review").get_text(" ", strip=True)
    assert "Reviewed by: Rita Review, DPM , Podiatric physician (NJ)" in review
    assert page.select_one(".review a")["href"] == "/people/rita-review/"
    assert f"Last reviewed: {timezone.localdate():%B} {timezone.localdate().day}, {timezone.localdate().year}" in review
    assert f"Next review: {timezone.localdate():%B} {timezone.localdate().year + 2}" in review


@pytest.mark.parametrize("change", [None, {"listed": False}, {"user": None}])
def test_reviewer_is_not_named_unless_the_practice_lists_them(client, article, reviewer, listed, change):
    person = listed("Rita Review", user=reviewer)
    article.save_revision().publish(user=reviewer)
    if change is None:
        person.delete()
    for name, value in (change or {}).items():
        setattr(person, name, value)
        person.save()

    review = soup(client, "/conditions/heel-pain/").select_one(".review").get_text(" ", strip=True)

    assert "Reviewed by: a podiatrist of this practice" in review
    assert "Rita" not in review


@pytest.mark.parametrize("address", ["no-such-thing", "heel-pains%00", "x" * 3000, "héel"])
def test_unknown_article_is_not_found(client, library, address):
    assert client.get(f"/conditions/{address}/").status_code == 404


def test_unpublished_article_is_gone(client, article):
    article.unpublish()

    assert client.get("/conditions/heel-pain/").status_code == 410
    assert "/conditions/heel-pain/" not in client.get("/conditions/").content.decode()


def test_scheduled_article_is_not_shown_before_its_time(client, article):
    article.unpublish()
    article.go_live_at = timezone.now() + timedelta(days=1)
    article.save_revision().publish()

    assert client.get("/conditions/heel-pain/").status_code == 410


def test_expired_article_is_gone_even_before_the_worker_has_run(client, article):
    Article.objects.filter(pk=article.pk).update(expire_at=timezone.now() - timedelta(seconds=1))

    assert client.get("/conditions/heel-pain/").status_code == 410


def test_hostile_text_in_an_article_is_shown_as_text(client, article):
    article.title = "<script>alert(1)</script>"
    article.summary = '"><img src=x onerror=alert(1)>'
    article.save()

    page = soup(client, "/conditions/heel-pain/")

    assert page.h1.text.startswith("<script>alert(1)</script>")
    assert not page.select("script:not([type='application/ld+json'], [src^='/static/']), img")


def test_article_takes_two_queries(client, article, reviewer, listed, django_assert_num_queries):
    listed("Rita Review", user=reviewer)
    article.save_revision().publish(user=reviewer)
    client.get("/conditions/heel-pain/")

    with django_assert_num_queries(2):
        client.get("/conditions/heel-pain/")


@pytest.mark.parametrize(
    ("url", "queries"),
    [("/", 1), ("/conditions/", 1), ("/offices/", 0), ("/offices/toms-river/", 0), ("/people/", 0), ("/insurance/", 0)],
)
def test_public_pages_take_few_queries(client, library, django_assert_num_queries, url, queries):
    client.get(url)

    with django_assert_num_queries(queries):
        assert client.get(url).status_code == 200


def test_public_pages_set_no_cookie_and_do_not_vary_by_one(client, library):
    for url in ("/", "/conditions/", "/conditions/heel-pain/", "/offices/", "/privacy/"):
        response = client.get(url)

        assert not response.cookies
        assert "Cookie" not in response.headers.get("Vary", "")


@pytest.mark.parametrize("slug", ["search", "suggest"])
def test_article_can_not_take_the_address_of_another_page(article, slug):
    article.slug = slug

    with pytest.raises(ValidationError, match="belongs to another page"):
        article.full_clean()


def test_pages_refuse_other_methods(client, library):
    assert client.post("/conditions/").status_code == 405
    assert client.post("/conditions/heel-pain/").status_code == 405
