"""The offices that every page shows, and the pages when the database is away."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from appointments import offices
from appointments.models import Closure, Office, OpeningHours


@pytest.fixture
def broken_database(practice, monkeypatch):
    """The offices were read once; now every query fails."""
    offices.forget()
    offices.directory()

    def fail(*args, **kwargs):
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "ensure_connection", fail)
        patch.setattr(connection, "cursor", fail)
        yield


def test_directory_takes_three_queries_and_then_none(practice, django_assert_num_queries):
    offices.forget()

    with django_assert_num_queries(3):
        first = offices.directory()
    with django_assert_num_queries(0):
        assert offices.directory() is first
    assert [office.title for office in first] == ["Toms River Office", "Belleville Office"]


def test_change_shows_at_once(practice):
    offices.directory()

    office = Office.objects.get(slug="belleville")
    office.phone = "+19735550100"
    office.save()

    assert offices.office("belleville").phone_in_words.replace("\xa0", " ") == "(973) 555-0100"


def test_directory_outlives_the_database(broken_database):
    offices.forget()

    found = offices.directory()

    assert [office.phone for office in found] == ["+17325579900", "+19734503035"]
    assert found[0].schedule.week[0][0][0].hour == 9


def test_copy_keeps_closures_and_dates(practice, monkeypatch):
    today = timezone.localdate()
    office = Office.objects.get(slug="belleville")
    office.not_taking_until = today + timedelta(days=3)
    office.save()
    Closure.objects.create(office=office, first_day=today, last_day=today, reason="Snow")
    before = offices.directory()
    monkeypatch.setattr(offices, "_read_rows", lambda: (_ for _ in ()).throw(OperationalError("gone")))
    offices.forget()

    after = offices.directory()

    assert after == before
    assert after[1].schedule.closed_for(today) == "Snow"
    assert not after[1].taking_requests


@pytest.mark.parametrize(
    "url", ["/conditions/heel-pain/", "/appointments/new/", "/", "/admin/", "/appointments/check/"]
)
def test_pages_without_a_database_say_so_and_show_the_phones(client, broken_database, url):
    client.raise_request_exception = False
    client.cookies["__Host-request-draft"] = "x"

    response = client.get(url)

    if url == "/admin/":
        assert response.status_code in (302, 503)
        return
    assert response.status_code == 503
    page = response.content.decode().replace("\xa0", " ")
    assert "(732) 557-9900" in page
    assert "(973) 450-3035" in page
    assert "Sorry, something went wrong" in page


def test_health_says_process_and_database_apart(client, broken_database):
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503


def test_office_page_marks_today_and_lists_closures(client, practice, monday):
    page = client.get("/offices/toms-river/").content.decode()

    assert "Monday (today)" in page
    assert "November 26, 2026" in page
    assert "not confirmed yet" in page


def test_office_without_hours_is_promised_by_the_placeholder_week(practice):
    OpeningHours.objects.filter(office__slug="belleville").delete()
    offices.forget()

    assert offices.office("belleville").schedule.week == offices.PLACEHOLDER_WEEK


def test_office_page_tells_the_way_only_where_the_practice_has_filled_it_in(client, practice):
    assert "Getting here" not in client.get("/offices/belleville/").content.decode()
    office = Office.objects.get(slug="belleville")
    office.getting_here = "Turn left.\r\n\r\nThe door is <b>blue</b>."
    office.access = "A ramp by the door"
    office.save()

    page = client.get("/offices/belleville/").content.decode()

    assert page.count("<li>Turn left.</li>") == 1
    assert "<li>The door is &lt;b&gt;blue&lt;/b&gt;.</li>" in page
    assert "<li>A ramp by the door</li>" in page
    assert "destination=1%20Clara%20Maas%20Drive%2C%20Belleville%2C%20NJ%2007109" in page


def test_unknown_office_is_not_found(client, practice):
    assert client.get("/offices/newark/").status_code == 404
