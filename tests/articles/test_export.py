"""All articles as text files, and back again."""

import json
import re
from datetime import date, timedelta
from io import BytesIO, StringIO

import pytest
from django.core.files.images import ImageFile
from django.core.management import CommandError, call_command
from django.utils import timezone
from django.utils.html import escape
from PIL import Image as Picture
from wagtail.images import get_image_model

from articles.exporting import to_text
from articles.importing.comments import keep_questions
from articles.library import clean_rich_text, parse
from articles.links import with_addresses
from articles.management.commands.load_articles import LIBRARY
from articles.models import Article, LibraryEntry, ReaderQuestion, RelatedArticle, SitePage

FIELDS = (
    "slug",
    "title",
    "medical_name",
    "short_title",
    "summary",
    "description",
    "areas",
    "lay_names",
    "ask",
    "home_position",
    "questions_open",
    "sample",
)
HOSTILE = [
    "*stars* _lines_ `ticks` [brackets](x) <b> & &amp; \\ # | ~~ !",
    "# no heading",
    "- no item",
    "1. no number",
    "1) no number",
    "+ plus",
    "=== no line",
    "--- no line",
    "> no quotation",
    "```no fence",
    "![no](picture)",
    '"quotes" and “curly” ones',
    "ends with #",
    "https://example.com/ and a@b.example",
    "<script>alert(1)</script>",
    "ümläut, ñ, 日本語, 👣, \u00a0nbsp",
    "two  spaces",
    "Do",
    "a | b",
]


def run(folder, **options):
    said = StringIO()
    call_command("export_articles", str(folder), stdout=said, **options)
    return said.getvalue()


def empty_tables():
    LibraryEntry.objects.all().delete()
    Article.objects.all().delete()
    get_image_model().objects.all().delete()


def there_and_back(folder):
    """Export, empty the tables, import."""
    run(folder)
    empty_tables()
    call_command("import_articles", str(folder), stdout=StringIO())


def body_of(article):
    """What the sections hold, without the numbers that Wagtail gives to blocks, pictures and articles."""

    def address(pk, slug):
        return f"/conditions/{Article.objects.get(pk=pk).slug if pk else slug}/"

    def bare(value):
        if isinstance(value, dict):
            if set(value) >= {"image", "alt_text"}:
                image = get_image_model().objects.get(pk=value["image"])
                with image.file.open("rb") as file:
                    return [image.title, file.read(), value["decorative"], value["alt_text"]]
            if set(value) == {"type", "value", "id"} and value["type"] == "item":
                return bare(value["value"])
            return {name: bare(part) for name, part in value.items() if name != "id"}
        if isinstance(value, list):
            return [bare(part) for part in value]
        if isinstance(value, str) and re.search(r"^<(?:p|ul|ol)\b", value):
            return clean_rich_text(with_addresses(value, address))
        return value

    return bare(json.loads(json.dumps(article.body.get_prep_value())))


def all_of(article):
    article = article.get_latest_revision_as_object()
    values = {name: getattr(article, name) for name in FIELDS}
    return {**values, "body": body_of(article), "related": [link.related.slug for link in article.related_links.all()]}


def read_again(article):
    """An article as its text file says it, without the way through the tables."""
    read = parse(to_text(article, dict(Article.objects.values_list("pk", "slug"))).text, article.slug, exported=True)
    return Article(body=json.dumps(read.body), **read.fields)


def everything():
    return {article.slug: all_of(article) for article in Article.objects.all()}


def draft_of(article, *body):
    """A draft with a body of its own, saved over the article."""
    article.body = json.dumps(list(body))
    article.save_revision()
    return article


def section(*content, kind="overview", heading=""):
    return {"type": kind, "value": {"heading": heading, "content": list(content)}}


def text(html):
    return {"type": "text", "value": html}


@pytest.fixture
def image(db):
    file = BytesIO()
    Picture.new("RGB", (20, 10), "#884422").save(file, "PNG")
    return get_image_model().objects.create(title="A foot “bare”", file=ImageFile(file, name="foot (1).png"))


@pytest.mark.slow
def test_library_comes_back_unchanged(tmp_path, library):
    before = everything()

    there_and_back(tmp_path / "out")

    assert len(before) >= 20
    assert everything() == before


@pytest.mark.thorough
def test_library_is_written_as_it_is_read(library):
    slug_of = dict(Article.objects.values_list("pk", "slug"))
    paths = list(LIBRARY.glob("*.md"))
    assert len(paths) > 20
    for path in paths:
        original = parse(path.read_text(), path.stem)

        exported = to_text(Article.objects.get(slug=path.stem), slug_of)

        again = parse(exported.text, path.stem)
        assert (again.fields, again.related, again.body) == (original.fields, original.related, original.body)
        assert "```" not in exported.text


@pytest.mark.slow
def test_imported_articles_are_drafts_again(tmp_path, library):
    there_and_back(tmp_path / "out")

    assert Article.objects.exists()
    assert not Article.objects.filter(live=True).exists()
    assert not Article.objects.exclude(reviewer=None).exists()


@pytest.mark.slow
def test_pictures_come_back_with_their_descriptions(tmp_path, article, image):
    figures = [
        {
            "image": {"image": image.pk, "decorative": False, "alt_text": 'A "bare" foot [left] * on a mat'},
            "caption": "",
        },
        {"image": {"image": image.pk, "decorative": True, "alt_text": ""}, "caption": 'Caption “with” "quotes" & <b>'},
        {"image": {"image": image.pk, "decorative": False, "alt_text": ""}, "caption": ""},
    ]
    draft_of(article, section(*({"type": "figure", "value": figure} for figure in figures)))
    before = all_of(article)

    there_and_back(tmp_path / "out")

    assert all_of(Article.objects.get(slug="heel-pain")) == before
    assert get_image_model().objects.count() == 1


def steps(heading, **value):
    empty = {"how_long": "", "how_often": "", "stop_if": "", "picture": {"name": "", "alt": ""}}
    return {"type": "steps", "value": {"heading": heading, "steps": [], **empty, **value}}


@pytest.mark.parametrize("words", HOSTILE)
def test_any_words_come_back_as_they_were(article, words):
    kept = escape(words)
    draft_of(
        article,
        section(
            text(f"<p>{kept}</p><p>a<br/>{kept}</p><ul><li>{kept}</li><li><b>{kept}</b> after</li></ul>"),
            {"type": "drawing", "value": {"name": "heel", "alt": words, "caption": words}},
            {"type": "dos", "value": {"do": [words, words], "do_not": []}},
            {"type": "first", "value": {"text": words}},
            text(f"<p>{kept}</p>"),
            steps(words, steps=[words, words], how_long=words, stop_if=words, picture={"name": "heel", "alt": words}),
            {"type": "drawing", "value": {"name": "heel", "alt": words, "caption": ""}},
            steps(words),
            {"type": "chance", "value": {"many": 8, "out_of": "10", "outcome": words, "source": words}},
            {"type": "chance", "value": {"many": None, "out_of": "100", "outcome": words, "source": ""}},
            text(f"<p>{kept}</p>"),
            heading=words,
        ),
        {"type": "urgency", "value": {"now": [words], "today": [], "soon": [words]}},
        {"type": "questions", "value": [{"question": words, "answer": f"<p>{kept}</p>"}]},
        {"type": "sources", "value": [{"title": words, "publisher": words, "year": 2020, "url": ""}]},
    )
    for name in ("title", "summary", "description", "medical_name", "ask"):
        setattr(article, name, words)
    article.lay_names = f"{words}\nsecond"

    again = read_again(article)

    assert {name: getattr(again, name) for name in FIELDS} == {name: getattr(article, name) for name in FIELDS}
    assert body_of(again) == body_of(article)


@pytest.mark.parametrize(
    "html",
    [
        "<ul><li>a<ul><li>b<ol><li>c</li></ol></li></ul></li><li>d</li></ul>",
        "<ul><li>a</li></ul><ul><li>b</li></ul>",
        "<ol><li>a</li></ol><ol><li>b</li></ol>",
        "<p>a</p><ul><li>b</li></ul><p>c</p>",
        "<p><b>Stop.</b>Then</p>",
        "<p>a<b> b </b>c</p>",
        "<p><b>a <a href='https://x.example/'>b</a></b></p>",
        '<p><a href="https://x.example/a(b)c?d=1&amp;e=2">x</a></p>',
        '<p><a href="mailto:a@b.example">x</a> <a href="tel:+17325550142">y</a> <a href="/privacy/">z</a></p>',
        '<p><a href="http://x.example/">x</a></p>',
        "<p>a<br/>b<br/><br/>c</p>",
        "<ul><li>a<br/>b</li></ul>",
        "<p></p><p>a</p>",
        "<p data-block-key='x1'>a</p>",
    ],
)
def test_any_text_comes_back_as_it_was(article, html):
    draft_of(article, section(text(html)), {"type": "questions", "value": [{"question": "q", "answer": html}]})

    assert body_of(read_again(article)) == body_of(article)


def test_blocks_of_the_same_kind_stay_apart(article):
    dos = {"type": "dos", "value": {"do": ["a"], "do_not": ["b"]}}
    draft_of(article, section(text("<p>a</p>"), text("<p>b</p>"), dos, dos, text("<ul><li>c</li></ul>"), dos))

    assert body_of(read_again(article)) == body_of(article)


def test_every_kind_of_block_of_a_section_comes_back(article, image):
    picture = {"image": image.pk, "decorative": False, "alt_text": "A foot"}
    blocks = [
        text("<p>a</p>"),
        {"type": "figure", "value": {"image": picture, "caption": "Bare"}},
        {"type": "drawing", "value": {"name": "heel", "alt": "A heel", "caption": ""}},
        {"type": "dos", "value": {"do": ["a"], "do_not": ["b"]}},
        {"type": "first", "value": {"text": "a"}},
        steps("a", steps=["b"]),
        {"type": "chance", "value": {"many": None, "out_of": "10", "outcome": "a", "source": ""}},
    ]
    draft_of(article, section(*blocks))

    written = to_text(article.get_latest_revision_as_object(), {}).text

    known = Article._meta.get_field("body").stream_block.child_blocks["overview"].child_blocks["content"].child_blocks
    assert {block["type"] for block in blocks} == set(known)
    (read,) = parse(written, article.slug, exported=True).body
    assert [block["type"] for block in read["value"]["content"]] == [block["type"] for block in blocks]


def test_subheading_comes_back(article):
    html = "<p>a</p><h3>1. Shoes * that fit</h3><ul><li>b</li></ul><h3>Socks</h3><p>c</p>"
    draft_of(article, section(text(html)))

    written = to_text(article.get_latest_revision_as_object(), {}).text

    assert "\n#### Socks\n" in written
    assert "```" not in written
    (read,) = parse(written, article.slug, exported=True).body
    assert [block["value"] for block in read["value"]["content"]] == [html]


def test_link_to_an_article_is_written_by_its_address(article):
    other = Article.objects.get(slug="flat-feet")
    draft_of(article, section(text(f'<p>See <a linktype="article" id="{other.pk}">flat feet</a>.</p>')))

    exported = to_text(article.get_latest_revision_as_object(), {other.pk: "flat-feet"})

    assert "See [flat feet](article:flat-feet)." in exported.text


@pytest.mark.slow
def test_links_between_articles_follow_them_after_an_import(tmp_path, article):
    other = Article.objects.get(slug="flat-feet")
    draft_of(article, section(text(f'<p>See <a linktype="article" id="{other.pk}">flat feet</a>.</p>')))
    before = all_of(article)

    there_and_back(tmp_path / "out")

    back = Article.objects.get(slug="heel-pain")
    assert all_of(back) == before
    linked = Article.objects.get(slug="flat-feet").pk
    (overview,) = json.loads(back.get_latest_revision().content["body"])
    assert f'<a linktype="article" id="{linked}">flat feet</a>' in overview["value"]["content"][0]["value"]
    assert back.revisions.count() == 1


@pytest.mark.slow
def test_related_articles_keep_their_order(tmp_path, article):
    others = list(Article.objects.exclude(pk=article.pk).order_by("-title")[:3])
    article.related_links.set([RelatedArticle(related=one, sort_order=place) for place, one in enumerate(others)])
    article.save_revision()

    there_and_back(tmp_path / "out")

    assert all_of(Article.objects.get(slug="heel-pain"))["related"] == [one.slug for one in others]


@pytest.mark.thorough
def test_every_state_is_exported_with_its_newest_words(tmp_path, article, editor):
    Article.objects.get(slug="gout").unpublish()
    Article.objects.filter(slug="bunions").update(expire_at=timezone.now() - timedelta(days=1))
    article.summary = "Newest words."
    article.save_revision(user=editor)

    said = run(tmp_path / "out")

    assert f"Wrote {Article.objects.count()} articles, {SitePage.objects.count()} pages and 0 pictures" in said
    assert "Newest words." in (tmp_path / "out" / "heel-pain.md").read_text()
    assert "state: draft" in (tmp_path / "out" / "gout.md").read_text()


def test_only_what_readers_see_if_asked_for(tmp_path, article, editor):
    Article.objects.get(slug="gout").unpublish()
    article.summary = "Newest words."
    article.save_revision(user=editor)

    run(tmp_path / "out", published=True)

    assert not (tmp_path / "out" / "gout.md").exists()
    assert "Newest words." not in (tmp_path / "out" / "heel-pain.md").read_text()


def test_reviewer_and_dates_are_written_for_people(tmp_path, article, reviewer):
    Article.objects.filter(pk=article.pk).update(reviewer=reviewer.reviewer, next_review="2028-01-01")

    run(tmp_path / "out", published=True)

    written = (tmp_path / "out" / "heel-pain.md").read_text()
    assert "reviewer: Rita Review, DPM" in written
    assert "next_review: '2028-01-01'" in written


def test_folder_with_something_in_it_is_left_alone(tmp_path, library):
    (tmp_path / "note.txt").write_text("mine")

    with pytest.raises(CommandError, match="is not an empty folder"):
        call_command("export_articles", str(tmp_path))

    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]


# --- Pages, questions and history ---


def pages_of(folder):
    return {path.name: path.read_text() for path in sorted((folder / "pages").glob("*.md"))}


def without_state(text):
    """Without that, and without what storage adds to the name of a file that is there already."""
    return re.sub(r"(?m)^state: .*\n|_\w{7}(?=\.png)", "", text)


def test_pages_come_back_as_they_were(library, image, tmp_path):
    cost, help_page = SitePage.objects.get(role="cost"), SitePage.objects.get(role="language-help")
    picture = {"image": image.pk, "decorative": False, "alt_text": "A foot"}
    words = " ".join(HOSTILE[:3])
    content = [
        text("<p>PHONES</p><p>a</p>"),
        {"type": "phones", "value": None},
        {"type": "foreign", "value": {"language": "ar", "text": f"{words}\n```\nPHONES\n## x"}},
        {"type": "figure", "value": {"image": picture, "caption": words}},
        text("<h3>Sub</h3><p>b</p>"),
    ]
    asked = {"type": "questions", "value": [{"question": words, "answer": "<p>a</p><ul><li>b</li></ul>"}]}
    part = {"type": "section", "value": {"heading": f"## {words}", "content": content}}
    cost.body = json.dumps([asked, part, asked, {"type": "section", "value": {"heading": "Two", "content": []}}])
    cost.summary, cost.law, cost.effective_on = words, "a: b", date(2026, 1, 2)
    cost.save_revision()
    before = {page.slug: page.get_latest_revision_as_object().body.raw_data for page in SitePage.objects.all()}
    run(tmp_path / "one")
    SitePage.objects.all().delete()
    empty_tables()
    call_command("import_articles", str(tmp_path / "one"), stdout=StringIO())
    run(tmp_path / "two")

    first, second = pages_of(tmp_path / "one"), pages_of(tmp_path / "two")
    assert len(first) == len(before) == 10
    assert first.keys() == second.keys()
    for name, said in first.items():
        assert without_state(second[name]) == without_state(said)
    again = SitePage.objects.get(role="cost")
    assert (again.live, again.law, again.effective_on) == (False, "a: b", date(2026, 1, 2))
    foreign = again.body.raw_data[1]["value"]["content"][2]["value"]
    assert foreign == {"language": "ar", "text": f"{words}\n```\nPHONES\n## x"}
    assert help_page.title in {page.title for page in SitePage.objects.all()}


def test_questions_and_history_come_along(article, reviewer, editor, tmp_path):
    ReaderQuestion.objects.create(
        article=article,
        text="Can I run?",
        answer="Not yet.",
        status="published",
        sent_key="1",
        answered_by=reviewer.reviewer,
        published_at=timezone.now(),
    )
    ReaderQuestion.objects.create(article=article, text="Buy this", status="suspected", sent_key="2")
    article.save_revision(user=editor).publish(user=reviewer)
    run(tmp_path / "one")
    empty_tables()
    call_command("import_articles", str(tmp_path / "one"), stdout=StringIO())
    run(tmp_path / "two")

    front = parse((tmp_path / "one" / "heel-pain.md").read_text(), "heel-pain", exported=True).front
    (asked,) = front["readers_questions"]
    assert (asked["question"], asked["answer"], asked["answered_by"]) == (
        "Can I run?",
        "Not yet.",
        str(reviewer.reviewer),
    )
    assert ("Medical review: approved", str(reviewer.reviewer)) in {
        (row["what"], row.get("by")) for row in front["history"]
    }
    (kept,) = ReaderQuestion.objects.all()
    assert (kept.text, kept.answer, kept.status, kept.answered_by) == ("Can I run?", "Not yet.", "ready", None)
    again = parse((tmp_path / "two" / "heel-pain.md").read_text(), "heel-pain", exported=True).front
    assert again["history"] == front["history"]


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        ("x", 0),
        (7, 0),
        ([7], 0),
        ([{"question": 7}], 0),
        ([{"question": " "}], 0),
        ([{"question": "q", "asked": "2020-13-45 10:00"}], 1),
        ([{"question": "q", "answer": "a", "state": "refused"}], 0),
        ([{"question": "q", "answer": "a", "state": "withdrawn"}], 0),
    ],
)
def test_broken_questions_stop_nothing(article, rows, kept):
    assert keep_questions(article, rows) == []
    assert ReaderQuestion.objects.count() == kept


@pytest.mark.parametrize(
    "broken",
    ["history: 7", "history: words", "history: [7, {at: 1}]", "readers_questions: 7", f"description: {'x ' * 200}"],
)
def test_front_matter_that_somebody_broke_stops_no_import(library, tmp_path, broken):
    run(tmp_path / "out")
    for path in (tmp_path / "out" / "heel-pain.md", tmp_path / "out" / "pages" / "what-it-costs.md"):
        name = broken.partition(":")[0]
        kept = re.sub(rf"(?m)^{name}:.*\n(?:(?:  |- ).*\n)*", "", path.read_text())
        path.write_text(kept.replace("---\n", f"---\n{broken}\n", 1))
    SitePage.objects.all().delete()
    empty_tables()

    call_command("import_articles", str(tmp_path / "out"), stdout=StringIO())

    assert Article.objects.filter(slug="heel-pain").exists()
    assert SitePage.objects.get(role="cost").title == "What it costs"
    assert all(len(text.description) <= 155 for text in (*Article.objects.all(), *SitePage.objects.all()))
