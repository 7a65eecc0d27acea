"""“Was this page helpful?”: the buttons, the box, and what editors read of them."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.utils import timezone

from articles.models import Article, Helpful, SitePage
from tests.conftest import MONDAY, Browser

PAGE = "/conditions/heel-pain/"
READER = {"User-Agent": "Mozilla/5.0", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture(autouse=True)
def _library(library):
    cache.clear()


def click(client, said="yes", address=PAGE, **headers):
    return client.post(f"{address}helpful/", {"helpful": said}, headers={**READER, **headers})


def soup(response):
    return BeautifulSoup(response.content, "html.parser")


def send(client, text, address=f"{PAGE}helpful/no/"):
    hidden = soup(client.get(address)).select("form input[type=hidden]")
    return client.post(address, {**{box["name"]: box.get("value", "") for box in hidden}, "text": text})


def test_article_and_page_have_both_buttons_and_no_token(client):
    for address in (PAGE, "/first-visit/"):
        form = soup(client.get(address)).select_one("form.helpful")

        assert form["action"] == f"{address}helpful/"
        assert [button["value"] for button in form.select("button")] == ["yes", "no"]
        assert not form.select("input")


def test_click_is_counted_once_and_nothing_is_kept_of_who_clicked(client):
    answer = click(client, "no")

    assert answer.headers["Location"] == f"{PAGE}helpful/no/"
    assert not answer.cookies
    click(client, "no")
    click(Browser(), "yes")  # the same connection
    (row,) = Helpful.objects.all()
    assert (row.article.slug, row.yes, row.text, row.day) == ("heel-pain", False, "", timezone.localdate())


def test_texts_and_connections_are_counted_apart(client):
    click(client)
    click(client, address="/first-visit/")
    client.post(f"{PAGE}helpful/", {"helpful": "yes"}, headers=READER, REMOTE_ADDR="192.0.2.77")

    assert Helpful.objects.filter(article__slug="heel-pain").count() == 2
    assert Helpful.objects.filter(page__slug="first-visit").count() == 1


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"User-Agent": "Googlebot/2.1"}, {"User-Agent": ""}]
)
def test_click_of_another_site_or_a_robot_is_not_counted(client, headers):
    assert click(client, **headers).status_code == 302

    assert not Helpful.objects.exists()


def test_nonsense_counts_nothing_and_leads_back(client):
    assert click(client, "perhaps").headers["Location"] == PAGE
    assert client.get(f"{PAGE}helpful/").status_code == 405
    assert click(client, address="/conditions/none/").status_code == 404
    Article.objects.filter(slug="gout").update(live=False)
    assert click(client, address="/conditions/gout/").status_code == 404
    assert not Helpful.objects.exists()


def test_words_wait_for_editors_and_a_second_click_is_one(client, time_machine):
    time_machine.move_to(MONDAY)
    hidden = soup(client.get(f"{PAGE}helpful/no/")).select("form input[type=hidden]")
    sent = {**{box["name"]: box.get("value", "") for box in hidden}, "text": "How long\x07 do I rest?"}
    time_machine.shift(20)

    first = client.post(f"{PAGE}helpful/no/", sent)
    client.post(f"{PAGE}helpful/no/", sent)

    assert "We have your words." in first.content.decode()
    (row,) = Helpful.objects.all()
    assert (row.text, row.yes, row.status) == ("How long do I rest?", False, "new")


def test_machine_is_suspected_and_many_words_are_too_many(client):
    for number in range(6):
        answer = send(client, f"Word {number}")  # at once: faster than people read

    assert set(Helpful.objects.values_list("status", flat=True)) == {"suspected"}
    assert Helpful.objects.count() == 5
    assert answer.status_code == 429
    assert soup(answer).textarea.get_text().strip() == "Word 5"


@pytest.mark.parametrize("text", ["", "x" * 301])
def test_empty_or_long_words_are_an_error_and_stay(client, text):
    page = soup(send(client, text))

    assert page.title.get_text().strip().startswith("Error: ")
    assert page.textarea.get_text().strip() == text
    assert not Helpful.objects.exists()


def test_who_writes_of_something_urgent_is_asked_whether_it_is_so_today(client):
    page = soup(send(client, "My toe has turned black since yesterday."))

    assert "Is that so today?" in page.main.get_text()
    assert not Helpful.objects.exists()


def test_worker_deletes_clicks_and_words_after_400_days(work_once):
    article = Article.objects.get(slug="heel-pain")
    for days in (400, 401):
        Helpful.objects.create(article=article, yes=True, day=timezone.localdate() - timedelta(days=days))

    work_once()

    assert [row.day for row in Helpful.objects.all()] == [timezone.localdate() - timedelta(days=400)]


def test_editors_read_the_numbers_and_the_words(signed_in, editor):
    article, page = Article.objects.get(slug="heel-pain"), SitePage.objects.get(role="cost")
    for yes in (True, True, False):
        Helpful.objects.create(article=article, yes=yes)
    row = Helpful.objects.create(page=page, yes=False, text="<b>What</b> about Medicare?", status="new", sent_key="1")
    browser = signed_in(editor)

    home = soup(browser.get("/cms/")).find(attrs={"aria-labelledby": "desk-helpful"}).get_text()
    listed = browser.get("/cms/helpful/").content.decode()

    assert "Heel pain 2 yes, 1 no" in " ".join(home.split())
    assert "1 reader said what was missing" in " ".join(home.split())
    assert "&lt;b&gt;What&lt;/b&gt; about Medicare?" in listed
    assert listed.count("What it costs") == 1
    assert browser.get(f"/cms/helpful/edit/{row.pk}/").status_code == 200
    assert browser.get("/cms/helpful/new/").status_code in (302, 403, 404)
