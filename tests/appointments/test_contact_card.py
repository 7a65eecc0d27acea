"""An office for the contacts of a phone, and from which number its call comes."""

import re

import pytest

from appointments.models import Office
from tests.appointments.reading import read, words
from tests.conftest import post_steps

pytestmark = pytest.mark.usefixtures("practice", "monday")

CARD = "/offices/toms-river/contact.vcf"


def unfolded(answer) -> list[str]:
    return answer.content.decode().replace("\r\n ", "").split("\r\n")


def test_card_has_the_office_and_nothing_else(client):
    answer = client.get(CARD)

    assert answer.headers["Content-Type"] == "text/vcard; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="toms-river.vcf"'
    assert unfolded(answer) == [
        "BEGIN:VCARD",
        "VERSION:3.0",
        "FN:Garden State Foot & Ankle Group\\, Toms River",
        "N:Garden State Foot & Ankle Group\\, Toms River;;;;",
        "ORG:Garden State Foot & Ankle Group;Toms River Office",
        "TEL;TYPE=WORK,VOICE:+17325579900",
        "ADR;TYPE=WORK:;;664 Commons Way\\, Building 1;Toms River;NJ;08755;",
        "URL:https://testserver/offices/toms-river/",
        "END:VCARD",
        "",
    ]


def test_hostile_and_long_values_stay_in_their_place(client):
    street = "1; Back\\slash, “Ünï” " + "ö" * 90
    Office.objects.filter(slug="toms-river").update(street=street[:120], city="A\nTEL:+1900")
    Office.objects.get(slug="toms-river").save()

    answer = client.get(CARD)

    (address,) = [line for line in unfolded(answer) if line.startswith("ADR")]
    assert address.startswith("ADR;TYPE=WORK:;;1\\; Back\\\\slash\\, “Ünï” ö")
    assert "A\\nTEL:+1900;NJ" in address
    assert not [line for line in unfolded(answer) if line.startswith("TEL:")]
    assert max(len(line) for line in answer.content.split(b"\r\n")) <= 75
    assert b"\n" not in answer.content.replace(b"\r\n", b"")


def test_number_that_the_office_calls_from_is_in_the_card_and_on_the_confirmation(client):
    office = Office.objects.get(slug="toms-river")
    office.calls_from = "+17325550100"
    office.save()

    numbers = [line for line in unfolded(client.get(CARD)) if line.startswith("TEL")]
    post_steps(client)
    sent = client.post("/appointments/check/", follow=True)

    assert numbers == ["TEL;TYPE=WORK,VOICE:+17325579900", "TEL;TYPE=WORK,VOICE:+17325550100"]
    assert "The call comes from (732) 555-0100 ." in words(sent).replace("\xa0", " ")


def test_confirmation_says_which_number_calls_and_offers_the_card(client):
    post_steps(client)
    sent = client.post("/appointments/check/", follow=True)

    assert "The call comes from (732) 557-9900 ." in words(sent).replace("\xa0", " ")
    assert [link.get_text(strip=True) for link in read(sent).select(f'a[href="{CARD}"]')] == [
        "Save our number in my phone"
    ]


def test_unknown_office_has_no_card(client):
    assert client.get("/offices/nowhere/contact.vcf").status_code == 404


def test_card_is_the_same_for_everybody(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get(CARD)

    assert re.search("public", answer.headers["Cache-Control"])
    assert not answer.cookies
