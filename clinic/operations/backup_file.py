"""A backup's file: packed, signed and sealed to a key that the server does not have; and opened again."""

import gzip
import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from hmac import compare_digest
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import pyrage
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from common.crypto import digest

FORMAT = 1
MANIFEST = "manifest.json"
MEDIA = "media/"
CHUNK_BYTES = 1 << 20


class BackupFailed(Exception):
    """The text says why, and what to do, to the operator. Nothing was changed, unless it says so."""


@dataclass(frozen=True)
class Backup:
    """An opened backup: checked parts in a folder of their own, and what the manifest says."""

    database: Path
    media: Path
    manifest: dict[str, Any]


def make_key(path: Path) -> str:
    """Write a new private key to `path`, which must not exist, as age-keygen does; returns the public one."""
    key = pyrage.x25519.Identity.generate()
    public = str(key.to_public())
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"# public key: {public}\n{key}\n")
    return public


def read_recipients() -> list[Any]:
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


def seal_into(sealed: IO[bytes], recipients: list[Any], pack: Callable[[tarfile.TarFile], None]) -> None:
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


def pack_into(tar: tarfile.TarFile, database: Path, manifest: dict[str, Any]) -> None:
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
