"""DATABASE_URL for the sites that bench/requests.py compares with; they have no settings of ours."""

import os
from typing import Any
from urllib.parse import urlsplit


def databases() -> dict[str, Any]:
    """Django's setting, as safe and as fast as our site's own."""
    url = urlsplit(os.environ["DATABASE_URL"])
    if url.scheme == "sqlite":
        safe = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": "PRAGMA synchronous=FULL"}
        return {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": url.path, "OPTIONS": safe}}
    server = {"HOST": url.hostname, "PORT": url.port, "USER": url.username, "PASSWORD": url.password}
    engine = {"ENGINE": "django.db.backends.postgresql", "NAME": url.path[1:], "CONN_MAX_AGE": 60}
    return {"default": {**engine, **server, "CONN_HEALTH_CHECKS": True}}
