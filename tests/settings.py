"""The site's own settings in a production environment made for the tests; DATABASE_URL may name PostgreSQL."""

import atexit
import os
import shutil
import tempfile

os.environ.update(
    {
        "SECRET_KEY": "test-secret-key-0123456789-abcdefghijklmnopqrstuvwxyz",
        "FIELD_KEYS": "2:test-field-key-new-0123456789-abcdefghijk,1:test-field-key-old-0123456789-abcdefghijk",
        "DIGEST_KEY": "digest-key-0123456789-abcdefghijklmnopqrstuvwxyz",  # that of tests.clinic.conftest.Site
        "BASE_URL": "https://testserver",
        "EMAIL_URL": "smtp://127.0.0.1:1025",
        "FROM_EMAIL": "office@clinic.example",
        "REHEARSAL": "0",  # tests/clinic/test_rehearsal.py has it on
        "REHEARSAL_URL": "",  # there is no server
        "VAR_DIR": tempfile.mkdtemp(prefix="clinic-tests-"),
    }
)
os.environ.pop("DEMO", None)

from clinic.settings import *  # noqa: F403

atexit.register(shutil.rmtree, os.environ["VAR_DIR"], ignore_errors=True)  # one of each process: worker, mypy, migrate
MFA_REQUIRED = False  # tests/clinic/test_second_factor.py has it on
FASTEST_SECONDS = 0  # tests fill in faster than people; tests/appointments/test_suspicion.py has it on
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick; production's is checked by name
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
