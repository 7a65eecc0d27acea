"""What a file or a folder is, and how it is read."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from articles.importing import files, wordpress
from articles.importing.items import Item, LeftOut, Noted, Refused
from articles.importing.unpacking import unpack

Found = Item | LeftOut | Refused | Noted


@dataclass(frozen=True)
class Options:
    """What a person decides."""

    pages: bool = False  # WordPress's pages come along, as pages
    types: frozenset[str] = field(default_factory=frozenset)
    comments: bool = False


@dataclass
class Source:
    """Something to be imported, and the folder where its pictures lie."""

    items: Iterable[Found]
    media: Path | None
    exports: list[Path]  # of WordPress


@contextmanager
def opened(path: Path, *, media: Path | None, options: Options) -> Iterator[Source]:
    """An export of WordPress, a ZIP file or a folder of files, or one such file. `media`: a folder, or a ZIP file.

    Raises NotUnpacked.
    """
    with TemporaryDirectory(prefix="import-") as name:
        refused: list[Refused] = []
        if media and media.is_file():
            refused += unpack(media, Path(name, "media"))
            media = Path(name, "media")
        if path.suffix.lower() == ".zip" and path.is_file():
            folder = Path(name, path.stem or "site")
            folder.mkdir()
            refused += unpack(path, folder)
            media = media or folder
        else:
            folder = path
        exports = [folder] if folder.is_file() else sorted(folder.rglob("*.xml"))
        exports = [one for one in exports if one.suffix.lower() == ".xml" and (one == path or _is_export(one))]
        read = [
            wordpress.read(one, pages=options.pages, types=options.types, comments=options.comments) for one in exports
        ]
        others = [files.read(folder)] if not exports else []
        yield Source(chain(refused, *read, *others), media, exports)


def _is_export(path: Path) -> bool:
    with path.open("rb") as file:
        return b"wordpress.org/export" in file.read(4096)
