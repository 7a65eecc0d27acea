"""Unpacking a ZIP file that somebody sent: never outside its folder, never more than there is room for."""

import stat
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile, ZipFile, ZipInfo, is_zipfile

from articles.importing.items import Refused

MOST_FILES = 10_000
MOST_BYTES = 400_000_000  # unpacked, together
MOST_BYTES_OF_ONE = 100_000_000
NAME_LENGTH = 240
PIECE = 1_000_000


class NotUnpacked(Exception):
    """The file as a whole is refused, and why."""


def check(path: Path, *, files: int = MOST_FILES, size: int = MOST_BYTES) -> None:
    """Raises NotUnpacked for what is no ZIP file, or says that it is too large."""
    if not is_zipfile(path):
        raise NotUnpacked("it is not a ZIP file, or a broken one")
    try:
        with ZipFile(path) as packed:
            entries = packed.infolist()
    except (BadZipFile, OSError, ValueError) as problem:
        raise NotUnpacked("it is not a ZIP file, or a broken one") from problem
    if len(entries) > files:
        raise NotUnpacked(f"it holds {len(entries)} files; {files} are the most")
    if sum(entry.file_size for entry in entries) > size:
        raise NotUnpacked(f"unpacked it is larger than {size // 1_000_000} MB")


def unpack(path: Path, into: Path) -> list[Refused]:
    """What was left behind, and why. Sizes are counted while writing, whatever the file says of itself.

    Raises NotUnpacked.
    """
    check(path)
    refused: list[Refused] = []
    room = MOST_BYTES
    with ZipFile(path) as packed:
        for entry in packed.infolist():
            if entry.is_dir() or entry.filename.startswith("__MACOSX/"):
                continue
            if why := _why_not(entry):
                refused.append(Refused(entry.filename[:NAME_LENGTH], why))
                continue
            try:
                room -= _write(packed, entry, into.joinpath(*PurePosixPath(entry.filename).parts), room)
            except (BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError):
                refused.append(Refused(entry.filename, "it can’t be unpacked"))
    return refused


def _why_not(entry: ZipInfo) -> str:
    parts = PurePosixPath(entry.filename).parts
    if not parts or entry.filename.startswith("/") or ".." in parts or any(sign in entry.filename for sign in "\\:\0"):
        return "its name leads out of the folder"
    if len(entry.filename) > NAME_LENGTH or any(len(part.encode()) > 200 for part in parts):
        return "its name is too long"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "it is a link"
    return "it is locked by a password" if entry.flag_bits & 1 else ""


def _write(packed: ZipFile, entry: ZipInfo, to: Path, room: int) -> int:
    """How many bytes there were. Raises NotUnpacked for more than there is room for."""
    to.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with packed.open(entry) as source, to.open("xb") as target:
        while piece := source.read(PIECE):
            written += len(piece)
            if written > min(room, MOST_BYTES_OF_ONE):
                raise NotUnpacked(f"“{entry.filename}” is larger unpacked than there is room for")
            target.write(piece)
    return written
