"""Finding encrypted requests: which words fit which name, number and date, and what the database shows of it."""

from datetime import date

import pytest

from appointments import search_keys
from appointments.models import AppointmentRequest, SearchKey
from appointments.search_keys import name_parts, person_key

pytestmark = pytest.mark.usefixtures("monday")


def found(typed: str) -> list[str]:
    return [inquiry.patient_name for inquiry in search_keys.search(AppointmentRequest.objects.order_by("pk"), typed)]


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Harold Sample", ["harold", "sample"]),
        ("Müller-O’Neil", ["muller", "oneil"]),
        ("O'Neil", ["oneil"]),
        ("José  de la Cruz", ["jose", "de", "la", "cruz"]),
        ("STRASSE Straße", ["strasse", "strasse"]),
        ("Łucja Sørensen", ["lucja", "sorensen"]),
        ("Æsir Ħasan", ["aesir", "hasan"]),
        ("王小明", ["王小明"]),
        ("", []),
        ("...", []),
    ],
)
def test_name_is_taken_apart(name, parts):
    assert name_parts(name) == parts


@pytest.mark.parametrize(
    ("phone", "name", "same"),
    [
        ("+17325550142", "harold sample", True),
        ("+17325550142", "Sample, Harold", True),
        ("+17325550143", "Harold Sample", False),
        ("+17325550142", "Harold Sampler", False),
    ],
)
def test_same_person_is_known_by_phone_and_name_however_it_is_written(phone, name, same):
    assert (person_key(phone, name) == person_key("+17325550142", "Harold Sample")) is same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Maria de la Cruz", "Maria Delacruz"),
        ("Cruz Ana", "Ana Cruz"),
        ("Tim O’Neil", "Tim O Neil"),
        ("Jan van der Berg", "VanderBerg, Jan"),
        ("Jens Sørensen", "Jens Sorensen"),
    ],
)
def test_same_person_is_known_although_the_name_is_written_otherwise(one, other):
    assert person_key("+17325550142", one) == person_key("+17325550142", other)


def test_persons_with_the_same_letters_are_two():
    assert person_key("+17325550142", "Amy Smith") != person_key("+17325550142", "May Smith")


def test_number_in_a_name_is_not_taken_for_a_phone(make_request):
    make_request(patient_name="Agent 5550142", phone="+12125550123")
    make_request(patient_name="Harold Sample", phone="+17325550142")

    assert found("555 0142") == ["Harold Sample"]


@pytest.mark.parametrize(
    ("name", "typed", "is_found"),
    [
        ("Maria Lopez", "mar", True),
        ("Maria Lopez", "ma", False),
        ("Maria Lopez", "ma lopez", True),
        ("Maria Lopez", "m lop", True),
        ("Wei Li", "li", True),
        ("Wei Li", "li wei", True),
        ("Lionel Wong", "li", False),
        ("王小明", "王小", True),
        ("Łucja", "łuc", True),
        ("Lucja", "Łucja", True),
        ("Jens Sørensen", "sorensen", True),
        ("Jens Sorensen", "Sørensen", True),
        ("Groß", "gross", True),
        ("Tim O’Neil", "o neil", True),
        ("Tim O Neil", "oneil", True),
        ("Tim O’Neil", "tim neil", False),
        ("Maria de la Cruz", "delacruz", True),
        ("Maria Delacruz", "de la cruz", True),
        ("Maria Delacruz", "maria de la cruz", True),
        ("Maria Delacruz", "dela cruz", True),
        ("Maria de la Cruz", "cruz", True),
        ("Mary Ann Wells", "maryann", True),
        ("Maryann Wells", "mary ann", True),
    ],
)
def test_name_is_found_by_its_beginning_of_three_letters(make_request, name, typed, is_found):
    make_request(patient_name=name)

    assert bool(found(typed)) is is_found


def test_name_has_no_more_keys_than_the_search_needs():
    def count(name: str) -> int:
        inquiry = AppointmentRequest(patient_name=name, phone="+17325550142", reference="GS-7K4M-39")
        return len(search_keys.keys_of(inquiry))

    of_the_rest = count("")
    assert [count(name) - of_the_rest for name in ("Maria Lopez", "Harold Sample", "Li", "Bo Xi")] == [11, 12, 1, 4]


def test_keys_fit_the_databases_integers():
    assert 0 <= person_key("+17325550142", "Harold Sample") < 2**63


@pytest.mark.parametrize("named_up_to", [0, 1, 1_000])
def test_search_finds_the_same_however_frequent_a_word_is(make_request, monkeypatch, named_up_to):
    monkeypatch.setattr(search_keys, "NAMED_UP_TO", named_up_to)
    for name in ("Ada Lovelace", "Ada Byron", "Ben Byron"):
        make_request(patient_name=name)

    assert found("ada") == ["Ada Lovelace", "Ada Byron"]
    assert found("ada byron") == ["Ada Byron"]


def test_search_wants_all_words(make_request):
    make_request(patient_name="Ann Miller")
    make_request(patient_name="Ann Smith")

    assert found("ann") == ["Ann Miller", "Ann Smith"]
    assert found("smith ann") == ["Ann Smith"]
    assert found("ann jones") == []


def test_search_finds_long_names_by_their_beginning(make_request):
    make_request(patient_name="Wolfeschlegelsteinhausen Sample")

    assert found("wolfeschlegelsteinhausen") == ["Wolfeschlegelsteinhausen Sample"]
    assert found("wolfe") == ["Wolfeschlegelsteinhausen Sample"]


@pytest.mark.parametrize("typed", ["h", "", "   ", "-", "’", "%", "\N{SNOWMAN}"])
def test_search_finds_nothing_by_next_to_nothing(make_request, typed):
    make_request()

    assert found(typed) == []


def test_initial_beside_a_name_is_passed_over(make_request):
    make_request(patient_name="Harold Q Sample")

    assert found("harold q") == ["Harold Q Sample"]


def test_number_is_not_taken_for_a_part_of_another(make_request):
    make_request(phone="+17325550142")

    assert found("5550142") == ["Harold Sample"]
    assert found("7325550") == []
    assert found("555014") == []


def test_foreign_number_is_found_with_and_without_its_country(make_request):
    make_request(phone="+442079460123")

    assert found("+44 20 7946 0123") == ["Harold Sample"]
    assert found("2079460123") == ["Harold Sample"]


def test_date_of_two_digits_is_of_the_past(make_request):
    make_request(birth_date="1954-09-14")

    assert found("9/14/54") == ["Harold Sample"]


def test_request_that_changed_is_found_by_what_it_is_now(make_request):
    request = make_request()
    request.patient_name, request.phone, request.birth_date = "Ann Newname", "+19735550100", date(1960, 1, 2)
    request.save()

    search_keys.add(request)

    assert found("harold") == found("7325550142") == found("9/14/1954") == []
    assert found("newname") == found("9735550100") == found("1/2/1960") == ["Ann Newname"]


def test_index_goes_with_its_request(make_request):
    make_request().delete()

    assert not SearchKey.objects.exists()


def test_same_part_of_a_name_has_one_key_for_a_request(make_request):
    request = make_request(patient_name="Anna Anna", visit_for="other", caller_name="Anna", caller_relation="twin")

    keys = list(request.search_keys.values_list("key", flat=True))

    assert len(keys) == len(set(keys))


def test_keys_depend_on_the_secret(make_request, settings):
    request = make_request()
    before = search_keys.keys_of(request)

    settings.DIGEST_KEY = "another secret of more than thirty-two letters"

    assert not before & search_keys.keys_of(request)
