"""Pictures at the editors' desk: clean whatever way they came in, never changed, there as long as they are shown."""

import contextlib
import io
import random
import struct
import warnings
from importlib import import_module
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from PIL import Image as Picture
from wagtail.images import get_image_model
from wagtail.models import Collection, GroupCollectionPermission, UploadedFile, Workflow
from wagtail.users.models import UserProfile

from articles import pictures
from articles.desk.advice import advise
from articles.desk.pictures import PictureForm
from articles.models import Article
from common.models import User
from tests.articles.desk import EDIT
from tests.clinic.test_pictures import KINDS, MARK, laden, png_chunk

Image = get_image_model()
ADD, SEVERAL, CHOOSER = "/cms/images/add/", "/cms/images/multiple/add/", "/cms/images/chooser/create/"
NAMES = {"JPEG": "jpg", "PNG": "png", "GIF": "gif", "WEBP": "webp", "AVIF": "avif", "HEIF": "heic"}
NO_DOCUMENTS = import_module("articles.migrations.0020_no_documents")


@pytest.fixture(autouse=True)
def _no_kept_renditions():
    """Sizes that another test's picture of the same number had."""
    caches["renditions"].clear()


@pytest.fixture
def superuser(db):
    return User.objects.create_superuser("root", password="a long enough password")


@pytest.fixture
def picture(db):
    """A picture in the library."""
    file = io.BytesIO()
    Picture.new("RGB", (60, 30), "#884422").save(file, "PNG")
    return Image.objects.create(title="A foot", file=ImageFile(file, name="foot.png"))


def put_in(browser, door, content, name="Mary Miller foot (1).jpg", title="Foot"):
    """Upload through one of the three doors."""
    file = SimpleUploadedFile(name, content)
    if door == SEVERAL:
        return browser.post(door, {"title": title, "files[]": file})
    prefix = "image-chooser-upload-" if door == CHOOSER else ""
    return browser.post(door, {f"{prefix}title": title, f"{prefix}file": file})


def png_that_claims(width, height):
    """A small file whose header says that it is large."""
    file = io.BytesIO()
    Picture.new("RGB", (1, 1)).save(file, "PNG")
    content = file.getvalue()
    header = struct.pack(">II", width, height) + content[24:29]
    return content[:8] + png_chunk(b"IHDR", header) + content[33:]


def bytes_of(picture):
    with picture.file.storage.open(picture.file.name) as file:
        return file.read()


def body_with(article, picture, alt="A bare foot"):
    image = {"image": picture.pk, "decorative": False, "alt_text": alt}
    figure = {"type": "figure", "value": {"image": image, "caption": ""}}
    block = article._meta.get_field("body").stream_block
    return block.to_python([{"type": "overview", "value": {"heading": "", "content": [figure]}}])


def publish_with(article, picture):
    """The article shows the picture to readers; as if it had been reviewed."""
    article.body = body_with(article, picture)
    article.save()


def draft_with(article, picture):
    """Readers see the article without the picture; its newest version has it."""
    article.body = body_with(article, picture)
    return article.save_revision()


# --- Clean, whatever way they came in ---


@pytest.mark.parametrize("door", [ADD, SEVERAL, CHOOSER])
@pytest.mark.parametrize("kind", KINDS)
def test_uploaded_picture_holds_nothing_hidden_nor_do_its_sizes(signed_in, editor, library, door, kind):
    put_in(signed_in(editor), door, laden(kind), name=f"Mary Miller foot.{NAMES[kind]}")

    kept = Image.objects.get()
    assert MARK not in bytes_of(kept)
    for spec in ("original", "width-30|format-avif", "width-30|format-webp", "width-30|format-jpeg", "max-165x165"):
        assert MARK not in bytes_of(kept.get_rendition(spec))


@pytest.mark.parametrize("door", [ADD, SEVERAL, CHOOSER])
def test_name_of_a_file_is_not_published(signed_in, editor, library, door):
    put_in(signed_in(editor), door, laden("JPEG"), name="Mary Miller foot.jpg")

    kept = Image.objects.get()
    assert "mary" not in kept.file.name.lower()
    assert "mary" not in kept.get_rendition("max-165x165").file.name.lower()


def test_facts_of_a_picture_are_those_of_its_clean_file(signed_in, editor, library):
    put_in(signed_in(editor), ADD, laden("JPEG"))

    kept = Image.objects.get()
    assert (kept.width, kept.height) == (30, 60)
    assert kept.file_size == len(bytes_of(kept))


def test_photo_of_an_iphone_becomes_a_jpeg(signed_in, editor, library):
    put_in(signed_in(editor), ADD, laden("HEIF"), name="IMG_0001.HEIC")

    assert Image.objects.get().file.name.endswith(".jpg")


def test_imported_picture_holds_nothing_hidden(library, tmp_path):
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "mary-miller.jpg").write_bytes(laden("JPEG"))
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "page.html").write_text('<h1>Arches</h1><p>Text</p><img src="mary-miller.jpg" alt="An arch">')

    call_command("import_articles", str(tmp_path / "site"), media=tmp_path / "media", stdout=io.StringIO())

    kept = Image.objects.get()
    assert MARK not in bytes_of(kept)
    assert "mary" not in kept.file.name


def test_alternative_text_that_is_a_file_name_is_not_imported(library, tmp_path):
    Picture.new("RGB", (30, 30)).save(tmp_path / "IMG_2034.jpg")
    (tmp_path / "page.html").write_text('<h1>Arches</h1><p>Text</p><img src="IMG_2034.jpg" alt="IMG_2034">')
    said = io.StringIO()

    call_command("import_articles", str(tmp_path / "page.html"), media=tmp_path, stdout=said)

    assert "Pictures that need a description: 1" in said.getvalue()


@pytest.mark.parametrize("committed", [False, True])
def test_picture_made_by_a_program_holds_nothing_hidden(db, committed):
    made = Image(title="Foot")
    file = ImageFile(io.BytesIO(laden("JPEG")), name="foot.jpg")
    if committed:
        made.file.save("foot.jpg", file, save=False)
        stored = made.file.name
    else:
        made.file = file
        stored = ""

    made.save()

    assert MARK not in bytes_of(made)
    assert not (stored and default_storage.exists(stored))


def test_broken_picture_is_refused_with_a_sentence(signed_in, editor, library):
    answer = put_in(signed_in(editor), ADD, laden("PNG")[:700], name="foot.png")

    assert "This picture is broken, or of a kind we can’t show." in answer.content.decode()
    assert not Image.objects.exists()


@pytest.mark.parametrize("door", [ADD, SEVERAL])
def test_bomb_is_refused_with_a_sentence(signed_in, editor, library, door):
    answer = put_in(signed_in(editor), door, png_that_claims(40_000, 40_000), name="foot.png")

    assert "too many pixels" in answer.content.decode()
    assert not Image.objects.exists()


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_picture_never_breaks_the_page(library, kind):
    chance, content = random.Random(kind), laden(kind)
    field = PictureForm.base_fields["file"]

    for _try in range(60):
        damaged = bytearray(content)
        for _byte in range(chance.choice([1, 5, 40])):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        del damaged[chance.randrange(len(damaged)) * chance.randrange(2) or len(damaged) :]
        with contextlib.suppress(ValidationError), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            kept = field.to_python(SimpleUploadedFile(f"foot.{NAMES[kind]}", bytes(damaged)))
            assert MARK not in kept.read()


def test_broken_picture_among_several_is_refused_with_a_sentence(signed_in, editor, library):
    answer = put_in(signed_in(editor), SEVERAL, laden("PNG")[:700], name="foot.png")

    assert answer.json()["error_message"].startswith("This picture is broken, or of a kind we can’t show.")
    assert not Image.objects.exists()


def test_file_that_came_with_other_mistakes_is_kept_nowhere(signed_in, editor, library):
    before = default_storage.listdir("")[0]

    answer = put_in(signed_in(editor), SEVERAL, laden("JPEG"), title="x" * 300)

    assert answer.json() == {
        "success": False,
        "error_message": "Correct the other fields, and choose the picture again.",
    }
    assert not UploadedFile.objects.exists()
    assert default_storage.listdir("")[0] == before


# --- The same for ever ---


@pytest.mark.parametrize("who", ["editor", "reviewer", "superuser"])
def test_file_of_a_picture_is_not_replaced(request, signed_in, library, picture, who):
    browser = signed_in(request.getfixturevalue(who))
    before, name = bytes_of(picture), picture.file.name

    browser.post(f"/cms/images/{picture.pk}/", {"title": "A foot", "file": SimpleUploadedFile("b.jpg", laden("JPEG"))})

    picture.refresh_from_db()
    assert (picture.file.name, bytes_of(picture)) == (name, before)


def test_editor_who_replaces_a_file_reads_what_to_do(signed_in, editor, library, picture):
    answer = signed_in(editor).post(
        f"/cms/images/{picture.pk}/", {"title": "A foot", "file": SimpleUploadedFile("b.jpg", laden("JPEG"))}
    )

    assert "add it as a new picture and choose it instead" in answer.content.decode()


def test_page_of_a_picture_offers_no_other_file_and_says_why(signed_in, editor, library, picture):
    page = BeautifulSoup(signed_in(editor).get(f"/cms/images/{picture.pk}/").content, "html.parser")

    assert not page.select("input[type=file]")
    assert "The picture itself stays as it is." in page.get_text()


@pytest.mark.parametrize("committed", [False, True])
def test_file_of_a_picture_is_not_replaced_by_a_program(picture, committed):
    file = ImageFile(io.BytesIO(laden("JPEG")), name="foot.jpg")
    if committed:
        picture.file.save("foot.jpg", file, save=False)
    else:
        picture.file = file

    with pytest.raises(pictures.NotAllowed):
        picture.save()


def test_title_and_focal_point_change_nothing_that_readers_see(client, signed_in, editor, article, picture):
    publish_with(article, picture)
    before = BeautifulSoup(client.get(article.get_absolute_url()).content, "html.parser").select_one("article picture")

    signed_in(editor).post(
        f"/cms/images/{picture.pk}/",
        {
            "title": "DRINK BLEACH",
            "description": "DRINK BLEACH",
            "tags": "",
            **{f"focal_point_{name}": "5" for name in ("x", "y", "width", "height")},
        },
    )

    picture.refresh_from_db()
    assert picture.title == "DRINK BLEACH"
    caches["renditions"].clear()
    after = BeautifulSoup(client.get(article.get_absolute_url()).content, "html.parser").select_one("article picture")
    assert after == before


# --- There as long as they are shown ---


def delete(browser, picture, door):
    if door == "bulk":
        return browser.post(f"/cms/bulk/wagtailimages/image/delete/?id={picture.pk}&next=/cms/images/", follow=True)
    address = {"page": f"/cms/images/{picture.pk}/delete/", "several": f"/cms/images/multiple/{picture.pk}/delete/"}
    return browser.post(address[door], follow=True)


@pytest.mark.parametrize("who", ["editor", "reviewer", "superuser"])
@pytest.mark.parametrize("door", ["page", "several", "bulk"])
def test_picture_that_readers_see_is_not_deleted(request, signed_in, article, picture, who, door):
    publish_with(article, picture)

    delete(signed_in(request.getfixturevalue(who)), picture, door)

    assert Image.objects.filter(pk=picture.pk).exists()
    assert default_storage.exists(picture.file.name)


@pytest.mark.parametrize("door", ["page", "several", "bulk"])
def test_editor_who_deletes_a_shown_picture_reads_why_not(signed_in, editor, article, picture, door):
    publish_with(article, picture)

    page = delete(signed_in(editor), picture, door).content.decode()

    assert "Heel pain" in page
    assert "be deleted" in page


def test_question_whether_to_delete_is_not_asked_for_a_shown_picture(signed_in, editor, article, picture):
    publish_with(article, picture)

    answer = signed_in(editor).get(f"/cms/images/{picture.pk}/delete/")

    assert answer.headers["Location"] == f"/cms/images/{picture.pk}/"


def test_picture_of_a_draft_is_not_deleted(article, picture):
    draft_with(article, picture)

    with pytest.raises(pictures.NotAllowed):
        picture.delete()


def test_picture_of_a_text_in_review_is_not_deleted(article, picture, editor):
    draft_with(article, picture)
    Workflow.objects.get(name="Medical review").start(article, editor)
    article.body = Article.objects.get(pk=article.pk).body
    article.save_revision()

    with pytest.raises(pictures.NotAllowed):
        picture.delete()


def test_picture_of_a_text_that_is_to_be_published_is_not_deleted(article, picture):
    waiting = draft_with(article, picture)
    waiting.approved_go_live_at = timezone.now() + timezone.timedelta(days=3)
    waiting.save()
    article.body = Article.objects.get(pk=article.pk).body
    article.save_revision()

    with pytest.raises(pictures.NotAllowed):
        picture.delete()


def test_one_shown_picture_keeps_all_that_were_to_be_deleted_with_it(signed_in, editor, article, picture):
    other = Image.objects.create(title="Other", file=ImageFile(io.BytesIO(laden("PNG")), name="other.png"))
    publish_with(article, picture)

    signed_in(editor).post(f"/cms/bulk/wagtailimages/image/delete/?id={other.pk}&id={picture.pk}&next=/cms/images/")

    assert Image.objects.count() == 2


@pytest.mark.parametrize("door", ["page", "several", "bulk"])
def test_picture_that_is_not_shown_any_more_is_deleted(signed_in, editor, article, picture, door):
    draft_with(article, picture)
    article.body = Article.objects.get(pk=article.pk).body
    article.save_revision()

    delete(signed_in(editor), picture, door)

    assert not Image.objects.exists()


# --- Described ---


@pytest.mark.parametrize("door", [ADD, SEVERAL, CHOOSER])
def test_alternative_text_starts_empty(signed_in, editor, library, door):
    browser = signed_in(editor)
    put_in(browser, door, laden("JPEG"), name="foot photo (1).jpg", title="foot photo (1)")

    chosen = browser.get(f"/cms/images/chooser/chosen/{Image.objects.get().pk}/").json()

    assert chosen["result"]["default_alt_text"] == ""


@pytest.mark.parametrize("title", ["foot photo", "Foot Photo", "foot photo.jpg"])
def test_title_made_of_a_file_name_can_be_told(signed_in, editor, library, title):
    put_in(signed_in(editor), ADD, laden("JPEG"), name="foot photo.jpg", title=title)

    assert Image.objects.get().title == "foot photo.jpg"


def test_title_that_an_editor_wrote_stays(signed_in, editor, library):
    put_in(signed_in(editor), ADD, laden("JPEG"), name="foot photo.jpg", title="Stretching the calf")

    assert Image.objects.get().title == "Stretching the calf"


@pytest.mark.parametrize(
    ("alt", "missing"), [("foot photo", True), ("foot photo (1)", True), ("IMG_12.jpg", True), ("A bare foot", False)]
)
def test_advice_takes_a_file_name_for_no_description(signed_in, editor, article, alt, missing):
    put_in(signed_in(editor), ADD, laden("JPEG"), name="foot photo.jpg", title="foot photo")
    fields = {"summary": "x", "description": "x", "areas": "x", "lay_names": "x"}

    said = advise(fields, body_with(article, Image.objects.get(), alt).raw_data, article.locale).missing

    assert any("The name of its file is none" in str(line) for line in said) is missing


@pytest.mark.parametrize(("alt", "missing"), [("IMG_12", True), ("A bare foot", False)])
def test_reviewer_is_told_of_a_picture_without_description(signed_in, editor, reviewer, article, picture, alt, missing):
    article.body = body_with(article, picture, alt)
    article.save_revision(user=editor)
    Workflow.objects.get(name="Medical review").start(article, editor)

    page = signed_in(reviewer).get(EDIT.format(article.pk)).content.decode()

    assert ("A picture has no description" in page) is missing


# --- What was there before ---


def kept_from_before(picture, content, name="Mary_Miller_foot.jpg", title="Mary Miller foot"):
    """As an earlier version kept a picture: as it came, with a size of it."""
    picture.get_rendition("max-165x165")
    rendition = picture.renditions.get()
    stored = [
        default_storage.save(f"{folder}/{name}", ContentFile(content)) for folder in ("original_images", "images")
    ]
    Image.objects.filter(pk=picture.pk).update(file=stored[0], title=title, file_hash="old")
    picture.renditions.filter(pk=rendition.pk).update(file=stored[1])
    return stored


def test_pictures_from_before_are_cleaned(picture, django_capture_on_commit_callbacks):
    stored = kept_from_before(picture, laden("JPEG"))

    with django_capture_on_commit_callbacks(execute=True):
        assert pictures.clean_kept(Image, print) == 1

    kept = Image.objects.get()
    assert MARK not in bytes_of(kept)
    assert kept.file.name.startswith("original_images/picture-")
    assert (kept.width, kept.height) == (30, 60)
    assert not [name for name in stored if default_storage.exists(name)]
    assert not kept.renditions.exists()
    assert MARK not in bytes_of(kept.get_rendition("max-165x165"))


def test_title_from_before_that_was_made_of_a_file_name_can_be_told(picture):
    kept_from_before(picture, laden("JPEG"))

    pictures.clean_kept(Image, print)

    assert Image.objects.get().title == "Mary Miller foot.jpg"


def test_cleaning_again_changes_nothing(picture):
    kept_from_before(picture, laden("JPEG"))
    call_command("clean_pictures", stdout=io.StringIO())
    before = Image.objects.values().get()
    said = io.StringIO()

    call_command("clean_pictures", stdout=said)

    assert said.getvalue() == "Cleaned 0 pictures\n"
    assert Image.objects.values().get() == before


@pytest.mark.parametrize("content", [b"broken", b""])
def test_picture_that_can_not_be_cleaned_is_told_and_stops_no_other(picture, content):
    broken = Image.objects.create(title="B", file=ImageFile(io.BytesIO(laden("PNG")), name="b.png"))
    kept_from_before(broken, content, name="b.jpg")
    kept_from_before(picture, laden("JPEG"))
    said = []

    assert pictures.clean_kept(Image, said.append) == 1
    assert said == [f"Picture {broken.pk} was not cleaned: its file is missing, broken or too large"]


def test_rights_to_documents_are_taken_away(db):
    kind = ContentType.objects.create(app_label="wagtaildocs", model="document")
    right = Permission.objects.create(content_type=kind, codename="add_document", name="Can add document")
    group = Group.objects.get(name="Editors")
    group.permissions.add(right)
    GroupCollectionPermission.objects.create(group=group, permission=right, collection=Collection.get_first_root_node())

    NO_DOCUMENTS.take_away(apps, SimpleNamespace(connection=connection))

    assert not Permission.objects.filter(content_type__app_label="wagtaildocs").exists()
    assert not GroupCollectionPermission.objects.filter(permission__codename="add_document").exists()
    assert ContentType.objects.filter(pk=kind.pk).exists(), "what was done with documents stands in Wagtail's log"


def test_avatars_are_taken_away_with_their_files(editor, django_capture_on_commit_callbacks):
    stored = default_storage.save("avatar_images/a.png", ContentFile(b"x"))
    UserProfile.objects.create(user=editor, avatar=stored)

    with django_capture_on_commit_callbacks(execute=True):
        NO_DOCUMENTS.take_away_avatars(apps, SimpleNamespace(connection=connection))

    assert UserProfile.objects.get().avatar == ""
    assert not default_storage.exists(stored)


def test_nobody_is_asked_for_a_picture_of_themselves(signed_in, editor, library):
    assert "Profile picture" not in signed_in(editor).get("/cms/account/").content.decode()
