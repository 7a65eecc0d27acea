"""Whether the keys at hand are those that the database was written with: asked before anything is written.

The web server asks when it starts and answers with the phones, status 503, whatever would write (`web/write_guard.py`);
/readyz says what is wrong; the worker and the commands do not start (`require`). No sentence holds anything of a key.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import suppress

from django.conf import settings
from django.core.management.base import CommandError
from django.db import DEFAULT_DB_ALIAS, Error, connections

from appointments import private_link
from appointments.models import AppointmentRequest
from clinic.operations import key_rotation
from common import known_keys
from common.audit import trail
from common.crypto import key_ring
from common.models import AuditEntry, AuditHead, KeyCheck

SAMPLES = 20
BOUND_ALL = "values bound"  # as the audit has it when the last old value is gone
# Commands that write nothing under a key, or look for themselves.
FREE_COMMANDS = {
    *(
        "check",
        "collectstatic",
        "compilemessages",
        "dbshell",
        "demo",
        "diffsettings",
        "doctor",
        "unit_failed",
        "freeze_pictures",
        "freeze_zips",
    ),
    *("help", "makemessages", "makemigrations", "migrate", "restore", "showmigrations", "sqlmigrate", "test"),
}

log = logging.getLogger(__name__)
_fine: list[tuple[str, str]] = []  # the keys that were looked at and fit, in this process


def problems(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """What is wrong with the keys at hand, a sentence each. Keys that are new, and fit, are noted.

    Two queries, but at the first start with a database or a key. A copy of a database is only compared. Raises Error
    of the database.
    """
    ours = using == DEFAULT_DB_ALIAS
    if KeyCheck._meta.db_table not in connections[using].introspection.table_names():
        return [] if ours else list(_strange(using))  # ours is not migrated yet; a copy is of an earlier version
    known = {row.name: row for row in KeyCheck.objects.using(using).all()}
    found = [*_wrong(known), *_missing(known, using)] if known else list(_strange(using))
    if ours and not found:
        _note(known)
    return found


def _wrong(known: dict[str, KeyCheck]) -> Iterator[str]:
    for name in known_keys.wanted():
        if name in known and not known_keys.fits(name, known[name].value):
            yield f"wrong key: {name} is not the one that this database was written with; a new key needs a new id"


def _missing(known: dict[str, KeyCheck], using: str) -> Iterator[str]:
    """Keys that are not at hand, and needed. Of FIELD_KEYS one that encrypts nothing may be away."""
    for row in known.values():
        setting, _, key_id = row.name.partition(" ")
        if not row.needed or row.name in (*known_keys.wanted(), known_keys.UNBOUND):
            continue
        if setting == "FIELD_KEYS" and not any(True for _found in key_rotation.samples(using, key_id)):
            KeyCheck.objects.using(using).filter(pk=row.pk).update(needed=False)
            continue
        command = "rotate_keys" if setting == "FIELD_KEYS" else "rotate_digests"
        yield f"missing key: {row.name} is still needed; put it back behind the newest, then run {command}"


def _note(known: dict[str, KeyCheck]) -> None:
    """Note the known values of keys that have none yet; with the very first, that old values are still read."""
    new = [name for name in known_keys.wanted() if name not in known]
    if not known and any(key_rotation.unbound()) and not AuditEntry.objects.filter(action=BOUND_ALL).exists():
        new.append(known_keys.UNBOUND)
    if new:
        rows = [KeyCheck(name=name, value=known_keys.value_of(name)) for name in new]
        KeyCheck.objects.bulk_create(rows, ignore_conflicts=True)  # another process may be as quick
        known_keys.forget()
    if back := [name for name in known_keys.wanted() if name in known and not known[name].needed]:
        newest = {f"FIELD_KEYS {next(iter(key_ring(settings.FIELD_KEYS)))}"}
        KeyCheck.objects.filter(name__in=newest & {*back}).update(needed=True)


def _strange(using: str) -> Iterator[str]:
    """Keys that don't fit a database without known values, by what is stored: its oldest and newest rows."""
    ring = key_ring(settings.FIELD_KEYS)
    opened: dict[str, list[bool]] = {}
    for key_id, is_read in key_rotation.samples(using):
        opened.setdefault(key_id, []).append(is_read)
    for key_id in ring.keys() - opened.keys():
        opened[key_id] = [is_read for _key_id, is_read in key_rotation.samples(using, key_id)]
    for key_id, tried in opened.items():
        if key_id not in ring:
            yield f"missing key: FIELD_KEYS {key_id[:12]} is still needed; put it back behind the newest"
        elif tried and not any(tried):  # one or the other may be damaged
            yield f"wrong key: FIELD_KEYS {key_id} is not the one that this database was written with"
    if using == DEFAULT_DB_ALIAS and not _digests_fit():  # of a copy the backup's signature says so
        yield "wrong key: DIGEST_KEY is not the one that this database was written with"


def _digests_fit() -> bool:
    """Whether anything was digested with a key at hand: the audit's head, its last entries, private pages' addresses.

    More than one, because what was tampered with must not look like a wrong key.
    """
    heads = AuditHead.objects.exclude(seal="")
    entries = AuditEntry.objects.order_by("-pk")[:SAMPLES]
    linked = AppointmentRequest.objects.exclude(link_digest=None).order_by("-pk")
    links = linked.only("reference", "draft_digest", "link_digest", "link_number")[:SAMPLES]
    fit = [
        *(trail.seal_of(head) == head.seal for head in heads),
        *(trail.hash_of(entry) == entry.hash for entry in entries),
        *(private_link.is_ours(inquiry) for inquiry in links),
    ]
    return any(fit) or not fit


# --- Who asks ---


def fit() -> bool:
    """Whether the keys fit; looked at once in a process, and again while they don't. True while the database is away:
    whatever needs it says so itself.
    """
    pair = (settings.FIELD_KEYS, settings.DIGEST_KEY)
    if pair in _fine:
        return True
    try:
        if found := problems():
            log.error("Nothing is written, because the keys do not fit the database: %s", "; ".join(found))
            return False
        if KeyCheck.objects.exists():
            _fine.append(pair)
    except Error:  # away, or not migrated
        return True
    return True


def require() -> None:
    """Raises CommandError if the keys don't fit."""
    if found := problems():
        raise CommandError(f"Stopped before anything was written. {'; '.join(found)} (docs/operating.md, Settings)")


def require_for(arguments: Sequence[str]) -> None:
    """Before a command of manage.py. Raises CommandError; of a database that is away the command tells itself."""
    command = arguments[0] if arguments else "help"
    if command.startswith("-") or command in FREE_COMMANDS or {"-h", "--help"} & set(arguments):
        return
    with suppress(Error):
        require()
