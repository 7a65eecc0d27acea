"""Pictures as this site keeps and shows them: the pixels, and nothing else that came in their files.

A picture is decoded and written anew. So nothing gets through that is not to be seen: where and when it was taken and
by whom, thumbnails, comments, color profiles, bytes after its end, a page or a script in the same file, what lies
under transparent places.
"""

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import PurePosixPath

from PIL import Image as Picture
from PIL import ImageCms, ImageOps, ImageSequence
from pillow_heif import HeifImagePlugin  # noqa: F401 teaches Pillow to read what iPhones write

OPENED = ["AVIF", "GIF", "HEIF", "JPEG", "PNG", "WEBP"]
# How each kind is written. MPO is a JPEG with more pictures behind the first; Pillow finds that out by itself.
WRITTEN_AS = {
    "AVIF": "AVIF",
    "GIF": "GIF",
    "HEIF": "JPEG",
    "JPEG": "JPEG",
    "MPO": "JPEG",
    "PNG": "PNG",
    "WEBP": "WEBP",
}
ENDINGS = {"AVIF": ".avif", "GIF": ".gif", "JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp"}
HOW: dict[str, dict[str, object]] = {
    "AVIF": {"quality": 80, "speed": 8},
    "GIF": {"disposal": 2},  # each picture is whole
    "JPEG": {"quality": 90, "progressive": True},
    "PNG": {},
    "WEBP": {"quality": 90},
}
# What may be shown: a file's ending, its content type, and what such a file begins with.
SHOWN = {
    ".avif": ("image/avif", re.compile(rb".{4}ftyp(avif|avis)", re.DOTALL)),
    ".gif": ("image/gif", re.compile(rb"GIF8[79]a")),
    ".jpeg": ("image/jpeg", re.compile(rb"\xff\xd8\xff")),
    ".jpg": ("image/jpeg", re.compile(rb"\xff\xd8\xff")),
    ".png": ("image/png", re.compile(rb"\x89PNG\r\n\x1a\n")),
    ".webp": ("image/webp", re.compile(rb"RIFF.{4}WEBP", re.DOTALL)),
}
LONGEST_START = 12  # bytes

# Alternative texts that are a file's name: with an ending, a camera's or a program's word and a number, a copy's
# number at the end, one word held together by underscores, hyphens or digits, nothing but signs.
_FILE_NAME = re.compile(
    r"""
    .*\.(?:jpe?g|png|gif|webp|avif|hei[cf]|svg|bmp|tiff?)
    | .*\(\d+\)
    | (?:img|dsc[fn]?|dcim|pxl|mvimg|image|photo|picture|pic|screen\s?shot|scan|untitled|unnamed|download)\b[\W\d_]*
    | (?:screen\s?shot|whatsapp\ image)\b.*\d.*
    | (?=\S*(?:\d|_|-\S*-))[\w.-]+
    | [\W\d_]*
    """,
    re.IGNORECASE | re.VERBOSE,
)


class NoPicture(ValueError):
    """It is not a picture of a kind that we read, or a broken one."""


class TooManyPixels(NoPicture):
    """It would take too much memory to be worked on. Says how many it has, all frames of an animation together, unless
    there are so many that Pillow did not count.
    """

    def __init__(self, pixels: int | None = None) -> None:
        super().__init__(f"{pixels} pixels")
        self.pixels = pixels


@dataclass(frozen=True)
class Pixels:
    """A decoded picture; an animation has several frames, each with its milliseconds."""

    kind: str  # of ENDINGS
    frames: list[Picture.Image]
    milliseconds: list[int]
    loop: int | None  # how often an animation is repeated, 0 for ever, None once


@dataclass(frozen=True)
class Clean:
    """A file that was written from pixels, with a name that tells nothing, and always the same of the same bytes."""

    content: bytes
    name: str


def read(content: bytes, *, most_pixels: int) -> Pixels:
    """The pixels of a picture's file: upright, in sRGB.

    Raises NoPicture, and TooManyPixels before anything is decoded.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # our own limit is lower than Pillow's, and odd metadata are dropped
            with Picture.open(BytesIO(content), formats=OPENED) as picture:
                source = picture.format or ""
                animated = source in ("AVIF", "GIF", "PNG", "WEBP")
                pixels = picture.width * picture.height * (getattr(picture, "n_frames", 1) if animated else 1)
                if pixels > most_pixels:
                    raise TooManyPixels(pixels)
                kind = WRITTEN_AS[source]
                frames = list(_frames(picture, kind) if animated else [(_plain(picture, kind), 0)])
                loop = picture.info.get("loop")
    except NoPicture:
        raise
    except Picture.DecompressionBombError as problem:
        raise TooManyPixels from problem
    except Exception as problem:  # Pillow raises many kinds, struct.error and MemoryError among them
        raise NoPicture from problem
    return Pixels(
        kind,
        frames=[frame for frame, _time in frames],
        milliseconds=[time for _frame, time in frames],
        loop=loop if isinstance(loop, int) else None,
    )


def write(pixels: Pixels) -> Clean:
    """A file with nothing but these pixels."""
    how = dict(HOW[pixels.kind])
    first, *others = pixels.frames
    if others:
        how |= {"save_all": True, "append_images": others, "duration": pixels.milliseconds}
        how |= {"loop": pixels.loop} if pixels.loop is not None else {}
    file = BytesIO()
    first.save(file, pixels.kind, **how)
    content = file.getvalue()
    return Clean(content, f"{own_stem(content)}{ENDINGS[pixels.kind]}")


def clean(content: bytes, *, most_pixels: int) -> Clean:
    """What is kept of a picture's file. Raises NoPicture and TooManyPixels."""
    pixels = read(content, most_pixels=most_pixels)
    try:
        return write(pixels)
    except (OSError, ValueError) as problem:  # a side too long for its kind
        raise NoPicture from problem


def square(content: bytes, *, side: int, most_pixels: int) -> Clean:
    """A drawing as a square PNG with so many pixels a side, whole, on nothing. Raises NoPicture and TooManyPixels."""
    first = read(content, most_pixels=most_pixels).frames[0].convert("RGBA")
    try:
        whole = ImageOps.pad(first, (side, side), color=(0, 0, 0, 0))
    except ValueError as problem:  # a strip of some pixels
        raise NoPicture from problem
    return write(Pixels("PNG", [whole], [0], None))


def portrait(content: bytes, *, side: int, most_pixels: int) -> Clean:
    """A photo of somebody as a square JPEG with so many pixels a side, cut a little above its middle, where faces are.
    Raises NoPicture and TooManyPixels.
    """
    first = read(content, most_pixels=most_pixels).frames[0]
    plain = Picture.new("RGB", first.size, "white")
    plain.paste(first, mask=first.getchannel("A") if first.mode == "RGBA" else None)
    try:
        square = ImageOps.fit(plain, (side, side), centering=(0.5, 0.35))
    except ValueError as problem:  # a strip of some pixels
        raise NoPicture from problem
    return write(Pixels("JPEG", [square], [0], None))


def own_stem(content: bytes) -> str:
    """A file's name without its ending, made of what is in it: names that people give tell of people."""
    return f"picture-{sha256(content).hexdigest()[:20]}"


def content_type(name: str, start: bytes) -> str | None:
    """What a file may be shown as, by its name's ending and its first LONGEST_START bytes; None if not at all."""
    kind, begins = SHOWN.get(PurePosixPath(name).suffix.lower(), ("", None))
    return kind if begins and begins.match(start) else None


def describes(alt: str, *, title: str = "") -> bool:
    """Whether an alternative text can be one: it is not the name of a file, nor that in the picture's title."""
    alt = " ".join(alt.split())
    of_file = PurePosixPath(title).stem if is_file_name(title) else ""
    return bool(alt) and not is_file_name(alt) and alt.casefold() != " ".join(of_file.split()).casefold()


def is_file_name(text: str) -> bool:
    """Whether a text looks like the name of a file."""
    return _FILE_NAME.fullmatch(text.strip()) is not None


def _frames(picture: Picture.Image, kind: str) -> Iterator[tuple[Picture.Image, int]]:
    for frame in ImageSequence.Iterator(picture):
        yield _plain(frame, kind), int(frame.info.get("duration") or 0)


def _plain(frame: Picture.Image, kind: str) -> Picture.Image:
    frame.load()
    profile = frame.info.get("icc_profile")
    upright = ImageOps.exif_transpose(frame)
    see_through = kind != "JPEG" and upright.has_transparency_data
    if upright.mode.startswith("I;16") or upright.mode in ("I", "F"):
        upright = upright.convert("F").point(lambda value: value / 257).convert("L")
    if upright.mode not in ("RGB", "RGBA", "L", "CMYK"):
        upright = upright.convert("RGBA" if see_through else "L" if upright.mode == "1" else "RGB")
    if profile and upright.mode != "L":
        upright = _in_srgb(upright, profile)
    upright = upright.convert("RGBA" if see_through else "L" if upright.mode == "L" else "RGB")
    plain = Picture.new(upright.mode, upright.size)
    plain.paste(upright, mask=upright.getchannel("A").point(lambda value: value and 255) if see_through else None)
    return plain


def _in_srgb(frame: Picture.Image, profile: bytes) -> Picture.Image:
    """The same colors without a profile; as they are, if the profile is broken or not of this picture."""
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        mode = "RGBA" if frame.mode == "RGBA" else "RGB"
        return ImageCms.profileToProfile(frame, source, ImageCms.createProfile("sRGB"), outputMode=mode) or frame
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return frame
