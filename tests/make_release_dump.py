"""What an upgrade starts from, kept for each release: `python -m tests.make_release_dump` in a clean tree.

Into `tests/data/releases/VERSION/`, VERSION being `clinic.__version__`: a dump of a small site on SQLite and one on
PostgreSQL, made-up patients under throw-away keys; what stands in them (`facts.json`); and the SHA-256 of every
migration, which from then on must stay as it is. `tests/clinic/test_releases.py` upgrades each dump to the code of
the day.
"""

import hashlib
import json
import lzma
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from clinic import __version__
from tests.clinic.conftest import ON_POSTGRES, ROOT, Site, _sql

RELEASES = ROOT / "tests" / "data" / "releases"
ROOMS = ("appointments", "articles", "common")
SQLITE, POSTGRES = "sqlite.db.xz", "postgresql.dump.xz"
MOST_BYTES = 300_000
HEAD = "# Migrations that sites have run. To change a table, add one; never change, rename or delete one of these.\n"


def migrations() -> str:
    """A line for each file, as sha256sum writes it."""
    files = sorted(path for room in ROOMS for path in (ROOT / room / "migrations").glob("[0-9]*.py"))
    return "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(ROOT)}\n" for path in files)


def dump(site: Site, target: Path) -> None:
    """The site's whole database, compressed."""
    if ON_POSTGRES:
        command = ["pg_dump", "--format=custom", "--compress=0", "--no-owner", "--no-privileges"]
        url = site.environment["DATABASE_URL"]
        plain = subprocess.run([*command, url], check=True, capture_output=True, env=site.environment).stdout
    else:
        with closing(sqlite3.connect(site.folder / "db.sqlite3")) as database:
            database.execute("VACUUM")
        plain = (site.folder / "db.sqlite3").read_bytes()
    target.write_bytes(lzma.compress(plain, preset=9 | lzma.PRESET_EXTREME))
    if target.stat().st_size > MOST_BYTES:
        sys.exit(f"{target} has {target.stat().st_size:,} bytes; {MOST_BYTES:,} are the most for the repository")


def load(release: Path, site: Site) -> None:
    """Put a release's dump into a site whose database is empty."""
    if ON_POSTGRES:
        command = ["pg_restore", "--exit-on-error", "--no-owner", "--no-privileges", "--dbname"]
        command.append(site.environment["DATABASE_URL"])
        plain = lzma.decompress((release / POSTGRES).read_bytes())
        subprocess.run(command, input=plain, check=True, env=site.environment)
    else:
        (site.folder / "db.sqlite3").write_bytes(lzma.decompress((release / SQLITE).read_bytes()))


def inside(site: Site, *arguments: str, given: Any = None) -> Any:
    """What `tests.clinic.release_site` answers."""
    command = [sys.executable, "-m", "tests.clinic.release_site", *arguments]
    done = subprocess.run(
        command,
        input=json.dumps(given),
        cwd=ROOT,
        env=site.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def make_here(release: Path) -> None:
    """The dump of the database that DATABASE_URL names, or SQLite's; what stands in it is added to the facts."""
    name, vendor = (POSTGRES, "postgresql") if ON_POSTGRES else (SQLITE, "sqlite")
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        if ON_POSTGRES:
            _sql(f"CREATE DATABASE {site.database}")
        site.manage("migrate", "-v0")
        site.manage("load_practice", "-v0")
        told = inside(site, "fill")
        dump(site, release / name)
    facts = release / "facts.json"
    known = json.loads(facts.read_text()) if facts.exists() else {}
    facts.write_text(json.dumps({**known, vendor: told}, indent=1, sort_keys=True) + "\n")


def main() -> None:
    """Both databases."""
    release = RELEASES / __version__
    if ON_POSTGRES:
        make_here(release)
        return
    if release.exists():
        sys.exit(f"{release} is there already: raise __version__ in clinic/__init__.py, or delete what nobody has yet")
    release.mkdir(parents=True)
    try:
        make_here(release)
        again = [sys.executable, "-m", "tests.with_postgres", "--fast", sys.executable, "-m", "tests.make_release_dump"]
        subprocess.run(again, check=True, cwd=ROOT, env=os.environ)
    except BaseException:
        shutil.rmtree(release)
        raise
    (release / "migrations.txt").write_text(HEAD + migrations())
    for path in sorted(release.iterdir()):
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
