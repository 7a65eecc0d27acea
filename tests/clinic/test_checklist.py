"""The first-day checklist: it names what is still a placeholder, and where it is settled."""

import re
import shutil
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from appointments.models import Office, PracticeSettings, SafetyCheck
from articles.models import Article, SitePage
from common import audit, heartbeat

PAGE = "/admin/first-day/"


@pytest.fixture
def checklist(manager, signed_in, library):
    """What the page says: the words of each line -> (done, where)."""

    def read() -> dict[str, tuple[bool, str]]:
        page = signed_in(manager).get(PAGE).content.decode()
        rows = re.findall(r"<tr><td>(.*?)</td>\s*<td>(.*?)</td></tr>", page, re.S)
        return {
            re.sub("<[^>]+>", "", what).strip(): ("Done" in state, "".join(re.findall('href="([^"]+)"', what)))
            for state, what in rows
        }

    return read


def test_checklist_names_what_the_starter_data_leaves_open(checklist):
    open_lines = [words for words, (done, _where) in checklist().items() if not done]

    for line in (
        "Toms River: confirm the opening hours",
        "Belleville: complete the sketch of the way",
        "Enter the manager’s e-mail address, for overdue requests",
        "Check what patients should bring; it still says what came along",
        "Have a podiatrist sign off the safety check",
        "Server: make a backup every day: there has been none",
        "Server: keep the worker running: it has not been heard of for five minutes, and no mail goes out",
    ):
        assert line in open_lines
    assert any(words.startswith("Have a podiatrist review the starter articles: ") for words in open_lines)


def test_what_is_settled_is_done(checklist, toms_river_desk, administrator, settings, listed, monkeypatch):
    listed("Pat Example")
    for office in Office.objects.all():
        office.plans.create(name="Medicare", checked_on=timezone.localdate())
        office.facilities.create(name="Example Hospital", city="Town")
    settings.OPERATOR_EMAIL = "olivia@clinic.example"
    settings.BACKUP_PUBLIC_KEYS = ["age1example"]
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    Office.objects.update(hours_confirmed=True, sketch_main_road="Route 37", sketch_note="")
    own = {"name": "Sample Podiatry", "manager_email": "m@clinic.example", "what_to_bring": "your shoes"}
    PracticeSettings.objects.update_or_create(pk=1, defaults={**own, "keeping_confirmed": True})
    SafetyCheck.objects.update(signed_off_by="Dr. Example")
    Article.objects.update(sample=False)
    checked = {"counsel_checked_by": "Counsel", "counsel_checked_on": "2026-11-02"}
    SitePage.objects.update(sample=False, body="[]", **checked)
    heartbeat.beat()
    for action in ("backup finished", "restore tried", "mail tried"):
        audit.record(actor="operator root", action=action)

    assert [words for words, (done, _where) in checklist().items() if not done] == [
        "Server: ask staff for a second factor (MFA_REQUIRED)"
    ]


def test_people_plans_and_hospitals_are_open_until_they_are_entered(checklist, reviewer):
    office = Office.objects.get(slug="toms-river")
    office.plans.create(name="Medicare", checked_on=timezone.localdate() - timedelta(days=91))
    Office.objects.filter(slug="belleville").update(no_facilities=True)
    Article.objects.filter(slug="heel-pain").update(sample=False, reviewer=reviewer.reviewer)

    lines = checklist()

    for line, where in (
        ("Toms River: check the insurance plans again; patients are told to ask about 1", "insuranceplan/"),
        ("Belleville: enter the insurance plans that it takes (N.J.S.A. 26:2SS-5)", "office/"),
        ("Toms River: enter the hospitals where its podiatrists treat patients, or that there are none", "office/"),
        ("List the podiatrists with degree and type of license (N.J.S.A. 45:1-67)", "podiatrist/"),
        (
            "List Rita Review, DPM, who reviewed articles: readers see “a podiatrist of this practice” until then",
            "podiatrist/",
        ),
    ):
        done, address = lines[line]
        assert not done
        assert address.startswith(f"/admin/appointments/{where}")
    assert lines["Belleville: enter the hospitals where its podiatrists treat patients, or that there are none"][0]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"notice_email": ""}, "Toms River: enter an e-mail address for notices"),
        ({"hours_confirmed": False}, "Toms River: confirm the opening hours"),
    ],
)
def test_open_line_leads_to_where_it_is_done(checklist, change, line):
    office = Office.objects.get(slug="toms-river")
    Office.objects.filter(pk=office.pk).update(**change)

    assert checklist()[line] == (False, f"/admin/appointments/office/{office.pk}/change/")


def test_office_without_staff_is_named(checklist):
    Office.objects.get(slug="belleville").staff.clear()

    assert checklist()["Belleville: give it staff who work its requests"] == (False, "/admin/common/user/")


def test_office_without_hours_is_named(checklist):
    Office.objects.get(slug="belleville").hours.all().delete()

    assert not checklist()["Belleville: enter the opening hours"][0]


def test_office_whose_only_staff_may_not_sign_in_is_named(checklist, belleville_desk, manager):
    Office.objects.get(slug="belleville").staff.set([belleville_desk])
    belleville_desk.is_active = False
    belleville_desk.save()

    assert not checklist()["Belleville: give it staff who work its requests"][0]


def test_checklist_says_when_no_office_takes_requests(checklist):
    Office.objects.update(takes_requests=False)

    assert not checklist()["Let at least one office take requests"][0]


def test_backup_of_the_day_before_yesterday_does_not_count(checklist):
    with time_machine.travel(timezone.now() - timedelta(days=2)):
        audit.record(actor="operator root", action="backup finished", record="clinic.backup.age")

    assert any("make a backup every day" in words and not done for words, (done, _where) in checklist().items())


def test_backup_that_was_only_started_does_not_count(checklist):
    audit.record(actor="operator root", action="backup", record="clinic.backup.age")

    assert any("make a backup every day" in words and not done for words, (done, _where) in checklist().items())


def test_checklist_is_in_the_navigation_of_the_manager_and_the_administrator(manager, administrator, signed_in):
    for user in (manager, administrator):
        browser = signed_in(user)
        assert browser.get(PAGE).status_code == 200
        assert f'href="{PAGE}"' in browser.get("/admin/?all").content.decode()


def test_front_desk_does_not_see_the_checklist(toms_river_desk, signed_in):
    browser = signed_in(toms_river_desk)

    assert browser.get(PAGE).status_code == 403
    assert PAGE not in browser.get("/admin/appointments/appointmentrequest/").content.decode()


@pytest.mark.parametrize("who", ["anonymous", "editor"])
def test_strangers_do_not_see_the_checklist(client, editor, signed_in, who):
    browser = client if who == "anonymous" else signed_in(editor)

    assert browser.get(PAGE).status_code in (302, 403)


def test_checklist_refuses_a_post(manager, signed_in):
    assert signed_in(manager).post(PAGE).status_code == 405


def test_checklist_costs_few_queries(manager, signed_in, library, django_assert_max_num_queries):
    browser = signed_in(manager)
    browser.get(PAGE)

    with django_assert_max_num_queries(25):
        browser.get(PAGE)


def test_administrator_without_requests_lands_in_the_admin(administrator, signed_in):
    response = signed_in(administrator).get("/desk/", follow=True)

    assert response.status_code == 200
    assert "All admin" in response.content.decode()


def test_checklist_asks_how_long_requests_are_kept_with_seven_years_as_the_safe_answer(checklist):
    PracticeSettings.objects.update_or_create(pk=1, defaults={"keep_closed_days": 730})
    line = "Settle how long requests are kept: 730 days now; seven years, 2557 days, are the safe answer"
    assert checklist()[line] == (False, "/admin/appointments/practicesettings/")

    PracticeSettings.objects.update(keeping_confirmed=True)

    assert checklist()[line][0]
