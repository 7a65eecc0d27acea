"""Shortcodes: what page builders and plugins of WordPress write in square brackets.

Their words stand in attributes and between them: titles become headings, toggles questions, addresses of pictures
pictures. The rest goes, with a note of what it was. Plain brackets stay: "[200 mg]", "[1]", "[see note]".
"""

import re
from collections.abc import Mapping
from html import escape, unescape
from urllib.parse import unquote

from articles.importing.items import Item

ATTRIBUTE = re.compile(r"([\w-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|“([^”]*)”|([^\s\]\"']+))")
BUILDERS = (
    r"(?:vc|et_pb|elementor|fusion|av|su|tta|x|cs|mk|ult|ultimate|dt|nectar|kc|fl|themify|wpb|rev|qode|edgtf)[_-][\w-]*"
)
PLAIN = (
    r"gallery|caption|embed|audio|video|playlist|youtube|vimeo|button|btn|contact-form(?:-7)?|gravityform|wpforms|toc|"
    r"columns?|one_half(?:_last)?|one_third(?:_last)?|two_third(?:_last)?|row|col|accordions?|accordion-item|toggles?|tabs?|"
    r"tab|spoiler|faq|quote|pullquote|divider|spacer|clear|icon|map|googlemap|form"
)
VALUE = r"(?:\"[^\"]*\"|'[^']*'|“[^”]*”|[^\s\]\"']+)"
SHORTCODE = re.compile(
    rf"\[(?P<close>/?)(?P<name>{BUILDERS}|(?:{PLAIN})(?![\w-])|[a-z][\w-]*(?=\s+[\w-]+={VALUE}))"
    rf"(?P<rest>(?:\s+(?:[\w-]+\s*=\s*{VALUE}|[^\s\]]+))*)\s*/?\]",
)
TITLES = ("title", "heading", "text", "question", "header", "tab_title", "name", "label")
SUBTITLES = ("subtitle", "subhead", "subheading", "description", "content", "position", "number", "author", "answer")
PICTURES = ("src", "image", "image_url", "img", "image_src", "url_image", "photo", "portrait_url", "image_id", "images")
TOGGLE = re.compile(r"toggle|accordion|tta_section|faq|spoiler|(?<!tta_)tab(?!s|le)")
WRAPPER = re.compile(
    r"(?:accordion|accordions|toggles|tabs|tta_accordion|tta_tabs|tta_tour|vc_accordion|vc_tabs|et_pb_tabs)$"
)
BUTTON = re.compile(r"button|btn|_cta$|^cta$|call_to_action")
LINKS = ("link", "url", "href", "button_url", "link_url", "button_link")
BUTTON_WORDS = ("button_text", "text", "title", "label", "caption")
HEADING_TAG = re.compile(r"tag:h([1-6])|^h([1-6])$")
VIDEO = re.compile(r"https?://(?:www\.|m\.)?(?:youtube\.com/|youtu\.be/|vimeo\.com/|player\.vimeo\.com/)[^\s<>\"'\]]+")
VIDEO_LINE = re.compile(rf"(?m)(?<![\"'=>])^[ \t]*({VIDEO.pattern})[ \t]*$")
CODE = re.compile(r"\[(vc_raw_(?:html|js)|et_pb_code|fusion_code)\b[^\]]*\](.*?)\[/\1\]", re.DOTALL)
MOST_SAID = 200


def open_shortcodes(item: Item, pictures: Mapping[str, str] | None = None) -> None:
    """The item's text with HTML in the place of shortcodes. `pictures`: their addresses by WordPress's numbers."""
    if "[" in item.html:
        item.html = _Opener(item, pictures or {}).opened()
    item.html = VIDEO_LINE.sub(lambda match: _video(item, match[1]), item.html)


def without_shortcodes(html: str) -> tuple[str, list[str]]:
    """What is left of them in a cleaned text goes; with a note for each kind."""
    if "[" not in html:
        return html, []
    gone: dict[str, str] = {}

    def note(match: re.Match[str]) -> str:
        if not match["close"]:
            gone.setdefault(match["name"], _said(_attributes(match["rest"])))
        return ""

    html = SHORTCODE.sub(note, html)
    return html, [_note(name, said) for name, said in sorted(gone.items())]


class _Opener:
    def __init__(self, item: Item, pictures: Mapping[str, str]) -> None:
        self.item, self.pictures = item, pictures
        self.open: list[tuple[str, str]] = []  # toggles that have begun, and what ends them
        self.gone: dict[str, str] = {}

    def opened(self) -> str:
        html = CODE.sub(self._code, self.item.html)
        html = SHORTCODE.sub(self._one, html) + "".join(end for _name, end in reversed(self.open))
        self.item.notes += [_note(name, said) for name, said in self.gone.items()]
        return html

    def _code(self, match: re.Match[str]) -> str:
        self.gone.setdefault(match[1], "")
        return ""

    def _one(self, match: re.Match[str]) -> str:
        name, rest = match["name"], match["rest"]
        if match["close"]:
            if any(opened == name for opened, _end in self.open):
                while True:
                    opened, end = self.open.pop()
                    if opened == name:
                        return f"\n\n{end}\n\n"
            return "\n\n" if re.fullmatch(BUILDERS, name) else ""
        values = _attributes(rest)
        if video := VIDEO.search(f"{rest} {' '.join(values.values())}"):
            return _video(self.item, video[0])
        if BUTTON.search(name):
            return self._button(name, values)
        if TOGGLE.search(name) and not WRAPPER.search(name):
            return self._toggle(name, values)
        return self._words(name, values)

    def _toggle(self, name: str, values: dict[str, str]) -> str:
        title = _first(values, TITLES)
        if not title:
            return ""
        self.open.append((name, "</details>"))
        return f"\n\n<details><summary>{escape(title)}</summary>\n\n"

    def _button(self, name: str, values: dict[str, str]) -> str:
        """Its words between it and its end stay, with the link; those in attributes are written out."""
        words = _first(values, BUTTON_WORDS)
        address = _address(_first(values, LINKS))
        heading = values.get("title", "") if values.get("button_text") else ""
        before = f"<h3>{escape(heading)}</h3>" if heading else ""
        if not address:
            self.gone.setdefault(name, _said(values))
            return before
        self.item.notes.append(f"A button is now a link: “{words or address}”")
        if words:
            return f'{before}<p><a href="{escape(address)}">{escape(words)}</a></p>'
        self.open.append((name, "</a></p>"))
        return f'{before}<p><a href="{escape(address)}">'

    def _words(self, name: str, values: dict[str, str]) -> str:
        """A title, a second line, pictures; a note for what has none of them."""
        said = []
        builder = re.fullmatch(BUILDERS, name)
        picture = "" if not builder else _first(values, PICTURES)
        for address in self._pictures(picture):
            alt = values.get("alt") or values.get("title_text") or ""
            said.append(f'<figure><img src="{escape(address)}" alt="{escape(alt)}"></figure>')
        title = _first(values, TITLES) if builder else ""
        if title:
            level = _level(values, 2 if "heading" in name or "title" in name else 3)
            said.insert(0 if not said else len(said), f"<h{level}>{escape(title)}</h{level}>")
        if builder:
            said += [f"<p>{escape(values[key])}</p>" for key in SUBTITLES if values.get(key) and values[key] != title]
        if (
            not said
            and not picture
            and not re.search(
                r"(?:^|_)(?:row|column|section|text|columns?|inner|wrapper|container|block|accordions?|tabs?|tour|toggles?)",
                name,
            )
        ):
            self.gone.setdefault(name, _said(values))
        return f"\n\n{''.join(said)}\n\n" if said or builder else ""

    def _pictures(self, value: str) -> list[str]:
        if not value:
            return []
        if re.fullmatch(r"[\d,\s]+", value):
            found = [self.pictures.get(number.strip(), "") for number in value.split(",")]
            missing = len([address for address in found if not address])
            if missing:
                self.item.notes.append(f"Pictures that are not in the export: {missing}")
            return [address for address in found if address]
        return (
            [value] if re.match(r"(?:https?:)?/|[\w./-]+\.(?:jpe?g|png|gif|webp|avif)$", value, re.IGNORECASE) else []
        )


def _attributes(rest: str) -> dict[str, str]:
    """Divi writes quotation marks and brackets as %22, %91 and %93."""
    return {
        match[1].lower(): unescape(next((value for value in match.groups()[1:] if value), ""))
        .replace("%22", '"')
        .replace("%91", "[")
        .replace("%93", "]")
        .strip()
        for match in ATTRIBUTE.finditer(unescape(rest) if "&quot;" in rest else rest)
    }


def _first(values: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((values[name] for name in names if values.get(name)), "")


def _level(values: Mapping[str, str], usual: int) -> int:
    for name in ("font_container", "tag", "header_level", "title_level", "size"):
        value = values.get(name, "")
        if match := HEADING_TAG.search(value):
            return max(2, int(match[1] or match[2]))
        if name == "size" and re.fullmatch("[1-6]", value):
            return max(2, int(value))
    return usual


def _address(value: str) -> str:
    """WPBakery packs a link: "url:https%3A%2F%2F…|title:…"."""
    match = re.search(r"(?:^|\|)url:([^|]*)", value)
    return unquote(match[1]) if match else value


def _said(values: Mapping[str, str]) -> str:
    """Its words, for the note."""
    names = {*TITLES, *SUBTITLES, *BUTTON_WORDS}
    return " ".join(value for name, value in values.items() if name in names and re.search("[^\\W\\d_]", value))[
        :MOST_SAID
    ]


def _note(name: str, said: str) -> str:
    return f"The shortcode [{name}] was left out; see what it showed" + (f": “{said}”" if said else "")


def _video(item: Item, address: str) -> str:
    item.notes.append(f"A video is now a link: {address}")
    return f'\n\n<p><a href="{escape(address)}">{escape(address)}</a></p>\n\n'
