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

import gzip
import hashlib
import json
import os
import platform
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hmac import compare_digest
from importlib.metadata import version
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import IO, Any

import pyrage
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from appointments import audit
from appointments.models import AppointmentRequest
from clinic import database_copy, key_rotation, keys
from common.crypto import digest

FORMAT = 1
MANIFEST = "manifest.json"
MEDIA = "media/"
MOST_NAMED = 1_000
LONGEST_REASON = 500  # letters; the audit's entry also holds what was found
CHUNK_BYTES = 1 << 20
FILE_NAME = "clinic-%Y%m%dT%H%M%SZ.backup.age"
KEEP_KEYS_APART = (
    "It does not hold FIELD_KEYS, DIGEST_KEY and SECRET_KEY, nor the private key that opens it. Keep all four apart "
    "from it and from the server: without them a backup is of no use to anyone, you included."
)


class BackupFailed(Exception):
    """The text says why, and what to do, to the operator. Nothing was changed, unless it says so."""


@dataclass(frozen=True)
class Backup:
    """An opened backup: checked parts in a folder of their own, and what the manifest says."""

    database: Path
    media: Path
    manifest: dict[str, Any]


# --- Keys ---


def make_key(path: Path) -> str:
    """Write a new private key to `path`, which must not exist, as age-keygen does; returns the public one."""
    key = pyrage.x25519.Identity.generate()
    public = str(key.to_public())
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"# public key: {public}\n{key}\n")
    return public


def _recipients() -> list[Any]:
    if not settings.BACKUP_PUBLIC_KEYS:
        raise BackupFailed("Set BACKUP_PUBLIC_KEYS; make a pair of keys with: manage.py backup --make-key FILE")
    try:
        return [pyrage.x25519.Recipient.from_str(key.strip()) for key in settings.BACKUP_PUBLIC_KEYS]
    except pyrage.RecipientError as problem:
        raise BackupFailed(f"BACKUP_PUBLIC_KEYS holds a text that is no age public key ({problem})") from problem


def _identities(path: Path) -> list[Any]:
    lines = path.read_text(errors="replace").split()
    try:
        found = [pyrage.x25519.Identity.from_str(line) for line in lines if line.startswith("AGE-SECRET-KEY-1")]
    except pyrage.IdentityError as problem:
        raise BackupFailed(f"{path} holds a damaged private key ({problem})") from problem
    if not found:
        raise BackupFailed(f"{path} holds no private key: it has a line that begins with AGE-SECRET-KEY-1")
    return found


# --- Writing ---


def write(target: Path, *, verify: bool = True) -> tuple[Path, dict[str, Any]]:
    """Back up into the file, or into the folder under a name of its own. Returns the file and its manifest.

    verify: follow the audit trail and read every value of what is taken. What is wrong with it is backed up all the
    same, and the manifest says so.

    Raises BackupFailed, CopyFailed and OSError; nothing that looks like a backup is left then.
    """
    recipients = _recipients()
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
                _seal(sealed, recipients, lambda tar: _pack(tar, database, manifest))
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
        "unreadable": _unreadable(copy.alias) if verify else [],
    }


def _unreadable(using: str) -> list[str]:
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


def _seal(sealed: IO[bytes], recipients: list[Any], pack: Callable[[tarfile.TarFile], None]) -> None:
    """Encrypt what `pack` puts into a tar, as it comes."""
    reader, writer = os.pipe()

    def feed() -> None:
        with (
            os.fdopen(writer, "wb") as pipe,
            gzip.GzipFile(fileobj=pipe, mode="wb", compresslevel=1, mtime=0) as small,
            tarfile.open(fileobj=small, mode="w|") as tar,
        ):
            pack(tar)

    with ThreadPoolExecutor(1) as pool:
        fed = pool.submit(feed)
        with os.fdopen(reader, "rb") as pipe:
            pyrage.encrypt_io(pipe, sealed, recipients)
        fed.result()  # what stopped the feeding would else look like the end


def _pack(tar: tarfile.TarFile, database: Path, manifest: dict[str, Any]) -> None:
    """The parts, then the manifest that vouches for them. The pictures are those there now, not at the snapshot."""
    parts = {database.name: _add(tar, database, database.name)}
    for path in sorted(settings.MEDIA_ROOT.rglob("*")):
        if path.is_file() and not path.is_symlink():
            name = f"{MEDIA}{path.relative_to(settings.MEDIA_ROOT).as_posix()}"
            try:
                parts[name] = _add(tar, path, name)
            except FileNotFoundError:
                continue  # an editor has deleted the picture this very moment
    manifest["parts"] = parts
    text = json.dumps({"manifest": manifest, "signature": _signature(manifest)}, indent=1).encode()
    entry = tarfile.TarInfo(MANIFEST)
    entry.size = len(text)
    tar.addfile(entry, BytesIO(text))


class _Hashing:
    """A file that hashes what is read from it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(size)
        self.hash.update(data)
        return data


def _add(tar: tarfile.TarFile, path: Path, name: str) -> str:
    with path.open("rb") as file:
        entry = tarfile.TarInfo(name)
        entry.size = os.fstat(file.fileno()).st_size
        entry.mode = 0o600
        hashing = _Hashing(file)
        tar.addfile(entry, hashing)
        return hashing.hash.hexdigest()


def _signature(manifest: dict[str, Any], like: str = "") -> str:
    return digest("backup", json.dumps(manifest, sort_keys=True), like=like)


# --- Reading ---


@contextmanager
def opened(path: Path, key: Path) -> Iterator[Backup]:
    """Decrypt and check everything a backup says of itself, in folders beside the real ones, removed afterwards.

    Raises BackupFailed.
    """
    identities = _identities(key)
    for place in (_database_folder(), settings.MEDIA_ROOT.parent):
        place.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="restore-", dir=_database_folder()) as database,
        tempfile.TemporaryDirectory(prefix="restore-", dir=settings.MEDIA_ROOT.parent) as media,
    ):
        try:
            parts, signed = _unseal(path, identities, Path(database), Path(media))
        except (pyrage.DecryptError, tarfile.TarError, gzip.BadGzipFile, EOFError, ValueError, LookupError) as problem:
            raise BackupFailed(
                f"{path} can't be opened: it is damaged or cut short, or the key is not one it was made for ({problem})"
            ) from problem
        manifest = signed["manifest"]
        if not compare_digest(signed["signature"], _signature(manifest, signed["signature"])):
            raise BackupFailed("The backup was not made by this site, or DIGEST_KEY is not the one it was made with")
        if manifest["format"] != FORMAT or _unknown_migrations(manifest):
            raise BackupFailed("The backup was made by a newer version of this software: install that one first")
        if manifest["parts"] != parts:
            raise BackupFailed(f"{path} is damaged: its parts are not those of its manifest")
        if manifest["engine"] != connection.vendor:
            raise BackupFailed(f"The backup is of {manifest['engine']}, and DATABASE_URL names {connection.vendor}")
        name = next(name for name in parts if "/" not in name)
        yield Backup(Path(database) / name, Path(media) / "media", manifest)


def _database_folder() -> Path:
    is_file = connection.vendor == "sqlite"
    return Path(connection.settings_dict["NAME"]).parent if is_file else settings.VAR_DIR


def _unseal(path: Path, identities: list[Any], database: Path, media: Path) -> tuple[dict[str, str], dict[str, Any]]:
    """Decrypt into the folders; returns the SHA-256 of each part, and the signed manifest."""
    reader, writer = os.pipe()

    def decrypt() -> None:
        with os.fdopen(writer, "wb") as pipe, path.open("rb") as sealed:  # in this order: no file must end the reading
            try:
                pyrage.decrypt_io(sealed, pipe, identities)
            except OSError as problem:
                if problem.errno is None:  # not the disk's: so it tells of a piece that is not what was sealed
                    raise ValueError(str(problem)) from problem
                raise

    (media / "media").mkdir()
    with ThreadPoolExecutor(1) as pool:
        decrypted = pool.submit(decrypt)
        try:
            with os.fdopen(reader, "rb") as pipe, gzip.GzipFile(fileobj=pipe) as plain:
                parts, signed = _unpack(plain, database, media)
                plain.read()  # to the end of the file, or a cut in the last chunk would go unseen
                pipe.read()
        except Exception:
            if (problem := decrypted.exception()) and not isinstance(problem, BrokenPipeError):
                raise problem from None  # the tar broke because the decryption did
            raise
        decrypted.result()
    return parts, signed


def _unpack(plain: gzip.GzipFile, database: Path, media: Path) -> tuple[dict[str, str], dict[str, Any]]:
    parts: dict[str, str] = {}
    signed: dict[str, Any] = {}
    with tarfile.open(fileobj=plain, mode="r|") as tar:
        for entry in tar:
            source = tar.extractfile(entry)
            if source is None or ".." in Path(entry.name).parts or entry.name.startswith("/"):
                raise ValueError("a part that is no plain file")
            if entry.name == MANIFEST:
                signed = json.load(source)
                continue
            target = (media if entry.name.startswith(MEDIA) else database) / entry.name
            target.parent.mkdir(parents=True, exist_ok=True)
            hashing = _Hashing(source)
            with target.open("xb") as file:
                shutil.copyfileobj(hashing, file, CHUNK_BYTES)
            parts[entry.name] = hashing.hash.hexdigest()
    if not signed:
        raise ValueError("no manifest")
    return parts, signed


def _unknown_migrations(manifest: dict[str, Any]) -> set[str]:
    """Migrations of the backup that this version does not have; those of packages no longer used don't count."""
    loader = MigrationLoader(None)
    known = {f"{app}.{name}" for app, name in loader.disk_migrations}
    known |= {f"{app}.{name}" for migration in loader.disk_migrations.values() for app, name in migration.replaces}
    ours = {config.label for config in apps.get_app_configs()}
    return {name for name in manifest["migrations"] if name not in known and name.split(".")[0] in ours}


def _needs_migrating(manifest: dict[str, Any]) -> bool:
    loader = MigrationLoader(None)
    return not {f"{app}.{name}" for app, name in loader.disk_migrations} <= set(manifest["migrations"])


# --- Restoring ---


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
            for unread in _unreadable(database_copy.COPY):
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
