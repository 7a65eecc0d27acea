"""Old addresses: what readers get at them, what leaves them behind, and how editors see to them."""

from datetime import timedelta
from itertools import pairwise

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from articles import old_addresses
from articles.models import Article, MissedAddress, OldAddress

LIST = "/cms/oldaddress/"
ADD = "/cms/oldaddress/new/"


def move(article, slug, reviewer):
    """An approved change of the address."""
    draft = article.get_latest_revision_as_object()
    draft.slug = slug
    draft.save_revision().publish(user=reviewer)
    article.refresh_from_db()


def lead(path, article):
    return OldAddress.objects.create(path=path, article=article)


def listed(response):
    """The articles that a page offers instead."""
    page = BeautifulSoup(response.content, "html.parser")
    heading = page.find("h2", string="You may want to read")
    return [link["href"] for link in heading.find_next("ul").find_all("a")] if heading else []


@pytest.fixture
def spurs(library):
    return Article.objects.get(slug="heel-spurs")


@pytest.fixture
def never_public(library):
    article = Article(title="Clicking ankle", summary="s", description="d", locale_id=Article.objects.first().locale_id)
    article.live = False
    article.save()
    return article


# --- What readers get ---


def test_changed_address_leads_to_the_article(client, article, reviewer):
    move(article, "sore-heel", reviewer)

    response = client.get("/conditions/heel-pain/")

    assert (response.status_code, response.headers["Location"]) == (301, "/conditions/sore-heel/")


def test_address_changes_only_when_the_change_goes_live(client, article, editor):
    article.slug = "sore-heel"
    article.save_revision(user=editor)

    assert client.get("/conditions/heel-pain/").status_code == 200
    assert not OldAddress.objects.exists()


def test_address_that_changed_twice_is_one_step_away(client, article, reviewer):
    move(article, "sore-heel", reviewer)
    move(article, "painful-heel", reviewer)

    assert client.get("/conditions/heel-pain/").headers["Location"] == "/conditions/painful-heel/"
    assert client.get("/conditions/sore-heel/").headers["Location"] == "/conditions/painful-heel/"


def test_address_that_changed_back_is_the_articles_own_again(client, article, reviewer):
    move(article, "sore-heel", reviewer)
    move(article, "heel-pain", reviewer)

    assert client.get("/conditions/heel-pain/").status_code == 200
    assert client.get("/conditions/sore-heel/").headers["Location"] == "/conditions/heel-pain/"


def test_article_that_takes_an_old_address_wins(client, article, spurs, reviewer):
    move(article, "sore-heel", reviewer)
    move(spurs, "heel-pain", reviewer)

    response = client.get("/conditions/heel-pain/")

    assert response.status_code == 200
    assert "Heel spurs" in response.content.decode()


@pytest.mark.parametrize("address", ["/conditions/Heel-Pain/", "/CONDITIONS/heel-pain/", "/conditions//HEEL-PAIN"])
def test_address_in_capitals_leads_to_the_article(client, article, address):
    response = client.get(address, follow=True)

    assert response.status_code == 200
    assert response.redirect_chain[-1] == ("/conditions/heel-pain/", 301)


def test_draft_never_public_leaves_no_address_behind(never_public):
    never_public.slug = "foot-blisters"
    never_public.save()
    never_public.delete()

    assert not OldAddress.objects.exists()


def test_unpublished_article_is_gone_and_its_related_ones_are_offered(client, article):
    article.unpublish()

    response = client.get("/conditions/heel-pain/")

    assert response.status_code == 410
    assert listed(response)[:2] == ["/conditions/heel-spurs/", "/conditions/achilles-tendonitis/"]
    assert BeautifulSoup(response.content, "html.parser").select_one("main form[action='/conditions/search/']")


def test_expired_article_is_gone(client, article):
    Article.objects.filter(pk=article.pk).update(expire_at=timezone.now() - timedelta(seconds=1))

    assert client.get("/conditions/heel-pain/").status_code == 410


def test_deleted_article_is_gone_and_similar_ones_are_offered(client, article):
    article.delete()

    response = client.get("/conditions/heel-pain/")

    assert response.status_code == 410
    assert "/conditions/childrens-heel-pain/" in listed(response)


def test_earlier_addresses_of_a_deleted_article_are_gone(client, article, reviewer):
    move(article, "sore-heel", reviewer)
    article.delete()

    assert client.get("/conditions/heel-pain/").status_code == 410


def test_merged_article_leads_to_the_other_from_all_its_addresses(client, article, spurs, reviewer):
    move(spurs, "spurs", reviewer)
    spurs.unpublish()
    OldAddress.objects.filter(path="/conditions/spurs/").update(article=article)

    for old in ("/conditions/spurs/", "/conditions/heel-spurs/"):
        assert client.get(old).headers["Location"] == "/conditions/heel-pain/"


def test_merged_articles_in_a_chain_lead_to_the_last_in_one_step(client, library):
    chain = list(Article.objects.all()[:6])
    for one, following in pairwise(chain):
        one.unpublish()
        OldAddress.objects.filter(path=one.get_absolute_url()).update(article=following)

    response = client.get(chain[0].get_absolute_url())

    assert (response.status_code, response.headers["Location"]) == (301, chain[-1].get_absolute_url())


def test_addresses_that_lead_to_a_merged_article_follow_when_it_is_deleted(client, article, spurs):
    lead("/spurs.html", spurs)
    spurs.unpublish()
    OldAddress.objects.filter(path="/conditions/heel-spurs/").update(article=article)

    spurs.delete()

    assert client.get("/spurs.html").headers["Location"] == "/conditions/heel-pain/"
    assert client.get("/conditions/heel-spurs/").headers["Location"] == "/conditions/heel-pain/"


def test_circle_made_behind_the_forms_back_is_gone(client, article, spurs):
    article.unpublish()
    spurs.unpublish()
    OldAddress.objects.filter(path="/conditions/heel-pain/").update(article=spurs)
    OldAddress.objects.filter(path="/conditions/heel-spurs/").update(article=article)

    assert client.get("/conditions/heel-pain/").status_code == 410


@pytest.mark.parametrize(
    ("kept", "asked"),
    [
        ("/heel-pain-toms-river.html", "/heel-pain-toms-river.html"),
        ("/blog/2019/03/heel-pain/", "/blog/2019/03/heel-pain/"),
        ("/blog/2019/03/heel-pain/", "/blog/2019/03/heel-pain"),
        ("/blog/2019/03/heel-pain/", "/Blog/2019/03//Heel-Pain/?utm_source=mail"),
        ("/?p=123", "/?p=123"),
        ("/?page_id=123", "/?page_id=123&preview=true"),
        ("/index.php?p=123", "/index.php?x=1&p=123"),
        ("/dolor-de-talón/", "/dolor-de-tal%C3%B3n/"),
    ],
)
def test_address_of_the_site_before_leads_to_the_article(client, article, kept, asked):
    lead(kept, article)

    response = client.get(asked)

    assert (response.status_code, response.headers["Location"]) == (301, "/conditions/heel-pain/")


def test_address_with_its_query_goes_before_the_one_without(client, article, spurs):
    lead("/index.php", spurs)
    lead("/index.php?p=7", article)

    assert client.get("/index.php?p=7").headers["Location"] == "/conditions/heel-pain/"
    assert client.get("/index.php?p=8").headers["Location"] == "/conditions/heel-spurs/"


def test_address_of_an_article_not_yet_public_is_not_found_until_it_is(client, never_public, reviewer):
    lead("/blisters.html", never_public)
    assert client.get("/blisters.html").status_code == 404

    never_public.save_revision().publish(user=reviewer)

    assert client.get("/blisters.html").headers["Location"] == "/conditions/clicking-ankle/"


def test_browsers_ask_again_each_time(client, article, spurs):
    lead("/old/", article)
    spurs.unpublish()

    assert client.get("/old/").headers["Cache-Control"] == "no-cache"
    assert client.get("/conditions/heel-spurs/").headers["Cache-Control"] == "no-cache"


def test_only_reading_leads_on(client, article):
    lead("/old/", article)

    assert client.head("/old/").status_code == 301
    assert client.post("/old/").status_code == 404


def test_pages_that_are_there_ask_for_no_old_address(client, article, django_assert_num_queries):
    client.get("/")
    with django_assert_num_queries(1):
        client.get("/")
    with django_assert_num_queries(1):
        client.get("/?utm_source=mail")
    with django_assert_num_queries(2):
        client.get("/conditions/heel-pain/")


def test_home_page_with_an_unknown_number_is_the_home_page(client, library):
    assert client.get("/?p=99999").status_code == 200


def test_page_is_not_found_while_the_database_is_away(client, practice, monkeypatch):
    def away(*args):
        raise DatabaseError

    monkeypatch.setattr(old_addresses, "find", away)

    assert client.get("/nowhere/").status_code == 404


def test_an_address_has_one_row(article):
    lead("/old/", article)

    with pytest.raises(IntegrityError), transaction.atomic():
        lead("/old/", article)


# --- What is missed ---


def test_page_that_people_miss_is_counted_and_similar_articles_are_offered(client, library):
    for _time in range(2):
        response = client.get("/treatments/heel-spurs-nj/?q=secret")

    missed = MissedAddress.objects.get()
    assert (missed.path, missed.count) == ("/treatments/heel-spurs-nj/", 2)
    assert listed(response)[0] == "/conditions/heel-spurs/"


@pytest.mark.parametrize(
    "address",
    [
        "/wp-login.php",
        "/blog/wp-admin/",
        "/xmlrpc.php",
        "/.env",
        "/.git/config",
        "/shell.php",
        "/cgi-bin/test",
        "/phpmyadmin/",
        "/favicon.ico",
        "/apple-touch-icon.png",
        "/vendor/phpunit/",
        "/harold@example.com/",
        "/harold%40example.com/",
        "/call/7325550142/",
        "/call/732-555-0142/",
        "/a b c/",
        "/<script>/",
        "/reset/c2f0a1b2c3d4e5f60718293a4b5c6d7e/",
        "/appointments/status/abcdefgh/",
        "/appointments/sent/GS-1/",
        "/admin/nothing/",
        "/cms/nothing/",
        "/accounts/nothing/",
        "/media/nothing",
        "/" + "x" * 250,
        "/%00/",
    ],
)
def test_noise_and_what_could_be_about_a_person_is_not_kept(client, library, address):
    client.get(address)

    assert not MissedAddress.objects.exists()


def test_only_reading_is_counted(client, library):
    client.post("/nowhere/")
    client.head("/nowhere/")

    assert not MissedAddress.objects.exists()


def test_known_old_address_is_not_missed(client, never_public):
    lead("/clicking-ankle/", never_public)

    client.get("/clicking-ankle/")

    assert not MissedAddress.objects.exists()


def test_number_of_missed_pages_is_bounded(client, library, monkeypatch):
    monkeypatch.setattr(MissedAddress, "MOST", 3)
    for number in range(6):
        client.get(f"/page-{number}/")

    assert MissedAddress.objects.count() == 3


# --- The editors' desk ---


def test_editor_adds_an_old_address(signed_in, client, article, editor):
    response = signed_in(editor).post(ADD, {"path": "https://old.example/Heel-Pain?p=3", "article": article.pk})

    assert response.status_code == 302
    old = OldAddress.objects.get()
    assert (old.path, old.article, old.added_by) == ("/heel-pain/?p=3", article, "hand")
    assert client.get("/heel-pain/?p=3").headers["Location"] == "/conditions/heel-pain/"


def test_looking_at_the_form_adds_nothing(signed_in, editor, article):
    assert signed_in(editor).get(ADD, {"path": "/old/", "article": article.pk}).status_code == 200
    assert not OldAddress.objects.exists()


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ("heel-pain", "Start with a slash"),
        ("javascript:alert(1)", "Start with a slash"),
        ("https://[broken/", "Start with a slash"),
        ("/", "home page"),
        ("/?utm_source=x", "home page"),
        ("/conditions/heel-spurs/", "A published article has this address"),
        ("/taken", "already exists"),
        ("/" + "x" * 400, "at most 300"),
    ],
)
def test_address_that_can_not_work_is_refused_with_the_reason(signed_in, article, editor, path, complaint):
    lead("/taken/", article)

    response = signed_in(editor).post(ADD, {"path": path, "article": article.pk})

    assert complaint in response.content.decode()
    assert OldAddress.objects.count() == 1


def test_circle_is_refused(signed_in, article, spurs, editor):
    article.unpublish()
    spurs.unpublish()
    OldAddress.objects.filter(path="/conditions/heel-pain/").update(article=spurs)
    row = OldAddress.objects.get(path="/conditions/heel-spurs/")

    response = signed_in(editor).post(f"/cms/oldaddress/edit/{row.pk}/", {"path": row.path, "article": article.pk})

    assert "go round in circles" in response.content.decode()


def test_editor_merges_a_deleted_article_and_all_its_addresses_follow(signed_in, client, article, spurs, editor):
    lead("/spurs.html", spurs)
    spurs.delete()
    row = OldAddress.objects.get(path="/conditions/heel-spurs/")

    signed_in(editor).post(f"/cms/oldaddress/edit/{row.pk}/", {"path": row.path, "article": article.pk})

    for old in ("/conditions/heel-spurs/", "/spurs.html"):
        assert client.get(old).headers["Location"] == "/conditions/heel-pain/"


def test_missed_page_becomes_an_old_address_from_the_list(signed_in, client, library, editor):
    client.get("/treatments/heel-spurs-nj/")
    desk = signed_in(editor)
    page = BeautifulSoup(desk.get("/cms/missedaddress/").content, "html.parser")
    link = page.find("a", string=lambda text: text and "Lead it to an article" in text)

    form = BeautifulSoup(desk.get(link["href"]).content, "html.parser")
    values = {name: form.select_one(f"form [name={name}]")["value"] for name in ("path", "article")}
    desk.post(ADD, values)

    assert client.get("/treatments/heel-spurs-nj/").headers["Location"] == "/conditions/heel-spurs/"
    assert not MissedAddress.objects.exists()


def test_lists_tell_what_each_address_does(signed_in, article, spurs, never_public, reviewer):
    lead("/a/", article)
    lead("/b/", never_public)
    spurs.unpublish()

    page = signed_in(reviewer).get(LIST).content.decode()

    assert "/conditions/heel-spurs/" in page
    assert "Nothing until it is published" in page


def test_list_asks_for_all_articles_at_once(signed_in, library, editor, django_assert_max_num_queries):
    desk = signed_in(editor)
    desk.get(LIST)
    with transaction.atomic():
        for article in Article.objects.all():
            lead(f"/old/{article.slug}/", article)

    with django_assert_max_num_queries(20):
        desk.get(LIST)


@pytest.mark.parametrize("group", ["Editors", "Medical reviewers"])
def test_both_groups_have_the_rights(group, db):
    rights = set(Group.objects.get(name=group).permissions.values_list("codename", flat=True))

    assert {"add_oldaddress", "change_oldaddress", "delete_oldaddress", "view_missedaddress"} <= rights
    assert not {"add_missedaddress", "change_missedaddress"} & rights


@pytest.mark.parametrize("address", [LIST, ADD, "/cms/missedaddress/"])
def test_front_desk_has_no_business_there(signed_in, toms_river_desk, address):
    assert signed_in(toms_river_desk).get(address).status_code == 403


@pytest.mark.parametrize("address", ["new/", "edit/{}/", "delete/{}/"])
def test_nobody_changes_what_was_missed(signed_in, client, library, editor, address):
    client.get("/nowhere/")
    before = list(MissedAddress.objects.values())

    signed_in(editor).post(f"/cms/missedaddress/{address.format(before[0]['id'])}", {"path": "/x/"})

    assert list(MissedAddress.objects.values()) == before


@pytest.mark.parametrize("page", ["share.png", "question/", "question/sent/"])
def test_pages_below_an_article_move_with_it(client, article, reviewer, page):
    move(article, "sore-heel", reviewer)

    response = client.get(f"/conditions/heel-pain/{page}")

    assert (response.status_code, response.headers["Location"]) == (301, f"/conditions/sore-heel/{page}")


@pytest.mark.parametrize("page", ["share.png", "question/"])
def test_pages_below_an_article_that_is_gone_are_not_found(client, article, reviewer, page):
    move(article, "sore-heel", reviewer)
    Article.objects.get(pk=article.pk).unpublish()

    assert client.get(f"/conditions/heel-pain/{page}").status_code == 404


def test_link_by_address_in_another_text_follows_an_article_that_moved(client, article, reviewer):
    text = {"type": "text", "value": '<p>See <a href="/conditions/flat-feet/">flat feet</a>.</p>'}
    article.body = article.body.stream_block.to_python(
        [{"type": "overview", "value": {"heading": "", "content": [text]}}]
    )
    article.save()
    move(Article.objects.get(slug="flat-feet"), "fallen-arches", reviewer)

    page = BeautifulSoup(client.get("/conditions/heel-pain/").content, "html.parser")

    assert page.find("a", string="flat feet")["href"] == "/conditions/fallen-arches/"
