"""Name, logo, letters, colors and mark of the practice: set in the admin, and everywhere at once."""

from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError
from PIL import Image

from appointments import references
from appointments.mail import texts
from appointments.mail.compose import render, sample_values
from appointments.models import PracticeSettings
from appointments.offices import cache, directory
from appointments.practice_admin import pictures
from common.identity import identity
from tests.appointments.test_settings_admin import fields_of

FORM = "/admin/appointments/practicesettings/1/change/"
OWN = {
    "name": "Sample Podiatry of Denver",
    "first_line": "Sample",
    "second_line": "Podiatry",
    "reference_letters": "SPD",
}


def drawing(size=(300, 200), kind="PNG"):
    """A picture as somebody uploads it."""
    file = BytesIO()
    Image.new("RGBA", size, (200, 30, 30, 255)).save(file, kind)
    return SimpleUploadedFile("our logo.png", file.getvalue())


@pytest.fixture
def ada(administrator, signed_in):
    return signed_in(administrator)


@pytest.fixture
def save(ada):
    """Sends the settings' form as it stands, with changes; returns the page where that was refused."""

    def send(**changes):
        answer = ada.post(FORM, fields_of(ada.get(FORM)) | changes)
        return "" if answer.status_code == 302 else answer.content.decode()

    return send


def test_name_and_logo_are_on_every_kind_of_page_and_in_mails(save, client, library):
    assert save(**OWN) == ""
    facts = directory()[0]
    mail = "".join(render("receipt", texts.wording("receipt", "en"), sample_values("receipt", facts), facts))
    home = client.get("/").content.decode()
    page = BeautifulSoup(home, "html.parser")

    assert page.title.text.endswith("| Sample Podiatry of Denver")
    assert page.select_one(".brand").get_text(" ", strip=True) == "Sample Podiatry"
    assert "Sample Podiatry of Denver" in page.select_one("script[type='application/ld+json']").text
    for address in ("/feed/", "/offices/toms-river/contact.vcf", "/accounts/login/"):
        assert "Sample Podiatry" in client.get(address).content.decode(), address
    assert "Sample Podiatry" in BeautifulSoup(mail, "html.parser").get_text(" ", strip=True)
    assert "SPD-7K4M-96" in mail
    assert "Garden State" not in home + mail


def test_what_is_empty_in_the_admin_comes_from_the_settings(practice, settings):
    settings.PRACTICE_NAME, settings.PRACTICE_BRAND = "Of the Server", ["Server"]

    assert (identity().name, identity().brand, identity().letters) == ("Of the Server", ("Server", ""), "GS")


def test_site_has_a_name_while_the_database_is_away(practice, monkeypatch, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    cache.forget()

    def away():
        raise DatabaseError

    monkeypatch.setattr(cache, "_read_rows", away)

    assert identity().name == settings.PRACTICE_NAME


def test_letters_stay_once_there_is_a_request(save, make_request):
    inquiry = make_request()

    assert "There are requests already" in save(reference_letters="SP")
    assert save(first_line="Another name") == ""
    assert references.canonical("7K4M96").startswith(inquiry.reference[:3])


def test_colors_are_those_that_were_chosen(save, client):
    before = client.get("/privacy/").content.decode()
    assert save(look="plum") == ""
    after = client.get("/privacy/").content.decode()

    assert "data-look" not in before
    assert "looks.css" not in before
    assert '<html lang="en" data-look="plum">' in after
    assert "clinic/looks" in after


def test_mark_is_shown_whole_in_a_square_on_pages_icons_and_shared_pictures(save, client):
    assert save(new_mark=drawing()) == ""
    page = BeautifulSoup(client.get("/privacy/").content, "html.parser")
    address = page.select_one(".brand img")["src"]
    picture = client.get(address)
    image = Image.open(BytesIO(picture.content))

    assert picture.headers["Content-Type"] == "image/png"
    assert (image.size, image.format) == ((512, 512), "PNG")
    assert (image.getpixel((256, 10))[3], image.getpixel((256, 256))[3]) == (0, 255)
    assert page.select_one("link[rel=icon]")["href"] == address
    assert page.select_one("link[rel=apple-touch-icon]")["href"] == address
    assert client.get("/mark/another.png").status_code == 404
    assert Image.open(BytesIO(client.get("/share.png").content)).convert("RGB").getpixel((104, 96))[0] > 180


def test_mark_can_be_taken_away(save, client):
    assert save(new_mark=drawing()) == ""
    assert save(no_mark="on") == ""

    assert identity().mark == ""
    assert PracticeSettings.objects.get().mark is None
    assert "/mark/" not in client.get("/privacy/").content.decode()


@pytest.mark.parametrize(
    "file", [SimpleUploadedFile("a.png", b"GIF89a no"), SimpleUploadedFile("a.svg", b"<svg onload='x()'/>")]
)
def test_file_that_is_no_picture_is_no_mark(save, file):
    assert "This is no photo, or one we can’t read" in save(new_mark=file)
    assert identity().mark == ""


def test_mark_is_kept_while_the_page_asks_for_a_second_click(ada, client):
    typed = fields_of(ada.get(FORM)) | {"new_mark": drawing(), "keep_closed_days": "365"}
    asked = BeautifulSoup(ada.post(FORM, typed).content, "html.parser")
    again = {name: asked.select_one(f"[name={name}]")["value"] for name in ("confirmed", "new_mark-kept")}
    saved = ada.post(FORM, typed | {"new_mark": ""} | again)

    assert "The picture you chose is kept." in asked.text
    assert "This is no photo" not in asked.text
    assert saved.status_code == 302
    assert Image.open(BytesIO(client.get(identity().mark).content)).getpixel((256, 256)) == (200, 30, 30, 255)


def test_mark_that_is_too_large_to_be_kept_is_asked_for_again(ada, monkeypatch):
    monkeypatch.setattr(pictures, "MOST_KEPT", 10)

    page = ada.post(FORM, fields_of(ada.get(FORM)) | {"new_mark": drawing(), "keep_closed_days": "365"})

    assert "Choose the picture again: it is too large to be kept." in page.content.decode()
    assert "new_mark-kept" not in page.content.decode()


@pytest.mark.parametrize("kept", ["&", "R0lGODlh"])
def test_what_comes_back_as_kept_is_read_like_any_file(save, kept):
    assert "This is no photo, or one we can’t read" in save(**{"new_mark-kept": kept})
    assert identity().mark == ""
