"""What other systems write into a text: page builders, blocks, footnotes, site generators, Word, raised signs."""

import json
import os
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

import pytest
from wagtail.models import Locale

from articles.importing import generators, wordpress_xml
from articles.importing.cleaning import clean, plain
from articles.importing.docx import fill_from_docx
from articles.importing.files import read
from articles.importing.items import Item, Noted, Refused
from articles.importing.page import fill_from_page
from articles.importing.pieces import pieces
from articles.importing.raised import raised
from articles.importing.shortcodes import open_shortcodes
from articles.importing.typed import marked
from articles.importing.unpacking import NotUnpacked
from articles.models import Article, ImportedArticle
from tests.articles.test_import import HEAD, TAIL, notes, only, post, run, sections, texts


@pytest.fixture
def export(tmp_path, library):
    """Writes an export of some items."""

    def write(*items):
        path = tmp_path / "export.xml"
        path.write_text(HEAD + "".join(items) + TAIL, encoding="utf-8")
        return path

    return write


def opened(html, **pictures):
    item = Item(source="", name="", html=html)
    open_shortcodes(item, pictures)
    return item


def filled(html, **values):
    """An article of such a text: its sections, and its notes."""
    item = Item(source="", name="", title="Title", html=html, **values)
    said = []
    article = Article()
    body = fill_from_page(article, item, said)
    return article, {section["type"]: section["value"] for section in body}, said


def meta(key, value):
    return (
        f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value><![CDATA[{value}]]></wp:meta_value></wp:postmeta>"
    )


# --- Raised signs: a dose never changes ---


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("10<sup>3</sup> mg", "10³ mg"),
        ("2 m<sup>2</sup>", "2 m²"),
        ("10<sup>-3</sup>", "10⁻³"),
        ("H<sub>2</sub>O", "H₂O"),
        ("5<sup>th</sup> toe", "5th toe"),
        ("x<sup>ab</sup> V<sub>max</sub>", "x^(ab) V_(max)"),
        ('200 mg<sup><a href="#fn1">1</a></sup>', "200 mg[1]"),
        ('<sup class="fn"><a href="#a">[2]</a></sup>', "[2]"),
        ("<SUP><b>3</b></SUP>", "³"),
        ("a<sup></sup>b", "ab"),
    ],
)
def test_raised_signs_stay_raised(html, text):
    assert plain(html) == text
    assert plain(clean(f"<p>{html}</p>")) == text
    assert "<sup" not in raised(html).lower()


# --- Page builders ---


@pytest.mark.parametrize(
    ("code", "html"),
    [
        ('[vc_custom_heading text="Options" font_container="tag:h3"]', "<h3>Options</h3>"),
        ('[vc_toggle title="Will it go away?"]Mostly.[/vc_toggle]', "<summary>Will it go away?</summary>"),
        ('[et_pb_accordion_item title="Does it hurt?"]<p>No.</p>[/et_pb_accordion_item]', "<summary>Does it hurt?"),
        ('[et_pb_blurb title="Insoles" image="/u/a.jpg"]<p>Soft.</p>[/et_pb_blurb]', '<img src="/u/a.jpg" alt="">'),
        ('[vc_single_image image="900" img_size="full"]', '<img src="https://old.example/a.jpg" alt="">'),
        ('[et_pb_testimonial author="Ann"]Fine.[/et_pb_testimonial]', "<p>Ann</p>"),
        ('[fusion_title size="2"]Care[/fusion_title]', "Care"),
        ('[vc_btn title="Book" link="url:https%3A%2F%2Fx.example|title:Go"]', '<a href="https://x.example">Book</a>'),
        ('[button link="/book" size=large]Book now[/button]', '<p><a href="/book">Book now</a></p>'),
        ("[youtube https://www.youtube.com/watch?v=zz]", '<a href="https://www.youtube.com/watch?v=zz">'),
        ("a\nhttps://youtu.be/zz\nb", '<a href="https://youtu.be/zz">'),
        (
            '[et_pb_cta title="Say %22yes%22" button_text="Call" button_url="/c"]x[/et_pb_cta]',
            "<h3>Say &quot;yes&quot;</h3>",
        ),
    ],
)
def test_words_in_attributes_come_along(code, html):
    found = opened(code, **{"900": "https://old.example/a.jpg"}).html.replace("\n", "")

    assert html in found
    assert "[vc" not in found
    assert "[/" not in found


def test_toggle_without_its_end_is_closed_and_wrappers_say_nothing():
    item = opened('[vc_row][vc_tta_accordion][vc_tta_section title="A?"]one[/vc_column][/vc_row]')

    assert item.html.endswith("</details>")
    assert item.notes == []


def test_what_is_lost_of_a_shortcode_is_in_the_note():
    item = opened('[contact-form-7 id="5" title="Ask us"] [vc_raw_html]PHNjcmlwdD4=[/vc_raw_html]')

    assert item.notes == [
        "The shortcode [vc_raw_html] was left out; see what it showed",
        "The shortcode [contact-form-7] was left out; see what it showed: “Ask us”",
    ]
    assert "PHNj" not in item.html


@pytest.mark.parametrize("text", ["[1]", "[200 mg]", "[see note]", "[sic]", "[blood sugar > 200]", "[note 2]"])
def test_plain_brackets_stay(text):
    assert opened(f"<p>a {text} b</p>").html == f"<p>a {text} b</p>"


def test_text_below_a_question_is_not_its_answer(db):
    _article, found, _said = filled(
        "<h2>Treatment</h2><p>Rest.</p><details><summary>Is surgery needed?</summary><p>Rarely.</p></details>"
        "<p>Call our office.</p><div class='faq'><h3>Will it last?</h3><p>No.</p></div><p>Wear soft shoes.</p>"
    )

    assert found["questions"] == [
        {"question": "Is surgery needed?", "answer": "<p>Rarely.</p>"},
        {"question": "Will it last?", "answer": "<p>No.</p>"},
    ]
    assert texts(found["treatment"]) == "<p>Rest.</p><p>Call our office.</p><p>Wear soft shoes.</p>"


def test_what_an_article_cannot_show_is_named(db):
    _article, found, said = filled(
        '<p>One.</p><iframe src="https://maps.example/x"></iframe>'
        "<table><tr><td>Flat</td><td>0</td></tr></table><form></form>"
    )

    assert texts(found["overview"]) == "<p>One.</p><ul><li>Flat – 0</li></ul>"
    assert said == [
        "A frame was left out: https://maps.example/x",
        "A form was left out",
        "A table is now a list: each row is an item",
    ]


# --- WordPress ---


def test_reusable_blocks_and_footnotes_come_along(export):
    text = (
        '<!-- wp:paragraph --><p>Take 200 mg<sup data-fn="b" class="fn"><a href="#b">1</a></sup> a day.</p>'
        '<!-- wp:block {"ref":70} /--><!-- wp:block {"ref":71} /--><!-- wp:footnotes /-->'
    )
    kept = json.dumps([{"id": "a", "content": "Unused 2001"}, {"id": "b", "content": "Smith, 2020"}])

    run(
        export(
            post(70, type="wp_block", text="<p>Call us first.</p>"), post(7, text=text, more=meta("footnotes", kept))
        )
    )

    found = sections(only())
    assert texts(found["overview"]) == "<p>Take 200 mg[1] a day.</p><p>Call us first.</p>"
    assert [source["title"] for source in found["sources"]] == ["Smith, 2020", "Unused 2001"]
    assert "A reusable block (71) is not in the export" in notes(only())


def test_other_kinds_of_items_are_articles_if_named(export):
    source = export(post(7, type="conditions"), post(8, type="team"))

    assert "Left out: 1 of the kind “conditions”" in run(source)
    run(source, types="conditions,services")

    assert ImportedArticle.objects.count() == 1


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("_yoast_wpseo_metadesc", "Heel pain, told by our podiatrists.", "Heel pain, told by our podiatrists."),
        ("rank_math_description", "What helps the heel.", "What helps the heel."),
        ("_yoast_wpseo_metadesc", "%%title%% in Toms River", "Corns are hard skin."),
    ],
)
def test_description_for_search_engines_comes_from_the_plugin(export, key, value, said):
    run(export(post(7, more=meta(key, value))))

    assert only().description == said


@pytest.mark.parametrize(
    ("status", "note"),
    [
        ("private", "was private"),
        ("pending", "waited for a review"),
        ("draft", "was a draft"),
        ("future", "2019-03-12"),
    ],
)
def test_state_on_the_old_site_is_noted(export, status, note):
    run(export(post(7, status=status)))

    assert any(note in said for said in notes(only()))


def spanish(number, name="dolor-de-talon", **more):
    terms = '<category domain="language" nicename="es">Español</category>'
    terms += '<category domain="post_translations" nicename="pll_5f">pll_5f</category>'
    return post(number, name=name, title="Dolor de talón", more=terms, **more)


def english(number):
    terms = '<category domain="language" nicename="en">English</category>'
    terms += '<category domain="post_translations" nicename="pll_5f">pll_5f</category>'
    return post(number, name="sore-heel", more=terms)


def test_article_in_a_language_the_site_lacks_is_left_out_and_said(export):
    report = run(export(spanish(7), english(8), post(9, name="otro").replace("/2019/03/", "/es/")))

    assert "Left out: 2 in a language that this site does not have (“es”)" in report
    assert only().lay_names == ""
    assert not any("pll" in note for note in notes(only()))


def test_translations_know_of_each_other_where_the_site_has_both_languages(export, settings):
    settings.LANGUAGES = settings.WAGTAIL_CONTENT_LANGUAGES = [("en", "English"), ("es", "Spanish")]
    Locale.objects.create(language_code="es")

    run(export(english(8), spanish(7)))

    found = {one.article.locale.language_code: one.article for one in ImportedArticle.objects.all()}
    assert found["es"].translation_key == found["en"].translation_key
    assert found["es"].slug == "dolor-de-talon"


def test_short_name_is_decoded(export):
    run(export(post(7, name="%c2%bfque-es-el-juanete")))

    assert only().slug == "que-es-el-juanete"


@pytest.mark.parametrize(
    "href",
    [
        "https://www.old.example/2019/03/corns-8/",
        "http://old.example/2019/03/corns-8/#part",
        "/2019/03/corns-8",
        "https://old.example/?p=8",
        "../corns-8/",
        "corns-8/",
    ],
)
def test_links_between_items_of_an_export_are_links_between_articles(export, href):
    run(export(post(7, text=f'<p>See <a href="{href}">it</a>.</p>'), post(8, title="Other")))

    first, second = (ImportedArticle.objects.get(source__endswith=f"#{number}").article for number in (7, 8))
    assert texts(sections(first)["overview"]) == f'<p>See <a linktype="article" id="{second.pk}">it</a>.</p>'
    assert notes(first) == []


def test_dry_run_knows_what_will_lead_somewhere(export):
    report = run(
        export(post(7, text='<p><a href="/2019/03/corns-8/">a</a> <a href="/gone/">b</a></p>'), post(8)),
        dry_run=True,
        verbosity=2,
    )

    assert "until these pages have moved in: /gone/" in report
    assert "corns-8/" not in report.partition("until these")[2]


def entries_of(tmp_path, data):
    path = tmp_path / "x.xml"
    path.write_bytes(data)
    return list(wordpress_xml.entries(path))


def test_letters_that_xml_forbids_cost_nothing_but_themselves(tmp_path):
    item = post(7, title="Foot &nbsp;& ankle", text="<p>A\x0bB &nbsp; C</p>").encode()
    data = b"\n\n" + HEAD.encode().replace(b"Old practice", b"Old\x1f & practice") + item
    data += post(8, text="<p>caf\xe9</p>").encode("latin-1") + TAIL.encode()

    noted, first, second = entries_of(tmp_path, data)

    assert isinstance(noted, Noted)
    assert (first["title"], first["content:encoded"], first.mended) == ("Foot \xa0& ankle", "<p>AB &nbsp; C</p>", True)
    assert second["content:encoded"] == "<p>café</p>"
    assert second.mended


def test_right_export_is_not_touched(tmp_path):
    head = HEAD.replace("<channel>", "<!-- 1 & 2 ]]> --><channel>")
    found = entries_of(tmp_path, (head + post(7, text="a & b <!-- & --> ]]&gt;") + TAIL).encode())

    assert [entry["content:encoded"] for entry in found] == ["a & b <!-- & --> ]]&gt;"]
    assert not found[0].mended


def test_export_in_one_line_is_read_in_pieces(tmp_path, monkeypatch):
    monkeypatch.setattr(wordpress_xml, "PIECE", 40)
    line = (HEAD + "".join(post(number, text="<p>caf\u00e9 &amp; more</p>") for number in range(1, 6)) + TAIL).replace(
        "\n", " "
    )

    found = entries_of(tmp_path, line.encode())

    assert [entry["wp:post_id"] for entry in found] == ["1", "2", "3", "4", "5"]
    assert {entry["content:encoded"] for entry in found} == {"<p>café &amp; more</p>"}


def test_text_that_only_elementor_has_is_found(export):
    widgets = [{"elements": [{"settings": {"title": "Care", "editor": "<p>Rest it.</p>"}}]}]

    run(export(post(7, text="", more=meta("_elementor_data", json.dumps(widgets)))))

    assert "Rest it." in texts(sections(only())["overview"])


# --- Site generators ---


def files_of(folder, **texts_by_name):
    for name, text in texts_by_name.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return {item.name: item for item in read(folder)}


def test_toml_and_json_front_matter_are_read(tmp_path):
    found = files_of(
        tmp_path,
        **{
            "a.md": '+++\ntitle = "Heel"\naliases = ["/old/heel/"]\ndraft = true\n+++\nIt hurts.\n',
            "b.md": '{\n"title": "Toe", "slug": "toe-pain"\n}\nIt is red.\n',
            "c.md": "+++\ntitle = [broken\n+++\nText\n",
        },
    )

    assert (found["a.md"].title, found["a.md"].old_addresses) == ("Heel", ("/old/heel/",))
    assert found["a.md"].notes == ["It was a draft on the old site and was not public"]
    assert (found["b.md"].title, found["b.md"].slug) == ("Toe", "toe-pain")
    assert isinstance(found["c.md"], Refused)


def test_post_is_named_by_its_folder_and_without_its_date():
    assert [
        generators.name_of(PurePosixPath(path))
        for path in ("posts/flat-feet/index.md", "2021-05-06-nails.md", "a/_index.md", "heel.md")
    ] == ["flat-feet", "nails", "a", "heel"]


def test_code_of_a_generator_goes_and_links_and_figures_stay():
    item = Item(source="", name="")
    text = generators.without_code(
        item,
        '{% include cta.html %}[a]({{< ref "b.md" >}}) [c]({% post_url 2021-01-02-d %}) {{ site.name }}\n'
        '{{< figure src="/a.jpg" alt="Arch" title="Cap" >}}\nA note.[^x]\n\n[^x]: Smith\n    2020.\n',
    )

    assert "[a](b.md) [c](2021-01-02-d.md)" in text
    assert '<figure><img src="/a.jpg" alt="Arch"><figcaption>Cap</figcaption></figure>' in text
    assert "A note.\\[1\\]" in text
    assert text.endswith("## Footnotes\n\n1. Smith 2020.\n")
    assert [note.partition(": ")[2] for note in item.notes] == ["{% include cta.html %}", "{{ site.name }}"]


# --- Word ---


def document(path, body, **parts):
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    kinds = "http://schemas.openxmlformats.org/package/2006/content-types"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    with ZipFile(path, "w") as file:
        file.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{kinds}"><Default Extension="rels" ContentType="application/'
            'vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
            "</Types>",
        )
        file.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{relations}"><Relationship Id="r1" Target="word/document.xml" Type="http://schemas.'
            'openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>',
        )
        file.writestr("word/document.xml", f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>')
        for name, text in parts.items():
            file.writestr(f"word/{name}.xml", text)
    return path


def line(text, style="", run_style=""):
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{named}<w:r><w:rPr>{run_style}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


def test_word_file_comes_in_by_its_styles_and_its_typing(tmp_path, db):
    raised_two = (
        '<w:p><w:r><w:t xml:space="preserve">Give 5 mg on 2 m</w:t></w:r>'
        '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>2</w:t></w:r></w:p>'
    )
    path = document(
        tmp_path / "heel.docx",
        line("Heel care", "Heading1")
        + raised_two
        + line("Symptoms", run_style="<w:b/>")
        + line("- Pain")
        + line("- Swelling")
        + line("Struck", run_style="<w:strike/>")
        + line("Contact Shore Foot Center")
        + line("(732) 555-0110"),
    )
    item = Item(source="", name="")

    fill_from_docx(item, path)
    _article, found, said = filled(item.html, from_a_copy=True, left_out=item.left_out)

    assert "<p>Give 5 mg on 2 m²</p>" in texts(found["overview"])
    assert texts(found["symptoms"]).endswith("<ul><li>Pain</li><li>Swelling</li></ul>")
    assert "Left out: “Struck”" in said
    assert "Left out: “(732) 555-0110”" in said


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("<w:p/>]]><!DOCTYPE x>", "which only an attack does"),
        ("<w:p>", "not a Word file that can be read"),
    ],
)
def test_word_file_that_is_none_is_refused(tmp_path, body, why):
    with pytest.raises(NotUnpacked, match=why):
        fill_from_docx(Item(source="", name=""), document(tmp_path / "a.docx", body))


def test_formulas_and_open_changes_of_word_are_noted(tmp_path):
    item = Item(source="", name="")
    space = "http://schemas.openxmlformats.org/officeDocument/2006/math"
    formula = f'<w:p><m:oMath xmlns:m="{space}"/><w:r><w:t>x</w:t></w:r></w:p>'
    added = '<w:p><w:ins w:id="1"><w:r><w:t>y</w:t></w:r></w:ins></w:p>'

    fill_from_docx(item, document(tmp_path / "a.docx", formula + added))

    assert any("formulas" in note for note in item.notes)
    assert any("nobody had accepted" in note for note in item.notes)


def test_lists_and_headings_of_word_in_a_copy():
    word = (
        '<p class="MsoHeading2">Care</p>'
        "<p class=MsoListParagraphCxSpFirst style='mso-list:l0 level1 lfo1'><![if !supportLists]>"
        "<span style='mso-list:Ignore'>·<span>&nbsp;&nbsp;</span></span><![endif]>Rest</p>"
        "<p class=MsoListParagraphCxSpMiddle style='mso-list:l0 level2 lfo1'>"
        "<span style='mso-list:Ignore'>1.</span>An hour</p>"
        "<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'>"
        "<span style='mso-list:Ignore'>·</span>Ice</p>"
    )

    found = [piece.text for piece in pieces(clean(word))]

    assert found == ["Care", "<ul><li>Rest<ol><li>An hour</li></ol></li><li>Ice</li></ul>"]


def test_bold_of_google_docs_is_bold_and_its_wrapper_is_not():
    docs = '<b style="font-weight:normal"><p><span style="font-weight:700">Rest</span> now.</p></b>'

    assert [piece.text for piece in pieces(clean(docs))] == ["<p><b>Rest</b> now.</p>"]


def test_bold_lines_are_headings_and_typed_signs_lists():
    found = marked(pieces("<p><b>Causes</b></p><p>• Shoes</p><p>• Sports</p><p>1. Rest</p><p>2. Ice</p><p>End.</p>"))

    assert [(piece.kind, piece.text) for piece in found] == [
        ("h2", "Causes"),
        ("text", "<ul><li>Shoes</li><li>Sports</li></ul>"),
        ("text", "<ol><li>Rest</li><li>Ice</li></ol>"),
        ("text", "<p>End.</p>"),
    ]


# --- The cases at hand ---


@pytest.mark.skipif("SHARED_DATA" not in os.environ, reason="SHARED_DATA does not name the folder with import-cases")
def test_every_case_comes_in_whole(library):
    cases = Path(os.environ["SHARED_DATA"]) / "import-cases"

    refused = [path.name for path in sorted(cases.glob("*.xml")) if "Refused" in run(path)]

    assert refused == ["07-broken.xml"]  # it ends in the middle of an item
    assert ImportedArticle.objects.count() > 20
