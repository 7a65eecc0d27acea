"""What is installed is what was pinned: every package by its hashes, and every one that we import by a reason."""

import ast
import re
import subprocess
import sys
import zipfile
from importlib.metadata import distribution, packages_distributions
from pathlib import Path

import pytest

from tools import licences

ROOT = Path(__file__).resolve().parents[2]
PAIRS = [("requirements.in", "requirements.txt"), ("requirements-dev.in", "requirements-dev.txt")]


def plain(name: str) -> str:
    """As registries compare names."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(file: str) -> dict[str, str]:
    """Package -> version."""
    found = re.findall(r"^([\w.-]+)(?:\[\w+\])?==(\S+)", (ROOT / file).read_text(), re.M)
    return {plain(name): version for name, version in found}


@pytest.mark.parametrize(("_wish", "locked"), PAIRS)
def test_every_package_is_pinned_with_hashes(_wish, locked):
    blocks = re.split(r"\n(?=[^\s])", (ROOT / locked).read_text())
    packages = [block for block in blocks if re.match(r"[\w.\[\]-]+==", block)]

    assert packages
    assert [block.split(" ")[0] for block in packages if "--hash=sha256:" not in block] == []


@pytest.mark.parametrize(("wish", "locked"), PAIRS)
def test_what_is_wished_for_is_what_is_pinned(wish, locked):
    assert pins(wish).items() <= {**pins("requirements.txt"), **pins(locked)}.items(), "run `make lock`"


@pytest.mark.parametrize(("wish", "_locked"), PAIRS)
def test_every_wish_has_its_reason(wish, _locked):
    lines = [line for line in (ROOT / wish).read_text().splitlines() if "==" in line]

    assert [line for line in lines if not re.search(r"# \S+ \S+", line)] == []


def imported_by(*rooms: str) -> set[str]:
    """Packages that files of these rooms name in an import."""
    files = [file for room in rooms for file in (ROOT / room).rglob("*.py")]
    imported = set()
    for node in (node for file in files for node in ast.walk(ast.parse(file.read_text()))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            imported.add(node.module.partition(".")[0])
    packages = packages_distributions()
    of_tools = {"zipcodes", "playwright"}  # freeze_zips and freeze_pictures run on the developer's machine
    return {plain(packages[name][0]) for name in imported - of_tools if name in packages}


@pytest.mark.thorough
def test_every_package_that_the_site_imports_is_named_with_a_reason():
    assert imported_by("clinic", "articles", "appointments", "common") - set(pins("requirements.in")) == set()


@pytest.mark.thorough
def test_every_package_that_the_tests_import_is_named_with_a_reason():
    named = {*pins("requirements.in"), *pins("requirements-dev.in")}

    assert imported_by("tests", "tools") - named == set()


def test_no_licence_of_a_package_binds_the_site():
    told = {name: licences.licence_of(distribution(name)) for name in licences.pinned()}

    # PostgreSQL's driver is used as it is, by an import: the LGPL asks no more.
    binding = {name for name, licence in told.items() if re.search(r"GPL|General Public|CC-BY-NC|SSPL|BUSL", licence)}
    assert binding == {"psycopg2-binary"}
    assert {name for name, licence in told.items() if licence == licences.UNKNOWN} == set()


@pytest.mark.slow
def test_package_that_is_not_the_pinned_one_is_refused_with_a_sentence(tmp_path):
    with zipfile.ZipFile(tmp_path / "tampered-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tampered.py", "")
        wheel.writestr("tampered-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tampered\nVersion: 1.0\n")
        wheel.writestr("tampered-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("tampered-1.0.dist-info/RECORD", "")
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools/install.py").write_text((ROOT / "tools/install.py").read_text())
    (tmp_path / "requirements.txt").write_text(f"tampered==1.0 --hash=sha256:{'0' * 64}\n")
    environment = {"PATH": "/usr/bin:/bin", "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path)}

    done = subprocess.run(
        [sys.executable, "-I", tmp_path / "tools/install.py", "requirements.txt"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )

    assert done.returncode != 0
    assert "A package is not the one that was pinned" in done.stderr
    assert not list((tmp_path / ".venv").rglob("tampered.py"))


def test_environment_of_another_folder_is_not_emptied_through_a_link(tmp_path):
    theirs, link = tmp_path / "theirs", tmp_path / "link"
    theirs.mkdir()
    (theirs / "pyvenv.cfg").write_text("")
    (theirs / "installed").write_text("Python 3.11 in /elsewhere")
    link.symlink_to(theirs)

    done = subprocess.run(
        [sys.executable, "-I", ROOT / "tools/install.py", "requirements.txt"],
        env={"VENV": str(link), "VAR_DIR": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "is a link to another environment: remove it" in done.stderr
    assert sorted(path.name for path in theirs.iterdir()) == ["installed", "pyvenv.cfg"]
