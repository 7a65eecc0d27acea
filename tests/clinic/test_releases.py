"""Sites of each release, brought to the code of the day: `tests.make_release_dump` has kept them."""

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path

import pyrage
import pytest

from clinic import __version__
from tests.clinic.conftest import ON_POSTGRES, ROOT, Site
from tests.make_release_dump import RELEASES, inside, load

VERSIONS = sorted(path.name for path in RELEASES.iterdir())
Upgraded = tuple[Site, dict, dict]  # the site, what stood in it, and what the journeys saw


@pytest.mark.parametrize("version", VERSIONS)
def test_migrations_of_a_release_stay_as_they_are(version):
    lines = (RELEASES / version / "migrations.txt").read_text().splitlines()
    rows = [line.split("  ") for line in lines if not line.startswith("#")]
    changed = []
    for known, name in rows:
        path = ROOT / name
        if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != known:
            changed.append(name)

    assert len(rows) > 60
    assert changed == [], "sites have run these: put them back, and add a migration instead"


def test_version_has_its_place_in_the_changelog_and_its_dump():
    released = re.findall(r"^## (\d\S+) - \d{4}-\d\d-\d\d$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)

    assert released[0] == __version__
    assert sorted(released) == VERSIONS


@pytest.fixture(scope="module")
def safe(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The practice's pair of keys for backups: the public one, and the file of the private one."""
    identity = pyrage.x25519.Identity.generate()
    path = tmp_path_factory.mktemp("safe") / "key.txt"
    path.write_text(f"{identity}\n")
    return str(identity.to_public()), path


@pytest.fixture(scope="module", params=VERSIONS)
def upgraded(request: pytest.FixtureRequest, make_site: Callable[..., Site], safe: tuple[str, Path]) -> Upgraded:
    """As docs/operating.md says; then people use it."""
    release = RELEASES / request.param
    facts = json.loads((release / "facts.json").read_text())["postgresql" if ON_POSTGRES else "sqlite"]
    site = make_site(empty=True, BACKUP_PUBLIC_KEYS=safe[0])
    load(release, site)
    site.manage("migrate", "-v0")
    site.manage("load_practice", "-v0")
    site.manage("worker", "--once")
    return site, facts, inside(site, "walk", given=facts)


@pytest.mark.slow
@pytest.mark.parametrize("journey", ["articles", "desk", "search", "audit", "own page"])
def test_what_was_there_before_an_upgrade_is_there_after_it(upgraded, journey):
    assert not upgraded[2][journey]


@pytest.mark.slow
def test_upgraded_site_is_ready_and_takes_a_request(upgraded):
    seen = upgraded[2]

    assert seen["ready"] == "ok\nworker running\n"
    assert seen["sent"] == {"status": "new", "name": "Harold Sample", "page": 200}


@pytest.mark.slow
def test_upgraded_site_can_be_backed_up_and_restored(upgraded, make_site, safe, tmp_path):
    site, facts, _seen = upgraded
    (public, key), file = safe, tmp_path / "upgraded.age"
    site.manage("backup", str(file))
    empty = make_site(empty=True, BACKUP_PUBLIC_KEYS=public)

    said = empty.manage("restore", str(file), "--key", str(key))

    told = "{row.reference: row.patient_name for row in AppointmentRequest.objects.all()}"
    assert "The audit trail is whole." in said
    assert {request["reference"]: request["name"] for request in facts["requests"]}.items() <= empty.ask(told).items()
