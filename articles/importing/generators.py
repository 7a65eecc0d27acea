"""Markdown of site generators (Hugo, Jekyll): their code in braces, their footnotes, their names of files."""

import re
from html import escape
from pathlib import PurePosixPath

from articles.importing.items import Item

VALUE = r"\"[^\"]*\"|'[^']*'|[^\s>}\"']+"
ATTRIBUTE = re.compile(rf"([\w-]+)\s*=\s*({VALUE})")
LINK = re.compile(rf"\{{\{{[<%]\s*(?:rel)?ref\s+({VALUE})\s*[>%]\}}\}}|\{{%-?\s*(?:link|post_url)\s+({VALUE})\s*-?%\}}")
FIGURE = re.compile(r"\{\{[<%]\s*(?:figure|img|image)\s+(.*?)\s*/?[>%]\}\}")
VIDEO = re.compile(rf"\{{\{{[<%]\s*(youtube|vimeo)\s+(?:id=)?({VALUE})[^>%]*[>%]\}}\}}")
BASE = re.compile(
    r"\{\{-?\s*(?:site|page)\.(?:baseurl|url)\s*-?\}\}|\{\{-?\s*([\"'])(/[^\"']*)\1\s*\|\s*(?:rel|abs)\w*_url\s*-?\}\}"
)
CODE = re.compile(r"\{\{[<%].*?[>%]\}\}|\{%.*?%\}|\{\{.*?\}\}|\{:[^}\n]*\}", re.DOTALL)
NOTE_TEXT = re.compile(r"(?m)^\[\^([^\]\s]+)\]:[ \t]*(.*(?:\n(?:[ \t]+\S.*|[ \t]*(?=\n[ \t]+\S)))*)\n?")
NOTE_MARK = re.compile(r"\[\^([^\]\s]+)\]")
DATE = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)-(.+)")
INDEX = {"index", "_index", "readme"}
MOST_CODE = 80  # letters of it in a note


def name_of(path: PurePosixPath) -> str:
    """A post's own name: its folder's where the file is the folder's page, without the date before it."""
    stem = path.parent.name if path.stem.lower() in INDEX and path.parent.name else path.stem
    stem = stem.removesuffix(".en")
    match = DATE.fullmatch(stem)
    return match[4] if match else stem


def addresses_of(path: PurePosixPath) -> tuple[str, ...]:
    """By which other files of the same site link to one, and where the generator puts it if nobody says otherwise."""
    own = "/" + path.as_posix()
    folder = path.parent.parent if path.stem.lower() in INDEX and path.parent.name else path.parent
    below = "/".join(part for part in folder.parts if part not in ("content", "_posts", "."))
    found = [own, own.removesuffix(path.suffix), f"/{below}/{name_of(path)}/".replace("//", "/")]
    if match := DATE.fullmatch(path.stem):
        found.append(f"/{match[1]}/{match[2]}/{match[3]}/{match[4]}.html")
    return tuple(dict.fromkeys(found))


def without_code(item: Item, text: str) -> str:
    """The text as plain Markdown. Links and pictures stay, the rest of the code goes with a note."""
    text = LINK.sub(lambda match: _file(match[1] or match[2]), text)
    text = FIGURE.sub(_figure, text)
    text = VIDEO.sub(lambda match: _video(item, match[1], match[2].strip("\"'")), text)
    text = BASE.sub(lambda match: match[2] or "", text)
    gone = dict.fromkeys(" ".join(match[0].split())[:MOST_CODE] for match in CODE.finditer(text))
    item.notes += [f"Code of the site’s generator was left out: {code}" for code in gone]
    return _with_footnotes(CODE.sub("", text))


def _file(name: str) -> str:
    """A post is named without its ending, or with a folder before it."""
    name = name.strip("\"'").split("#")[0]
    return name if "." in name.rpartition("/")[2] else f"{name}.md"


def _figure(match: re.Match[str]) -> str:
    values = {found[1].lower(): found[2].strip("\"'") for found in ATTRIBUTE.finditer(match[1])}
    caption = " ".join(values[name] for name in ("title", "caption") if values.get(name))
    alt, source = values.get("alt", ""), values.get("src") or values.get("link") or ""
    said = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    return f'<figure><img src="{escape(source)}" alt="{escape(alt)}">{said}</figure>'


def _video(item: Item, where: str, number: str) -> str:
    address = f"https://www.youtube.com/watch?v={number}" if where == "youtube" else f"https://vimeo.com/{number}"
    item.notes.append(f"A video is now a link: {address}")
    return f"[{address}]({address})"


def _with_footnotes(text: str) -> str:
    """Below the text, numbered as the marks in it."""
    notes = {match[1]: " ".join(match[2].split()) for match in NOTE_TEXT.finditer(text)}
    if not notes:
        return text
    text = NOTE_TEXT.sub("", text)
    order = [key for key in dict.fromkeys([*NOTE_MARK.findall(text), *notes]) if key in notes]
    numbers = {key: number for number, key in enumerate(order, start=1)}
    text = NOTE_MARK.sub(lambda mark: f"\\[{numbers[mark[1]]}\\]" if mark[1] in numbers else mark[0], text)
    listed = "\n".join(f"{number}. {notes[key]}" for key, number in numbers.items())
    return f"{text}\n\n## Footnotes\n\n{listed}\n"
