"""The settings as an operator meets them: production stops with a sentence, the demonstration makes its own keys."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password

from clinic import settings as production

pytestmark = pytest.mark.slow  # most start a process of their own
ROOT = Path(__file__).resolve().parents[2]
KEY = "a-key-of-48-letters-0123456789-abcdefghijklmnopq"
PRODUCTION = {
    "SECRET_KEY": f"secret-{KEY}",
    "FIELD_KEYS": f"1:field-{KEY}",
    "DIGEST_KEY": f"digest-{KEY}",
    "BASE_URL": "https://www.example.com",
    "EMAIL_URL": "smtp+tls://user:password@mail.example.com:587",
    "FROM_EMAIL": "office@example.com",
}
DEMO = {"DEMO": "1"}


@pytest.fixture
def start(tmp_path):
    """Read the settings in a process of its own, as the server does when it starts."""

    def start(environment: dict[str, str], show: str = "") -> subprocess.CompletedProcess[str]:
        program = f"import json; from clinic import settings; print(json.dumps({show or 'None'}))"
        return subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path), **environment},
            capture_output=True,
            text=True,
        )

    return start


def without(name: str) -> dict[str, str]:
    return {key: value for key, value in PRODUCTION.items() if key != name}


def read(start, environment: dict[str, str], show: str) -> Any:
    """A setting's value; the start has to succeed."""
    process = start(environment, show)
    assert process.returncode == 0, process.stderr
    return json.loads(process.stdout)


# --- Production ---


def test_production_starts_with_all_that_it_needs(start):
    assert read(start, PRODUCTION, "[settings.DEBUG, settings.DEMO]") == [False, False]


@pytest.mark.parametrize("name", PRODUCTION)
def test_production_stops_without_a_required_variable_and_names_it(start, name):
    process = start(without(name))

    assert process.returncode != 0
    last_line = process.stderr.strip().splitlines()[-1]
    assert f"Set the environment variable {name}: " in last_line
    assert "docs/operating.md" in last_line


@pytest.mark.parametrize("name", ["SECRET_KEY", "FIELD_KEYS", "DIGEST_KEY"])
def test_production_takes_blanks_for_nothing(start, name):
    process = start({**PRODUCTION, name: "   "})

    assert process.returncode != 0
    assert f"Set the environment variable {name}: " in process.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "tiny-key"),
        ("DIGEST_KEY", "x" * 31),
        ("FIELD_KEYS", "1:tiny-key"),
        ("FIELD_KEYS", f"2:tiny-key,1:{KEY}"),
        ("FIELD_KEYS", "3:tiny-key,2:a-second-tiny-key,1:a-third-tiny-key"),
    ],
    ids=["secret", "digest", "field", "the newest of two", "three that are long together"],
)
def test_production_stops_with_a_short_key_and_names_it(start, name, value):
    process = start({**PRODUCTION, name: value})

    assert process.returncode != 0
    last_line = process.stderr.strip().splitlines()[-1]
    assert f"{name} is too short" in last_line
    assert value not in last_line, "a key never stands in a log"


def test_production_stops_with_two_field_keys_of_one_name(start):
    process = start({**PRODUCTION, "FIELD_KEYS": f"1:new-{KEY},1:old-{KEY}"})

    assert process.returncode != 0, "the second would silently take the place of the first"
    assert "FIELD_KEYS" in process.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize("address", ["http://www.example.com", "www.example.com", "ftp://www.example.com"])
def test_production_stops_with_an_address_that_is_not_https(start, address):
    process = start({**PRODUCTION, "BASE_URL": address})

    assert process.returncode != 0
    assert "BASE_URL must start with https://" in process.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"DEBUG": "1"}, "Take DEBUG away"),
        ({"MFA_REQUIRED": "0"}, "Take MFA_REQUIRED away"),
        ({"TIME_ZONE": "New York"}, "TIME_ZONE is no time zone's name"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS takes whole names"),
        ({"ALLOWED_HOSTS": "www.example.com,.example.com"}, "ALLOWED_HOSTS takes whole names"),
        ({"SECRET_KEY": "django-insecure-0123456789abcdefghijklmnopqrstuvwxyz"}, "SECRET_KEY looks like a placeholder"),
        ({"DIGEST_KEY": "please-change-me-0123456789-abcdefghijklmnop"}, "DIGEST_KEY looks like a placeholder"),
        ({"SECRET_KEY": "x" * 60}, "SECRET_KEY looks like a placeholder"),
        ({"FIELD_KEYS": "1:" + "ab" * 30}, "FIELD_KEYS looks like a placeholder"),
        ({"DIGEST_KEY": PRODUCTION["SECRET_KEY"]}, "must differ"),
        ({"FIELD_KEYS": "1:" + PRODUCTION["SECRET_KEY"]}, "must differ"),
        ({"FIELD_KEYS": f"2:new-{KEY},1:{PRODUCTION['DIGEST_KEY']}"}, "must differ"),
        ({"EMAIL_URL": "consolemail://"}, "EMAIL_URL must name a mail server"),
        ({"EMAIL_URL": "dummymail://"}, "EMAIL_URL must name a mail server"),
        ({"EMAIL_URL": "filemail:///tmp/mail"}, "EMAIL_URL must name a mail server"),
        ({"EMAIL_URL": "smtp://mail.example.com:25"}, "EMAIL_URL must be smtp+tls:// or smtp+ssl://"),
        ({"OPERATOR_WEBHOOK": "http://hook.example.com/"}, "OPERATOR_WEBHOOK must start with https://"),
        ({"SECURITY_CONTACT": "security@example.com"}, "SECURITY_CONTACT must start with mailto: or https://"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_production_stops_with_an_unsafe_setting_and_says_which(start, changed, sentence):
    process = start({**PRODUCTION, **changed})

    assert process.returncode != 0
    last_line = process.stderr.strip().splitlines()[-1]
    assert sentence in last_line
    assert KEY not in last_line, "a key never stands in a log"


def test_mail_server_on_the_same_machine_needs_no_encryption(start):
    assert read(start, {**PRODUCTION, "EMAIL_URL": "smtp://127.0.0.1:25"}, "settings.EMAIL_HOST") == "127.0.0.1"


def test_production_logs_lines_that_machines_read_and_the_demonstration_lines_for_people(start):
    show = "settings.LOGGING['handlers']['stderr']['formatter']"

    assert (read(start, PRODUCTION, show), read(start, DEMO, show)) == ("json", "line")


def test_staff_are_signed_out_after_fifteen_minutes_unless_set_otherwise(start):
    show = "[settings.IDLE_MINUTES, settings.SESSION_HOURS]"

    assert read(start, PRODUCTION, show) == [15, 12]
    assert read(start, {**PRODUCTION, "IDLE_MINUTES": "5"}, show) == [5, 12]


def test_production_makes_no_keys(start, tmp_path):
    start(PRODUCTION)
    start(without("SECRET_KEY"))

    assert not (tmp_path / "keys").exists()


def test_site_answers_to_its_own_name_alone(start):
    assert read(start, PRODUCTION, "settings.ALLOWED_HOSTS") == ["www.example.com"]


def test_more_names_are_more_names(start):
    environment = {**PRODUCTION, "ALLOWED_HOSTS": "127.0.0.1,example.com"}

    assert read(start, environment, "settings.ALLOWED_HOSTS") == ["www.example.com", "127.0.0.1", "example.com"]


def test_other_names_of_the_domain_are_held_to_https_only_where_that_is_asked_for(start):
    show = "[settings.SECURE_HSTS_INCLUDE_SUBDOMAINS, settings.SECURE_HSTS_PRELOAD]"

    assert read(start, PRODUCTION, show) == [False, False]
    assert read(start, {**PRODUCTION, "HSTS_SUBDOMAINS": "1"}, show) == [True, True]


def test_production_sends_cookies_over_https_only(start):
    show = "[settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.SECURE_SSL_REDIRECT]"

    assert read(start, PRODUCTION, show) == [True, True, True]


# --- Databases ---


def test_sqlite_runs_immediate_in_the_folder_of_the_site(start, tmp_path):
    database = read(start, PRODUCTION, "settings.DATABASES['default']")

    assert database["ENGINE"] == "django.db.backends.sqlite3"
    assert database["NAME"] == str(tmp_path / "db.sqlite3")
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert database["OPTIONS"]["timeout"] >= 5


def test_postgresql_is_used_when_asked_for(start):
    url = "postgres://clinic:secret@db.example.com:5433/clinic?sslmode=verify-full&sslrootcert=/etc/ca.pem"
    asked = {**PRODUCTION, "DATABASE_URL": url}

    database = read(start, asked, "settings.DATABASES['default']")

    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db.example.com", 5433, "clinic")
    assert database["CONN_HEALTH_CHECKS"] is True


@pytest.mark.parametrize("end", ["", "?sslmode=prefer", "?sslmode=require", "?sslmode=disable"])
@pytest.mark.parametrize("host", ["db.example.com", "10.0.0.5"])
def test_database_on_another_machine_has_to_prove_who_it_is(start, host, end):
    process = start({**PRODUCTION, "DATABASE_URL": f"postgres://clinic:secret-word@{host}/clinic{end}"})

    last_line = process.stderr.strip().splitlines()[-1]
    assert process.returncode != 0
    assert "?sslmode=verify-full" in last_line
    assert "secret-word" not in last_line


@pytest.mark.parametrize(
    "url",
    [
        "postgres://clinic@127.0.0.1/clinic",
        "postgres://clinic@localhost/clinic",
        "postgres://clinic@[::1]/clinic",
        "postgres://clinic@%2Frun%2Fpostgresql/clinic",
        "postgres:///clinic",
        "postgres:///clinic?host=/run/postgresql",
        "postgres://clinic@db.example.com/clinic?sslmode=verify-ca",
        "postgres://clinic@db.example.com/clinic?sslmode=verify-full",
    ],
)
def test_database_on_this_machine_or_one_that_proves_who_it_is_is_taken(start, url):
    assert read(start, {**PRODUCTION, "DATABASE_URL": url}, "settings.DATABASES['default']['NAME']") == "clinic"


def test_what_the_site_writes_is_its_own_users_alone(start, tmp_path):
    database, journal = tmp_path / "db.sqlite3", tmp_path / "db.sqlite3-journal"
    for file in (database, journal):  # as an older version left them
        file.touch()
        file.chmod(0o644)

    start(PRODUCTION, "open(settings.VAR_DIR / 'new', 'w').close()")

    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in (database, journal, tmp_path / "new")}
    assert set(modes.values()) == {0o600}, modes


# --- The demonstration ---


@pytest.mark.parametrize(
    ("changed", "real"),
    [
        ({"BASE_URL": "https://www.example.com"}, "www.example.com"),
        ({"BASE_URL": "http://www.example.com"}, "www.example.com"),
        ({"ALLOWED_HOSTS": "localhost,www.example.com"}, "www.example.com"),
        ({"BASE_URL": "https://9.9.9.9"}, "9.9.9.9"),
        ({"DATABASE_URL": "postgres://clinic:secret@db.example.com/clinic?sslmode=verify-full"}, "db.example.com"),
        ({"DATABASE_URL": "postgres://clinic:secret@10.0.0.5/clinic"}, "10.0.0.5"),
        ({"EMAIL_URL": "smtp+tls://user:password@mail.example.com:587"}, "mail.example.com"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_demonstration_stops_with_anything_real_and_names_it(start, changed, real):
    process = start({**DEMO, **changed})

    assert process.returncode != 0
    last_line = process.stderr.strip().splitlines()[-1]
    assert "DEMO=1 is for trying on one's own machine" in last_line
    assert real in last_line


@pytest.mark.parametrize(
    "changed",
    [
        {"HOST": "0.0.0.0"},
        {"BASE_URL": "http://192.168.1.5:8000"},
        {"BASE_URL": "https://localhost:8443"},
        {"BASE_URL": "http://front-desk:8000"},
        {"DATABASE_URL": "postgres://clinic@127.0.0.1/clinic"},
        {"DATABASE_URL": "postgres://clinic@%2Ftmp/clinic"},
        {"EMAIL_URL": "smtp://127.0.0.1:1025"},
        {"EMAIL_URL": "consolemail://"},
    ],
    ids=str,
)
def test_demonstration_runs_on_this_machine_and_its_neighbors(start, changed):
    assert read(start, {**DEMO, **changed}, "settings.DEMO") is True


def test_demonstration_needs_nothing(start):
    assert read(start, DEMO, "settings.BASE_URL") == "http://127.0.0.1:8000"


def test_demonstration_makes_keys_that_only_the_owner_can_read(start, tmp_path):
    start(DEMO)

    keys = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "keys").iterdir()}
    assert keys == {"secret_key": 0o600, "field_keys": 0o600, "digest_key": 0o600}
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_demonstration_makes_three_different_long_keys(start):
    keys = read(start, DEMO, "[settings.SECRET_KEY, settings.FIELD_KEYS, settings.DIGEST_KEY]")

    assert len(set(keys)) == 3
    assert min(map(len, keys)) >= 48


def test_demonstration_uses_its_keys_again(start):
    show = "[settings.SECRET_KEY, settings.FIELD_KEYS, settings.DIGEST_KEY]"

    assert read(start, DEMO, show) == read(start, DEMO, show)


def test_demonstration_prefers_a_key_that_is_given(start, tmp_path):
    given = {**DEMO, "FIELD_KEYS": PRODUCTION["FIELD_KEYS"]}

    assert read(start, given, "settings.FIELD_KEYS") == PRODUCTION["FIELD_KEYS"]
    assert not (tmp_path / "keys" / "field_keys").exists()


def test_demonstration_writes_its_mails_into_files(start, tmp_path):
    show = "[settings.EMAIL_BACKEND, str(settings.EMAIL_FILE_PATH)]"

    assert read(start, DEMO, show) == ["django.core.mail.backends.filebased.EmailBackend", str(tmp_path / "mail")]


def test_demonstration_never_shows_error_details(start):
    assert read(start, DEMO, "settings.DEBUG") is False


# --- Passwords ---


def test_passwords_are_hashed_with_argon2(settings):
    settings.PASSWORD_HASHERS = production.PASSWORD_HASHERS

    assert make_password("a long enough password").startswith("argon2$argon2id$")
