"""What people type into the form's boxes, what we keep of it, and what we say when we can't."""

from datetime import date

import pytest
import time_machine
from django.core.exceptions import ValidationError

from common.form_fields import CleanCharField, DateOfBirthField, PhoneField, ZipField

PHONE_PROBLEM = "Enter a phone number with 10 digits, like (732) 555-0100"
ZIP_PROBLEM = "Enter a ZIP code with 5 digits"
NOT_A_DATE = "Date of birth must be a real date, like 4 27 1953"


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
        pytest.param("(732) 555-0142 x12", id="an extension we could not keep"),
        pytest.param("harold@example.com", id="an e-mail address"),
        pytest.param("911", id="911"),
    ],
)
def test_phone_that_nobody_can_call_says_what_to_enter(typed):
    assert problem_with(PhoneField(), typed) == PHONE_PROBLEM


def test_phone_extension_abroad_is_not_dropped_silently():
    assert problem_with(PhoneField(), "+44 20 7946 0958 ext. 5") == PHONE_PROBLEM


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
    ],
)
def test_zip_is_five_digits(typed, kept):
    assert ZipField().clean(typed) == kept


@pytest.mark.parametrize(
    "typed", ["8755", "ABCDE", "0875", "087555", "08755-12", "K1A 0B1", "0875O", "-8755", "０８７５５", "٠٨٧٥٥"]
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
    ],
)
def test_birth_date_with_the_month_in_digits_or_words(typed, born):
    assert DateOfBirthField().clean(typed) == born


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param(("2", "29", "1955"), id="February 29 of no leap year"),
        pytest.param(("2", "30", "1954"), id="February 30"),
        pytest.param(("4", "31", "1954"), id="April 31"),
        pytest.param(("13", "1", "1954"), id="month 13"),
        pytest.param(("0", "1", "1954"), id="month 0"),
        pytest.param(("1", "0", "1954"), id="day 0"),
        pytest.param(("1", "32", "1954"), id="day 32"),
        pytest.param(("1", "-3", "1954"), id="a day with a sign"),
        pytest.param(("1", "1_4", "1954"), id="a day as Python writes numbers"),
        pytest.param(("1", "+9", "1954"), id="a day with a plus"),
        pytest.param(("1", "first", "1954"), id="a day in words"),
        pytest.param(("Ju", "4", "1954"), id="June or July"),
        pytest.param(("Smarch", "4", "1954"), id="no month"),
        pytest.param(("²", "4", "1954"), id="a superscript"),
        pytest.param(("1", "99999999999999", "1954"), id="a day of 14 digits"),
        pytest.param(("99999999999999", "1", "1954"), id="a month of 14 digits"),
        pytest.param(("1", "9" * 5000, "1954"), id="a day of 5000 digits"),
        pytest.param(("x" * 5000, "1", "1954"), id="a month of 5000 letters"),
        pytest.param(("1", "1", "0000"), id="the year 0"),
    ],
)
def test_birth_date_that_never_was_says_so(typed):
    assert problem_with(DateOfBirthField(), typed) == NOT_A_DATE


@pytest.mark.parametrize("typed", [("9", "14", "54"), ("9", "14", "954"), ("9", "14", "19540"), ("9", "14", "abcd")])
def test_birth_date_needs_a_year_of_four_digits(typed):
    assert problem_with(DateOfBirthField(), typed) == "Year of birth must have 4 digits, like 1953"


@pytest.mark.parametrize(
    "typed", [("", "14", "1954"), ("9", "", "1954"), ("9", "14", ""), ("9", "", ""), ("9",), (" ", "\t", "\x00")]
)
def test_birth_date_needs_all_three_parts(typed):
    assert problem_with(DateOfBirthField(), typed) == "Date of birth must have a month, day and year"


@pytest.mark.parametrize("typed", [("", "", ""), [], None])
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
