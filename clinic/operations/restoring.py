"""Put a backup in the place of what is there."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from appointments.models import AppointmentRequest
from clinic.operations import database_copy, keys
from clinic.operations.backup import LONGEST_REASON, unreadable_values
from clinic.operations.backup_file import Backup, BackupFailed
from common import audit


def _needs_migrating(manifest: dict[str, Any]) -> bool:
    loader = MigrationLoader(None)
    return not {f"{app}.{name}" for app, name in loader.disk_migrations} <= set(manifest["migrations"])


def restore(backup: Backup, say: Callable[[str], None], *, audit_broken: str = "") -> list[str]:
    """Put an opened backup in the place of what is there. Returns where that is kept now.

    Everything is proved on a copy first. audit_broken: the reason to go on although its audit trail is broken; it is
    written into the trail with what was found. Raises BackupFailed or CopyFailed; up to the swap nothing was changed.
    """
    older = _needs_migrating(backup.manifest)
    broken = ""
    with database_copy.loaded(backup.database) as copy:
        say("Checking the copy: rows, keys, values, audit trail ...")
        _check(backup.manifest, database_copy.COPY)
        if not older:  # else its tables are not those that this version reads
            broken = _broken_trail(backup.manifest, database_copy.COPY)
            if broken and not audit_broken:
                raise BackupFailed(
                    f"The backup's audit trail is broken. {broken}. Try an older backup. If none is whole: "
                    f"--audit-broken REASON restores this one, and writes what was found and the reason into the audit"
                )
            for unread in unreadable_values(database_copy.COPY):
                say(f"Can't be read, and stays as it is: {unread}")
        kept = [copy.swap()]
    kept.append(_swap_media(backup.media))
    if older:
        say("The backup is of an earlier version: migrating ...")
        call_command("migrate", verbosity=0)
        keys.problems()  # notes the known values that it lacks
        broken = _broken_trail(backup.manifest, DEFAULT_DB_ALIAS)
    else:
        _check(backup.manifest, DEFAULT_DB_ALIAS)
    Session.objects.all().delete()  # whoever was signed in then has to sign in again
    audit.record(actor=audit.operator(), action="restore", record=f"backup of {backup.manifest['made_at']}")
    if broken and audit_broken:
        audit.close_incident(actor=audit.operator(), reason=f"restored all the same: {audit_broken}"[:LONGEST_REASON])
        say(f"The audit trail was broken: {broken}. It goes on; the audit has what was found, and your reason.")
    else:
        say(f"The audit trail is broken: {broken}. See docs/security.md" if broken else "The audit trail is whole.")
    return [place for place in kept if place]


def try_out(backup: Backup, say: Callable[[str], None]) -> None:
    """Prove an opened backup on a copy, as `restore` does, and throw the copy away. Raises BackupFailed, CopyFailed."""
    with database_copy.loaded(backup.database):
        say("Checking the copy: rows, keys, values, audit trail ...")
        _check(backup.manifest, database_copy.COPY)
        if not _needs_migrating(backup.manifest):
            if broken := _broken_trail(backup.manifest, database_copy.COPY):
                raise BackupFailed(f"The backup's audit trail is broken. {broken}")
            for unread in unreadable_values(database_copy.COPY):
                say(f"Can't be read, and would stay as it is: {unread}")
    if not database_copy.is_empty():
        record = f"backup of {backup.manifest['made_at']}"
        audit.record(actor=audit.operator(), action="restore tried", record=record)


def _check(manifest: dict[str, Any], using: str) -> None:
    """The rows are those counted, and the keys at hand are those of that time. Raises BackupFailed."""
    found = database_copy.facts(connections[using])
    if any(found[name] != manifest[name] for name in found):
        raise BackupFailed("The rows of the copy are not those of the manifest")
    if wrong := keys.problems(using):
        raise BackupFailed(f"FIELD_KEYS does not open this backup's data: put back the keys of its time ({wrong[0]})")


def _broken_trail(manifest: dict[str, Any], using: str) -> str:
    """What is wrong with the audit trail, "" when it is whole and goes to the mark of the backup."""
    try:
        audit.verify(expected=manifest["audit_mark"], using=using)
    except audit.Broken as problem:
        return str(problem)
    return ""


def requests_since(manifest: dict[str, Any]) -> int:
    """How many requests came in after the backup was made, and would be gone. 0 where there is no database."""
    table = AppointmentRequest._meta.db_table
    if database_copy.is_empty() or table not in connection.introspection.table_names():
        return 0
    made_at = datetime.fromisoformat(manifest["made_at"])
    return AppointmentRequest.objects.order_by().filter(created_at__gt=made_at).count()


def _swap_media(media: Path) -> str:
    kept = ""
    if settings.MEDIA_ROOT.exists() and any(settings.MEDIA_ROOT.iterdir()):
        moment = timezone.now().astimezone(UTC).strftime("%Y%m%d%H%M%S")
        kept = str(settings.MEDIA_ROOT.with_name(f"{settings.MEDIA_ROOT.name}.before-{moment}"))
        settings.MEDIA_ROOT.rename(kept)
    elif settings.MEDIA_ROOT.exists():
        settings.MEDIA_ROOT.rmdir()
    media.rename(settings.MEDIA_ROOT)
    return kept


def has_something() -> bool:
    """Whether a restore would replace a database with tables, or pictures."""
    media = settings.MEDIA_ROOT
    return not database_copy.is_empty() or (media.exists() and any(media.iterdir()))
