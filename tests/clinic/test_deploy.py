"""The files of deploy/: they name every setting, what they refer to is there, and systemd takes the units."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
SAMPLE = (DEPLOY / "clinic.env").read_text()
SET = dict(re.findall(r"^([A-Z_]+)=(.*)$", SAMPLE, re.MULTILINE))
LEFT_OUT = dict(re.findall(r"^#([A-Z_]+)=(.*)$", SAMPLE, re.MULTILINE))
READ = set(
    re.findall(r'(?:env\.\w+|\brequired|\bsecret)\(\s*"([A-Z_]+)"', (ROOT / "clinic" / "settings.py").read_text())
)
COMPOSE = DEPLOY / "compose"
KEY = "a-key-of-48-letters-0123456789-abcdefghijklmnopq"


def test_sample_of_the_environment_names_every_setting_once():
    named = re.findall(r"^#?([A-Z_]+)=", SAMPLE, re.MULTILINE)

    assert sorted(named) == sorted(READ)


def test_sample_is_read_alike_by_systemd_a_shell_and_docker():
    values = {**SET, **LEFT_OUT}

    assert [name for name, value in values.items() if re.search(r"[ &|#{?]", value) and value[0] != '"'] == []
    assert [name for name, value in values.items() if re.search(r"""[$'\\`]""", value)] == []


@pytest.mark.slow
def test_site_starts_with_the_sample_once_its_keys_are_filled_in(tmp_path):
    """Also with everything that is left out in it, as it stands there: those are the values without it."""
    show = "import json; from clinic import settings as s; "
    show += f"print(json.dumps({{n: v for n, v in vars(s).items() if n in {READ - {'VAR_DIR'}}}}))"
    said = []
    for more in ({}, {name: value.strip('"') for name, value in LEFT_OUT.items() if value}):
        environment = {name: value.strip('"') for name, value in SET.items()} | more
        environment.pop("DATABASE_URL", None)
        environment |= {"SECRET_KEY": f"s-{KEY}", "FIELD_KEYS": f"1:f-{KEY}", "DIGEST_KEY": f"1:d-{KEY}"}
        environment |= {"VAR_DIR": str(tmp_path), "PATH": os.environ["PATH"]}
        done = subprocess.run([sys.executable, "-c", show], cwd=ROOT, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        said.append(json.loads(done.stdout))

    assert said[0] == said[1]
    assert said[0]["IDLE_MINUTES"] == 15


def services() -> dict[str, dict]:
    return yaml.safe_load((COMPOSE / "compose.yaml").read_text())["services"]


def test_compose_file_has_two_web_processes_a_worker_a_database_and_a_proxy():
    found = services()

    assert set(found) == {"database", "prepare", "web1", "web2", "worker", "backup", "proxy"}
    servers = re.findall(r"server (\w+):8000;", (COMPOSE / "clinic-servers.conf").read_text())
    assert servers == ["web1", "web2"]
    assert [name for name in found for other in found[name].get("depends_on", ()) if other not in found] == []


def test_what_the_compose_file_names_is_there():
    whole = yaml.safe_load((COMPOSE / "compose.yaml").read_text())
    mounts = [mount.split(":")[0] for service in services().values() for mount in service.get("volumes", ())]
    build = services()["prepare"]["build"]

    assert [mount for mount in mounts if mount.startswith(".") and not (COMPOSE / mount).is_file()] == []
    assert [mount for mount in mounts if mount[0] not in "./" and mount not in whole["volumes"]] == []
    assert (COMPOSE / build["context"]).resolve() == ROOT
    assert (ROOT / build["dockerfile"]).is_file()
    assert set(services()["worker"]["environment"]) <= READ


def test_image_is_made_of_files_that_are_there_with_the_python_that_is_tested():
    text = (COMPOSE / "Dockerfile").read_text()
    copied = [name for line in re.findall(r"^COPY (?!--)(.+)$", text, re.MULTILINE) for name in line.split()[:-1]]
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "bench", "tools"}

    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert rooms <= set(copied)
    version = re.search(r'python_version = "([\d.]+)"', (ROOT / "pyproject.toml").read_text())
    assert set(re.findall(r"^FROM python:([\d.]+)-", text, re.MULTILINE)) == {version[1]}
    client = re.search(r"postgresql-client-(\d+)", text)
    assert services()["database"]["image"].startswith(f"postgres:{client[1]}-"), "pg_dump has to be the server's"


@pytest.mark.thorough
@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd")
def test_systemd_takes_the_units(tmp_path):
    (tmp_path / "bin").mkdir()
    for program in ("python", "granian"):
        (tmp_path / "bin" / program).symlink_to("/bin/true")
    units = []
    for unit in sorted((DEPLOY / "systemd").iterdir()):
        text = unit.read_text().replace("/srv/clinic/site/.venv/bin", str(tmp_path / "bin"))
        tells = "OnFailure=clinic-failed@%n.service" in text
        assert tells or unit.name in ("clinic-failed@.service", "clinic-backup.timer")
        (tmp_path / unit.name).write_text(text)
        units.append(str(tmp_path / unit.name))

    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, cwd=tmp_path)

    assert (done.returncode, [line for line in done.stderr.splitlines() if "clinic" in line]) == (0, [])


def test_operator_hears_of_a_unit_that_failed(settings, mailoutbox):
    settings.OPERATOR_EMAIL = "olivia@clinic.example"

    call_command("unit_failed", "clinic-backup.service")

    (told,) = mailoutbox
    assert told.subject == "clinic-backup.service has failed on https://testserver"
    assert "journalctl -u clinic-backup.service" in told.body


def test_unit_that_failed_is_no_secret_when_nobody_is_named():
    with pytest.raises(CommandError, match="set OPERATOR_EMAIL"):
        call_command("unit_failed", "clinic-backup.service")
