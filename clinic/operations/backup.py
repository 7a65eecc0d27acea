"""Backups: one file, encrypted to a key that the server does not hold.

A backup is a compressed tar in the age format (https://age-encryption.org/v1), written by pyrage, the Python face of
rage: a specified format with two independent implementations, so `age -d -i KEY FILE | tar xz` opens it without us;
encrypted to a public key, so that who takes over the server can't read its old backups; authenticated in chunks of
64 KiB and streamed, whatever its size, in 12 MB of memory. django-dbbackup wants gpg and a keyring on the server, and
AES-GCM chunks of our own would be a format that nobody else has looked at.

age does not tell who has written a file: anyone can who knows the public key. So the manifest, with the SHA-256 of
every part, is signed under DIGEST_KEY, and `opened` believes nothing else.

A backup does not hold the keys: neither the one that opens it, nor FIELD_KEYS, DIGEST_KEY and SECRET_KEY.
"""

import os
import platform
import tempfile
from datetime import UTC
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from clinic import __version__
from clinic.operations import database_copy, key_rotation
from clinic.operations.backup_file import FORMAT, BackupFailed, pack_into, read_recipients, seal_into
from common import audit

MOST_NAMED = 1_000
LONGEST_REASON = 500  # letters; the audit's entry also holds what was found
FILE_NAME = "clinic-%Y%m%dT%H%M%SZ.backup.age"
KEEP_KEYS_APART = (
    "It does not hold FIELD_KEYS, DIGEST_KEY and SECRET_KEY, nor the private key that opens it. Keep all four apart "
    "from it and from the server: without them a backup is of no use to anyone, you included."
)


def write(target: Path, *, verify: bool = True) -> tuple[Path, dict[str, Any]]:
    """Back up into the file, or into the folder under a name of its own. Returns the file and its manifest.

    verify: follow the audit trail and read every value of what is taken. What is wrong with it is backed up all the
    same, and the manifest says so.

    Raises BackupFailed, CopyFailed and OSError; nothing that looks like a backup is left then.
    """
    recipients = read_recipients()
    if target.is_dir():
        target /= timezone.now().astimezone(UTC).strftime(FILE_NAME)
    if target.exists():
        raise BackupFailed(f"{target} is there already: name another file")
    database_copy.wait_long()
    audit.record(actor=audit.operator(), action="backup", record=target.name[:100])
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f"{target.name}.part")
    with tempfile.TemporaryDirectory(prefix="backup-", dir=settings.VAR_DIR) as folder:
        database, manifest = database_copy.read_copy(Path(folder), lambda copy: _describe(copy, verify=verify))
        try:
            with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as sealed:
                seal_into(sealed, recipients, lambda tar: pack_into(tar, database, manifest))
                os.fsync(sealed.fileno())
            unfinished.rename(target)
        finally:
            unfinished.unlink(missing_ok=True)
    return target, manifest


def _describe(copy: BaseDatabaseWrapper, *, verify: bool) -> dict[str, Any]:
    """The manifest of a state of the database, still without the parts."""
    made_at = timezone.now().astimezone(UTC).isoformat(timespec="seconds")
    try:
        mark = audit.verify(using=copy.alias).mark if verify else audit.mark(copy.alias)
        broken = ""
    except audit.Broken as problem:
        mark, broken = "", str(problem)
    return {
        "format": FORMAT,
        "made_at": made_at,
        "site": settings.BASE_URL,
        "versions": {
            "site": __version__,
            "python": platform.python_version(),
            "django": version("django"),
            "wagtail": version("wagtail"),
            copy.vendor: ".".join(str(number) for number in copy.get_database_version()),
        },
        "engine": copy.vendor,
        **database_copy.facts(copy),
        "audit_mark": mark,
        "verified": verify,
        "audit_broken": broken,
        "unreadable": unreadable_values(copy.alias) if verify else [],
    }


def unreadable_values(using: str) -> list[str]:
    """Where values stand that can't be read; of very many the first."""
    return [str(unread) for unread in islice(filter(None, key_rotation.unreadable(using)), MOST_NAMED)]


def doubts(manifest: dict[str, Any]) -> list[str]:
    """What a backup says of itself that its owner should know, a sentence each. Older ones say nothing."""
    found = []
    if not manifest.get("verified"):
        found.append(
            "Nobody has verified what is in it: its audit trail may be broken, and some of its values damaged."
        )
    if broken := manifest.get("audit_broken"):
        found.append(f"Its audit trail is broken: {broken}.")
    if unreadable := manifest.get("unreadable", []):
        count = f"{len(unreadable):,} or more" if len(unreadable) == MOST_NAMED else f"{len(unreadable):,}"
        found.append(f"Values in it that can't be read: {count}: {'; '.join(unreadable[:20])}.")
    return found
