"""The practice's podiatrists: who enters them, what is refused, and what the site says of them."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from PIL import Image

from appointments.models import Office, Podiatrist
from clinic import answers
from common.models import AuditEntry
from tests.appointments.reading import read, words
from tests.appointments.test_settings_admin import fields_of, save

ADMIN = "/admin/appointments/podiatrist/"
TYPED = {
    "name": "Pat Example",
    "slug": "pat-example",
    "listed": "on",
    "degree": "DPM",
    "license_type": "Podiatric physician",
    "license_state": "nj",
}

pytestmark = pytest.mark.usefixtures("practice")


@pytest.fixture
def mona(manager, signed_in):
    """The manager's browser."""
    return signed_in(manager)


def photo(side=(900, 1200), kind="JPEG") -> bytes:
    """One that says where it was taken."""
    file = BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    Image.new("RGB", side, "teal").save(file, kind, exif=exif)
    return file.getvalue()


def enter(browser, **typed) -> str:
    """A new podiatrist; what the page says then."""
    return save(browser, f"{ADMIN}add/", **{**TYPED, **typed})


# --- Entering them ---


def test_manager_and_administrator_enter_people_and_it_is_audited(mona, administrator, signed_in):
    office = Office.objects.get(slug="belleville")

    enter(mona, **{"days-0-office": str(office.pk), "days-0-weekdays": ["0", "2"]})
    enter(signed_in(administrator), name="Sam Sample", slug="sam-sample")

    assert [str(each) for each in Podiatrist.objects.listed()] == ["Pat Example", "Sam Sample"]
    pat = Podiatrist.objects.get(slug="pat-example")
    assert (pat.license_state, pat.days.get().weekdays) == ("NJ", [0, 2])
    done = AuditEntry.objects.filter(action="settings added", record__startswith="podiatrist")
    assert sorted(done.values_list("actor", flat=True)) == ["ada", "mona"]


@pytest.mark.parametrize("who", ["toms_river_desk", "editor", "reviewer"])
def test_others_enter_nobody(request, signed_in, who):
    answer = signed_in(request.getfixturevalue(who)).post(f"{ADMIN}add/", TYPED)

    assert answer.status_code in (302, 403)
    assert not Podiatrist.objects.exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"degree": ""}, "Enter the degree, like DPM"),
        ({"license_type": " "}, "Enter the type of license"),
        ({"name": "Pat Example, DPM"}, "Enter the name only"),
        ({"license_state": "N."}, "Enter the two letters of the state, like CO"),
        ({"boards": "Board certified"}, "Write out the board and the field"),
        ({"boards": "ABPM"}, "Not so yet: ABPM"),
    ],
)
def test_what_the_site_may_not_say_is_refused(mona, typed, said):
    assert said in enter(mona, **typed)
    assert not Podiatrist.objects.exists()


def test_who_is_not_complete_yet_can_be_kept_but_not_shown(mona, client):
    enter(mona, listed=None, degree="", license_type="")

    person = Podiatrist.objects.get()
    assert client.get(person.get_absolute_url()).status_code == 404
    person.listed = True
    for degree, license_type in (("DPM", ""), ("", "Podiatric physician")):
        person.degree, person.license_type = degree, license_type
        with pytest.raises(IntegrityError), transaction.atomic():
            person.save()


def test_address_that_somebody_has_is_refused(mona, listed):
    listed("Pat Example")

    assert "Somebody has this web address" in enter(mona)


# --- The photo ---


def send_photo(browser, content: bytes, person: Podiatrist):
    address = f"{ADMIN}{person.pk}/change/"
    data = fields_of(browser.get(address)) | {"new_photo": SimpleUploadedFile("IMG_1.jpg", content)}
    return browser.post(address, data, follow=True)


def test_photo_is_shown_as_a_square_with_nothing_in_it_but_pixels(mona, listed, client):
    person = listed("Pat Example")

    send_photo(mona, photo(), person)

    address = read(client.get("/people/pat-example/")).select_one("main img")["src"]
    answer = client.get(address)
    shown = Image.open(BytesIO(answer.content))
    assert (shown.size, shown.format, dict(shown.getexif())) == ((480, 480), "JPEG", {})
    assert b"home" not in answer.content
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get(address.replace("picture-", "other-")).status_code == 404

    save(mona, f"{ADMIN}{person.pk}/change/", no_photo="on")
    assert client.get(address).status_code == 404
    assert read(client.get("/people/pat-example/")).select_one("main img") is None


def test_photo_of_who_is_not_listed_is_not_shown(listed, client):
    listed("Pat Example", listed=False, photo=photo(), photo_name="a.jpg")

    assert client.get("/people/pat-example/a.jpg").status_code == 404


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<script>alert(1)</script>", "This is no photo, or one we can’t read"),
        (photo()[:400], "This is no photo, or one we can’t read"),
        (b"", "The submitted file is empty"),
    ],
)
def test_file_that_is_no_photo_gets_a_clear_word(mona, listed, content, said):
    person = listed("Pat Example")

    assert said in send_photo(mona, content, person).content.decode()
    person.refresh_from_db()
    assert person.photo_name == ""


def test_photo_with_too_many_pixels_is_refused(mona, listed, settings):
    settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS = 1_000_000

    assert "too many pixels: 1 million" in send_photo(mona, photo(), listed("Pat Example")).content.decode()


# --- What readers see ---


def test_while_nobody_is_listed_the_page_says_whom_to_ask(client):
    page = read(client.get("/people/"))

    assert "not listed here yet" in page.main.text
    assert [link["href"] for link in page.main.select("a.call")] == ["tel:+17325579900", "tel:+19734503035"]
    assert page.head.select_one("[name=robots]")["content"] == "noindex"
    assert "/people/" not in client.get("/sitemap.xml").content.decode()


def test_listed_person_has_a_page_and_stands_on_the_list_the_office_and_the_map(client, listed, library):
    listed(
        "Pat Example",
        office="toms-river",
        boards="American Board of Podiatric Medicine, in podiatric medicine",
        languages="English, Spanish",
        treats=["heel-pain", "no-such-article"],
        license_number="25MD00000000",
        about="Likes <b>feet</b>.",
    )

    page = words(client.get("/people/pat-example/"))
    assert "Pat Example, DPM Podiatric physician (NJ)" in page
    assert "Board certified by the American Board of Podiatric Medicine, in podiatric medicine" in page
    assert "Toms River Office Tue" in page
    assert "Likes <b>feet</b>." in page
    assert "License number: 25MD00000000" in page
    treats = read(client.get("/people/pat-example/")).select(".plain a[href^='/conditions/']")
    assert [(link["href"], link.text) for link in treats] == [("/conditions/heel-pain/", "Heel pain")]

    assert "Pat Example, DPM Podiatric physician (NJ) Toms River Office: Tue" in words(client.get("/people/"))
    assert "Pat Example, DPM Podiatric physician (NJ), Tue" in words(client.get("/offices/toms-river/"))
    assert "Pat Example" not in words(client.get("/offices/belleville/"))
    assert "https://testserver/people/pat-example/</loc>" in client.get("/sitemap.xml").content.decode()


def test_person_takes_a_query_at_most(client, listed, library, django_assert_num_queries):
    listed("Pat Example", treats=["heel-pain"])
    client.get("/people/pat-example/")

    with django_assert_num_queries(1):
        client.get("/people/pat-example/")


def test_who_leaves_the_list_is_gone_at_once(client, listed):
    person = listed("Pat Example", office="toms-river")
    assert client.get("/people/pat-example/").status_code == 200

    person.listed = False
    person.save()

    assert client.get("/people/pat-example/").status_code == 404
    assert "Pat" not in words(client.get("/offices/toms-river/"))


def test_search_leads_to_people_and_plans_once_they_are_there(library, listed):
    before = {answer.name: answer.address for answer in answers.answers()}
    assert (before["doctors"], before["cost"]) == ("", "/what-it-costs/")

    listed("Pat Example")
    Office.objects.get(slug="belleville").plans.create(name="Medicare")

    after = {answer.name: answer for answer in answers.answers()}
    assert (after["doctors"].address, after["cost"].address) == ("people:index", "insurance")
    assert "pat example" in after["doctors"].phrases
