"""Pictures of imported articles: found in the media folder, checked before they are decoded, kept clean and once."""

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from django.conf import settings
from wagtail.images import get_image_model
from wagtail.utils.file import hash_filelike

from articles.pictures import cleaned
from common.pictures import NoPicture, TooManyPixels, read

MOST_BYTES = 20_000_000
SIZED = re.compile(r"-(?:\d+x\d+|scaled|e\d{10,})(?=\.\w+$)")  # what WordPress adds to the names of its copies


class PictureRefused(Exception):
    """The picture can't be had: its name, and why."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.name, self.why = name, why


class Pictures:
    """The pictures of one import. With `keep` off nothing is stored, and each found picture has the number 0."""

    def __init__(self, media: Path | None, *, keep: bool) -> None:
        self.media, self.keep = media, keep
        self.kept: dict[str, int] = {}  # their numbers, by their contents
        self._names: dict[str, list[Path]] | None = None

    def number_of(self, address: str, *, title: str, beside: Path | None) -> int:
        """The picture in Wagtail's library for an address in an article; `beside`: the folder of the article's file.

        Raises PictureRefused.
        """
        if not address:
            raise PictureRefused("a picture without an address", "it stands in the page’s own code")
        path = self._find(address, beside)
        with path.open("rb") as file:
            digest = hash_filelike(file)
        images = get_image_model().objects
        # An article that could not be kept takes its pictures along.
        if digest not in self.kept or (self.keep and not images.filter(pk=self.kept[digest]).exists()):
            self.kept[digest] = self._keep(path, digest, title) if self.keep else _check(path)
        return self.kept[digest]

    def _keep(self, path: Path, digest: str, title: str) -> int:
        """The picture as it is kept, or as an export has it: that is one of ours, and is not written anew."""
        images = get_image_model().objects
        if known := images.filter(file_hash=digest).first():
            return int(known.pk)
        with _refused(path):
            file = cleaned(_content(path))
        if known := images.filter(file_hash=hash_filelike(file)).first():
            return int(known.pk)
        return int(images.create(title=(title or path.name)[:255], file=file).pk)

    def _find(self, address: str, beside: Path | None) -> Path:
        try:
            parts = PurePosixPath(unquote(urlsplit(address).path)).parts
        except ValueError as problem:
            raise PictureRefused(address, "this is no address") from problem
        parts = tuple(part for part in parts if part not in ("/", "."))
        if not parts or ".." in parts or any("\\" in part or "\0" in part for part in parts):
            raise PictureRefused(address, "its name leads out of the media folder")
        for root in filter(None, (beside, self.media)):
            for place in range(len(parts)):
                for name in dict.fromkeys((parts[-1], SIZED.sub("", parts[-1]))):
                    found = _inside(root, root.joinpath(*parts[place:-1], name))
                    if found:
                        return found
        if self.media:
            for name in (parts[-1], SIZED.sub("", parts[-1])):
                if len(same := self._by_name().get(name.lower(), [])) == 1:
                    return same[0]
        where = "it is not in the media folder" if self.media else "no media folder was given (--media)"
        raise PictureRefused(parts[-1], where)

    def _by_name(self) -> dict[str, list[Path]]:
        if self._names is None:
            self._names = defaultdict(list)
            for path in sorted(self.media.rglob("*")) if self.media else ():
                if self.media and _inside(self.media, path):
                    self._names[path.name.lower()].append(path)
        return self._names


def _check(path: Path) -> int:
    """The number 0 for what could be kept."""
    with _refused(path):
        read(_content(path), most_pixels=settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS)
    return 0


def _content(path: Path) -> bytes:
    if path.suffix.lower() in (".svg", ".svgz"):
        raise PictureRefused(path.name, "SVG can carry scripts; save it as PNG")
    if path.stat().st_size > MOST_BYTES:
        raise PictureRefused(path.name, f"it is larger than {MOST_BYTES // 1_000_000} MB")
    return path.read_bytes()


@contextmanager
def _refused(path: Path) -> Iterator[None]:
    """Raises PictureRefused for what is no picture, or one too large to be worked on."""
    try:
        yield
    except TooManyPixels as problem:
        size = f"{round(problem.pixels / 1_000_000)} million" if problem.pixels else "too many"
        most = f"{settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS // 1_000_000} million are the most"
        raise PictureRefused(path.name, f"it has {size} pixels; {most}") from problem
    except (NoPicture, OSError) as problem:
        raise PictureRefused(path.name, "it is not a picture, or a broken one") from problem


def _inside(root: Path, path: Path) -> Path | None:
    """The file, if it is one and lies below `root`, whatever links are on the way."""
    try:
        return path if path.is_file() and path.resolve().is_relative_to(root.resolve()) else None
    except OSError:  # a name too long for this machine
        return None
