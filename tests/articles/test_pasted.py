"""A text that somebody copied: as a whole article, and into the middle of one."""

import json

import pytest

from articles.importing.pasted import for_a_text, item_of
from articles.models import Article, ImportedArticle
from tests.articles.test_import import notes, sections, texts

START = "/cms/articles/from-text/"
PASTE = "/cms/articles/paste/"
PAGE = """<html><body><!--StartFragment--><nav>Menu</nav><h2>Care</h2><p>Give 10<sup>3</sup> mg on 2 m<sup>2</sup>.</p>
<ul><li>Rest</li></ul><table><tr><th>Shoe</th><th>Drop</th></tr><tr><td>Flat</td><td>0</td></tr></table>
<img src="x.png" alt="A foot"><a class="btn" href="/book">Book</a><script>alert(1)</script>
<!--EndFragment--></body></html>"""


@pytest.fixture
def desk(signed_in, editor, library):
    return signed_in(editor)


def test_text_becomes_a_draft_of_whoever_pasted_it(desk, editor):
    text = "Can a bunion come back?\nIt can, but it seldom does.\nSymptoms\n- A bump\n- Pain\n(732) 555-0142"

    answer = desk.post(START, {"text": text}, follow=True)

    article = ImportedArticle.objects.get().article
    assert answer.redirect_chain[-1][0] == f"/cms/snippets/articles/article/edit/{article.pk}/"
    assert (article.title, article.slug, article.live) == ("Can a bunion come back?", "can-a-bunion-come-back", False)
    assert article.latest_revision.user == editor
    assert texts(sections(article)["symptoms"]) == "<ul><li>A bump</li><li>Pain</li></ul>"
    assert notes(article) == ["Left out: “(732) 555-0142”"]
    assert "Left out: “(732) 555-0142”" in answer.content.decode()
    assert "Can a bunion come back?" in desk.get("/cms/").content.decode()


def test_copy_with_its_html_keeps_what_the_text_has_lost(desk):
    desk.post(START, {"text": "Care Give 103 mg on 2 m2. Rest Shoe Drop", "html": PAGE})

    article = ImportedArticle.objects.get().article
    body = json.dumps(list(article.body.raw_data), ensure_ascii=False)
    assert "Give 10³ mg on 2 m²." in body
    assert "<li>Rest</li>" in body
    assert "<li>Flat – 0</li>" in body
    assert "Menu" not in body
    assert "alert" not in body
    assert any("Pictures were left out" in note for note in notes(article))


def test_same_text_leads_to_the_article_that_is_there(desk):
    for _time in range(2):
        answer = desk.post(START, {"text": "Corns\n\nCorns are hard skin over a bone of the foot."})

    assert Article.objects.filter(title="Corns").count() == 1
    assert str(ImportedArticle.objects.get().article_id) in answer.headers["Location"]
    ImportedArticle.objects.get().article.delete()

    desk.post(START, {"text": "Corns\n\nCorns are hard skin over a bone of the foot."})

    assert ImportedArticle.objects.get().article.title == "Corns"


@pytest.mark.parametrize(
    ("text", "why"),
    [("", "Paste a text first."), (" \n - \n", "There are no words"), ("x" * 400_001, "This is longer")],
)
def test_text_that_is_none_is_refused_and_stays_in_the_box(desk, text, why):
    answer = desk.post(START, {"text": text})

    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert not ImportedArticle.objects.exists()


@pytest.mark.parametrize("who", ["reviewer", "administrator", "manager"])
def test_nobody_starts_an_article_who_may_not_write_one(request, signed_in, who):
    browser = signed_in(request.getfixturevalue(who))

    assert browser.get(START).status_code in (302, 403)
    assert browser.post(START, {"text": "Corns\n\nHard skin."}).status_code in (302, 403)
    assert not ImportedArticle.objects.exists()


def test_paste_into_a_text_keeps_its_form_and_says_what_it_left_out(desk):
    found = desk.post(PASTE, {"text": "x", "html": PAGE}).json()

    assert found["html"] == (
        "<h3>Care</h3><p>Give 10³ mg on 2 m².</p><ul><li>Rest</li></ul><ul><li>Shoe – Drop</li><li>Flat – 0</li></ul>"
    )
    assert found["notes"] == [
        "A table is now a list: each row is an item",
        "Pictures were left out: 1. Add each as an image, with a description",
    ]


def test_lines_with_an_address_among_them_stay_paragraphs():
    found = for_a_text("AAA one.\nBBB two. Email: a@example.com\nCCC three, https://x.example/.", "")

    assert found.html == ("<p>AAA one.</p><p>BBB two. Email: a@example.com</p><p>CCC three, https://x.example/.</p>")


def test_copy_without_form_is_read_as_text():
    item = item_of("Heel\n\nIt hurts in the morning, and after a rest.", "<div><span>Heel</span></div>")

    assert item.title == "Heel"
    assert not item.from_a_copy


@pytest.mark.parametrize("who", ["administrator", "manager"])
def test_nobody_pastes_who_may_not_write(request, signed_in, who):
    browser = signed_in(request.getfixturevalue(who))

    assert browser.post(PASTE, {"text": "x"}).status_code in (302, 403)


def test_paste_takes_no_get_and_nothing_too_long(desk):
    assert desk.get(PASTE).status_code == 405
    assert desk.post(PASTE, {"text": "x" * 400_001}).status_code == 413


def test_hostile_paste_is_harmless():
    html = "<p onclick=a()>a<img src=x onerror=b()><a href='javascript:c()'>d</a></p>"
    html += "<svg onload=e()></svg><style>f</style>"

    assert for_a_text("a", html).html == "<p>ad</p>"


@pytest.mark.parametrize("address", ["/cms/", "/cms/snippets/articles/article/", "/cms/snippets/articles/article/add/"])
def test_way_to_start_from_a_text_stands_where_articles_begin(desk, address):
    assert f'href="{START}"' in desk.get(address).content.decode()


def test_reviewer_who_writes_nothing_new_is_not_shown_it(signed_in, reviewer, library):
    assert START not in signed_in(reviewer).get("/cms/snippets/articles/article/").content.decode()
