"""One file of colors: none stands anywhere else, each is there for light and dark, defined once and used."""

import colorsys
import json
import re

import pytest
from django.conf import settings
from django.core.management import call_command

from appointments.models import Office
from appointments.models.practice import Look
from articles.desk.frame import own_look
from common import colors

ROOMS = ("clinic", "articles", "appointments")
TOKENS = "clinic/static/clinic/tokens.css"
# Files that can't ask for a token, or whose colors are no colors of the house.
LOOKS = "clinic/static/clinic/looks.css"
APART = {
    TOKENS,
    LOOKS,  # linked only where a practice has chosen other colors; looked at below
    "clinic/static/clinic/favicon.svg",  # browsers show it without a page; its colors are looked at below
    "clinic/templates/parts/foot_map.html",  # black and white of a mask: what hides and what shows
}
NAMED = "black|white|red|green|blue|gray|grey|silver|orange|yellow|purple|brown|pink|navy|teal|maroon|gold"
LITERAL = re.compile(
    r"(?<![\w&#/])#(?:[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})(?![\w-])"
    r"|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color-mix)\("
    r"|(?:color|background|border|outline|fill|stroke|shadow)[\w-]*(?:: ?|=[\"'])"
    rf"[^;\"'{{}}]*?(?<![\w-])(?:{NAMED})(?![\w-])",
    re.IGNORECASE,
)


def _files(*ends: str) -> dict[str, str]:
    """Path -> text."""
    found = (path for room in ROOMS for path in (settings.BASE_DIR / room).rglob("*") if path.suffix in ends)
    return {str(path.relative_to(settings.BASE_DIR)): path.read_text() for path in found}


@pytest.fixture(scope="module")
def sheets() -> dict[str, str]:
    return _files(".css")


def test_no_color_stands_outside_the_file_of_colors():
    files = _files(".css", ".html", ".svg", ".py", ".js", ".txt")
    stray = [
        f"{path}: {literal[0]}"
        for path, text in files.items()
        if path not in APART and "/migrations/" not in path and "/data/" not in path
        for literal in LITERAL.finditer(text)
    ]

    assert len(files) > 300
    assert stray == []


@pytest.mark.parametrize(
    "text", ["color: #fff", 'fill="#12382c"', "rgb(1 2 3 / .5)", "border: 1px solid red;", 'INK = "#17251f"']
)
def test_color_would_be_noticed(text):
    assert LITERAL.search(text)


@pytest.mark.parametrize("text", ["fill: currentColor", 'href="#main"', "color: var(--white)", "&#8201;", "/x/#add"])
def test_what_is_no_color_is_left_alone(text):
    assert not LITERAL.search(text)


def test_every_token_is_defined_for_light_and_dark_and_once():
    fixed, light, dark = colors.tokens()
    declared = re.findall(r"--[\w-]+(?=:)", (settings.BASE_DIR / TOKENS).read_text())

    assert list(light) == list(dark)
    assert not fixed.keys() & light.keys()
    assert len(declared) == len(fixed) + len(light) + len(dark)


def test_every_variable_is_defined_and_used(sheets):
    ours = "\n".join(sheets.values())
    code = "\n".join([ours, *_files(".html", ".py").values()])
    read_by_django = set(re.findall(r"(--[\w-]+): var", sheets["appointments/static/appointments/desk.css"]))
    defined = {name for name in re.findall(r"(--[\w-]+):", ours) if not name.startswith("--w-")}
    used = set(re.findall(r"var\((--[\w-]+)", code)) - {"--font-family-primary"}  # Django's
    used |= {f"--{name}" for name in re.findall(r"""(?:% (?:color|light) |light\()["']([\w-]+)["']""", code)}

    assert used - defined == set()
    assert defined - used - read_by_django == set()


def _luminance(color: str) -> float:
    digits = color[1:] if len(color) == 7 else "".join(2 * digit for digit in color[1:])
    parts = [part / 255 for part in bytes.fromhex(digits)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("drawn", "ground"),
    [
        ("art-line", "art-skin"),
        ("art-hot", "art-skin"),
        ("art-line-brown", "art-skin-brown"),
        ("art-line", "mist"),
        ("art-line-brown", "mist"),
        ("art-hot", "mist"),
        ("pine", "mist"),
    ],
)
def test_what_a_drawing_shows_stands_out(scheme, drawn, ground):
    """3:1, WCAG 2.2's 1.4.11. What is sore does not stand out on brown skin: there a drawing marks it from outside."""
    shades = getattr(colors.tokens(), scheme)
    darker, lighter = sorted((_luminance(shades[drawn]), _luminance(shades[ground])))

    assert (lighter + 0.05) / (darker + 0.05) >= 3


def _shades(look: str, scheme: str) -> dict[str, str]:
    """The tokens as they are with one of the looks."""
    light, dark = (settings.BASE_DIR / LOOKS).read_text().split("@media", 1)
    block = {"light": light, "dark": dark}[scheme].partition(f'[data-look="{look}"] {{')[2].partition("}")[0]
    return {**getattr(colors.tokens(), scheme), **dict(colors.DECLARATION.findall(block))}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("look", [look for look in Look.values if look])
def test_words_can_be_read_in_every_look(look, scheme):
    """4.5:1, WCAG 2.2's 1.4.3."""
    shades = _shades(look, scheme)
    grounds = ("page", "card", "mist", "sand", "good-tint")
    pairs = [(word, ground) for word in ("link", "link-hover", "pine", "ink", "soft", "now") for ground in grounds]
    pairs += [("on-pine", "pine"), ("on-pine", "pine-hover"), ("on-deep", "deep"), ("deep-soft", "deep")]
    weak = []
    for word, ground in pairs:
        darker, lighter = sorted((_luminance(shades[word]), _luminance(shades[ground])))
        if (lighter + 0.05) / (darker + 0.05) < 4.5:
            weak.append((word, ground))

    assert shades["pine"] == getattr(colors.tokens(), scheme)[look]
    assert weak == []


def test_every_color_of_an_office_is_a_token(sheets):
    shared = sheets["clinic/static/clinic/shared.css"]
    for color in Office.Color.values:
        assert colors.light(color)
        assert f"--office: var(--{color}); --office-tint: var(--{color}-tint);" in shared


def test_icon_of_the_browser_has_the_colors_of_the_house():
    icon = (settings.BASE_DIR / "clinic/static/clinic/favicon.svg").read_text()

    assert set(re.findall(r"#\w+", icon)) == {colors.light("pine"), "#fff"}


def test_wagtail_gets_our_colors_in_parts(sheets):
    parts = re.findall(
        r"--w-color-\w+-(?:hue|saturation|lightness): ([\d.]+)", sheets["articles/static/articles/cms/desk.css"]
    )
    for name, (hue, saturation, lightness) in zip(("deep", "pine"), (parts[:3], parts[3:]), strict=True):
        rgb = colorsys.hls_to_rgb(float(hue) / 360, float(lightness) / 100, float(saturation) / 100)
        ours = bytes.fromhex(colors.light(name)[1:])
        assert all(abs(round(255 * part) - our) <= 1 for part, our in zip(rgb, ours, strict=True))


def test_color_for_a_mail_has_six_digits_and_for_a_drawing_follows_the_page():
    assert colors.light("card") == "#ffffff"
    assert colors.light("deep") == "#12382c"
    assert colors.variable("card") == "var(--card, #fff)"
    with pytest.raises(KeyError):
        colors.light("mauve")


def test_wagtails_own_themes_get_our_colors():
    html = own_look()

    assert ".w-theme-light{--page:#fdfcf8;" in html
    assert ".w-theme-dark{--page:#101815;" in html


def test_collected_sheet_holds_what_it_imports(settings, tmp_path):
    """One request for a first view, and another name when no more than a color has changed."""
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STATICFILES_DIRS = [tmp_path / "ours"]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "clinic.web.static_files.OneSheet"}}
    folder = tmp_path / "ours/site"
    folder.mkdir(parents=True)
    (folder / "dot.png").write_bytes(b"dot")
    (folder / "site.css").write_text('@layer a, b;\n@import url("shared.css") layer(a);\n\np { color: var(--ink); }\n')
    (folder / "shared.css").write_text('/* why */\n@import url("../tokens.css");\n\np { mask: url("dot.png"); }\n')
    (tmp_path / "ours/desk").mkdir()
    (tmp_path / "ours/desk/desk.css").write_text('@import url("../site/shared.css");\n')
    names = []
    for color in ("#111", "#222"):
        (tmp_path / "ours/tokens.css").write_text(f":root {{ --ink: {color}; }}\n")
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        names.append(json.loads((settings.STATIC_ROOT / "staticfiles.json").read_text())["paths"]["site/site.css"])

    sheet = (settings.STATIC_ROOT / names[1]).read_text()
    assert names[0] != names[1]
    assert re.sub(r"dot\.\w+\.png", "dot.png", sheet) == (
        "@layer a, b;\n@layer a {\n:root { --ink: #222; }\n\n\n"
        'p { mask: url("dot.png"); }\n}\n\np { color: var(--ink); }\n'
    )
    assert "dot.png" not in sheet
    (desk,) = (settings.STATIC_ROOT / "desk").glob("desk.*.css")
    assert re.search(r'url\("../site/dot\.\w{12}\.png"\)', desk.read_text())
