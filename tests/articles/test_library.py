"""The starter articles' text files, and loading them."""

import re
import shutil
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from articles.blocks import SECTIONS
from articles.library import HEADINGS, parse
from articles.management.commands import load_articles
from articles.models import Article, LibraryEntry

LIBRARY = Path(load_articles.LIBRARY)
FRONT = '---\ntitle: T\nsummary: "s"\ndescription: d\nareas: [heel]\n---\n'


@pytest.fixture
def files(tmp_path, monkeypatch, library):
    """A copy of the library's folder that may be changed."""
    shutil.copytree(LIBRARY, tmp_path / "library")
    monkeypatch.setattr(load_articles, "LIBRARY", tmp_path / "library")
    return tmp_path / "library"


def change(path):
    path.write_text(path.read_text().replace('title: "Heel pain"', 'title: "Heel pain, new"'))


def test_every_file_is_an_article_and_a_sample(library):
    assert Article.objects.filter(sample=True, live=True).count() == len(list(LIBRARY.glob("*.md")))


def test_loading_again_changes_nothing(library):
    before = list(Article.objects.order_by("pk").values_list("pk", "latest_revision"))

    call_command("load_articles", verbosity=0)

    assert list(Article.objects.order_by("pk").values_list("pk", "latest_revision")) == before


def test_changed_file_updates_an_article_nobody_has_edited(files):
    change(files / "heel-pain.md")

    call_command("load_articles", verbosity=0)

    assert Article.objects.get(slug="heel-pain").title == "Heel pain, new"


def test_changed_file_leaves_an_edited_article_alone(files, editor):
    article = Article.objects.get(slug="heel-pain")
    article.summary = "The editor's own words."
    article.save_revision(user=editor)
    change(files / "heel-pain.md")

    call_command("load_articles", verbosity=0)

    article.refresh_from_db()
    assert article.title == "Heel pain"
    assert article.get_latest_revision_as_object().summary == "The editor's own words."


def test_article_an_editor_unpublished_stays_so(files):
    Article.objects.get(slug="heel-pain").unpublish()
    change(files / "heel-pain.md")

    call_command("load_articles", verbosity=0)

    assert not Article.objects.get(slug="heel-pain").live


def test_article_an_editor_deleted_stays_away(library):
    Article.objects.get(slug="heel-pain").delete()

    call_command("load_articles", verbosity=0)

    assert not Article.objects.filter(slug="heel-pain").exists()
    assert LibraryEntry.objects.get(slug="heel-pain").article is None


def test_editors_own_article_of_the_same_address_is_not_touched(library):
    LibraryEntry.objects.filter(slug="heel-pain").delete()
    Article.objects.filter(slug="heel-pain").update(title="Ours")

    call_command("load_articles", verbosity=0)

    assert Article.objects.get(slug="heel-pain").title == "Ours"


def test_broken_file_stops_with_its_name_and_changes_nothing(files):
    (files / "aaa.md").write_text(FRONT + "## Nonsense\n\ntext\n")
    change(files / "heel-pain.md")

    with pytest.raises(CommandError, match=r"aaa\.md: Unknown section “Nonsense”"):
        call_command("load_articles", verbosity=0)

    assert Article.objects.get(slug="heel-pain").title == "Heel pain"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("no front matter", "front matter"),
        (FRONT.replace("heel", "nose"), "Unknown areas: nose"),
        (FRONT.replace('"s"', '"' + "word " * 46 + '"'), "more than 45 words"),
        (FRONT + "stray text\n", "before any heading"),
        (FRONT + "## What it is\n\n> a quotation\n", "can’t be used"),
        (FRONT + "## What it is\n\n[x](http://example.com)\n", "nor a secure web address"),
        (FRONT + "## What it is\n\n`code`\n", "can’t be used"),
        (FRONT + "## What it is\n\n![a nose](drawing:nose)\n", "no drawing “nose”"),
    ],
)
def test_file_that_breaks_the_rules_is_refused(text, problem):
    with pytest.raises(ValueError, match=problem):
        parse(text, "x")


def test_every_section_has_a_heading_in_a_text_file():
    assert {*HEADINGS.values(), "sources"} == set(SECTIONS)  # sources stand in the file's head


def test_markup_in_a_file_is_text():
    article = parse(FRONT + "## What it is\n\na <script>alert(1)</script> & **b**\n", "x")

    html = article.body[0]["value"]["content"][0]["value"]

    assert html == "<p>a &lt;script&gt;alert(1)&lt;/script&gt; &amp; <b>b</b></p>"


def test_links_to_articles_lead_to_their_pages():
    article = parse(FRONT + "## What it is\n\n[flat feet](article:flat-feet)\n", "x")

    assert '<a href="/conditions/flat-feet/">' in article.body[0]["value"]["content"][0]["value"]


def test_every_link_in_the_library_leads_to_an_article(client, library):
    slugs = set(Article.objects.published().values_list("slug", flat=True))
    assert len(slugs) > 20

    for article in Article.objects.all():
        for path in (LIBRARY / f"{article.slug}.md").read_text().split("(article:")[1:]:
            assert path.split(")")[0] in slugs
        assert {link.related.slug for link in article.related_links.all()} <= slugs
        assert article.related_links.count() >= 2


def test_urgency_lines_name_every_condition_that_makes_signs_more_serious():
    """As the safety check asks: a reader with numb feet has to find themselves wherever one with diabetes does."""
    short = []
    for path in load_articles.LIBRARY.glob("*.md"):
        urgency = path.read_text().partition("\n## When to get help")[2].partition("\n## ")[0]
        lines = [line for line in urgency.splitlines() if "diabetes" in line and "poor circulation" in line]
        short += [f"{path.stem}: {line}" for line in lines if "numb feet" not in line or "immune" not in line]
    assert not short


def test_who_is_kept_from_acid_and_files_is_everybody_whose_small_wound_is_dangerous():
    """Each line that keeps somebody from them names all, so that nobody takes a shorter line for leave."""
    named = ("diabetes", "poor circulation", "numb feet", "weak immune system")
    lines = [
        (path.stem, line)
        for path in load_articles.LIBRARY.glob("*.md")
        for line in path.read_text().split("\n---\n", 1)[1].splitlines()
        if re.search(r"\b(?:acid|corn pads|files?|smooth your)\b", line, re.IGNORECASE)
        and re.search(r"diabetes|poor circulation|circulation is poor|numb", line)
    ]

    assert len(lines) >= 9
    assert [(name, line) for name, line in lines if not all(one in line for one in named)] == []
