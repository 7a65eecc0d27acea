"""A new practice from a file, and the places of its patients' ZIP codes."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from appointments.models import Office, OpeningHours, VisitKind, ZipCode
from appointments.offices.choice import decide_office

SAMPLE = Path(__file__).parents[2] / "docs" / "practice-sample.yaml"
OFFICE = {
    "name": "Boulder",
    "street": "1 Sample Road",
    "city": "Boulder",
    "state": "CO",
    "zip_code": "80302",
    "phone": "(303) 555-0143",
}


def written(path: Path, *offices: dict[str, str], more: str = "") -> Path:
    """A file with these offices."""
    lines = ["offices:"]
    for office in offices:
        lines += [
            f"{'  - ' if number == 0 else '    '}{key}: {value}" for number, (key, value) in enumerate(office.items())
        ]
    path.write_text("\n".join(lines) + f"\n{more}")
    return path


@pytest.fixture
def nothing(db: None) -> None:
    """A database without a practice."""
    Office.objects.all().delete()
    VisitKind.objects.all().delete()
    ZipCode.objects.all().delete()


@pytest.mark.thorough
def test_sample_is_loaded_with_the_zips_around_and_nothing_of_the_starter(nothing, capsys):
    call_command("load_practice", str(SAMPLE))

    office = Office.objects.get()
    hours = OpeningHours.objects.filter(office=office)
    assert (office.slug, office.phone, office.notice_email) == ("denver", "+13035550142", "")
    assert (office.zip_code, office.latitude < 40, office.keeps_holidays) == ("80218", True, True)
    assert sorted({f"{row.weekday} {row.opens:%H}-{row.closes:%H}" for row in hours})[:2] == ["0 08-12", "0 13-17"]
    assert [kind.minutes for kind in VisitKind.objects.all()] == [40, 20]
    assert ZipCode.objects.filter(pk__in=["80218", "82001", "08755"]).count() == 2  # Denver, Cheyenne; Toms River not
    assert "Denver: to do in /admin/: an e-mail address for notices" in capsys.readouterr().out


@pytest.mark.thorough
def test_an_own_practice_stays_at_the_next_update(nothing, tmp_path):
    call_command("load_practice", str(written(tmp_path / "own.yaml", OFFICE)), verbosity=0)
    call_command("load_practice", verbosity=0)

    assert [office.slug for office in Office.objects.all()] == ["boulder"]
    with pytest.raises(CommandError, match="There are offices already"):
        call_command("load_practice", str(SAMPLE))


@pytest.mark.thorough
def test_patients_near_two_offices_of_two_states_are_sent_to_the_nearer(nothing, tmp_path):
    cheyenne = OFFICE | {"name": "Cheyenne", "city": "Cheyenne", "state": "WY", "zip_code": "82001"}
    call_command("load_practice", str(written(tmp_path / "own.yaml", OFFICE, cheyenne)), verbosity=0)

    places = ZipCode.objects.in_bulk(["80218", "82009"])

    assert len(places) == 2
    assert nearest("80218") == "boulder"
    assert nearest("82009") == "cheyenne"


def nearest(zip_code: str) -> str:
    """The office that routing names."""
    return decide_office(zip_code).office


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"phone": "555"}, "phone: "),
        ({"state": "Colorado"}, "state: "),
        ({"zip_code": "8030"}, "zip_code: "),
        ({"zip_code": "00000"}, "latitude: "),
        ({"notice_email": "desk at example"}, "notice_email: Enter an e-mail address"),
        ({"color": "pink"}, "color: "),
        ({"takes_requests": "yes"}, "takes_requests: needs true or false"),
        ({"slug": "Boul der"}, "slug: "),
        ({"street": ""}, "street: "),
        ({"fax": "1"}, "fax: is no field of an office"),
        ({"hours": "{days: [funday], opens: 09:00, closes: 17:00}"}, "“funday” is no day of the week"),
        ({"hours": "{days: [monday], opens: 9, closes: 17:00}"}, "opens needs a time like 09:00"),
        ({"hours": "{days: [monday], opens: 17:00, closes: 09:00}"}, "09:00 is not after 17:00"),
    ],
)
def test_each_wrong_field_is_named_and_nothing_is_loaded(nothing, tmp_path, change, complaint):
    path = written(tmp_path / "own.yaml", OFFICE | change)

    with pytest.raises(CommandError) as refused:
        call_command("load_practice", str(path))

    assert "Office 1 (Boulder)" in str(refused.value)
    assert complaint in str(refused.value)
    assert not Office.objects.exists()


def test_all_that_is_wrong_is_told_at_once(nothing, tmp_path):
    path = written(tmp_path / "own.yaml", OFFICE, OFFICE | {"phone": "1"}, more="colors: red\nvisit_kinds: [{name: X}]")

    with pytest.raises(CommandError) as refused:
        call_command("load_practice", str(path))

    for word in ("phone", "slug", "letter", "“colors”", "Kind of visit 1"):
        assert word in str(refused.value)


@pytest.mark.parametrize("text", ["", "offices: []", "- Boulder", "offices: [", "offices: Boulder"])
def test_a_file_without_offices_is_refused(nothing, tmp_path, text):
    path = tmp_path / "own.yaml"
    path.write_text(text)

    with pytest.raises(CommandError, match="nothing was loaded"):
        call_command("load_practice", str(path))


@pytest.mark.thorough
def test_zips_of_another_state_are_added_to_those_that_are_there(nothing, capsys):
    ZipCode.objects.create(code="80218", latitude=1, longitude=1)

    call_command("load_zips", "--state", "co")

    assert capsys.readouterr().out == "CO: 662 ZIP codes, 661 of them new\n"
    assert ZipCode.objects.get(pk="80218").latitude == 1
    with pytest.raises(CommandError, match="No ZIP code of XX"):
        call_command("load_zips", "--state", "XX")


def test_zips_come_from_a_table_of_geonames_too(nothing, tmp_path):
    path = tmp_path / "US.txt"
    path.write_text("US\t80999\tNew Town\tColorado\tCO\tDenver\t031\t\t\t39.7313\t-104.9707\t4\n")

    call_command("load_zips", "--state", "CO", "--file", str(path), verbosity=0)

    assert ZipCode.objects.get().pk == "80999"
    path.write_text("zip,latitude\n")
    with pytest.raises(CommandError, match="Line 1 is not one of GeoNames"):
        call_command("load_zips", "--state", "CO", "--file", str(path))
