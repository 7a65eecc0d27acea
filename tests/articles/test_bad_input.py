"""What editors may paste or upload by accident or malice: a clear message, nothing hostile kept, nothing lost."""

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Picture
from wagtail.images import get_image_model

from articles.models import Article
from tests.articles.desk import EDIT, LIST, form_of, texts_of

UPLOAD = "/cms/images/add/"
SEVERAL = "/cms/images/multiple/add/"  # what the button "Add an image" opens: each file is sent by script
WORD = (
    '<p class="MsoNormal" style="mso-margin-top-alt:auto"><span style="font-family:Calibri" lang="EN-US">'
    "Rest your <b>foot</b>.<o:p></o:p></span></p><p style='color:red'>Second <i>line</i>.</p>"
)
HOSTILE = (
    "<p onclick=alert(1)>Rest<script>alert(2)</script> your <a href='javascript:alert(3)'>foot</a>."
    "<img src=x onerror=alert(4) /><iframe src='https://evil.example/'></iframe><svg onload=alert(5)></svg></p>"
    "<style>body{display:none}</style>"
)


@pytest.fixture
def editors_browser(signed_in, editor):
    return signed_in(editor)


def save(browser, article, **changes):
    """What is kept after the editor's form was sent."""
    browser.post(EDIT.format(article.pk), form_of(article, **changes))
    return article.revisions.order_by("pk").last().as_object()


def picture(width=40, height=30, kind="PNG"):
    data = io.BytesIO()
    Picture.new("1", (width, height)).save(data, kind)
    return data.getvalue()


def upload(browser, name, content, kind="image/png"):
    return browser.post(UPLOAD, {"title": "A photo", "file": SimpleUploadedFile(name, content, kind)})


# --- text ---


def test_text_from_word_keeps_its_words_and_loses_its_looks(article, editors_browser):
    kept = texts_of(save(editors_browser, article, text=WORD))

    assert "Rest your <b>foot</b>." in kept
    assert "Second line." in kept
    for looks in ("Mso", "style", "span", "o:p", "font", "<i>"):
        assert looks not in kept


def test_hostile_html_leaves_only_words(client, article, editors_browser):
    kept = texts_of(save(editors_browser, article, text=HOSTILE))

    assert "Rest" in kept
    assert "foot" in kept
    for part in ("script", "onclick", "onerror", "onload", "iframe", "javascript", "<img", "<style", "svg"):
        assert part not in kept.lower()


@pytest.mark.parametrize("address", ["javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:text/html,x", " javascript:x"])
def test_hostile_link_that_no_editor_sends_keeps_its_words_only(article, editors_browser, address):
    data = form_of(article)
    field = next(name for name, value in data.items() if isinstance(value, str) and '"blocks"' in value)
    state = {
        "entityMap": {"0": {"type": "LINK", "mutability": "MUTABLE", "data": {"url": address}}},
        "blocks": [
            {
                "key": "00000",
                "type": "unstyled",
                "depth": 0,
                "text": "here",
                "inlineStyleRanges": [],
                "entityRanges": [{"key": 0, "offset": 0, "length": 4}],
            }
        ],
    }

    editors_browser.post(EDIT.format(article.pk), data | {field: json.dumps(state)})

    kept = texts_of(article.revisions.order_by("pk").last().as_object())
    assert "here" in kept
    assert "href" not in kept


def test_paste_of_200_kilobytes_is_kept_whole(article, editors_browser):
    text = "<p>" + "Rest your foot and wear soft shoes every day. " * 4_500 + "The end.</p>"
    assert len(text) > 200_000

    kept = texts_of(save(editors_browser, article, text=text))

    assert "The end." in kept
    assert len(kept) > 200_000


@pytest.mark.thorough
@pytest.mark.parametrize("field", ["title", "summary", "description", "lay_names", "ask"])
def test_markup_in_a_plain_field_is_shown_as_text(client, article, editors_browser, reviewer, field):
    hostile = "<script>alert(1)</script>"

    save(editors_browser, article, **{field: hostile})
    article.revisions.order_by("pk").last().publish(user=reviewer)

    assert hostile not in client.get("/conditions/heel-pain/").content.decode()
    for address in (LIST, "/cms/", EDIT.format(article.pk)):
        assert hostile not in editors_browser.get(address).content.decode()


def test_field_that_is_too_long_is_refused_with_a_word_and_kept_on_the_page(article, editors_browser):
    long = "x" * 200

    answer = editors_browser.post(EDIT.format(article.pk), form_of(article, description=long))

    page = answer.content.decode()
    assert "at most 155 characters" in page
    assert long in page


# --- pictures ---


def test_photo_is_taken(library, editors_browser):
    upload(editors_browser, "foot.png", picture())

    assert get_image_model().objects.filter(title="A photo").exists()


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("foot.png", b"This is no picture.", "image/png"),
        ("foot.png", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "image/png"),
        ("foot.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "image/svg+xml"),
        ("foot.html", b"<script>alert(1)</script>", "text/html"),
        ("foot.png", b"", "image/png"),
        ("foot.exe", picture(), "image/png"),
    ],
)
def test_what_is_no_photo_is_refused_with_a_word(library, editors_browser, name, content, kind):
    answer = upload(editors_browser, name, content, kind)

    assert answer.status_code == 200
    assert "error-message" in answer.content.decode()
    assert not get_image_model().objects.filter(title="A photo").exists()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("foot.png", b"This is no picture.", "valid image"),
        (
            "foot.svg",
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            "Not a supported image",
        ),
        ("foot.png", picture(10_000, 6_000), "too many pixels"),
    ],
)
def test_each_of_several_files_is_refused_with_a_word(library, editors_browser, name, content, said):
    answer = editors_browser.post(SEVERAL, {"title": "A photo", "files[]": SimpleUploadedFile(name, content)})

    assert answer.json()["success"] is False
    assert said in answer.json()["error_message"]
    assert not get_image_model().objects.exists()


def test_photo_of_60_megapixels_is_refused_with_a_word(library, editors_browser):
    answer = upload(editors_browser, "foot.png", picture(10_000, 6_000))

    page = answer.content.decode()
    assert "error-message" in page
    assert "too many pixels" in page
    assert not get_image_model().objects.filter(title="A photo").exists()


@pytest.mark.parametrize("name", ["../../etc/passwd.png", "..\\..\\x.png", "/etc/passwd.png", "a\x00b.png"])
def test_file_name_with_path_parts_stays_in_its_folder(library, editors_browser, name):
    editors_browser.raise_request_exception = False

    answer = upload(editors_browser, name, picture())

    assert answer.status_code < 500
    for image in get_image_model().objects.all():
        assert image.file.name.startswith("original_images/")
        assert ".." not in image.file.name


def test_two_articles_never_share_an_address(article, editors_browser):
    other = Article.objects.get(slug="bunions")

    answer = editors_browser.post(EDIT.format(other.pk), form_of(other, slug="heel-pain"))

    assert "“Heel pain” has this address already. Choose another one." in answer.content.decode()
    assert Article.objects.get(pk=other.pk).slug == "bunions"
