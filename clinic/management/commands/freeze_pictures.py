"""Make the pictures anew that the share pictures are put together from: the mark and each drawing, without its words.

Pillow can't read SVG, so Chromium draws them (Playwright, a development requirement) after a drawing has changed.
"""

import re
from io import BytesIO
from typing import Any

from django.core.management.base import BaseCommand
from django.template.loader import render_to_string
from PIL import Image

from articles.blocks import DRAWINGS
from clinic.web.share_pictures import DRAWING_SIZE, MARK_HEIGHT, PARTS
from common import colors
from common.icons import MARK_SVG

CHROMIUM = "/usr/bin/chromium"
COLORS = 96
SCALE = 2  # drawn larger than needed, then made to fit
MARGIN = 24  # kept free beside and below a drawing that does not reach its frame
RIGHT_HALF = {"hammertoe"}  # two pictures that only make sense between two edges


class Command(BaseCommand):
    """One small PNG with a transparent ground for each."""

    help = "Draw clinic/static/clinic/og/*.png from the mark and the articles' drawings."

    def handle(self, *args: Any, **options: Any) -> None:
        """Light colors: link previews have no dark scheme."""
        from playwright.sync_api import sync_playwright

        style = f"color:{colors.light('pine')};--card:{colors.light('mist')}"
        pictures: dict[str, str] = {"mark": f'<div style="{style}">{MARK_SVG}</div>'}
        for name in DRAWINGS:
            svg = render_to_string(f"articles/drawings/{name}.html", {"alt": ""})
            # Words would be in one language only; the lines that lead to them go too.
            pictures[name] = re.sub(r'<text.*?</text>|<path\s+stroke-width="2"\s+d=[^>]*/>', "", svg, flags=re.DOTALL)
        # For articles without a drawing: the heel without what is sore.
        pictures["foot"] = re.sub(r'<g stroke="var\(--art-hot.*?</g>', "", pictures["heel"], flags=re.DOTALL)
        PARTS.mkdir(parents=True, exist_ok=True)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_page(viewport={"width": 800, "height": 800}, device_scale_factor=SCALE)
            for name, picture in pictures.items():
                page.set_content(f"<!doctype html><style>body{{margin:0}}svg{{display:block}}</style>{picture}")
                image = Image.open(BytesIO(page.locator("svg").screenshot(omit_background=True))).convert("RGBA")
                image = _fit(_crop(image, name), (10 * MARK_HEIGHT, MARK_HEIGHT) if name == "mark" else DRAWING_SIZE)
                path = PARTS / f"{name}.png"
                image.quantize(COLORS, Image.Quantize.FASTOCTREE).save(path, optimize=True)
                self.stdout.write(f"{name}.png: {image.width} x {image.height}, {path.stat().st_size} bytes")
            browser.close()


def _crop(image: Image.Image, name: str) -> Image.Image:
    """What is drawn on, with a margin where it does not reach the frame."""
    if name in RIGHT_HALF:
        image = image.crop((image.width // 2, 0, image.width, image.height))
    left, top, right, bottom = image.getbbox() or (0, 0, *image.size)
    if name != "mark":
        right = right if right >= image.width - SCALE else right + MARGIN * SCALE
        bottom = bottom if bottom >= image.height - SCALE else bottom + MARGIN * SCALE
    return image.crop((left, top, right, bottom))


def _fit(image: Image.Image, room: tuple[int, int]) -> Image.Image:
    """As large as `room` allows."""
    scale = min(room[0] / image.width, room[1] / image.height)
    return image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS)
