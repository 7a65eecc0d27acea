"""The picture that a link to a page brings along when it is shared: 1200 x 630, drawn once and kept as a file.

Lockup, title, one line, the towns, and the article's first drawing. The line is the same for every article, so that
no picture makes a health claim. font/bitter-650.ttf is bitter-650.woff2 unpacked by fontTools, its pair kerning moved
to the table that Pillow reads; og/*.png come from `manage.py freeze_pictures`.
"""

import hashlib
import json
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from io import BytesIO
from pathlib import Path

import holidays
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe
from PIL import Image, ImageDraw, ImageFont

from appointments.offices import OfficeFacts, directory
from appointments.offices.identity import mark as own_mark
from articles.models import Article
from common import colors
from common.identity import identity

STATIC = Path(__file__).resolve().parents[1] / "static" / "clinic"
PARTS = STATIC / "og"
FONT = STATIC / "font" / "bitter-650.ttf"
# The font holds these besides ASCII; other letters lose their accents, or go.
LETTERS = set("¡¿ÁÉÍÑÓÚÜáéíñóúü–—‘’“”…· ") | {chr(code) for code in range(32, 127)}

VERSION = 1  # raised when the layout changes, so that kept pictures are drawn anew
SIZE = (1200, 630)
INK, SOFT = colors.light("ink"), colors.light("soft")
LEFT, TOP, BOTTOM = 72, 64, 56
MARK_HEIGHT = 64
TITLE_TOP = 196
TITLE_BIG, TITLE_SMALL, BIG_LETTERS = 84, 60, 18
TITLE_WIDTH = SIZE[0] - 2 * LEFT
LINE_SIZE, TOWNS_SIZE = 34, 26
DRAWING_SIZE = (590, 360)
TEXT_WIDTH = SIZE[0] - DRAWING_SIZE[0] - LEFT - 24  # beside the drawing
KEEP_SECONDS = 24 * 60 * 60


@dataclass(frozen=True)
class Words:
    """All that a picture is made of."""

    brand: tuple[str, ...]
    title: str
    line: str
    towns: str
    drawing: str
    look: str = ""
    mark: str = ""

    @property
    def ground(self) -> str:
        """The color behind all of it."""
        return colors.light(f"{self.look}-tint" if self.look else "mist")

    def digest(self) -> str:
        """Changes when the picture would."""
        return hashlib.sha256(json.dumps([VERSION, self.ground, INK, SOFT, astuple(self)]).encode()).hexdigest()[:32]


@require_safe
def default_picture(request: HttpRequest) -> HttpResponse:
    """For every page without a picture of its own. No query."""
    practice = identity()
    words = Words(
        brand=practice.brand,
        look=practice.look,
        mark=practice.mark,
        title=_("Foot and ankle care"),
        line=_("Look up what hurts, or ask us to see you"),
        towns=towns(directory()),
        drawing="foot",
    )
    return _answer(request, "site", words)


@require_safe
def article_picture(request: HttpRequest, slug: str) -> HttpResponse:
    """For one article. One query."""
    article = get_object_or_404(Article.objects.published().in_language().only("title", "body"), slug=slug)
    practice = identity()
    words = Words(
        brand=practice.brand,
        look=practice.look,
        mark=practice.mark,
        title=article.title,
        line=_("Signs, home care, and when to see a foot doctor"),
        towns=towns(directory()),
        drawing=_first_drawing(article),
    )
    return _answer(request, f"article-{article.pk}", words)


def towns(offices: Sequence[OfficeFacts]) -> str:
    """ "Toms River and Belleville, New Jersey"; the number of offices when there are many."""
    names = [facts.name for facts in offices]
    states = dict.fromkeys(facts.state for facts in offices)
    where = get_text_list([_state(state) for state in states], _("and"))
    if len(names) > 3:
        count = ngettext("%(count)d office", "%(count)d offices", len(names)) % {"count": len(names)}
        return f"{count}, {where}"
    return ", ".join(part for part in (get_text_list(names, _("and")), where) if part)


def _state(code: str) -> str:
    """ "New Jersey" for NJ; a code nobody knows stays."""
    return next(iter(holidays.country_holidays("US").get_subdivision_aliases().get(code, [])), code)


def _first_drawing(article: Article) -> str:
    """The name of the first drawing in the article that we have a picture of."""
    for section in article.sections():
        for block in section.block.value.get("content", []) if hasattr(section.block.value, "get") else []:
            if block.block_type == "drawing" and (PARTS / f"{block.value['name']}.png").exists():
                return str(block.value["name"])
    return "foot"


def _answer(request: HttpRequest, folder: str, words: Words) -> HttpResponse:
    """The kept picture, or 304; drawn now if nobody has asked for it since its words changed."""
    digest = words.digest()
    etag = f'"{digest}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(_kept(folder, digest, lambda: draw(words)), content_type="image/png")
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = f"public, max-age={KEEP_SECONDS}"
    return response


def _kept(folder: str, digest: str, make: Callable[[], bytes]) -> bytes:
    """The file of that digest; made, and its forerunners removed, if there is none."""
    folder = f"share/{folder}"
    name = f"{folder}/{digest}.png"
    try:
        with default_storage.open(name) as file:
            return bytes(file.read())
    except FileNotFoundError:
        content = make()
    try:
        _folders, old = default_storage.listdir(folder)
    except FileNotFoundError:
        old = []
    for forerunner in old:
        default_storage.delete(f"{folder}/{forerunner}")
    default_storage.save(name, ContentFile(content))
    return content


def draw(words: Words) -> bytes:
    """The picture as PNG."""
    image = Image.new("RGB", SIZE, words.ground)
    pen = ImageDraw.Draw(image)
    mark = _mark(words)
    image.paste(mark, (LEFT, TOP), mark)
    brand_left = LEFT + mark.width + 18
    first, *second = [_printable(line) for line in words.brand]
    pen.text((brand_left, TOP + (4 if second else 16)), first, INK, _font(30))
    for line in second[:1]:
        pen.text((brand_left, TOP + 38), line, SOFT, _font(22))

    bottom = _title(pen, _printable(words.title))
    drawing = _part(words.drawing)
    room = SIZE[1] - bottom - 12
    if drawing.height > room:
        drawing = drawing.resize((drawing.width * room // drawing.height, room), Image.Resampling.LANCZOS)
    image.paste(drawing, (SIZE[0] - drawing.width, SIZE[1] - drawing.height), drawing)

    top = bottom + 22
    for line in _wrap(pen, _printable(words.line), _font(LINE_SIZE), TEXT_WIDTH, 3):
        pen.text((LEFT, top), line, INK, _font(LINE_SIZE))
        top += round(LINE_SIZE * 1.32)
    place = _printable(words.towns)
    size = TOWNS_SIZE
    while size > 18 and pen.textlength(place, _font(size)) > TEXT_WIDTH:
        size -= 1
    pen.text((LEFT, SIZE[1] - BOTTOM), place, SOFT, _font(size), anchor="ls")
    file = BytesIO()
    image.quantize(128, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()


def _mark(words: Words) -> Image.Image:
    """The practice's own, or the drawing of ours."""
    own = own_mark() if words.mark else None
    if own is None:
        return _part("mark")
    return Image.open(BytesIO(own)).convert("RGBA").resize((MARK_HEIGHT, MARK_HEIGHT), Image.Resampling.LANCZOS)


def _title(pen: ImageDraw.ImageDraw, title: str) -> int:
    """Draw the title: big if short, else small and on two lines at most. Returns where it ends."""
    size = TITLE_BIG if len(title) <= BIG_LETTERS else TITLE_SMALL
    font = _font(size)
    lines = _wrap(pen, title, font, TITLE_WIDTH, 2)
    if len(lines) == 2:  # lines of like length read better than a full one and a word
        width = max(pen.textlength(line, font) for line in lines)
        while len(narrower := _wrap(pen, title, font, width - 10, 3)) == 2 and not narrower[1].endswith("…"):
            lines, width = narrower, width - 10
    top = TITLE_TOP
    for line in lines:
        pen.text((LEFT, top), line, INK, font)
        top += round(size * 1.14)
    return top


def _wrap(pen: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont, width: float, most: int) -> list[str]:
    """Lines no wider than `width`, `most` of them; what has no room is left out at a word, with an ellipsis."""
    lines: list[str] = []
    for word in text.split():
        if lines and pen.textlength(f"{lines[-1]} {word}", font) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    if len(lines) > most or any(pen.textlength(line, font) > width for line in lines):
        lines = lines[:most]
        lines[-1] += "…"
    return [_cut(pen, line, font, width) for line in lines]


def _cut(pen: ImageDraw.ImageDraw, line: str, font: ImageFont.FreeTypeFont, width: float) -> str:
    """A line that is too wide even so, cut inside its last word."""
    while len(line) > 1 and pen.textlength(line, font) > width:
        line = line.removesuffix("…")[:-1].rstrip() + "…"
    return line


def _printable(text: str) -> str:
    """`text` in the letters that the font has."""
    return "".join(
        letter
        if letter in LETTERS
        else "".join(part for part in unicodedata.normalize("NFKD", letter) if part in LETTERS)
        for letter in " ".join(text.split())
    )


def _font(size: int) -> ImageFont.FreeTypeFont:
    """Our one face. Basic layout: the same picture whether or not the machine has libraqm."""
    return ImageFont.truetype(FONT, size, layout_engine=ImageFont.Layout.BASIC)


def _part(name: str) -> Image.Image:
    """One of the frozen pictures."""
    return Image.open(PARTS / f"{name}.png").convert("RGBA")
