"""The shell: one settings file, one map of addresses, and what keeps the site running.

    urls, wsgi, apps, admin, admin_site, management   the ways in
    web/                       between the web server and the apps: page cache, limits, errors, health, share pictures
    operations/                keys, backups, logs, alarms, the first-day checklist
    accounts/                  signing in, rights by two people, sessions, kept forms
    context, reasons, answers, reviewers   what templates, the form, the search and articles are told

Imports go down this list, never up: pyproject.toml holds it.
"""

__version__ = "2026.11.1"  # year, month, and which one of the month; CONTRIBUTING.md, "a release"
