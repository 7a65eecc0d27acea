"""Nobody gets at patients' requests by one person's doing; in an emergency all managers hear of it."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.utils import timezone

from appointments.models import AppointmentRequest, EmergencyAccess, Office, RightsWaiting
from clinic.accounts import access
from common.models import AuditEntry, StaffMail, User
from tests.appointments.test_settings_admin import fields_of
from tests.conftest import Browser

PEOPLE = "/admin/common/user/"
PAGE = "/admin/access/"
DESK = "/admin/appointments/appointmentrequest/"
PHRASE = "sunny crocodile walks"


@pytest.fixture
def ada(administrator, signed_in):
    return signed_in(administrator)


@pytest.fixture
def mona(manager, signed_in):
    User.objects.filter(pk=manager.pk).update(email="mona@clinic.example")
    return signed_in(manager)


@pytest.fixture
def patient(make_request):
    return make_request(patient_name="Wilhelmina Secretname")


def make(browser, *roles, offices=("toms-river",), username="ghost"):
    groups = [group.pk for group in Group.objects.filter(name__in=roles)]
    offices = [office.pk for office in Office.objects.filter(slug__in=offices)]
    return browser.post(
        f"{PEOPLE}add/",
        {"username": username, "groups": groups, "offices": offices, "is_active": "on"},
        follow=True,
    )


def change(browser, person, **changes):
    page = f"{PEOPLE}{person.pk}/change/"
    data = fields_of(browser.get(page))
    answer = browser.post(page, {name: value for name, value in {**data, **changes}.items() if value is not None})
    assert answer.status_code == 302
    return answer


def link_of(browser, person):
    page = browser.post(f"{PEOPLE}{person.pk}/password-link/").content.decode()
    return re.search(r"https://testserver(/accounts/password/reset/key/[^<\s]+)", page)[1]


def take_over(link, username):
    """Whoever has the link sets the password and signs in."""
    browser = Browser()
    form = browser.get(link, follow=True)
    browser.post(form.request["PATH_INFO"], {"password1": PHRASE, "password2": PHRASE})
    browser.post("/accounts/login/", {"login": username, "password": PHRASE})
    return browser


def sees(browser, patient):
    page = browser.get(f"{DESK}{patient.pk}/change/")
    return page.status_code == 200 and "Wilhelmina" in page.content.decode()


def confirm(browser, person):
    return browser.post(f"{PAGE}{person.pk}/confirm/", follow=True).content.decode()


def told():
    return [(mail.content["to"], mail.content["subject"]) for mail in StaffMail.objects.order_by("pk")]


def audited(action):
    return list(AuditEntry.objects.filter(action=action).order_by("pk").values_list("actor", "record"))


# --- Giving ---


@pytest.mark.parametrize("role", ["Front desk", "Manager"])
def test_account_that_one_person_made_and_took_over_sees_no_patient(ada, patient, role):
    make(ada, role)
    ghost = User.objects.get(username="ghost")

    browser = take_over(link_of(ada, ghost), "ghost")

    assert not sees(browser, patient)
    for page in (DESK, f"{DESK}export/", "/admin/dashboard/", "/admin/appointments/auditentry/", PAGE):
        assert browser.get(page).status_code in (302, 403), page
    assert not AppointmentRequest.objects.visible_to(ghost).exists()


def test_after_a_second_person_confirmed_the_account_works(ada, mona, patient):
    make(ada, "Front desk")
    ghost = User.objects.get(username="ghost")
    browser = take_over(link_of(ada, ghost), "ghost")

    page = confirm(mona, ghost)

    assert "Ghost has the access now" in page
    assert sees(browser, patient)
    assert audited("rights to be confirmed") == [("ada", "ghost, Front desk, office toms-river")]
    assert audited("rights confirmed") == [("mona", "ghost, Front desk, office toms-river")]


def test_who_waits_is_told_so_at_the_sign_in(ada, practice):
    make(ada, "Front desk")
    browser = take_over(link_of(ada, User.objects.get(username="ghost")), "ghost")

    assert "waits for a second person" in browser.get("/desk/").content.decode()


def test_giver_cannot_confirm(ada, patient):
    make(ada, "Front desk")
    ghost = User.objects.get(username="ghost")
    browser = take_over(link_of(ada, ghost), "ghost")

    page = confirm(ada, ghost)

    assert "You had a hand in it yourself" in page
    assert not sees(browser, patient)


def test_receiver_cannot_confirm(ada, manager, patient, signed_in):
    mona = signed_in(manager)
    manager.offices.remove(Office.objects.get(slug="toms-river"))
    change(ada, manager, offices=[str(office.pk) for office in Office.objects.all()])

    page = confirm(mona, manager)

    assert "Nobody confirms their own rights" in page
    assert not sees(mona, patient)


def test_second_account_of_the_giver_cannot_confirm_the_first(ada, patient):
    """An administrator alone makes another administrator, and lets that one confirm."""
    make(ada, "Administrator", username="accomplice", offices=())
    make(ada, "Manager")
    ghost = User.objects.get(username="ghost")
    accomplice = take_over(link_of(ada, User.objects.get(username="accomplice")), "accomplice")
    browser = take_over(link_of(ada, ghost), "ghost")

    assert accomplice.post(f"{PAGE}{ghost.pk}/confirm/").status_code in (302, 403)

    assert not sees(browser, patient)


def test_who_made_the_link_cannot_confirm_what_a_colleague_gave(ada, patient, signed_in):
    other = User.objects.create_user("olga", password=PHRASE, is_staff=True)
    other.groups.add(Group.objects.get(name="Administrator"))
    olga = signed_in(other)
    make(ada, "Front desk")
    ghost = User.objects.get(username="ghost")
    browser = take_over(link_of(olga, ghost), "ghost")

    confirm(olga, ghost)

    assert not sees(browser, patient)


def test_nobody_confirms_before_the_person_has_set_the_password(ada, mona, practice):
    """Else the giver could still use the link afterwards."""
    make(ada, "Front desk")
    ghost = User.objects.get(username="ghost")

    assert "They have to set their password first" in confirm(mona, ghost)
    assert RightsWaiting.objects.exists()


def test_nobody_confirms_before_the_second_factor_is_there(ada, manager, settings):
    make(ada, "Front desk")
    ghost = User.objects.get(username="ghost")
    take_over(link_of(ada, ghost), "ghost")
    settings.MFA_REQUIRED = True

    why_not = access.why_not_confirm(RightsWaiting.objects.get(), manager)

    assert why_not == "They have to sign in and set up their second factor first."


@pytest.mark.thorough
def test_new_office_waits_and_the_old_one_goes_on(ada, mona, toms_river_desk, make_request, signed_in):
    here, there = make_request(), make_request(office="belleville")
    tess = signed_in(toms_river_desk)

    change(ada, toms_river_desk, offices=[str(office.pk) for office in Office.objects.all()])

    assert tess.get(f"{DESK}{here.pk}/change/").status_code == 200
    assert tess.get(f"{DESK}{there.pk}/change/").status_code == 404
    confirm(mona, toms_river_desk)
    assert tess.get(f"{DESK}{there.pk}/change/").status_code == 200


def test_what_is_taken_is_taken_at_once(ada, toms_river_desk, make_request):
    request = make_request()

    change(ada, toms_river_desk, groups=[], offices=[])

    assert not AppointmentRequest.objects.visible_to(User.objects.get(pk=toms_river_desk.pk)).contains(request)


def test_what_waits_can_be_taken_back(ada, mona, practice):
    make(ada, "Front desk")
    ghost = User.objects.get(username="ghost")

    change(ada, ghost, groups=[], offices=[])

    assert not RightsWaiting.objects.exists()
    assert "Nothing waits" in mona.get(PAGE).content.decode()


def test_saving_an_account_again_confirms_nothing(ada, patient, signed_in):
    other = User.objects.create_user("olga", password=PHRASE, is_staff=True)
    other.groups.add(Group.objects.get(name="Administrator"))
    make(ada, "Front desk")
    ghost = User.objects.get(username="ghost")

    change(signed_in(other), ghost, first_name="Rosa")

    assert not AppointmentRequest.objects.visible_to(ghost).exists()
    assert [each.name for each in ghost.rights_waiting.groups.all()] == ["Front desk"]


def test_editors_need_no_second_person(ada, practice):
    make(ada, "Editors", offices=())

    assert [each.name for each in User.objects.get(username="ghost").groups.all()] == ["Editors"]
    assert not RightsWaiting.objects.exists()


@pytest.mark.parametrize("who", ["toms_river_desk", "editor", "administrator"])
def test_only_who_may_confirms_and_gives(request, signed_in, ada, practice, who):
    make(ada, "Front desk")
    ghost = User.objects.get(username="ghost")
    browser = signed_in(request.getfixturevalue(who))

    assert browser.post(f"{PAGE}emergency/").status_code in (302, 403)
    confirm(browser, ghost)
    assert RightsWaiting.objects.exists()


@pytest.mark.parametrize("action", ["confirm", "end"])
def test_nothing_is_given_or_ended_by_looking(mona, manager, action):
    assert mona.get(f"{PAGE}{manager.pk}/{action}/").status_code == 405


# --- Taking an account over ---


def test_link_for_a_colleague_without_a_second_factor_opens_no_patient(ada, toms_river_desk, patient):
    browser = take_over(link_of(ada, toms_river_desk), "tess")

    assert not sees(browser, patient)
    assert audited("rights to be confirmed") == [("ada", "tess, Front desk, office toms-river")]


def test_link_for_a_colleague_with_a_second_factor_changes_nothing(ada, toms_river_desk, patient, settings):
    TOTP.activate(toms_river_desk, "JBSWY3DPEHPK3PXP")
    settings.MFA_REQUIRED = True

    assert not access.opens_by_password_alone(toms_river_desk)


def test_other_mail_address_for_a_colleague_without_a_second_factor_opens_no_patient(ada, toms_river_desk, patient):
    """A reset by mail would hand the account over."""
    change(ada, toms_river_desk, email="ada@clinic.example")

    assert not AppointmentRequest.objects.visible_to(User.objects.get(pk=toms_river_desk.pk)).exists()


def test_who_is_let_in_again_waits(ada, toms_river_desk, patient):
    change(ada, toms_river_desk, is_active=None)

    change(ada, toms_river_desk, is_active="on")

    back = User.objects.get(pk=toms_river_desk.pk)
    assert back.is_active
    assert not AppointmentRequest.objects.visible_to(back).exists()
    assert [each.name for each in back.rights_waiting.groups.all()] == ["Front desk"]


@pytest.mark.parametrize("door", ["/cms/users/", "/cms/users/new/", "/cms/groups/", "/cms/groups/new/"])
def test_editors_desk_gives_no_rights(signed_in, practice, door):
    root = signed_in(User.objects.create_superuser("root", password=PHRASE))

    assert root.get(door).status_code == 404
    assert root.post(door, {"username": "ghost"}).status_code == 404


def test_operator_changes_no_role(signed_in, practice):
    root = signed_in(User.objects.create_superuser("root", password=PHRASE))
    editors = Group.objects.get(name="Editors")

    assert root.post(f"/admin/auth/group/{editors.pk}/change/", {"name": "Editors"}).status_code == 403
    assert root.post("/admin/auth/group/add/", {"name": "Door"}).status_code == 403


# --- Who hears of it ---


def test_managers_hear_of_account_rights_link_and_confirmation(ada, mona, practice):
    make(ada, "Front desk")
    ghost = User.objects.get(username="ghost")
    take_over(link_of(ada, ghost), "ghost")
    confirm(mona, ghost)

    assert told() == [
        ("mona@clinic.example", "Account ghost: rights to be confirmed"),
        ("mona@clinic.example", "Account ghost: made"),
        ("mona@clinic.example", "Account ghost: link to a password"),
        ("mona@clinic.example", "Account ghost: rights confirmed"),
    ]


# --- The operator ---


def test_operator_confirms_where_the_practice_has_no_second_person(ada, practice, monkeypatch):
    monkeypatch.setattr("getpass.getuser", lambda: "olivia")
    make(ada, "Front desk")

    call_command("confirm_access", "ghost", reason="single-practice")

    assert [each.name for each in User.objects.get(username="ghost").groups.all()] == ["Front desk"]
    assert audited("rights confirmed") == [("operator olivia", "ghost, Front desk, office toms-river: single-practice")]


@pytest.mark.parametrize(
    "arguments",
    [["ghost"], ["ghost", "--reason", "her mother fell ill"], ["nobody", "--reason", "first-account"]],
)
def test_operator_confirms_only_with_a_user_and_one_of_the_reasons(ada, practice, arguments):
    make(ada, "Front desk")

    with pytest.raises(CommandError):
        call_command("confirm_access", *arguments)

    assert RightsWaiting.objects.exists()


# --- In an emergency, as docs/security.md has it ---


def give(browser, person, office="belleville", reason="staff-away"):
    office = Office.objects.get(slug=office)
    form = {"person": person.pk, "office": office.pk, "reason": reason}
    return browser.post(f"{PAGE}emergency/", form, follow=True).content.decode()


def test_manager_gives_a_colleague_another_office_at_once(mona, toms_river_desk, make_request, signed_in):
    request = make_request(office="belleville", patient_name="Wilhelmina Secretname")

    page = give(mona, toms_river_desk)

    assert "Tess sees the requests of Belleville now" in page
    assert sees(signed_in(toms_river_desk), request)
    assert audited("emergency access to office") == [("mona", "tess, office belleville: staff-away")]
    assert told() == [("mona@clinic.example", "Emergency access: tess")]


def test_emergency_access_is_over_after_a_day_even_if_no_worker_runs(mona, toms_river_desk, make_request):
    make_request(office="belleville")
    give(mona, toms_river_desk)

    with time_machine.travel(timezone.now() + timedelta(hours=access.EMERGENCY_HOURS, minutes=1)):
        assert not AppointmentRequest.objects.visible_to(toms_river_desk).exists()


def test_worker_ends_emergency_access_and_writes_it_down(mona, toms_river_desk):
    give(mona, toms_river_desk)

    with time_machine.travel(timezone.now() + timedelta(hours=access.EMERGENCY_HOURS, minutes=1)):
        assert access.end_over() == 1

    assert not EmergencyAccess.objects.exists()
    assert [office.slug for office in toms_river_desk.offices.all()] == ["toms-river"]
    assert audited("emergency access ended") == [("worker", "tess, office belleville")]


def test_manager_ends_emergency_access_before_its_time(mona, toms_river_desk, make_request):
    make_request(office="belleville")
    give(mona, toms_river_desk)

    mona.post(f"{PAGE}{EmergencyAccess.objects.get().pk}/end/")

    assert not AppointmentRequest.objects.visible_to(toms_river_desk).exists()
    assert audited("emergency access ended") == [("mona", "tess, office belleville")]


def test_account_that_waits_gets_nothing_in_an_emergency_either(ada, mona, practice):
    make(ada, "Front desk")
    ghost = User.objects.get(username="ghost")

    page = give(mona, ghost)

    assert "Select a valid choice" in page
    assert not EmergencyAccess.objects.exists()


def test_emergency_without_person_office_and_reason_is_refused(mona, practice):
    page = mona.post(f"{PAGE}emergency/", {}).content.decode()

    for sentence in ("Choose a colleague", "Choose an office", "Choose a reason"):
        assert sentence in page


def test_saving_an_account_makes_emergency_access_not_a_standing_one(ada, mona, toms_river_desk):
    give(mona, toms_river_desk)

    change(ada, toms_river_desk, first_name="Tess")

    assert EmergencyAccess.objects.count() == 1
    assert not RightsWaiting.objects.exists()
    assert [office.slug for office in access.standing_offices(toms_river_desk)] == ["toms-river"]


def test_operator_gives_an_office_when_no_manager_is_there(toms_river_desk, make_request, monkeypatch):
    monkeypatch.setattr("getpass.getuser", lambda: "olivia")
    request = make_request(office="belleville")

    call_command("emergency_office", "tess", "belleville", reason="staff-away")

    assert AppointmentRequest.objects.visible_to(toms_river_desk).contains(request)
    assert audited("emergency access to office") == [("operator olivia", "tess, office belleville: staff-away")]
