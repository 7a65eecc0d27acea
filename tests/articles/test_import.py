"""Moving a site's articles in: from WordPress, web pages, Markdown and plain text, all as drafts."""

import json
import os
import re
import zlib
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from PIL import Image as Picture
from PIL import PngImagePlugin
from wagtail.images import get_image_model
from wagtail.models import ModelLogEntry

from articles.importing import pictures as importing_pictures
from articles.importing import wordpress_xml
from articles.importing.drafts import LOG_ACTION
from articles.models import Article, ImportedArticle, OldAddress, SitePage

SAVED_PAGE = Path(__file__).parent / "data" / "saved_page.html"
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
  xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:wp="http://wordpress.org/export/1.2/">
<channel>
<title>Old practice</title>
"""
TAIL = "</channel>\n</rss>\n"


def post(number, title="Corns", text="<p>Corns are hard skin.</p>", more="", **changes):
    """An item of an export."""
    values = {"type": "post", "status": "publish", "password": "", "name": f"corns-{number}", **changes}
    return f"""<item>
<title>{title}</title>
<link>https://old.example/2019/03/{values["name"]}/</link>
<dc:creator>office</dc:creator>
<guid isPermaLink="false">https://old.example/?p={number}</guid>
<content:encoded><![CDATA[{text}]]></content:encoded>
<excerpt:encoded><![CDATA[]]></excerpt:encoded>
<wp:post_id>{number}</wp:post_id>
<wp:post_date>2019-03-12 09:30:00</wp:post_date>
<wp:post_name>{values["name"]}</wp:post_name>
<wp:status>{values["status"]}</wp:status>
<wp:post_type>{values["type"]}</wp:post_type>
<wp:post_password>{values["password"]}</wp:post_password>
{more}</item>
"""


def run(source, **options):
    """The report."""
    said = StringIO()
    call_command("import_articles", str(source), stdout=said, **options)
    return said.getvalue()


@pytest.fixture
def export(tmp_path, library):
    """Writes an export of some items."""

    def write(*items, tail=TAIL):
        path = tmp_path / "export.xml"
        path.write_text(HEAD + "".join(items) + tail, encoding="utf-8")
        return path

    return write


@pytest.fixture
def folder(tmp_path, library):
    """An empty folder for files."""
    path = tmp_path / "site"
    path.mkdir()
    return path


@pytest.fixture
def media(tmp_path):
    """A folder with a photo in it."""
    place = tmp_path / "uploads" / "2019" / "03"
    place.mkdir(parents=True)
    Picture.new("RGB", (1200, 600), "#884422").save(place / "arch.jpg")
    return tmp_path / "uploads"


def only():
    """The one article that was imported."""
    return ImportedArticle.objects.get().article


def sections(article):
    return {section["type"]: section["value"] for section in json.loads(json.dumps(list(article.body.raw_data)))}


def html_of(article):
    return json.dumps(list(article.body.raw_data))


def texts(section):
    return "".join(block["value"] for block in section["content"] if block["type"] == "text")


def notes(article):
    return ModelLogEntry.objects.get(action=LOG_ACTION, object_id=article.pk).data["notes"]


def import_page(folder, html, **options):
    (folder / "page.html").write_text(f"<html><body><h1>Page</h1>{html}</body></html>")
    return run(folder, **options)


# --- WordPress ---


def test_post_becomes_a_draft_that_nobody_sees(client, export):
    report = run(export(post(7)))

    article = only()
    assert "Drafts made: 1" in report
    assert (article.title, article.slug, article.live, article.first_published_at) == ("Corns", "corns-7", False, None)
    assert (article.reviewer, article.last_reviewed) == (None, None)
    assert article.latest_revision
    assert client.get("/conditions/corns-7/").status_code == 404


def test_running_twice_changes_nothing(export):
    source = export(post(7), post(8))
    run(source)
    before = list(Article.objects.order_by("pk").values_list("pk", "latest_revision"))

    report = run(source)

    assert "Imported before, left alone: 2" in report
    assert list(Article.objects.order_by("pk").values_list("pk", "latest_revision")) == before


def test_draft_that_an_editor_deleted_stays_away(export):
    source = export(post(7))
    run(source)
    only().delete()

    run(source)

    assert not Article.objects.filter(slug="corns-7").exists()


def test_dry_run_reports_the_same_and_keeps_nothing(export, media):
    source = export(post(7, text='<p>x <img src="/wp-content/uploads/2019/03/arch.jpg"></p>'), post(8, status="trash"))

    report = run(source, dry_run=True, media=media)

    assert "2 items. Drafts would be made: 1. Pictures: 1." in report
    assert not ImportedArticle.objects.exists()
    assert not get_image_model().objects.exists()
    assert not OldAddress.objects.exists()
    assert not Article.objects.filter(slug="corns-7").exists()


def test_report_says_what_was_left_out_and_why(export):
    comment = "<wp:comment><wp:comment_content>My phone is 732</wp:comment_content></wp:comment>"
    report = run(
        export(
            post(1, more=comment),
            post(2, type="page"),
            post(3, type="attachment", status="inherit"),
            post(4, type="nav_menu_item"),
            post(5, password="secret"),
            post(6, status="trash"),
            post(7, text=""),
            post(8, type="acf-field"),
        )
    )

    for line in (
        "9 items. Drafts made: 1.",
        "Left out: 1 readers’ comments",
        "Left out: 1 pages (import them with --pages, or as articles with --types page)",
        "Left out: 1 pictures and files",
        "Left out: 1 menu entries",
        "Left out: 1 behind a password",
        "Left out: 1 in the trash",
        "Left out: 1 without a text",
        "Left out: 1 of the kind “acf-field”",
    ):
        assert line in report
    assert "732" not in html_of(only())


def test_pages_are_articles_when_asked_for(export):
    run(export(post(2, type="page")), types="page")

    assert only().title == "Corns"
    assert not imported_pages()


def imported_pages():
    return list(SitePage.objects.filter(imported__isnull=False))


PAGE = post(
    2,
    type="page",
    title="About us",
    name="about-us",
    text="<p>We look after feet &amp; ankles.</p><h2>Our &lt;team&gt;</h2><p>Three people.</p>"
    "<h3>The desk</h3><p>Two.</p><ul><li>Call us</li></ul><h2>Parking</h2><p>Behind the house.</p>",
)


def test_pages_come_along_as_pages_when_asked_for(export):
    report = run(
        export(PAGE, post(3, text='<p>See <a href="https://old.example/2019/03/about-us/">us</a>.</p>')), pages=True
    )

    (page,) = imported_pages()
    assert "Drafts made: 2" in report
    assert "lead nowhere" not in report
    assert (page.title, page.slug, page.kind, page.live) == ("About us", "about-us", "information", False)
    assert page.summary == "We look after feet & ankles."
    assert [
        (row["value"]["heading"], [part["value"] for part in row["value"]["content"]]) for row in page.body.raw_data
    ] == [
        ("About us", ["<p>We look after feet &amp; ankles.</p>"]),
        ("Our <team>", ["<p>Three people.</p><h3>The desk</h3><p>Two.</p><ul><li>Call us</li></ul>"]),
        ("Parking", ["<p>Behind the house.</p>"]),
    ]
    assert page.full_clean() is None
    assert "Imported before, left alone: 2" in run(export(PAGE, post(3)), pages=True)
    assert len(imported_pages()) == 1


def test_address_of_an_imported_page_leads_to_it_once_it_is_public(client, export):
    run(export(PAGE), pages=True)
    assert client.get("/2019/03/about-us/").status_code == 404

    (page,) = imported_pages()
    page.save_revision().publish()

    assert client.get("/2019/03/about-us/").headers["Location"] == "/about-us/"
    SitePage.objects.get(pk=page.pk).unpublish()
    assert client.get("/2019/03/about-us/").status_code == 410


@pytest.mark.parametrize("name", ["privacy", "conditions", "what-it-costs"])
def test_imported_page_gets_no_address_of_the_site(export, name):
    run(export(post(2, type="page", title="Ours", name=name)), pages=True)

    assert imported_pages()[0].slug == f"{name}-2"


def test_page_without_a_text_is_left_out(export):
    assert "1 without a text" in run(export(post(2, type="page", text="")), pages=True)
    assert not imported_pages()


def test_old_addresses_lead_to_the_article_once_it_is_published(client, export, reviewer):
    run(export(post(7)))
    assert client.get("/2019/03/corns-7/").status_code == 404
    assert client.get("/?p=7").status_code == 200

    only().save_revision().publish(user=reviewer)

    assert client.get("/2019/03/corns-7/").headers["Location"] == "/conditions/corns-7/"
    assert client.get("/?p=7").headers["Location"] == "/conditions/corns-7/"


def test_author_and_date_are_in_the_history_and_nobody_becomes_a_reviewer(signed_in, export, editor):
    run(export(post(7)))

    page = signed_in(editor).get(f"/cms/snippets/articles/article/history/{only().pk}/").content.decode()

    assert "export.xml, office, 2019-03-12 09:30:00" in page
    assert only().reviewer is None


def test_imported_version_can_be_restored(signed_in, export, editor):
    run(export(post(7)))
    article = only()
    first = article.latest_revision_id
    article.summary = "The new words."
    article.save_revision(user=editor, log_action=True)

    page = signed_in(editor).get(f"/cms/snippets/articles/article/history/{article.pk}/").content.decode()

    assert f"/history/{article.pk}/revisions/{first}/revert/" in page


def test_categories_become_parts_of_the_foot_and_other_names_where_they_match(export):
    labels = "".join(f"<category>{one}</category>" for one in ("Heel Problems", "hard skin", "Uncategorized"))

    run(export(post(7, more=labels)))

    article = only()
    assert article.areas == ["heel"]
    assert article.lay_names == "hard skin"
    assert "Category or tag: “Uncategorized”" in notes(article)


def test_lines_of_the_old_editor_are_paragraphs(export):
    run(
        export(
            post(
                7, text="One <em>word</em>.\nSecond line.\n\n\nNew <strong>paragraph</strong>.\n<ul>\n<li>a</li>\n</ul>"
            )
        )
    )

    expected = "<p>One word.<br/>Second line.</p><p>New <b>paragraph</b>.</p><ul><li>a</li></ul>"
    assert texts(sections(only())["overview"]) == expected


def test_lines_of_the_new_editor_are_not(export):
    run(export(post(7, text="<!-- wp:paragraph -->\n<p>One\nline.</p>\n<!-- /wp:paragraph -->")))

    assert texts(sections(only())["overview"]) == "<p>One line.</p>"


def test_captions_galleries_and_the_featured_picture_come_along(export, media):
    for name in ("one.png", "two.png"):
        Picture.new("RGB", (30, 30), {"one.png": "red", "two.png": "blue"}[name]).save(media / name)
    attachments = [
        post(
            number, type="attachment", more=f"<wp:attachment_url>https://old.example/u/{name}</wp:attachment_url>{alt}"
        )
        for number, name, alt in (
            (20, "one.png", ""),
            (
                21,
                "two.png",
                "<wp:postmeta><wp:meta_key>_wp_attachment_image_alt</wp:meta_key>"
                "<wp:meta_value><![CDATA[A blue toe]]></wp:meta_value></wp:postmeta>",
            ),
        )
    ]
    text = (
        '[caption id="a" width="300"]<a href="#"><img src="/2019/03/arch-300x150.jpg" alt="Arch"></a>'
        ' Seen from the side[/caption]\n\nText\n\n[gallery ids="21"]'
    )
    thumbnail = "<wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key><wp:meta_value>20</wp:meta_value></wp:postmeta>"

    report = run(export(*attachments, post(7, text=text, more=thumbnail)), media=media)

    figures = [block["value"] for block in sections(only())["overview"]["content"] if block["type"] == "figure"]
    said = [(one["image"]["alt_text"], one["caption"]) for one in figures]
    assert said == [("", ""), ("Arch", "Seen from the side"), ("A blue toe", "")]
    assert "Pictures: 3." in report
    assert "Pictures that need a description: 1" in report


def test_shortcodes_are_left_out_and_noted_and_other_brackets_stay(export):
    run(export(post(7, text='Before [vc_row width="1"] and [audio src="x"] see [1] and [sic].')))

    assert texts(sections(only())["overview"]) == "<p>Before</p><p>and see [1] and [sic].</p>"
    assert any("[audio]" in note for note in notes(only()))


def test_truncated_export_says_where_and_keeps_what_came_before(export):
    source = export(post(7), post(8), post(9), tail="")
    text = source.read_text()
    source.write_text(text[: text.index("corns-9/")])

    report = run(source)

    assert "Refused: export.xml: broken at line" in report
    assert sorted(Article.objects.filter(imported__isnull=False).values_list("slug", flat=True)) == [
        "corns-7",
        "corns-8",
    ]


def test_broken_item_says_where_and_the_others_are_imported(export):
    broken = post(8, title="Broken").replace("<dc:creator>", "<dc:creator><b>A")
    source = export(post(7), broken, post(9), post(10))
    line = source.read_text().split("\n").index("<dc:creator><b>Aoffice</dc:creator>") + 1

    report = run(source)

    assert f"Refused: export.xml: broken at line {line}, column 25: mismatched tag (in “Broken”)" in report
    slugs = sorted(Article.objects.filter(imported__isnull=False).values_list("slug", flat=True))
    assert slugs == ["corns-10", "corns-7", "corns-9"]


@pytest.mark.parametrize("text", ["", "no xml at all", "<rss>", "<html><body>", "\x00\x01\x02"])
def test_export_that_is_none_is_refused_with_the_place(tmp_path, library, text):
    path = tmp_path / "x.xml"
    path.write_text(text)

    report = run(path)

    assert "broken at line 1" in report
    assert not ImportedArticle.objects.exists()


def test_export_with_entities_of_its_own_is_refused(export):
    source = export(post(7))
    bomb = '<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]>\n<rss'
    source.write_text(source.read_text().replace("<rss", bomb, 1).replace("Corns", "&b;"))

    report = run(source)

    assert "which only an attack does" in report
    assert not ImportedArticle.objects.exists()


def test_large_export_is_never_whole_in_memory(export):
    entries = list(wordpress_xml.entries(export(*[post(number, text="x" * 50_000) for number in range(40)])))

    assert [entry["wp:post_id"] for entry in entries] == [str(number) for number in range(40)]


def test_two_posts_of_the_same_address_both_come_in(export):
    report = run(export(post(7, name="heel-pain"), post(8, name="heel-pain")), verbosity=2)

    assert set(ImportedArticle.objects.values_list("article__slug", flat=True)) == {"heel-pain-2", "heel-pain-3"}
    assert "The address “heel-pain” was taken; this is “heel-pain-3”" in report


def test_post_without_a_title_is_named_by_its_address(export):
    run(export(post(7, title="", name="flat-feet-in-children")))

    assert only().title == "Flat feet in children"


def test_title_with_markup_and_too_long_is_cut_and_noted(export):
    run(export(post(7, title="<![CDATA[<em>Very</em> " + "long " * 40 + "]]>")))

    assert only().title.startswith("Very long long")
    assert len(only().title) <= 120
    assert "The title was longer" in notes(only())[0]


@pytest.mark.slow
def test_two_hundred_kilobytes_come_in_whole(export):
    text = "".join(f"<p>Sentence number {number} about corns, at length.</p>" for number in range(5_000))

    run(export(post(7, text=text)))

    assert len(text) > 200_000
    assert "Sentence number 4999" in texts(sections(only())["overview"])


def test_theme_unit_test_of_wordpress(library):
    data = os.environ.get("SHARED_DATA")
    if not data:
        pytest.skip("SHARED_DATA does not name the folder with wordpress-theme-unit-test.xml")

    report = run(Path(data) / "wordpress-theme-unit-test.xml")

    for line in (
        "212 items. Drafts made: 49.",
        "Left out: 70 menu entries",
        "Left out: 38 pictures and files",
        "Left out: 32 readers’ comments",
        "Left out: 21 pages",
        "Left out: 1 behind a password",
        "Left out: 1 without a text",
    ):
        assert line in report
    for imported in ImportedArticle.objects.select_related("article"):
        assert not any(word in html_of(imported.article) for word in ("<script", "<iframe", "javascript:", "onclick"))


# --- Web pages ---


def test_saved_page_comes_in_sections(folder, media):
    (folder / "tired-arches.html").write_text(SAVED_PAGE.read_text())

    report = run(folder, media=media)

    article = only()
    found = sections(article)
    assert article.title == "Tired Arches"
    assert article.summary == article.description == "Why arches get tired on long days, and how to rest them."
    assert found["symptoms"]["heading"] == "Symptoms of tired arches"
    assert texts(found["symptoms"]) == (
        "<ul><li>A dull ache in the <b>arch</b></li><li>Stiffness after sitting"
        "<ul><li>mostly in the evening</li></ul></li></ul>"
    )
    assert "hard floors" in texts(found["causes"])
    assert texts(found["self_care"]) == (
        "<ol><li>Put your feet up.</li><li>Roll a ball under your foot.</li></ol>"
        "<h3>A word about shoes</h3><p>Old shoes give less support.</p>"
    )
    assert found["urgency"]["today"] == ["your foot is red and hot", "you can not stand on it"]
    assert "<li>Soft – Standing</li>" in texts(found["treatment"])
    assert "<h3>Our shop</h3><p>We sell inserts.</p>" in texts(found["overview"])
    assert found["questions"] == [{"question": "Will it go away?", "answer": "<p>Mostly, with rest.</p>"}]
    source = found["sources"][0]
    assert (source["year"], source["url"]) == (2016, "https://handbook.example/feet")
    figure = next(block["value"] for block in found["overview"]["content"] if block["type"] == "figure")
    assert figure["image"]["alt_text"] == "A bare foot seen from the side"
    assert figure["caption"] == "The arch is on the inner side."
    assert "Pictures: 1." in report


def test_saved_page_leaves_menus_footers_and_everything_that_runs(folder, media):
    (folder / "tired-arches.html").write_text(SAVED_PAGE.read_text())

    run(folder, media=media)

    html = html_of(only())
    for word in (
        "Contact us",
        "Copyright",
        "Table of Contents",
        "Share",
        "dataLayer",
        "iframe",
        "javascript",
        "style",
        "onload",
        "evil.example",
        "elementor",
    ):
        assert word not in html


def test_saved_page_leaves_where_one_stands_what_to_press_and_what_is_stored(folder):
    import_page(
        folder,
        """
        <a class="skip-link" href="#main">Skip to content</a>
        <div class="hero-breadcrumb"><a href="/">Home</a> &gt; Heel pain</div>
        <ol class="crumbs"><li>Conditions</li></ol>
        <p>Rest your heel for two weeks, and wear soft shoes. See <a href="/shoes/">our shoes</a>, too.</p>
        <a class="btn btn-primary" href="/contact/">Book Appointment</a>
        <div class="wp-block-button"><a href="tel:+17325550142">(732) 555-0142</a></div>
        <div id="CybotCookiebotDialog"><p>This website uses cookies.</p></div>
        <div class="moove-gdpr gdpr">We value your privacy.</div>
        <div role="dialog"><h2>Our assistant</h2></div>
        <div class="wrap cta-band"><p>Imagine your first steps tomorrow.</p></div>
        """,
    )

    html = html_of(only())
    assert "Rest your heel for two weeks, and wear soft shoes." in html
    assert "our shoes" in html
    for word in ("Skip", "Home", "Conditions", "Book", "555", "cookies", "privacy", "assistant", "Imagine"):
        assert word not in html


def test_title_of_a_page_is_no_section_of_it(folder):
    (folder / "page.html").write_text(
        "<main><p>The first cause of heel pain.</p><h1>Heel pain treatment in Jupiter</h1><p>It hurts.</p></main>"
    )

    run(folder)

    assert list(sections(only())) == ["overview"]


def test_title_of_a_page_tells_the_part_of_the_foot(folder):
    (folder / "page.html").write_text("<main><h1>Heel pain and ankle pain</h1><p>It hurts.</p></main>")

    run(folder)

    assert set(only().areas) == {"heel", "ankle"}


def test_links_to_pages_that_have_not_moved_in_are_noted(folder):
    import_page(
        folder,
        '<p>See <a href="/services/laser/">laser</a>, <a href="/conditions/gout/">gout</a>, '
        '<a href="https://other.example/">others</a>.</p>',
    )

    assert notes(only()) == ["Links that lead nowhere until these pages have moved in: /services/laser/"]


def test_links_within_the_old_site_become_addresses_of_this_one(folder):
    (folder / "tired-arches.html").write_text(SAVED_PAGE.read_text())

    run(folder)

    text = texts(sections(only())["causes"])
    assert '<a href="/blog/flat-feet/">flat feet</a>' in text
    assert '<a href="https://other.example/shoes">shoes</a>' in text
    assert OldAddress.objects.get().path == "/blog/2019/03/tired-arches/"


@pytest.mark.thorough
def test_draft_of_a_saved_page_can_be_opened_and_previewed(folder, media, signed_in, editor):
    (folder / "tired-arches.html").write_text(SAVED_PAGE.read_text())
    run(folder, media=media)

    desk = signed_in(editor)

    assert desk.get(f"/cms/snippets/articles/article/edit/{only().pk}/").status_code == 200


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<p onclick=alert(1)>a</p>",
        "<a href='java&#10;script:alert(1)'>a</a>",
        "<a href='data:text/html,<script>alert(1)</script>'>a</a>",
        "<a href='//evil.example/'>a</a>",
        "<svg onload=alert(1)><script>alert(1)</script></svg>",
        "<math><mi xlink:href='javascript:alert(1)'>a</mi></math>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<object data=x></object><embed src=x>",
        "<style>p{background:url(javascript:alert(1))}</style>",
        "<p style='background:url(x)'>a</p>",
        "<img src=x onerror=alert(1)>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
        "<template><script>alert(1)</script></template>",
        "<form action=//evil.example><input name=q></form>",
        "<base href=//evil.example/>",
        "<meta http-equiv=refresh content='0;url=//evil.example'>",
        "<!--><script>alert(1)</script>-->",
        "<xmp><script>alert(1)</script></xmp>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
    ],
)
def test_nothing_hostile_is_kept(folder, hostile):
    import_page(folder, f"<p>{'harmless ' * 40}</p>{hostile}<p>the end</p>")

    kept = html_of(only()).lower()
    for word in (
        "<script",
        "onclick",
        "onerror",
        "onload",
        "javascript:",
        "data:text",
        "<iframe",
        "<svg",
        "<object",
        "<style",
        "style=",
        "<form",
        "<input",
        "<base",
        "<meta",
        'href=\\"//',
    ):
        assert word not in kept
    assert "the end" in kept


def test_lists_of_hostile_text_do_no_harm(folder):
    data = os.environ.get("SHARED_DATA")
    if not data:
        pytest.skip("SHARED_DATA does not name the folder with xss-payload-list.txt")
    injections = (Path(data) / "xss-payload-list.txt").read_text(errors="replace").splitlines()[::12]
    naughty = json.loads((Path(data) / "blns.json").read_text())

    import_page(folder, "".join(f"<div>{one}</div>" for one in [*injections, *naughty]))

    kept = html_of(only()).lower()
    tags = set(re.findall(r"<\s*/?\s*([a-z0-9]+)", kept))
    assert tags <= {"p", "ul", "ol", "li", "b", "br", "a"}
    assert 'href=\\"javascript' not in kept


def test_text_of_word_comes_in_without_its_markup(folder):
    import_page(
        folder,
        '<p class="MsoNormal" style="mso-margin"><o:p></o:p><span lang=EN-US>Heel&nbsp;pain <b>hurts</b></span></p>'
        "<!--[if gte mso 9]><xml><w:WordDocument></w:WordDocument></xml><![endif]-->",
    )

    assert texts(sections(only())["overview"]) == "<p>Heel pain <b>hurts</b></p>"


@pytest.mark.slow
def test_deep_nesting_does_no_harm(folder):
    import_page(folder, "<div>" * 5_000 + "<ul><li>" * 500 + "deep")

    assert "deep" in html_of(only())


# --- Pictures ---


def png_that_claims(path, width, height):
    """A small file whose header says that it is large."""
    file = BytesIO()
    Picture.new("RGB", (1, 1)).save(file, "PNG")
    data = bytearray(file.getvalue())
    data[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    data[29:33] = zlib.crc32(bytes(data[12:29])).to_bytes(4, "big")
    path.write_bytes(bytes(data))


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("note.jpg", b"not a picture", "it is not a picture, or a broken one"),
        ("empty.png", b"", "it is not a picture, or a broken one"),
        (
            "drawing.svg",
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            "SVG can carry scripts",
        ),
        (
            "hidden.png",
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            "it is not a picture",
        ),
        ("missing.jpg", None, "it is not in the media folder"),
    ],
)
def test_picture_that_is_none_is_left_out_with_the_reason(folder, media, name, content, why):
    if content is not None:
        (media / name).write_bytes(content)

    report = import_page(
        folder, f'<p>Text</p><figure><img src="/u/{name}"><figcaption>What it shows</figcaption></figure>', media=media
    )

    assert why in report
    assert name in report
    assert not get_image_model().objects.exists()
    assert "What it shows" in html_of(only())
    assert any(why in note for note in notes(only()))


def test_photo_of_sixty_megapixels_is_refused_before_it_is_decoded(folder, media, monkeypatch):
    png_that_claims(media / "huge.png", 10_000, 6_000)

    def decoded(*args):
        raise AssertionError

    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", decoded)

    assert "it has 60 million pixels; 50 million are the most" in import_page(
        folder, '<p>x</p><img src="huge.png">', media=media
    )


def test_editors_desk_refuses_a_photo_of_sixty_megapixels_too(settings):
    assert settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS < 60_000_000


def test_picture_of_too_many_bytes_is_refused(folder, media, monkeypatch):
    monkeypatch.setattr(importing_pictures, "MOST_BYTES", 1_000)

    assert "it is larger than" in import_page(folder, '<p>x</p><img src="arch.jpg">', media=media)


@pytest.mark.parametrize(
    "address",
    [
        "../../etc/passwd",
        "/u/../../../etc/passwd",
        "%2e%2e/%2e%2e/etc/passwd",
        "..\\..\\etc\\passwd",
        "/u/x%00.jpg",
    ],
)
def test_name_that_leads_out_of_the_media_folder_is_refused(folder, media, address):
    (media.parent / "secret.jpg").write_bytes((media / "2019" / "03" / "arch.jpg").read_bytes())

    report = import_page(folder, f'<p>x</p><img src="{address}">', media=media)

    assert "its name leads out of the media folder" in report
    assert not get_image_model().objects.exists()


def test_link_out_of_the_media_folder_is_not_followed(folder, media, tmp_path):
    outside = tmp_path / "outside.jpg"
    outside.write_bytes((media / "2019" / "03" / "arch.jpg").read_bytes())
    (media / "inside.jpg").symlink_to(outside)

    assert "it is not in the media folder" in import_page(folder, '<p>x</p><img src="inside.jpg">', media=media)


def test_same_picture_is_kept_once(folder, media):
    for name in ("a", "b"):
        (folder / f"{name}.html").write_text(f'<h1>{name}</h1><p>Text</p><img src="/2019/03/arch.jpg" alt="Arch">')

    run(folder, media=media)

    assert get_image_model().objects.count() == 1


# --- Markdown, text, and files that are neither ---


def test_markdown_with_front_matter(folder):
    (folder / "bunions-in-teens.md").write_text(
        "---\ntitle: Bunions in teens\nauthor: Office\ndate: 2020-01-02\ntags: [toes]\naliases: [/bunion-teens.html]\n"
        "---\nA bump at the **big toe**.\n\n## Symptoms\n\n- redness\n\n| a | b |\n|---|---|\n| c | d |\n\n"
        "<script>alert(1)</script>\n"
    )

    run(folder)

    article = only()
    assert (article.title, article.slug, article.areas) == ("Bunions in teens", "bunions-in-teens", ["toes"])
    assert texts(sections(article)["overview"]) == "<p>A bump at the <b>big toe</b>.</p>"
    assert texts(sections(article)["symptoms"]) == "<ul><li>redness</li></ul><ul><li>a – b</li><li>c – d</li></ul>"
    assert OldAddress.objects.get().path == "/bunion-teens.html"


def test_broken_front_matter_says_where(folder):
    (folder / "a.md").write_text("---\ntitle: [never closed\n---\n\nText\n")
    (folder / "b.md").write_text("# B\n\nText\n")

    report = run(folder)

    assert "Refused: a.md: its front matter is broken at line" in report
    assert only().title == "B"


def test_plain_text_pasted_from_a_page(folder):
    (folder / "cracked-heels.txt").write_text(
        "Cracked heels\r\n\r\nDry skin splits. It can hurt.\r\n\r\nSYMPTOMS\r\n• dry skin\r\n• deep lines\r\n\r\n"
        "How to prevent it\r\n\r\n1. Use a cream.\r\n2. Wear socks.\r\n\r\n"
        "Does it last long?\r\n\r\nNo. 3 < 4 weeks.\r\n"
    )

    run(folder)

    found = sections(only())
    assert only().title == "Cracked heels"
    assert texts(found["symptoms"]) == "<ul><li>dry skin</li><li>deep lines</li></ul>"
    assert texts(found["prevention"]) == "<ol><li>Use a cream.</li><li>Wear socks.</li></ol>"
    assert found["questions"] == [{"question": "Does it last long?", "answer": "<p>No. 3 &lt; 4 weeks.</p>"}]


def test_text_of_an_older_windows_is_read(folder):
    (folder / "a.txt").write_bytes("Bunions\n\nThe toe’s joint".encode("cp1252"))

    run(folder)

    assert "The toe’s joint" in only().summary


def test_other_files_are_left_out_with_their_reasons(folder, tmp_path):
    (folder / "a.pdf").write_bytes(b"PK")
    (folder / "b.html").write_bytes(b"\0\1\2")
    (folder / "c.txt").write_text("\n \n")
    (folder / ".hidden.md").write_text("# Hidden\n\nText")
    (tmp_path / "outside.md").write_text("# Outside\n\nText")
    (folder / "d.md").symlink_to(tmp_path / "outside.md")

    report = run(folder)

    assert "Left out: 1 files that are neither Markdown nor HTML nor Word nor text" in report
    assert "Refused: b.html: it is not a text" in report
    assert "Left out: 1 without a text" in report
    assert "Refused: d.md: it is a link to a file outside the folder" in report
    assert not ImportedArticle.objects.exists()


def test_one_file_is_a_source_too(folder):
    (folder / "a.md").write_text("# A\n\nText\n")

    run(folder / "a.md")

    assert only().title == "A"


def test_file_is_known_again_whether_it_came_alone_or_in_its_folder(folder):
    (folder / "a.md").write_text("# A\n\nText\n")
    run(folder / "a.md")

    assert "Imported before, left alone: 1" in run(folder)


def test_source_that_is_not_there_stops_with_a_sentence(tmp_path, db):
    with pytest.raises(CommandError, match="There is no"):
        call_command("import_articles", str(tmp_path / "nothing"))
    with pytest.raises(CommandError, match="is not a folder"):
        call_command("import_articles", str(tmp_path), media=tmp_path / "nothing")
