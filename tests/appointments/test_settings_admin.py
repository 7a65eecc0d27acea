"""The practice settles things for itself: who may, what is refused and why, and what is written down about it."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth.models import Group, Permission
from django.utils import timezone

from appointments.models import (
    Closure,
    FlagRule,
    MessageText,
    Office,
    OpeningHours,
    PracticeSettings,
    RedFlag,
    RoutingOverride,
    SafetyCheck,
)
from common.models import AuditEntry, User

SETTINGS = "/admin/appointments/practicesettings/"
OFFICES = "/admin/appointments/office/"
OVERRIDES = "/admin/appointments/routingoverride/"
CHECKS = "/admin/appointments/safetycheck/"
MESSAGES = "/admin/appointments/messagetext/"
PEOPLE = "/admin/common/user/"

pytestmark = pytest.mark.usefixtures("practice")

EVE = {  # a Thursday
    "closures-0-first_day": "2099-12-24",
    "closures-0-last_day": "2099-12-24",
    "closures-0-reason": "Christmas Eve",
}


def fields_of(response) -> dict[str, str | list[str]]:
    """What a browser would send back of Django's own form if nothing was changed."""
    inlines = [inline.formset for inline in response.context["inline_admin_formsets"]]
    forms = [response.context["adminform"].form]
    for formset in inlines:
        forms += [formset.management_form, *formset.forms]
    data: dict[str, str | list[str]] = {}
    for bound in (bound for form in forms for bound in form):
        value = bound.value()
        if isinstance(value, list):
            data[bound.html_name] = [str(getattr(each, "pk", each)) for each in value]
        elif value is True:
            data[bound.html_name] = "on"
        elif value is not None and value is not False:
            shown = bound.field.widget.format_value(value)
            data[bound.html_name] = str(shown[0] if isinstance(shown, list) else shown or "")
    return data


def save(browser, url: str, **changes) -> str:
    """Change some fields of a page and save; returns the page that comes back, as people read it."""
    data = fields_of(browser.get(url))
    for name, value in changes.items():
        if value is None:
            data.pop(name, None)
        else:
            data[name] = value
    response = browser.post(url, data, follow=True)
    assert response.status_code == 200
    return unescape(response.content.decode()).replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture
def ada(administrator, signed_in):
    """The administrator's browser."""
    return signed_in(administrator)


@pytest.fixture
def toms_river() -> Office:
    return Office.objects.get(slug="toms-river")


def office_page(office: Office) -> str:
    return f"{OFFICES}{office.pk}/change/"


def audited(action: str) -> list[tuple[str, str]]:
    return list(AuditEntry.objects.filter(action=action).order_by("pk").values_list("actor", "record"))


# --- The practice's settings ---


def test_list_of_settings_is_their_form(ada):
    assert ada.get(SETTINGS).headers["Location"] == f"{SETTINGS}1/change/"


def test_settings_are_saved_and_the_change_is_in_history_and_audit(ada):
    save(ada, f"{SETTINGS}1/change/", manager_email="manager@clinic.example", choose_minutes="480")

    row = PracticeSettings.objects.get()
    assert (row.manager_email, row.choose_minutes) == ("manager@clinic.example", 480)
    assert audited("settings changed") == [("ada", "practicesettings 1")]
    history = ada.get(f"{SETTINGS}1/history/").content.decode()
    assert "ada" in history
    assert "Manager’s e-mail" in unescape(history)


def test_settings_saved_as_they_are_leave_no_trace(ada):
    save(ada, f"{SETTINGS}1/change/")

    assert audited("settings changed") == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"keep_closed_days": "0"}, "Enter 365 or more"),
        ({"call_by_minutes": ""}, "This field is required."),
        ({"call_by_minutes": "soon"}, "Enter a number"),
        ({"call_by_urgent_minutes": "300"}, "Urgent requests can’t be called later than others"),
        ({"promise_urgent_minutes": "30"}, "The desk can’t be given more time than is promised"),
        ({"reference_letters": "sp"}, "Enter two to four capital letters, like SP"),
        ({"reference_letters": "SAMPLE"}, "at most 4 characters"),
        ({"second_line": "Foot Care"}, "Enter the first line, too"),
        ({"look": "neon"}, "Select a valid choice"),
        ({"manager_email": "manager"}, "Enter an e-mail address like name@example.com"),
        ({"keep_closed_days": "364"}, "Enter 365 or more"),
        ({"keep_closed_days": "99999999"}, "Enter 18262 or less"),
        ({"call_by_minutes": "2400"}, "Enter 600 or less"),
        ({"call_by_minutes": "99999999"}, "Enter 600 or less"),
        ({"visit_minutes": "100000"}, "Enter 240 or less"),
        ({"visit_minutes": "1"}, "Enter 5 or more"),
        ({"choose_minutes": "99999999"}, "Enter 9600 or less"),
        ({"status_link_days": "99999999"}, "Enter 365 or less"),
        ({"unopened_minutes": "99999999"}, "Enter 1440 or less"),
        ({"escalate_minutes": "99999999"}, "Enter 1440 or less"),
        ({"near_tie_miles": "60", "far_miles": "10"}, "Far away can’t be nearer than a near tie"),
        ({"far_miles": "1e308"}, "Enter 500 or less"),
        ({"near_tie_miles": "nan"}, "Enter a number"),
    ],
)
def test_settings_that_are_of_no_use_are_refused(ada, changes, sentence):
    assert sentence in save(ada, f"{SETTINGS}1/change/", **changes)

    assert PracticeSettings.objects.get().call_by_minutes == 240
    assert audited("settings changed") == []


def test_every_number_of_the_settings_has_a_least_and_a_most(ada):
    page = ada.get(f"{SETTINGS}1/change/").content.decode()

    numbers = re.findall(r'<input type="number"[^>]*>', page)
    assert len(numbers) == 13
    assert all("min=" in number and "max=" in number for number in numbers)


def test_every_setting_is_on_the_page(ada):
    form = ada.get(f"{SETTINGS}1/change/").context["adminform"]

    shown = {field.field.name for fieldset in form for line in fieldset for field in line}
    assert shown == {field.name for field in PracticeSettings._meta.fields} - {"id", "mark", "mark_name"} | {"new_mark"}


def test_settings_can_be_neither_added_nor_deleted(ada):
    assert ada.get(f"{SETTINGS}add/").status_code == 403
    assert ada.post(f"{SETTINGS}1/delete/", {"post": "yes"}).status_code == 403
    assert PracticeSettings.objects.count() == 1


def test_manager_reads_the_settings_and_changes_none(manager, signed_in):
    browser = signed_in(manager)

    assert browser.get(f"{SETTINGS}1/change/").status_code == 200
    assert browser.post(f"{SETTINGS}1/change/", {"keep_closed_days": "1"}).status_code == 403
    assert PracticeSettings.objects.get().keep_closed_days == 2557


@pytest.mark.parametrize("page", [SETTINGS, MESSAGES, PEOPLE, OVERRIDES, CHECKS, f"{MESSAGES}receipt/en/"])
def test_front_desk_settles_nothing(toms_river_desk, signed_in, page):
    assert signed_in(toms_river_desk).get(page).status_code == 403


# --- Offices ---


def test_office_is_changed_with_history_and_audit(ada, toms_river):
    save(ada, office_page(toms_river), phone="(732) 557-9901", hours_confirmed="on", parking="Behind the building")

    toms_river.refresh_from_db()
    assert (toms_river.phone, toms_river.hours_confirmed) == ("+17325579901", True)
    assert audited("settings changed") == [("ada", f"office {toms_river.pk}")]
    assert "ada" in ada.get(f"{OFFICES}{toms_river.pk}/history/").content.decode()


def test_what_is_pasted_into_an_office_is_cleaned_as_in_every_form(ada, toms_river):
    pasted = {
        "phone": "\N{LEFT-TO-RIGHT MARK}tel: ７３２\N{NON-BREAKING HYPHEN}557\N{EN DASH}9901",
        "zip_code": "NJ 08755-1234",
        "street": "664 Commons\N{ZERO WIDTH SPACE} Way\x07",
        "parking": "Behind\N{WORD JOINER} the building\r\n",
        "notice_email": "desk@clinic.example\N{ZERO WIDTH SPACE}",
    }

    save(ada, office_page(toms_river), **pasted)

    toms_river.refresh_from_db()
    kept = {name: getattr(toms_river, name) for name in pasted}
    assert kept == {
        "phone": "+17325579901",
        "zip_code": "08755",
        "street": "664 Commons Way",
        "parking": "Behind the building",
        "notice_email": "desk@clinic.example",
    }


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"phone": "555"}, "Enter a phone number with 10 digits, like (202) 555-0100"),
        ({"zip_code": "875"}, "Enter a ZIP code with 5 digits"),
        ({"state": "N1"}, "Enter the two letters of the state, like CO"),
        ({"letter": "b"}, "Belleville has this letter. Choose another one."),
        ({"latitude": "400"}, "Enter degrees between -90 and 90"),
        ({"not_taking_until": "2020-01-01"}, "Enter a day after today, or leave it empty to take requests now."),
        ({"hours-0-opens": "17:00", "hours-0-closes": "09:00"}, "Enter a time after 5 pm"),
        (
            {"hours-5-weekday": "0", "hours-5-opens": "16:00", "hours-5-closes": "19:00"},
            "Monday: 9 am–5 pm and 4 pm–7 pm overlap. Change one of them.",
        ),
        (
            {
                "closures-0-first_day": "2020-01-01",
                "closures-0-last_day": "2020-01-02",
                "closures-0-reason": "Painting",
            },
            "These days are over already. Enter a day from today on.",
        ),
        (
            {
                "closures-0-first_day": "2099-01-02",
                "closures-0-last_day": "2099-01-01",
                "closures-0-reason": "Painting",
            },
            "Enter a day that is not before the first day",
        ),
        ({**EVE, "closures-0-opens": "09:00"}, "Enter both times, or none if the office is closed"),
        ({**EVE, "closures-0-closes": "12:00"}, "Enter both times, or none if the office is closed"),
        ({**EVE, "closures-0-opens": "12:00", "closures-0-closes": "09:00"}, "Enter a time after noon"),
        ({**EVE, "closures-0-opens": "soon", "closures-0-closes": "12:00"}, "Enter a valid time."),
        (
            {**EVE, "closures-0-last_day": "2099-12-31", "closures-0-opens": "09:00", "closures-0-closes": "12:00"},
            "The office is usually closed on Friday, December 25, 2099. "
            "Enter the days before it and after it by themselves.",
        ),
        (
            {**EVE, "closures-0-last_day": "2199-12-24", "closures-0-opens": "09:00", "closures-0-closes": "12:00"},
            "Enter a day within a year of the first day",
        ),
    ],
)
def test_office_that_makes_no_sense_is_refused_with_a_sentence(ada, toms_river, changes, sentence):
    assert sentence in save(ada, office_page(toms_river), **changes)

    assert OpeningHours.objects.filter(office=toms_river).count() == 5
    assert not Closure.objects.exists()
    assert audited("settings changed") == []


def test_lunch_break_is_two_spans_of_a_day(ada, toms_river):
    save(
        ada,
        office_page(toms_river),
        **{"hours-0-closes": "12:00", "hours-5-weekday": "0", "hours-5-opens": "13:00", "hours-5-closes": "17:00"},
    )

    assert OpeningHours.objects.filter(office=toms_river, weekday=0).count() == 2


@pytest.mark.parametrize(
    ("hours", "sentence"),
    [
        (("09:00", "13:00"), ""),
        (("15:00", "18:00"), "Thursday, December 24, 2099: 1 pm–4 pm and 3 pm–6 pm overlap. Change one of them."),
        (("", ""), "Thursday, December 24, 2099: one row says closed, another one has hours. Change one of them."),
    ],
)
def test_rows_of_one_day_may_not_contradict_each_other(ada, toms_river, hours, sentence):
    save(ada, office_page(toms_river), **EVE, **{"closures-0-opens": "13:00", "closures-0-closes": "16:00"})
    opens, closes = hours
    second = {name.replace("-0-", "-1-"): value for name, value in EVE.items()}

    page = save(
        ada, office_page(toms_river), **second, **{"closures-1-opens": opens, "closures-1-closes": closes}
    ).replace("\N{NO-BREAK SPACE}", " ")

    assert sentence in page
    assert Closure.objects.count() == (1 if sentence else 2)


def test_open_holidays_are_ticked_and_kept(ada, toms_river):
    save(ada, office_page(toms_river), open_holidays=["Columbus Day", "Veterans Day"])

    toms_river.refresh_from_db()
    assert toms_river.open_holidays == ["Columbus Day", "Veterans Day"]
    page = ada.get(office_page(toms_river)).content.decode()
    assert re.search(r'value="Columbus Day"[^>]* checked', page)
    assert not re.search(r'value="Thanksgiving Day"[^>]* checked', page)


def test_holiday_that_is_none_is_refused(ada, toms_river):
    assert "Select a valid choice." in save(ada, office_page(toms_river), open_holidays=["Groundhog Day"])


@pytest.mark.thorough
def test_closure_that_is_over_does_not_keep_the_office_from_being_saved(ada, toms_river):
    day = timezone.localdate() - timedelta(days=100)
    Closure.objects.create(office=toms_river, first_day=day, last_day=day, reason="Painting")

    save(ada, office_page(toms_river), parking="Behind the building")

    toms_river.refresh_from_db()
    assert toms_river.parking == "Behind the building"


@pytest.mark.thorough
def test_last_office_that_stops_taking_requests_is_warned_of(ada, toms_river):
    warning = "No office takes requests now: patients are asked to call instead."
    assert warning not in save(ada, office_page(toms_river), takes_requests=None)

    belleville = Office.objects.get(slug="belleville")
    until = str(timezone.localdate() + timedelta(days=7))

    assert warning in save(ada, office_page(belleville), not_taking_until=until)


def test_web_address_of_an_office_stays(ada, toms_river):
    data = fields_of(ada.get(office_page(toms_river)))

    ada.post(office_page(toms_river), {**data, "slug": "elsewhere"})

    toms_river.refresh_from_db()
    assert toms_river.slug == "toms-river"


def test_manager_cannot_put_anybody_on_an_office_s_staff(manager, toms_river_desk, signed_in):
    belleville = Office.objects.get(slug="belleville")
    browser = signed_in(manager)
    data = fields_of(browser.get(office_page(belleville)))

    browser.post(office_page(belleville), {**data, "staff": [toms_river_desk.pk, manager.pk]})

    assert toms_river_desk not in belleville.staff.all()


def test_office_is_not_deleted(ada, manager, signed_in, toms_river):
    for browser in (ada, signed_in(manager)):
        assert browser.post(f"{OFFICES}{toms_river.pk}/delete/", {"post": "yes"}).status_code == 403


# --- Routing overrides ---


def test_override_is_made_changed_and_deleted_with_audit(ada, toms_river):
    ada.post(f"{OVERRIDES}add/", {"zip_code": "07716", "office": toms_river.pk, "note": "Bayshore"})
    row = RoutingOverride.objects.get()
    save(ada, f"{OVERRIDES}{row.pk}/change/", note="Across the bay")
    ada.post(f"{OVERRIDES}{row.pk}/delete/", {"post": "yes"})

    record = ("ada", f"routingoverride {row.pk}")
    assert [audited(f"settings {done}") for done in ("added", "changed", "deleted")] == [[record]] * 3
    assert not RoutingOverride.objects.exists()


@pytest.mark.parametrize(
    ("zip_code", "sentence"),
    [("0771", "Enter a ZIP code with 5 digits"), ("07701", "This ZIP code has an override already")],
)
def test_override_that_cannot_be_is_refused(ada, toms_river, zip_code, sentence):
    RoutingOverride.objects.create(zip_code="07701", office=toms_river)

    response = ada.post(f"{OVERRIDES}add/", {"zip_code": zip_code, "office": toms_river.pk})

    assert sentence in response.content.decode()
    assert RoutingOverride.objects.count() == 1


# --- The safety check ---


def check_page(version: int) -> str:
    return f"{CHECKS}{SafetyCheck.objects.get(version=version).pk}/change/"


def wording(version: int) -> list[tuple]:
    flags = RedFlag.objects.filter(check_version__version=version)
    return list(flags.values_list("slug", "question", "short", "advice", "level", "only_911", "home", "words"))


@pytest.mark.thorough
def test_sign_off_stands_on_the_version_it_was_given_to(ada):
    save(ada, check_page(1), signed_off_by="Dr. Example")

    assert list(SafetyCheck.objects.values_list("version", "signed_off_by")) == [(1, "Dr. Example")]


def test_changed_words_are_a_new_version_and_the_old_one_stays(ada):
    SafetyCheck.objects.update(signed_off_by="Dr. Example")
    before = wording(1)

    page = save(ada, check_page(1), **{"flags-1-question": "My foot is hot"})

    assert "Version 2 is asked from now on." in page
    assert wording(1) == before
    after = wording(2)
    assert after[1][1] == "My foot is hot"
    assert [row for row in after if row[0] != before[1][0]] == [row for row in before if row[0] != before[1][0]]
    assert list(SafetyCheck.objects.values_list("version", "signed_off_by")) == [(2, ""), (1, "Dr. Example")]


@pytest.mark.thorough
def test_new_version_is_in_history_and_audit(ada):
    save(ada, check_page(1), **{"flags-1-question": "My foot is hot"})

    newest = SafetyCheck.objects.get(version=2)
    assert audited("settings changed") == [("ada", f"safetycheck {newest.pk}")]
    assert "ada" in ada.get(f"{CHECKS}{newest.pk}/history/").content.decode()


def test_question_taken_away_is_gone_from_the_next_version_alone(ada):
    save(ada, check_page(1), **{"flags-1-DELETE": "on"})

    assert len(wording(1)) == len(wording(2)) + 1


@pytest.mark.thorough
def test_rule_goes_with_its_sign(ada):
    number = next(i for i, row in enumerate(wording(1)) if row[0] == "hot-swollen")

    save(ada, check_page(1), **{f"flags-{number}-DELETE": "on"})

    rules = [rule.signs for rule in FlagRule.objects.filter(check_version__version=2)]
    assert ["fever", "sore"] in rules
    assert ["fever", "hot-swollen"] not in rules


def test_patients_are_asked_the_newest_version(ada, client):
    save(ada, check_page(1), **{"flags-1-question": "My foot is as hot as a stove"})

    assert "as hot as a stove" in client.get("/appointments/new/").content.decode()


@pytest.mark.thorough
def test_old_version_cannot_be_changed(ada):
    old = check_page(1)
    data = fields_of(ada.get(old))
    save(ada, old, **{"flags-1-question": "My foot is hot"})

    page = ada.post(old, {**data, "signed_off_by": "Somebody", "flags-2-question": "Other"}, follow=True)

    assert "Meanwhile somebody saved a newer version." in page.content.decode()
    assert SafetyCheck.objects.get(version=1).signed_off_by == ""
    assert SafetyCheck.objects.count() == 2


@pytest.mark.thorough
def test_request_keeps_the_words_it_was_asked_with(ada, make_request):
    request = make_request(flags=["fever"])
    number = next(i for i, row in enumerate(wording(1)) if row[0] == "fever")

    save(ada, check_page(1), **{f"flags-{number}-question": "I feel hot"})

    request.refresh_from_db()
    assert request.safety["version"] == 1
    assert request.safety["flags"][0]["question"].startswith("Fever or chills")
    assert wording(1)[number][1].startswith("Fever or chills")


@pytest.mark.thorough
def test_safety_check_keeps_a_question(ada):
    everything = {f"flags-{number}-DELETE": "on" for number in range(14)}

    assert "A safety check needs at least one question." in save(ada, check_page(1), **everything)

    assert SafetyCheck.objects.count() == 1


def test_safety_check_is_neither_added_nor_deleted(ada):
    assert ada.get(f"{CHECKS}add/").status_code == 403
    assert ada.post(f"{CHECKS}{SafetyCheck.objects.get().pk}/delete/", {"post": "yes"}).status_code == 403


# --- Messages ---

RECEIPT = f"{MESSAGES}receipt/en/"
WORDS = {"subject": "Thanks ({reference})", "body": "Thank you\n\nWe will call {deadline}.\n\n{link}"}


def test_list_shows_every_text_and_whether_it_is_the_practices_own(ada):
    MessageText.objects.create(key="offer", language="en", subject="Times", body="Look: {link}")

    page = re.sub(r"\s+", " ", ada.get(MESSAGES).content.decode())

    rows = dict(re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a></th><td>([^<]+)</td>', page))
    assert len(rows) == 24
    assert rows["Offer of times to patient"] == "Your own"
    assert rows["Receipt to patient"] == "Default"


def test_own_words_are_saved_with_history_and_audit(ada):
    page = ada.post(RECEIPT, {**WORDS, "save": ""}, follow=True).content.decode()

    row = MessageText.objects.get()
    assert (row.key, row.language, row.subject) == ("receipt", "en", WORDS["subject"])
    assert row.body.replace("\r", "") == WORDS["body"]
    assert audited("settings changed") == [("ada", "messagetext receipt en")]
    assert re.search(r"ada: changed", page)


def test_preview_shows_the_words_filled_and_saves_nothing(ada):
    page = ada.post(RECEIPT, {**WORDS, "preview": ""}).content.decode()

    assert "Preview, not saved yet" in page
    assert "Thanks (GS-7K4M-96)" in page
    assert not MessageText.objects.exists()


def test_back_to_the_default_deletes_the_own_words(ada):
    MessageText.objects.create(key="receipt", language="en", subject="Own", body="Own")

    page = ada.post(RECEIPT, {"default": ""}, follow=True).content.decode()

    assert not MessageText.objects.exists()
    assert "We got your request" in page
    assert audited("settings deleted") == [("ada", "messagetext receipt en")]


@pytest.mark.parametrize(
    ("key", "body", "sentence"),
    [
        ("receipt", "Dear {patient_name}", "{patient_name} can’t be filled in here. You can use: {practice}, {office}"),
        ("receipt", "Dear {office", "{ can’t be filled in here."),
        ("receipt", "", "Write a text"),
        ("offer", "Times are there.", "Without {link} this mail leads nowhere. Put it back in."),
        ("receipt", "We have it.", "Without {link} this mail leads nowhere. Put it back in."),
        ("message_receipt", "We have it.", "Without {link} this mail leads nowhere. Put it back in."),
        ("offer", "See {link} {deadline}", "{deadline} can’t be filled in here."),
        ("office_notice", "New one", "Without {desk_link} this mail leads nowhere."),
        ("receipt", "x" * 4001, "Ensure this value has at most 4000 characters"),
    ],
)
def test_words_that_cannot_be_sent_are_refused_and_kept_on_the_page(ada, key, body, sentence):
    page = unescape(ada.post(f"{MESSAGES}{key}/en/", {"subject": "S", "body": body, "save": ""}).content.decode())

    assert sentence in page
    assert body in page
    assert not MessageText.objects.exists()


def test_script_has_no_subject(ada):
    page = ada.get(f"{MESSAGES}voicemail_script/en/").content.decode()

    assert 'name="subject"' not in page
    assert "Please call us back at" in page


@pytest.mark.parametrize("page", [f"{MESSAGES}nonsense/en/", f"{MESSAGES}receipt/xx/"])
def test_text_that_does_not_exist_is_not_found(ada, page):
    assert ada.get(page).status_code == 404


def test_manager_reads_messages_and_changes_none(manager, signed_in):
    browser = signed_in(manager)

    assert 'name="save"' not in browser.get(RECEIPT).content.decode()
    assert browser.post(RECEIPT, {**WORDS, "save": ""}).status_code == 403
    assert not MessageText.objects.exists()


def test_typed_markup_is_shown_and_not_run(ada):
    page = ada.post(RECEIPT, {"subject": "<b>", "body": "<script>alert(1)</script>", "preview": ""}).content.decode()

    assert "<script>alert" not in page


# --- Staff ---


def person_page(user: User) -> str:
    return f"{PEOPLE}{user.pk}/change/"


def group(name: str) -> int:
    return Group.objects.get(name=name).pk


def new_person(browser, **changes):
    data = {
        "username": "nora",
        "first_name": "Nora",
        "groups": [group("Front desk")],
        "offices": [Office.objects.get(slug="toms-river").pk],
        "is_active": "on",
    }
    return browser.post(f"{PEOPLE}add/", {**data, **changes}, follow=True)


def test_administrator_adds_a_receptionist_whose_office_a_second_person_confirms(ada):
    new_person(ada)

    nora = User.objects.get(username="nora")
    assert (nora.is_staff, nora.is_superuser, nora.has_usable_password()) == (False, False, False)
    assert not nora.offices.exists()
    assert [office.slug for office in nora.rights_waiting.offices.all()] == ["toms-river"]
    assert ("ada", "nora") in audited("account made")
    assert ("ada", "nora, Front desk, office toms-river") in audited("rights to be confirmed")


def test_editor_does_not_get_into_the_desk(ada):
    new_person(ada, groups=[group("Editors")], offices=[])

    assert User.objects.get(username="nora").is_staff is False


def test_person_without_a_role_is_told_to_who_saves_it(ada):
    made = {"username": "newbie", "first_name": "", "last_name": "", "email": "new@clinic.example", "is_active": "on"}

    page = ada.post(f"{PEOPLE}add/", made, follow=True)

    assert "Newbie has no role, so there is nothing they can do here: give them one." in page.content.decode()


def test_new_person_sets_a_password_by_a_link_that_works_once(ada, client):
    new_person(ada)
    nora = User.objects.get(username="nora")
    page = ada.post(f"{PEOPLE}{nora.pk}/password-link/").content.decode()
    link = re.search(r"https://testserver(/accounts/password/reset/key/[^<\s]+)", page)[1]
    assert ("ada", "nora") in audited("password link made")

    form = client.get(link, follow=True)
    client.post(form.request["PATH_INFO"], {"password1": "sunny crocodile walks", "password2": "sunny crocodile walks"})

    nora.refresh_from_db()
    assert nora.check_password("sunny crocodile walks")
    assert "password1" not in client.get(link, follow=True).content.decode(), "the link is used up"


def test_link_to_set_a_password_is_good_for_three_days(ada, client, monday):
    new_person(ada)
    nora = User.objects.get(username="nora")
    page = ada.post(f"{PEOPLE}{nora.pk}/password-link/").content.decode()
    link = re.search(r"https://testserver(/accounts/password/reset/key/[^<\s]+)", page)[1]

    monday.shift(timedelta(days=3, seconds=1))

    assert "password1" not in client.get(link, follow=True).content.decode()


def test_link_is_not_made_by_looking(ada, toms_river_desk):
    assert ada.get(f"{PEOPLE}{toms_river_desk.pk}/password-link/").status_code == 405


def test_person_who_leaves_is_signed_out_everywhere(ada, toms_river_desk, signed_in):
    browser = signed_in(toms_river_desk)
    assert browser.get("/admin/appointments/appointmentrequest/").status_code == 200

    save(ada, person_page(toms_river_desk), is_active=None)

    assert browser.get("/admin/appointments/appointmentrequest/").status_code == 302


def test_person_who_comes_back_signs_in_anew(ada, toms_river_desk, signed_in):
    """A browser left open somewhere does not wake up with the account."""
    browser = signed_in(toms_river_desk)

    save(ada, person_page(toms_river_desk), is_active=None)
    save(ada, person_page(toms_river_desk), is_active="on")

    assert User.objects.get(pk=toms_river_desk.pk).is_active
    assert browser.get("/admin/appointments/appointmentrequest/").status_code == 302


def test_receptionist_without_an_office_is_refused(ada):
    page = new_person(ada, offices=[]).content.decode()

    assert "Choose the offices whose requests they work" in page
    assert not User.objects.filter(username="nora").exists()


def test_offices_of_a_person_are_changed(ada, toms_river_desk):
    belleville = Office.objects.get(slug="belleville")

    save(ada, person_page(toms_river_desk), offices=[str(belleville.pk)])

    assert list(toms_river_desk.offices.all()) == []
    assert list(toms_river_desk.rights_waiting.offices.all()) == [belleville]
    assert ("ada", "tess, office toms-river") in audited("rights taken")
    assert ("ada", "tess, office belleville") in audited("rights to be confirmed")


# --- Nobody makes more of themselves, or of others, than they may ---

CRAFTED = {
    "is_superuser": "on",
    "is_staff": "on",
    "password": "x",
    "password1": "a long enough password!",
    "usable_password": "true",
    "last_login_0": "2020-01-01",
}


def crafted() -> dict:
    return {**CRAFTED, "user_permissions": list(Permission.objects.values_list("pk", flat=True))}


def test_crafted_form_gives_no_rights_to_others(ada, editor):
    data = fields_of(ada.get(person_page(editor)))

    ada.post(person_page(editor), {**data, **crafted()})

    editor.refresh_from_db()
    assert (editor.is_superuser, editor.is_staff) == (False, False)
    assert not editor.user_permissions.exists()
    assert editor.check_password("a long enough password")


def test_crafted_form_makes_no_superuser(ada):
    new_person(ada, **crafted())

    nora = User.objects.get(username="nora")
    assert (nora.is_superuser, nora.user_permissions.count(), nora.has_usable_password()) == (False, 0, False)


def test_crafted_form_gives_no_rights_to_oneself(ada, administrator):
    data = fields_of(ada.get(person_page(administrator)))
    mine = [group("Manager"), group("Front desk")]

    ada.post(
        person_page(administrator),
        {**data, **crafted(), "groups": mine, "offices": list(Office.objects.values_list("pk", flat=True))},
    )

    administrator.refresh_from_db()
    assert [each.name for each in administrator.groups.all()] == ["Administrator"]
    assert (administrator.offices.count(), administrator.user_permissions.count()) == (0, 0)
    assert (administrator.is_superuser, administrator.is_active) == (False, True)


def test_own_name_can_be_changed(ada, administrator):
    save(ada, person_page(administrator), first_name="Ada")

    administrator.refresh_from_db()
    assert administrator.first_name == "Ada"


@pytest.mark.parametrize("name", ["Moderators", "Everything"])
def test_group_that_is_not_ours_cannot_be_given(ada, name):
    made, _new = Group.objects.get_or_create(name=name)
    made.permissions.set(Permission.objects.all())

    page = new_person(ada, groups=[group("Front desk"), made.pk]).content.decode()

    assert "is not one of the available choices" in page
    assert not User.objects.filter(username="nora").exists()


@pytest.fixture
def operator(db) -> User:
    """Who installed the site."""
    return User.objects.create_superuser("root", "root@clinic.example", "a long enough password")


@pytest.mark.parametrize("page", ["change/", "history/", "password/", "password-link/", "delete/"])
def test_operator_is_out_of_reach(ada, operator, page):
    for answer in (ada.get(f"{PEOPLE}{operator.pk}/{page}", follow=True), ada.post(f"{PEOPLE}{operator.pk}/{page}")):
        assert "root@clinic.example" not in answer.content.decode()
        assert "/accounts/password/reset/key/" not in answer.content.decode()

    operator.refresh_from_db()
    assert operator.is_superuser
    assert operator.is_active
    assert operator.username not in ada.get(PEOPLE).content.decode()


def test_nobody_sets_a_password_for_somebody_else(ada, toms_river_desk):
    page = f"{PEOPLE}{toms_river_desk.pk}/password/"

    answer = ada.post(page, {"password1": "sunny crocodile walks", "password2": "sunny crocodile walks"}, follow=True)

    toms_river_desk.refresh_from_db()
    assert toms_river_desk.check_password("a long enough password")
    assert "password1" not in answer.content.decode()


def test_nobody_makes_a_link_for_themselves_or_for_who_may_not_sign_in(ada, administrator, toms_river_desk):
    toms_river_desk.is_active = False
    toms_river_desk.save()

    for user in (administrator, toms_river_desk):
        assert ada.post(f"{PEOPLE}{user.pk}/password-link/").status_code == 403


def test_people_are_not_deleted(ada, toms_river_desk):
    ada.post(f"{PEOPLE}{toms_river_desk.pk}/delete/", {"post": "yes"})
    ada.post(PEOPLE, {"action": "delete_selected", "_selected_action": [toms_river_desk.pk], "post": "yes"})

    assert User.objects.filter(pk=toms_river_desk.pk).exists()


@pytest.mark.parametrize("who", ["manager", "toms_river_desk", "editor"])
def test_only_the_administrator_manages_accounts(request, signed_in, editor, who):
    user = request.getfixturevalue(who)
    browser = signed_in(user)

    for page in (PEOPLE, f"{PEOPLE}add/", person_page(user)):
        assert browser.get(page).status_code in (302, 403)
        assert browser.post(page, {"username": "nora", "is_superuser": "on"}).status_code in (302, 403)
    assert browser.post(f"{PEOPLE}{editor.pk}/password-link/").status_code in (302, 403)
    assert not User.objects.filter(is_superuser=True).exists()
    assert not User.objects.filter(username="nora").exists()


def test_groups_keep_their_permissions(ada, manager, signed_in):
    desk = Group.objects.get(name="Front desk")
    before = set(desk.permissions.all())
    everything = {"name": "Front desk", "permissions": list(Permission.objects.values_list("pk", flat=True))}

    for browser in (ada, signed_in(manager)):
        assert browser.post(f"/admin/auth/group/{desk.pk}/change/", everything).status_code == 403
        assert browser.post("/admin/auth/group/add/", {**everything, "name": "Everything"}).status_code == 403

    assert set(desk.permissions.all()) == before
    assert not Group.objects.filter(name="Everything").exists()


def test_group_of_other_software_stays_with_a_person(ada, editor):
    editor.groups.add(Group.objects.get_or_create(name="Others")[0])

    save(ada, person_page(editor), first_name="Edith")

    assert sorted(each.name for each in editor.groups.all()) == ["Editors", "Others"]


def test_administrator_sees_no_requests(ada, make_request):
    request = make_request()

    assert ada.get(f"/admin/appointments/appointmentrequest/{request.pk}/change/").status_code in (403, 404)
    assert request.reference not in ada.get("/admin/?all").content.decode()


def test_audit_of_settings_holds_no_values(ada, toms_river):
    save(ada, office_page(toms_river), parking="Markerparking")
    ada.post(RECEIPT, {"subject": "Markersubject", "body": "Markerbody", "save": ""})

    told = " ".join(" ".join(row) for row in AuditEntry.objects.values_list("action", "record", "actor"))
    assert "Marker" not in told


@pytest.mark.parametrize("name", ["event", "mail", "searchkey", "presence", "dayfigures", "draft", "workerbeat"])
def test_rows_of_requests_have_no_page_of_their_own(ada, name):
    assert ada.get(f"/admin/appointments/{name}/").status_code == 404


def test_line_ends_of_a_browser_are_no_change(ada):
    data = fields_of(ada.get(check_page(1)))
    data |= {name: value.replace("\n", "\r\n") for name, value in data.items() if isinstance(value, str)}

    ada.post(check_page(1), {**data, "signed_off_by": "Dr. Example"})

    assert list(SafetyCheck.objects.values_list("version", "signed_off_by")) == [(1, "Dr. Example")]


@pytest.mark.thorough
def test_word_line_that_cannot_be_read_is_told_beside_it(ada):
    page = save(ada, check_page(1), **{"flags-0-words": "black +"})

    assert "black +" in page
    assert SafetyCheck.objects.count() == 1
