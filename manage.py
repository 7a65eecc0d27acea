#!/usr/bin/env python3
"""Django's command line: `python manage.py help` lists the commands."""

import os
import sys

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, execute_from_command_line

from clinic import __version__

if __name__ == "__main__":
    if sys.argv[1:] in (["version"], ["--version"]):  # Django's own would tell Django's
        sys.stdout.write(f"{__version__} (Django {django.get_version()})\n")
        sys.exit()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    try:
        django.setup()
        from clinic.operations import keys

        keys.require_for(sys.argv[1:])
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as problem:
        sys.exit(f"The site can't start. {problem}")
    except CommandError as problem:
        sys.exit(str(problem))
