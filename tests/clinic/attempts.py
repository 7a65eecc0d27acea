"""Try commands that should be refused, one after the other: JSON in, JSON out (`Site.attempt` in conftest.py)."""

import hashlib
import io
import json
import os
import sys
from pathlib import Path


def fingerprint(folder: Path) -> dict[str, str]:
    """Every file below it."""
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()
    } | {str(path): "" for path in folder.rglob("*") if path.is_dir()}


def main() -> None:
    """Each attempt with its own settings."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "clinic.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import CommandError, call_command
    from django.test import override_settings

    answers = {}
    for name, (arguments, others) in json.load(sys.stdin).items():
        before, complaint = fingerprint(settings.VAR_DIR), ""
        try:
            with override_settings(**others):
                call_command(*arguments, stdout=io.StringIO())
        except CommandError as problem:
            complaint = str(problem)
        answers[name] = (complaint, fingerprint(settings.VAR_DIR) == before)
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
