"""Photos in articles."""

from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from django.core.cache import caches
from django.core.files.images import ImageFile
from PIL import Image as Picture
from wagtail.images import get_image_model


@pytest.fixture(autouse=True)
def _no_kept_renditions():
    """Sizes that another test's picture of the same number had."""
    caches["renditions"].clear()


@pytest.fixture
def image(db):
    """A photo of 2,000 by 1,000 pixels."""
    file = BytesIO()
    Picture.new("RGB", (2000, 1000), "#884422").save(file, "JPEG")
    return get_image_model().objects.create(title="A foot", file=ImageFile(file, name="foot.jpg"))


def show(client, article, image, **figure):
    """The figure as the article's page shows it."""
    value = {"image": {"image": image.pk, "decorative": False, "alt_text": ""}, "caption": ""}
    value["image"].update({name: figure.pop(name) for name in ("decorative", "alt_text") if name in figure})
    value.update(figure)
    overview = {"heading": "", "content": [{"type": "figure", "value": value}]}
    block = article._meta.get_field("body").stream_block
    article.body = block.to_python([{"type": "overview", "value": overview}])
    article.save()
    page = BeautifulSoup(client.get(article.get_absolute_url()).content, "html.parser")
    return page.select_one("article figure")


@pytest.mark.thorough
def test_photo_comes_in_modern_formats_and_fitting_widths(client, article, image):
    figure = show(client, article, image, alt_text="A bare foot on a mat")

    types = [source["type"] for source in figure.select("picture source")]
    assert types == ["image/avif", "image/webp"]
    photo = figure.select_one("img")
    assert photo["alt"] == "A bare foot on a mat"
    assert int(photo["width"]) == 2 * int(photo["height"])
    assert photo["loading"] == "lazy"
    assert [width for width in ("430w", "860w", "1280w") if width in photo["srcset"]] == ["430w", "860w", "1280w"]


@pytest.mark.thorough
def test_decorative_photo_has_an_empty_alternative(client, article, image):
    assert show(client, article, image, decorative=True).select_one("img")["alt"] == ""


@pytest.mark.thorough
def test_caption_is_shown_as_text(client, article, image):
    figure = show(client, article, image, alt_text="x", caption="<script>alert(1)</script>")

    assert figure.figcaption.text == "<script>alert(1)</script>"
    assert not figure.select("script")


@pytest.mark.thorough
def test_photo_costs_one_query_more(client, article, image, django_assert_max_num_queries):
    show(client, article, image, alt_text="x")

    with django_assert_max_num_queries(3):
        client.get(article.get_absolute_url())
