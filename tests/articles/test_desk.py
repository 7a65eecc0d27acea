"""The editors' desk: its first page, the list, advice while writing, links between articles."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone
from wagtail.models import Locale, Workflow
from wagtail.test.utils.form_data import nested_form_data

from articles.desk.advice import advise
from articles.models import Article, DailyReads, MissedSearch, ReaderQuestion, RelatedArticle, SitePage
from articles.reviewing import rules
from tests.articles.desk import ADD, EDIT, LIST, form_of, texts_of

HOME = "/cms/"
ADVICE = "/cms/articles/advice/"
LINK = "/cms/articles/link/"
FIELDS = {"summary": "Your heel hurts.", "description": "Why heels hurt.", "areas": ["heel"], "lay_names": "sore heel"}
TEXT = [{"type": "overview", "value": {"heading": "", "content": [{"type": "text", "value": "<p>Rest.</p>"}]}}]
WHOLE = [
    *TEXT,
    {"type": "urgency", "value": {"now": ["you can’t walk"], "today": [], "soon": []}},
    {"type": "sources", "value": [{"title": "T", "publisher": "P", "year": 2020, "url": ""}]},
]


def read(response):
    return BeautifulSoup(response.content, "html.parser")


def panel(browser, heading):
    """The text of a panel of the first page."""
    found = read(browser.get(HOME)).find("h2", string=lambda text: text and heading in text)
    return " ".join(found.find_parent("section").get_text(" ").split()) if found else None


def titles(browser, query=""):
    rows = read(browser.get(LIST + query)).select("table.listing tbody tr")
    return [row.select_one("td.title a, .title-wrapper a").get_text(strip=True) for row in rows]


def link_to(article, words="flat feet"):
    return f'<a linktype="article" id="{article.pk}">{words}</a>'


# --- the first page ---


def test_first_page_shows_my_drafts_and_not_those_of_others(signed_in, article, editor, reviewer):
    article.title = "Heel pain, better"
    article.save_revision(user=editor)

    assert "Heel pain, better" in panel(signed_in(editor), "My drafts")
    assert "Heel pain" not in panel(signed_in(reviewer), "My drafts")


def test_first_page_shows_what_waits_for_review_to_reviewers_only(signed_in, article, editor, reviewer):
    article.save_revision(user=editor)
    Workflow.objects.get(name="Medical review").start(article, editor)

    assert "Heel pain edith" in panel(signed_in(reviewer), "waits for your review")
    assert panel(signed_in(editor), "waits for your review") is None


@pytest.mark.parametrize(("days", "word"), [(-1, "Overdue"), (0, "Soon"), (29, "Soon"), (30, None)])
def test_first_page_shows_what_is_due(signed_in, article, editor, days, word):
    Article.objects.filter(pk=article.pk).update(next_review=timezone.localdate() + timedelta(days=days), sample=False)

    shown = panel(signed_in(editor), "Due for review")

    assert (f"Heel pain {word}" in shown) if word else ("Heel pain" not in shown)


def test_first_page_counts_the_samples_that_nobody_has_reviewed(signed_in, library, editor):
    assert "40 sample pages have never been reviewed" in panel(signed_in(editor), "Due for review")


def test_first_page_shows_what_is_read_most(signed_in, article, editor):
    today = timezone.localdate()
    other = Article.objects.get(slug="bunions")
    for which, day, times in ((article, today, 3), (article, today - timedelta(days=1), 4), (other, today, 6)):
        DailyReads.objects.create(article=which, day=day, count=times)
    DailyReads.objects.create(article=other, day=today - timedelta(days=40), count=100)

    assert "Heel pain 7 times Bunions 6 times" in panel(signed_in(editor), "Most read")


def test_first_page_shows_what_was_searched_in_vain_and_what_readers_ask(signed_in, article, editor):
    MissedSearch.objects.create(words="cuboid", count=4)
    ReaderQuestion.objects.create(article=article, text="Are sandals fine?", sent_key="1")
    ReaderQuestion.objects.create(article=article, text="Buy pills", sent_key="2", status="suspected")
    browser = signed_in(editor)

    assert "“cuboid” 4 times" in panel(browser, "Searched, not found")
    asked = panel(browser, "Readers’ questions")
    assert "Are sandals fine?" in asked
    assert "Buy pills" not in asked
    assert "1 more may be spam" in asked


def test_menu_has_nothing_of_no_use_here(signed_in, library, editor):
    props = read(signed_in(editor).get(HOME)).find(id="wagtail-sidebar-props").string

    assert "/cms/snippets/articles/article/" in props
    for useless in ("/cms/pages/", "/cms/documents/", "/cms/reports/", "/cms/sites/", "guide"):
        assert useless not in props


def test_first_page_costs_as_many_queries_for_many_drafts(
    signed_in, library, editor, reviewer, django_assert_max_num_queries
):
    for article in Article.objects.all()[:6]:
        article.save_revision(user=editor)
        Workflow.objects.get(name="Medical review").start(article, editor)
    browser = signed_in(reviewer)
    browser.get(HOME)

    with django_assert_max_num_queries(45):
        browser.get(HOME)


def test_account_page_has_no_other_clock(signed_in, library, editor):
    page = signed_in(editor).get("/cms/account/").content.decode()

    assert "Preferred language" in page
    assert "time zone" not in page.lower()


# --- the list ---


@pytest.mark.thorough
def test_list_says_where_each_article_stands(signed_in, library, editor, reviewer):
    states = dict.fromkeys(("heel-pain", "bunions", "gout", "flat-feet"))
    found = {slug: Article.objects.get(slug=slug) for slug in states}
    found["bunions"].save_revision(user=editor)
    Workflow.objects.get(name="Medical review").start(found["bunions"], editor)
    found["gout"].unpublish()
    found["flat-feet"].save_revision(user=editor)
    browser = signed_in(editor)

    for slug, word in {
        "heel-pain": "Public",
        "bunions": "In review",
        "gout": "Draft",
        "flat-feet": "Public, with a newer draft",
    }.items():
        row = read(browser.get(f"{LIST}?q={slug}")).select_one("table.listing tbody tr")
        assert row.select_one(".desk-word").text == word


def test_overdue_is_said_in_a_word(signed_in, article, editor, reviewer):
    rules.confirm(article, reviewer, article.live_revision_id)
    Article.objects.filter(pk=article.pk).update(next_review=timezone.localdate() - timedelta(days=1))

    row = read(signed_in(editor).get(f"{LIST}?q=heel-pain")).select_one("table.listing tbody tr")

    assert "Rita Review, DPM" in row.text
    assert row.select_one(".desk-word.late").text == "Overdue"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?q=plantar+fasciitis", ["Heel pain"]),
        ("?review=overdue", ["Heel pain"]),
        ("?review=soon", ["Bunions"]),
        ("?area=nails&q=ingrown", ["Ingrown toenail"]),
        ("?area=heel&q=ingrown", []),
        ("?status=draft", ["Gout in the foot"]),
        ("?status=nonsense&q=gout", []),
    ],
)
def test_list_can_be_narrowed(signed_in, library, editor, query, expected):
    today = timezone.localdate()
    Article.objects.filter(slug="heel-pain").update(next_review=today - timedelta(days=1))
    Article.objects.filter(slug="bunions").update(next_review=today + timedelta(days=10))
    Article.objects.get(slug="gout").unpublish()

    if "nonsense" in query:
        assert signed_in(editor).get(LIST + query).status_code == 200
    else:
        assert titles(signed_in(editor), query) == expected


@pytest.mark.parametrize(
    "order", ["title", "-status", "next_review", "-latest_revision_id", "reviewer__name", "locale"]
)
def test_list_can_be_sorted(signed_in, library, editor, order):
    assert len(titles(signed_in(editor), f"?ordering={order}")) == 20


def test_list_has_no_boxes_for_who_can_do_nothing_with_them(signed_in, library, editor, reviewer):
    box = "data-bulk-action-checkbox"

    assert box not in signed_in(editor).get(LIST).content.decode()
    assert box in signed_in(reviewer).get(LIST).content.decode()


# --- a new article ---


def test_new_article_gets_its_address_from_the_title(signed_in, library, editor):
    fresh = Article(title="Clicking ankle")

    signed_in(editor).post(ADD, form_of(fresh, sections=[]))

    assert Article.objects.get(slug="clicking-ankle").live is False


@pytest.mark.parametrize(("title", "slug"), [("Heel pain", "heel-pain-2"), ("Search", "search-2"), ("???", "article")])
def test_address_from_the_title_is_free(signed_in, library, editor, title, slug):
    signed_in(editor).post(ADD, form_of(Article(title=title), sections=[]))

    assert Article.objects.filter(slug=slug).exists()


@pytest.mark.parametrize(
    ("title", "slug"), [("¿Qué es el juanete?", "que-es-el-juanete"), ("Köhler disease", "kohler-disease"), ("足", "")]
)
@pytest.mark.parametrize(("kind", "otherwise"), [("article", "article"), ("sitepage", "page")])
def test_address_is_of_plain_letters_whatever_the_title(signed_in, library, editor, title, slug, kind, otherwise):
    """By the page's script, which is told so, and without it."""
    browser, add = signed_in(editor), f"/cms/snippets/articles/{kind}/add/"
    box = read(browser.get(add)).find("input", attrs={"name": "slug"})
    assert "w-slug" in box["data-controller"]
    assert not box.has_attr("data-w-slug-allow-unicode-value") or box["data-w-slug-allow-unicode-value"] == "False"

    sent = form_of(Article(title=title), sections=[]) | {"kind": "information"}
    browser.post(add, sent)

    model = {"article": Article, "sitepage": SitePage}[kind]
    assert model.objects.get(title=title).slug == (slug or otherwise)


@pytest.mark.parametrize("slug", ["heel-pain", "search"])
def test_address_of_another_page_is_refused_with_a_word_and_nothing_is_lost(signed_in, library, editor, slug):
    fresh = Article(title="Clicking ankle", slug=slug, summary="Typed at length.")

    answer = signed_in(editor).post(ADD, form_of(fresh, sections=[]))

    page = answer.content.decode()
    assert "Choose another one." in page
    assert "Typed at length." in page
    assert Article.objects.filter(title="Clicking ankle").count() == 0


def test_emptied_address_is_made_from_the_title_again(signed_in, article, editor):
    signed_in(editor).post(EDIT.format(article.pk), form_of(article, slug=""))

    assert article.revisions.order_by("pk").last().content["slug"] == "heel-pain"


# --- two at one text ---


@pytest.mark.thorough
def test_who_opens_a_text_hears_who_else_has_it_open(signed_in, article, editor, reviewer):
    signed_in(editor).get(EDIT.format(article.pk))

    page = signed_in(reviewer).get(EDIT.format(article.pk)).content.decode()

    assert "edith has this text open, too." in page
    assert (
        "open, too." not in signed_in(reviewer).get(EDIT.format(Article.objects.get(slug="gout").pk)).content.decode()
    )


def test_text_that_an_editor_has_locked_waits_for_the_editor(signed_in, article, editor, reviewer):
    browser = signed_in(editor)
    browser.post(f"{LIST}lock/{article.pk}/")

    answer = signed_in(reviewer).post(EDIT.format(article.pk), form_of(article, summary="The new words."))

    assert "could not be saved as it is locked" in answer.content.decode()
    assert article.revisions.filter(user=reviewer).count() == 0
    browser.post(f"{LIST}unlock/{article.pk}/")
    assert Article.objects.get(pk=article.pk).locked is False


def test_lock_of_an_editor_who_is_away_is_opened_by_a_reviewer(signed_in, article, editor, reviewer):
    signed_in(editor).post(f"{LIST}lock/{article.pk}/")

    signed_in(reviewer).post(f"{LIST}unlock/{article.pk}/")

    assert Article.objects.get(pk=article.pk).locked is False


# --- advice ---


def test_advice_finds_nothing_missing_in_a_whole_text(db):
    found = advise(FIELDS, WHOLE, Locale.get_default())

    assert found.missing == []
    assert found.reading.grade < 5


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"summary": ""}, "Summary"),
        ({"summary": "word " * 47}, "The summary has 2 words too many."),
        ({"description": ""}, "One sentence"),
        ({"areas": []}, "Parts of the foot"),
        ({"lay_names": " "}, "Other names"),
    ],
)
def test_advice_names_the_missing_field(db, change, said):
    (missing,) = advise({**FIELDS, **change}, WHOLE, Locale.get_default()).missing

    assert str(missing).startswith(said)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ([TEXT[0], WHOLE[2]], "“When to get help”: readers must learn"),
        ([*TEXT, {"type": "urgency", "value": {"now": [], "soon": ["x"]}}, WHOLE[2]], "says nothing about calling 911"),
        (WHOLE[:2], "Sources"),
    ],
)
def test_advice_names_the_missing_section(db, body, said):
    (missing,) = advise(FIELDS, body, Locale.get_default()).missing

    assert said in str(missing)


@pytest.mark.parametrize(
    ("image", "missing"),
    [
        ({"image": 1, "alt_text": "", "decorative": False}, True),
        ({"image": 1, "alt_text": "A foot.", "decorative": False}, False),
        ({"image": 1, "alt_text": "", "decorative": True}, False),
    ],
)
def test_advice_asks_for_the_description_of_a_picture(db, image, missing):
    figure = {"type": "figure", "value": {"image": image, "caption": ""}}
    body = [{"type": "overview", "value": {"heading": "", "content": [figure]}}, *WHOLE[1:]]

    assert bool(advise(FIELDS, body, Locale.get_default()).missing) is missing


def test_advice_has_no_measure_for_another_language(db):
    spanish = Locale.objects.create(language_code="es")

    assert advise(FIELDS, WHOLE, spanish).reading is None


def test_advice_names_links_that_lead_nowhere(library):
    gone = Article.objects.get(slug="flat-feet")
    gone.unpublish()
    public = Article.objects.get(slug="bunions")
    html = f'<p>{link_to(gone)} {link_to(public, "bunions")} <a href="/conditions/nowhere/">nowhere</a></p>'
    body = [{"type": "overview", "value": {"heading": "", "content": [{"type": "text", "value": html}]}}, *WHOLE[1:]]

    assert advise(FIELDS, body, Locale.get_default()).broken == ["flat feet", "nowhere"]


def test_advice_knows_an_article_that_moved(library, reviewer):
    flat = Article.objects.get(slug="flat-feet")
    flat.slug = "fallen-arches"
    flat.save_revision().publish(user=reviewer)
    html = '<p><a href="/conditions/flat-feet/">flat feet</a></p>'
    body = [{"type": "overview", "value": {"heading": "", "content": [{"type": "text", "value": html}]}}, *WHOLE[1:]]

    assert advise(FIELDS, body, Locale.get_default()).broken == []


def test_advice_answers_about_a_text_that_is_not_saved(signed_in, article, editor):
    data = form_of(article, text="<p>Commence treatment of the edema.</p>", summary="")

    page = signed_in(editor).post(ADVICE, data).content.decode()

    assert "edema: <b>swelling</b>" in page
    assert "Summary: the first paragraph that readers see." in page
    assert not article.revisions.filter(user=editor).exists()


@pytest.mark.parametrize("data", [{}, {"body-count": "x"}, {"body-count": "3"}, {"summary": "x", "body-count": "-1"}])
def test_advice_refuses_what_our_editor_does_not_send(signed_in, library, editor, data):
    assert signed_in(editor).post(ADVICE, data).status_code in (200, 400)


def test_advice_and_links_are_for_who_writes(signed_in, client, library, toms_river_desk, editor):
    assert signed_in(editor).get(ADVICE).status_code == 405
    for browser in (client, signed_in(toms_river_desk)):
        assert browser.post(ADVICE, form_of(Article(title="x"), sections=[])).status_code in (302, 403)
        assert browser.get(LINK).status_code in (302, 403)


# --- links ---


def test_chooser_finds_articles_by_any_of_their_names(signed_in, library, editor):
    html = signed_in(editor).get(LINK, {"q": "plantar fasc"}).json()["html"]

    assert [button["data-title"] for button in BeautifulSoup(html, "html.parser").select("[data-link]")] == [
        "Heel pain"
    ]


def test_chooser_says_that_an_article_is_not_public(signed_in, article, editor):
    article.unpublish()

    html = signed_in(editor).get(LINK, {"link_text": "plantar fasciitis"}).json()["html"]

    assert "Not public" in html
    assert BeautifulSoup(html, "html.parser").select_one("[data-link]")["data-url"] == ""


@pytest.mark.parametrize("typed", ["https://www.nhs.uk/", "mailto:a@example.com", "tel:+17325550142", "www.nhs.uk"])
def test_chooser_takes_a_web_address(signed_in, library, editor, typed):
    link = signed_in(editor).get(LINK, {"q": typed}).json()["link"]

    assert link["url"].endswith(typed)


@pytest.mark.parametrize("typed", ["javascript:alert(1)", "data:text/html,x", "<script>alert(1)</script>"])
def test_chooser_takes_no_hostile_address(signed_in, library, editor, typed):
    answer = signed_in(editor).get(LINK, {"q": typed}).json()

    assert answer["step"] == "choose"
    assert "<script>" not in answer["html"]


@pytest.mark.parametrize("address", ["/conditions/flat-feet/", "https://testserver/conditions/flat-feet"])
def test_address_of_our_own_article_becomes_a_link_to_the_article(signed_in, article, editor, address):
    flat = Article.objects.get(slug="flat-feet")

    signed_in(editor).post(EDIT.format(article.pk), form_of(article, text=f'<p><a href="{address}">here</a></p>'))

    saved = texts_of(article.revisions.order_by("pk").last().as_object())
    assert 'linktype="article"' in saved
    assert f'id="{flat.pk}"' in saved


def test_link_follows_the_article_to_its_new_address(client, article):
    flat = Article.objects.get(slug="flat-feet")
    content = [{"type": "text", "value": f"<p>{link_to(flat)}</p>"}]
    article.body = article.body.stream_block.to_python(
        [{"type": "overview", "value": {"heading": "", "content": content}}]
    )
    article.save()
    Article.objects.filter(pk=flat.pk).update(slug="fallen-arches")

    page = read(client.get("/conditions/heel-pain/"))

    assert page.find("a", string="flat feet")["href"] == "/conditions/fallen-arches/"


@pytest.mark.parametrize("fate", ["unpublish", "delete"])
@pytest.mark.parametrize("by", ["number", "address"])
def test_words_stay_where_the_linked_article_is_gone(client, article, fate, by):
    flat = Article.objects.get(slug="flat-feet")
    link = link_to(flat) if by == "number" else '<a href="/conditions/flat-feet/">flat feet</a>'
    content = [{"type": "text", "value": f"<p>Also {link} hurt.</p>"}]
    article.body = article.body.stream_block.to_python(
        [
            {"type": "overview", "value": {"heading": "", "content": content}},
            {"type": "questions", "value": [{"question": "Why?", "answer": f"<p>Also {link} hurt.</p>"}]},
        ]
    )
    article.save()
    getattr(flat, fate)()

    page = read(client.get("/conditions/heel-pain/"))

    assert page.get_text().count("Also flat feet hurt.") == 2
    assert page.find("a", string="flat feet") is None


def test_page_with_links_takes_two_queries(client, article, django_assert_num_queries):
    flat = Article.objects.get(slug="flat-feet")
    text = {"type": "text", "value": f"<p>{link_to(flat)} and {link_to(article, 'itself')}</p>"}
    article.body = article.body.stream_block.to_python(
        [{"type": kind, "value": {"heading": "", "content": [text]}} for kind in ("overview", "symptoms", "causes")]
    )
    article.save()
    client.get("/conditions/heel-pain/")

    with django_assert_num_queries(2):
        client.get("/conditions/heel-pain/")


def test_editor_sees_which_link_is_broken(library):
    from articles.desk.links import ArticleLinkElementHandler

    gone = Article.objects.get(slug="flat-feet")
    gone.unpublish()
    handler = ArticleLinkElementHandler("LINK")

    assert handler.get_attribute_data({"id": str(gone.pk)})["url"] is None
    assert handler.get_attribute_data({"id": "999999"})["url"] is None
    assert handler.get_attribute_data({"id": str(Article.objects.get(slug="gout").pk)})["url"] == "/conditions/gout/"


def test_related_article_is_kept(signed_in, article, editor, reviewer):
    RelatedArticle.objects.filter(article=article).delete()
    flat = Article.objects.get(slug="flat-feet")
    related = nested_form_data(
        {
            "related_links": {
                "TOTAL_FORMS": "1",
                "INITIAL_FORMS": "0",
                "MIN_NUM_FORMS": "0",
                "MAX_NUM_FORMS": "1000",
                "0": {"related": flat.pk, "ORDER": "1", "DELETE": "", "id": ""},
            }
        }
    )

    signed_in(editor).post(EDIT.format(article.pk), form_of(article) | related)

    kept = article.revisions.order_by("pk").last().as_object().related_links.all()
    assert [link.related_id for link in kept] == [flat.pk]


def test_every_block_shows_what_it_looks_like(signed_in, library, editor):
    browser = signed_in(editor)
    body = Article._meta.get_field("body").stream_block
    content = body.child_blocks["overview"].child_blocks["content"]

    for block in [*body.child_blocks.values(), *content.child_blocks.values()]:
        assert block.is_previewable, block.name
        answer = browser.get("/cms/block-preview/", {"id": block.definition_prefix})
        assert answer.status_code == 200, block.name
        assert "clinic/site.css" in answer.content.decode()
