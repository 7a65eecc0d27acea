"""The colors of the house for whatever can't read a style sheet: mails, pictures, drawings where no style sheet came.

`clinic/static/clinic/tokens.css` holds them and nothing else does.
"""

import re
from functools import cache
from typing import NamedTuple

from django.conf import settings

DECLARATION = re.compile(r"^ *--([a-z-]+): (.+);$", re.MULTILINE)


class Colors(NamedTuple):
    """By name, without the two hyphens: what is the same in every light, and what is not."""

    fixed: dict[str, str]
    light: dict[str, str]
    dark: dict[str, str]


def parse(sheet: str) -> Colors:
    """The three blocks of tokens.css. Raises TypeError for more or fewer."""
    return Colors(*(dict(DECLARATION.findall(block)) for block in sheet.split(":root {")[1:]))


@cache
def tokens() -> Colors:
    """As the file says; read once."""
    return parse((settings.BASE_DIR / "clinic/static/clinic/tokens.css").read_text())


def light(name: str) -> str:
    """For where there is no dark scheme. Six digits: some mail programs know no shorter form. Raises KeyError."""
    color = _in_light(name)
    return "#" + "".join(2 * digit for digit in color[1:]) if len(color) == 4 else color


def variable(name: str) -> str:
    """For an attribute of a drawing: follows the page's scheme, and is light without a style sheet. Raises KeyError."""
    return f"var(--{name}, {_in_light(name)})"


def _in_light(name: str) -> str:
    fixed, light, _dark = tokens()
    return fixed[name] if name in fixed else light[name]
