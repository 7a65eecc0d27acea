"""What visitors see has changed: every process of every server forgets what it keeps of it, within a second.

Processes share nothing but the database. A change gives one row of it a new mark; a thread in each process of the web
server looks at that row twice a second. No folder need be shared, and no connection is held open for it, so that a
pooler in transaction mode may stand between. While the database is away, nothing is forgotten.
"""

import logging
import secrets
import threading
import time

from django.db import Error, close_old_connections

from appointments import offices
from appointments.warning_signs import current
from articles.public import site_pages
from clinic.web import page_cache
from common.models import ChangeMark

LOOK_SECONDS = 0.5
PATIENCE_SECONDS = 5  # after a look that failed

log = logging.getLogger(__name__)


def tell() -> None:
    """This process and this server at once, all others when they look next."""
    _forget()
    try:
        ChangeMark.objects.update_or_create(pk=1, defaults={"mark": secrets.token_hex(16)})
    except (Error, OSError) as problem:  # what changed is saved; elsewhere it shows when pages have grown old
        log.warning("Other servers hear of a change within the minute (%s)", type(problem).__name__)


def start_listening() -> None:
    """In each process of the web server."""
    threading.Thread(target=_listen, name="listen for changes", daemon=True).start()


def _listen() -> None:
    known = None
    while True:
        try:
            known = look(known)
            time.sleep(LOOK_SECONDS)
        except (Error, OSError):
            close_old_connections()
            time.sleep(PATIENCE_SECONDS)


def look(known: str | None) -> str:
    """The mark as it is now, after forgetting everything if it is not the one that is known. One query."""
    mark = ChangeMark.objects.filter(pk=1).values_list("mark", flat=True).first() or ""
    if mark != known:
        _forget()
    return mark


def _forget() -> None:
    """The pages last: one that is being made from what was kept before is thrown away with them."""
    offices.forget()
    current.look_again()
    site_pages.forget()
    page_cache.forget()
