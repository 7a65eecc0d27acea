"""What people type into the form's boxes, what we keep of it, and what we say when we can't."""

import re
from datetime import date

import pytest
import time_machine
from django.core.exceptions import ValidationError

from common.form_fields import (
    CleanCharField,
    CleanEmailField,
    DateOfBirthField,
    PhoneField,
    ZipField,
    name_without_number,
)
from common.phones import last_four, phone_in_words, takes_texts

PHONE_PROBLEM = "Enter a phone number with 10 digits, like (202) 555-0100"
ZIP_PROBLEM = "Enter a ZIP code with 5 digits"
NO_MONTH = "There is no month {}. The month comes first, like 4 27 1953"
MONTH_WORDS = "Enter the month of birth as a number from 1 to 12, or as a word like April"
NO_DAY = "There is no day {}. Enter a day from 1 to 31"
DAY_WORDS = "Enter the day of birth as a number from 1 to 31"
NO_YEAR = "Year of birth must have 4 digits, like 1953"


@pytest.fixture(autouse=True)
def _today():
    """It is Monday, November 23, 2026."""
    with time_machine.travel("2026-11-23T10:12-05:00", tick=False):
        yield


def problem_with(field, typed) -> str:
    """What the field says about `typed`."""
    with pytest.raises(ValidationError) as caught:
        field.clean(typed)
    return " / ".join(caught.value.messages)


# --- names and other lines of text ---


@pytest.mark.parametrize(
    "name",
    [
        "Harold Sample",
        "Zoë O’Brien-Müller",
        "Nguyễn Thị Minh Khai",
        "José María Ñíguez",
        "Владимир Щукин",
        "Παναγιώτης Αγγελόπουλος",
        "李小龍",
        "김민수",
        "やまだ たろう",
        "محمد عبد الله",
        "משה כהן",
        "नरेन्द्र शर्मा",
        "ஸ்ரீநிவாசன்",
        "สมชาย ใจดี",
        "Ꮳꮃꭹ",
        "𠮷田",
        "نیک‌پی",  # a zero-width non-joiner that Persian needs
        "ක්‍රිෂාන්ති",  # a zero-width joiner that Sinhala needs
        "Robert'); DROP TABLE Students;--",
        "<b>Bold</b> & Sons",
    ],
)
def test_name_in_any_script_is_kept_as_typed(name):
    assert CleanCharField().clean(name) == name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        pytest.param("  Harold   Sample ", "Harold Sample", id="spaces"),
        pytest.param("Harold\N{NO-BREAK SPACE}Sample", "Harold Sample", id="a no-break space"),
        pytest.param("Harold\x00Sample", "HaroldSample", id="NUL"),
        pytest.param("Harold\x07\x1b[31m Sample\x7f", "Harold[31m Sample", id="bell, escape and delete"),
        pytest.param("Harold\x85\x9fSample", "HaroldSample", id="control characters of the upper half"),
        pytest.param("Harold\tSample", "Harold Sample", id="a tab"),
        pytest.param("Harold\r\nSample", "Harold Sample", id="a line end"),
        pytest.param("Harold\u2028Sample", "Harold Sample", id="a line separator"),
        pytest.param("\u202eelpmaS\u202c Harold", "elpmaS Harold", id="a right-to-left override"),
        pytest.param("\u2067Harold\u2069 Sample", "Harold Sample", id="isolates"),
        pytest.param("\ufeffHarold\u200b Sample\u2060", "Harold Sample", id="characters without width"),
        pytest.param("Harold\ud800 Sample", "Harold Sample", id="half of a surrogate pair"),
        pytest.param("Zoe\N{COMBINING DIAERESIS}", "Zoë", id="an accent of its own"),
    ],
)
def test_name_loses_what_cannot_be_seen_and_nothing_else(typed, kept):
    assert CleanCharField().clean(typed) == kept


@pytest.mark.parametrize("typed", ["", "   ", "\t\r\n", "\x00\x01", "\u200b\u202e\ufeff", None])
def test_name_of_nothing_visible_is_not_given(typed):
    field = CleanCharField(error_messages={"required": "Enter the full name of the patient"})

    assert problem_with(field, typed) == "Enter the full name of the patient"


def test_name_is_measured_after_cleaning():
    field = CleanCharField(max_length=5)

    assert field.clean("  \x00H\u200barry  ") == "Harry"


def test_text_of_one_line_loses_its_line_ends():
    assert CleanCharField().clean("Left heel.\nWorse at night.") == "Left heel. Worse at night."


def test_text_of_several_lines_keeps_its_line_ends():
    typed = "  Left heel.\r\n\r\n Worse\tat  night.\rSince\x00 May. \n"

    assert CleanCharField(lines=True).clean(typed) == "Left heel.\n\nWorse at night.\nSince May."


# --- phone ---


@pytest.mark.parametrize(
    "typed",
    [
        "(732) 555-0142",
        "732-555-0142",
        "732.555.0142",
        "7325550142",
        "732 555 0142",
        "1 732 555 0142",
        "+1 732 555 0142",
        "+1 (732) 555-0142",
        "tel: 732 555 0142",
        " 732\N{NO-BREAK SPACE}555\N{NON-BREAKING HYPHEN}0142 ",
        "732\x00555\u200b0142",
        "７３２ ５５５ ０１４２",
    ],
)
def test_phone_of_the_us_is_kept_in_one_form(typed):
    assert PhoneField().clean(typed) == "+17325550142"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("+44 20 7946 0958", "+442079460958"),
        ("011 44 20 7946 0958", "+442079460958"),
        ("011442079460958", "+442079460958"),
        ("+52 55 1234 5678", "+525512345678"),
        ("+49 (0)30 901820", "+4930901820"),
        ("+1 416 555 0142", "+14165550142"),  # Canada
        ("1-800-FOOT-DOC", "+18003668362"),
    ],
)
def test_phone_of_another_country_or_in_letters_is_accepted(typed, kept):
    assert PhoneField().clean(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("555-0142", id="no area code"),
        pytest.param("12345", id="5 digits"),
        pytest.param("732 555 0142 0", id="11 digits"),
        pytest.param("020 7946 0958 123", id="foreign without a country"),
        pytest.param("+999 12 345 678", id="a country that is none"),
        pytest.param("+", id="a plus"),
        pytest.param("call me", id="words"),
        pytest.param("harold@example.com", id="an e-mail address"),
        pytest.param("911", id="911"),
    ],
)
def test_phone_that_nobody_can_call_says_what_to_enter(typed):
    assert problem_with(PhoneField(), typed) == PHONE_PROBLEM


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("732-555-0142 x12", "+17325550142;ext=12"),
        ("(732) 555-0142 ext. 12", "+17325550142;ext=12"),
        ("(732) 555-0142, extension 12", "+17325550142;ext=12"),
        ("732 555 0142 #12", "+17325550142;ext=12"),  # as the keypad of a phone gives it
        ("732 555 0142 extensión 12", "+17325550142;ext=12"),
        ("(732) 555-0142 x12 (work)", "+17325550142;ext=12"),
        ("+44 20 7946 0958 ext. 5", "+442079460958;ext=5"),
    ],
)
def test_phone_keeps_its_extension_as_links_dial_it(typed, kept):
    field = PhoneField()

    assert field.clean(typed) == kept
    assert field.clean(field.prepare_value(kept)) == kept
    assert "ext" in phone_in_words(kept) or "x" in phone_in_words(kept)


@pytest.mark.parametrize(
    "typed",
    [
        "+1 (732) 555-0142 (cell)",
        "732 555 0142 cell",
        "cell: 732 555 0142",
        "Home phone 732-555-0142",
        "(732) 555-0142 (my cell phone)",
        "732-555-0142 celular",
    ],
)
def test_phone_loses_what_people_write_beside_it(typed):
    assert PhoneField().clean(typed) == "+17325550142"


@pytest.mark.parametrize(
    "typed",
    [
        "732-555-0142 or 732-555-0143",
        "732-555-0142 or 0143",
        "732-555-0142 / 732-555-0143",
        "732-555-0142, 732-555-0143",
        "732 555 0142 732 555 0143",
        "home 732-555-0142 cell 732-555-0143",
    ],
)
def test_phone_is_one_number(typed):
    assert problem_with(PhoneField(), typed) == "Enter one phone number only: the one we should call"


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("000-000-0000", "No phone number begins with 000. Check whether a digit is wrong or missing"),
        ("(132) 555-0142", "No phone number begins with 132. Check whether a digit is wrong or missing"),
        ("1732555014", "No phone number begins with 173. Check whether a digit is wrong or missing"),
        ("123-456-7890", "No phone number begins with 123. Check whether a digit is wrong or missing"),
        ("911 555 0142", "No phone number begins with 911. Check whether a digit is wrong or missing"),
        ("732 055 0142", "No phone number has 055 after the area code. Check the number"),
        ("732 155 0142", "No phone number has 155 after the area code. Check the number"),
        (
            "(732) 555-0142 ext. 12345678901234567890123",
            "Enter the phone number only, without words, like (202) 555-0100",
        ),
        ("732 555 0142 ask for Ann", "Enter the phone number only, without words, like (202) 555-0100"),
    ],
)
def test_phone_that_can_never_work_says_what_is_wrong_with_it(typed, problem):
    assert problem_with(PhoneField(), typed) == problem


def test_phone_is_known_by_its_own_digits_and_not_by_the_extension():
    assert last_four("+17325550142;ext=12") == last_four("+17325550142") == "0142"
    assert takes_texts("+17325550142")
    assert not takes_texts("+17325550142;ext=12")


def test_phone_that_is_not_required_may_be_empty():
    assert PhoneField(required=False).clean("  ") == ""


def test_phone_kept_is_shown_as_people_write_it():
    nbsp = "\N{NO-BREAK SPACE}"

    assert PhoneField().prepare_value("+17325550142") == f"(732){nbsp}555-0142"
    assert PhoneField().prepare_value("+442079460958") == f"+44{nbsp}20{nbsp}7946{nbsp}0958"


def test_phone_shown_can_be_sent_again():
    field = PhoneField()

    assert field.clean(field.prepare_value("+442079460958")) == "+442079460958"


@pytest.mark.parametrize("typed", ["555 01", "call me", "+1 732 55", "+1732555014", "+999 12 345"])
def test_phone_that_was_refused_is_shown_as_typed(typed):
    assert PhoneField().prepare_value(typed) == typed


# --- ZIP code ---


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("08755", "08755"),
        (" 08755 ", "08755"),
        ("08755-1234", "08755"),
        ("08755 1234", "08755"),
        ("087551234", "08755"),
        ("00000", "00000"),  # known or not is routing's business
        ("99999", "99999"),
        ("0\u200b8755\x00", "08755"),
        ("\u200e08755", "08755"),
        ("０８７５５", "08755"),
        ("٠٨٧٥٥", "08755"),
        ("NJ 08755", "08755"),
        ("Toms River, NJ 08755-1234", "08755"),
        ("08755 NJ", "08755"),
        ("08755-", "08755"),
        ("08755.", "08755"),
        ("08755–1234", "08755"),
        ("08755 - 1234", "08755"),
    ],
)
def test_zip_is_five_digits(typed, kept):
    assert ZipField().clean(typed) == kept


@pytest.mark.parametrize(
    "typed", ["8755", "ABCDE", "0875", "087555", "08755-12", "K1A 0B1", "0875O", "-8755", "1 Main Street 08755"]
)
def test_zip_that_is_none_says_what_to_enter(typed):
    assert problem_with(ZipField(), typed) == ZIP_PROBLEM


# --- date of birth ---


@pytest.mark.parametrize(
    ("typed", "born"),
    [
        (("9", "14", "1954"), date(1954, 9, 14)),
        (("09", "14", "1954"), date(1954, 9, 14)),
        (("4", "7", "1953"), date(1953, 4, 7)),
        ((" 4 ", " 07", "1953 "), date(1953, 4, 7)),
        (("September", "14", "1954"), date(1954, 9, 14)),
        (("SEPT.", "14", "1954"), date(1954, 9, 14)),
        (("sep", "14", "1954"), date(1954, 9, 14)),
        (("may", "1", "1954"), date(1954, 5, 1)),
        (("Febr", "29", "1956"), date(1956, 2, 29)),
        (("2", "29", "2024"), date(2024, 2, 29)),
        (("12", "31", "1999"), date(1999, 12, 31)),
        (("11", "23", "2026"), date(2026, 11, 23)),  # born today
        (("1", "1", "1906"), date(1906, 1, 1)),
        (("4", "27th", "1953"), date(1953, 4, 27)),
        (("4.", "27.", "1953."), date(1953, 4, 27)),
        (("4", "27", "\u200e1953"), date(1953, 4, 27)),
        (("４", "２７", "１９５３"), date(1953, 4, 27)),
    ],
)
def test_birth_date_with_the_month_in_digits_or_words(typed, born):
    assert DateOfBirthField().clean(typed) == born


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        pytest.param(("2", "29", "1955"), "February 1955 did not have 29 days. Check the day", id="no leap year"),
        pytest.param(("2", "30", "1954"), "February 1954 did not have 30 days. Check the day", id="February 30"),
        pytest.param(("4", "31", "1954"), "April 1954 did not have 31 days. Check the day", id="April 31"),
        pytest.param(("13", "1", "1954"), NO_MONTH.format(13), id="month 13"),
        pytest.param(("0", "1", "1954"), NO_MONTH.format(0), id="month 0"),
        pytest.param(("1", "0", "1954"), NO_DAY.format(0), id="day 0"),
        pytest.param(("1", "32", "1954"), NO_DAY.format(32), id="day 32"),
        pytest.param(("1", "1_4", "1954"), DAY_WORDS, id="a day as Python writes numbers"),
        pytest.param(("1", "+9", "1954"), DAY_WORDS, id="a day with a plus"),
        pytest.param(("1", "first", "1954"), DAY_WORDS, id="a day in words"),
        pytest.param(("Ju", "4", "1954"), MONTH_WORDS, id="June or July"),
        pytest.param(("Smarch", "4", "1954"), MONTH_WORDS, id="no month"),
        pytest.param(("1", "99999999999999", "1954"), DAY_WORDS, id="a day of 14 digits"),
        pytest.param(("99999999999999", "1", "1954"), MONTH_WORDS, id="a month of 14 digits"),
        pytest.param(("1", "9" * 5000, "1954"), DAY_WORDS, id="a day of 5000 digits"),
        pytest.param(("x" * 5000, "1", "1954"), MONTH_WORDS, id="a month of 5000 letters"),
        pytest.param(("1", "1", "0000"), NO_YEAR, id="the year 0"),
    ],
)
def test_birth_date_that_never_was_says_what_is_wrong_with_it(typed, problem):
    assert problem_with(DateOfBirthField(), typed) == problem


@pytest.mark.parametrize("typed", [("9", "14", "54"), ("9", "14", "954"), ("9", "14", "19540"), ("9", "14", "abcd")])
def test_birth_date_needs_a_year_of_four_digits(typed):
    assert problem_with(DateOfBirthField(), typed) == NO_YEAR


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        (("", "14", "1954"), "Enter the month of birth"),
        (("9", "", "1954"), "Enter the day of birth"),
        (("9", "14", ""), "Enter the year of birth"),
        (("9",), "Enter the day of birth / Enter the year of birth"),
        ((" ", "14", "54"), f"Enter the month of birth / {NO_YEAR}"),
    ],
)
def test_birth_date_says_which_part_is_missing(typed, problem):
    assert problem_with(DateOfBirthField(), typed) == problem


@pytest.mark.parametrize(
    "typed",
    [
        *("9/14/1954", "09/14/1954", "9-14-1954", "9.14.1954", "9 14 1954", "09141954", "1954-09-14"),
        *("Sept. 14, 1954", "September 14th 1954", "14 Sep 1954", "\u200e９／14／1954"),
    ],
)
@pytest.mark.parametrize("box", [0, 1, 2])
def test_birth_date_in_one_box_is_put_into_all_three(typed, box):
    field = DateOfBirthField()
    data = {f"born_{number}": typed if number == box else " " for number in range(3)}

    boxes = field.widget.value_from_datadict(data, {}, "born")

    assert field.clean(boxes) == date(1954, 9, 14)
    assert boxes[2] == "1954"


def test_birth_date_in_one_box_with_the_day_first_says_that_the_month_comes_first():
    field = DateOfBirthField()

    boxes = field.widget.value_from_datadict({"born_0": "13/01/1954", "born_1": "", "born_2": ""}, {}, "born")

    assert problem_with(field, boxes) == NO_MONTH.format(13)


@pytest.mark.parametrize("typed", [("", "", ""), (" ", "\t", "\x00"), [], None])
def test_birth_date_not_given_at_all(typed):
    assert problem_with(DateOfBirthField(), typed) == "Enter the date of birth"


@pytest.mark.parametrize("typed", [("11", "24", "2026"), ("1", "1", "2027"), ("1", "1", "9999")])
def test_birth_date_in_the_future_is_refused(typed):
    assert problem_with(DateOfBirthField(), typed) == "Date of birth must be in the past"


def test_birth_date_is_compared_with_the_day_in_new_york():
    with time_machine.travel("2026-11-24T03:00Z", tick=False):  # still Monday evening there
        assert problem_with(DateOfBirthField(), ("11", "24", "2026")) == "Date of birth must be in the past"


@pytest.mark.parametrize("typed", [("12", "31", "1905"), ("1", "1", "1054"), ("1", "1", "0001")])
def test_birth_date_more_than_120_years_ago_is_checked(typed):
    assert problem_with(DateOfBirthField(), typed) == "Check the year of birth"


def test_birth_date_kept_is_shown_in_its_three_boxes():
    widget = DateOfBirthField().widget

    assert widget.decompress("1954-09-14") == widget.decompress(date(1954, 9, 14)) == [9, 14, 1954]
    assert widget.decompress(None) == [None, None, None]


# --- email ---


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("harold@gmail.con", "harold@gmail.com"),
        ("harold@gamil.com", "harold@gmail.com"),
        ("harold@hotmial.com", "harold@hotmail.com"),
        ("harold@gmial.con", "harold@gmail.com"),
        ("harold@Gmail.Con", "harold@gmail.com"),
        ("harold@yaho.com", "harold@yahoo.com"),
        ("harold@outlook.co", "harold@outlook.com"),
        ("harold@comcast.nte", "harold@comcast.net"),
        ("harold@some-clinic.con", "harold@some-clinic.com"),
        ("harold@some-clinic.ogr", "harold@some-clinic.org"),
    ],
)
def test_email_with_a_probable_slip_is_asked_about(typed, meant):
    asked = f"Did you mean {meant}? If what you typed is right, press the button again"

    assert problem_with(CleanEmailField(), typed) == asked


@pytest.mark.parametrize(
    "domain",
    [
        *("gmail.com", "yahoo.com", "aol.com", "mail.com", "ymail.com", "email.com", "yahoo.co.uk", "hotmail.fr"),
        *("gmx.de", "live.ca", "me.com", "example.org", "verizon.com", "rutgers.edu", "state.nj.us", "googlemail.com"),
    ],
)
def test_email_without_a_slip_is_taken(domain):
    assert CleanEmailField().clean(f"harold@{domain}") == f"harold@{domain}"


def test_email_is_asked_about_once_and_then_kept_as_it_is():
    field = CleanEmailField()
    drawn = field.widget.render("email", "harold@gmail.con")
    asked = re.search(r'name="(email_asked)" value="([^"]+)"', drawn)
    data = {"email": "harold@gmail.con", asked[1]: asked[2]}

    assert field.clean(field.widget.value_from_datadict(data, {}, "email")) == "harold@gmail.con"
    data["email"] = "harold@hotmial.com"  # another one is asked about, too
    with pytest.raises(ValidationError):
        field.clean(field.widget.value_from_datadict(data, {}, "email"))


# --- insurance ---


@pytest.mark.parametrize(
    "typed",
    [
        *("Medicare 1EG4-TE5-MK73", "1EG4TE5MK73", "1eg4 te5 mk73", "Medicare: 1EG4–TE5–MK73", "１EG4-TE5-MK73"),
        *("1EG4\u200b-TE5-MK73", "Medicare (1EG4.TE5.MK73)", "9AA9A99AA99", "1EGO-TE5-MK73"),
    ],
)
def test_insurance_with_a_medicare_number_is_refused(typed):
    with pytest.raises(ValidationError, match="looks like a Medicare number"):
        name_without_number(typed)


@pytest.mark.parametrize("typed", ["Horizon 123456789", "1234–5678", "12.34.56", "１２３４５", "123-45-6789A"])
def test_insurance_with_a_member_number_is_refused(typed):
    with pytest.raises(ValidationError, match="without any number"):
        name_without_number(typed)


@pytest.mark.parametrize("typed", ["Medicare", "1199 SEIU, Local 32", "Medicare Part B", "Plan 65", "AARP / UHC", "3M"])
def test_insurance_name_is_taken(typed):
    field = CleanCharField(validators=[name_without_number])

    assert field.clean(typed) == typed
