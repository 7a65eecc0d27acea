"""Pictures of imported articles: found in the media folder, checked before they are decoded, kept once."""

import re
import warnings
from collections import defaultdict
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.files.images import ImageFile
from PIL import Image as Picture
from PIL import UnidentifiedImageError
from wagtail.images import get_image_model
from wagtail.utils.file import hash_filelike

MOST_BYTES = 20_000_000
FORMATS = {"AVIF", "GIF", "JPEG", "PNG", "WEBP"}
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
        self.kept: set[str] = set()  # by their contents
        self._names: dict[str, list[Path]] | None = None

    def number_of(self, address: str, *, title: str, beside: Path | None) -> int:
        """The picture in Wagtail's library for an address in an article; `beside`: the folder of the article's file.

        Raises PictureRefused.
        """
        if not address:
            raise PictureRefused("a picture without an address", "it stands in the page’s own code")
        path = self._find(address, beside)
        check(path)
        with path.open("rb") as file:
            digest = hash_filelike(file)
            self.kept.add(digest)
            if not self.keep:
                return 0
            images = get_image_model().objects
            if known := images.filter(file_hash=digest).first():
                return int(known.pk)
            file.seek(0)
            image = get_image_model()(title=(title or path.stem)[:255], file=ImageFile(file, name=path.name))
            image.file_hash, image.file_size = digest, path.stat().st_size
            image.save()
            return int(image.pk)

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


def check(path: Path) -> None:
    """Raises PictureRefused for what is no picture, or one too large to be worked on. Looks at the size that the
    file declares before anything is decoded.
    """
    if path.suffix.lower() in (".svg", ".svgz"):
        raise PictureRefused(path.name, "SVG can carry scripts; save it as PNG")
    if path.stat().st_size > MOST_BYTES:
        raise PictureRefused(path.name, f"it is larger than {MOST_BYTES // 1_000_000} MB")
    most = settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Picture.DecompressionBombWarning)  # our own limit is lower
            with Picture.open(path) as picture:
                if picture.format not in FORMATS:
                    raise PictureRefused(path.name, f"{picture.format} can’t be shown; save it as JPEG or PNG")
                if picture.width * picture.height > most:
                    size = round(picture.width * picture.height / 1_000_000)
                    raise PictureRefused(
                        path.name, f"it has {size} million pixels; {most // 1_000_000} million are the most"
                    )
                picture.load()
    except (UnidentifiedImageError, Picture.DecompressionBombError, OSError, SyntaxError, ValueError) as problem:
        raise PictureRefused(path.name, "it is not a picture, or a broken one") from problem


def _inside(root: Path, path: Path) -> Path | None:
    """The file, if it is one and lies below `root`, whatever links are on the way."""
    try:
        return path if path.is_file() and path.resolve().is_relative_to(root.resolve()) else None
    except OSError:  # a name too long for this machine
        return None
