"""Reading a Word file (.docx): by its styles, as mammoth reads them."""

import re
import shutil
import weakref
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from zipfile import BadZipFile, ZipFile

import mammoth  # type: ignore[import-untyped]

from articles.importing.items import Item
from articles.importing.unpacking import NotUnpacked, check

MOST_PARTS, MOST_BYTES = 2_000, 60_000_000  # unpacked
STYLES = "p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => p:fresh\nhighlight => \nstrike => s"
KINDS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp"}
# What its messages are about that an editor can't see from the text.
MOST_MESSAGES = 10


def fill_from_docx(item: Item, path: Path) -> None:
    """Headings, lists, tables, links, raised numbers, footnotes and pictures. Raises NotUnpacked."""
    document = _checked(path)
    folder = Path(mkdtemp(prefix="docx-"))
    weakref.finalize(item, shutil.rmtree, folder, ignore_errors=True)  # its pictures are needed as long as the item
    counted = 0

    def keep(picture: Any) -> dict[str, str]:
        nonlocal counted
        counted += 1
        name = f"picture-{counted}.{KINDS.get(picture.content_type, 'bin')}"
        with picture.open() as source:
            (folder / name).write_bytes(source.read())
        return {"src": name}

    try:
        with path.open("rb") as file:
            result = mammoth.convert_to_html(
                file, style_map=STYLES, convert_image=mammoth.images.img_element(keep), external_file_access=False
            )
    except Exception as problem:
        raise NotUnpacked("it is not a Word file that can be read") from problem
    item.html = re.sub(r"<s>(.*?)</s>", _struck(item), result.value)
    item.from_a_copy = True
    item.folder = folder
    item.notes += _notes(document, [message.message for message in result.messages])


def _struck(item: Item) -> Any:
    """Words that were struck out would be read as if they were meant."""

    def note(match: re.Match[str]) -> str:
        item.left_out.append(re.sub(r"<[^>]*>", "", match[1]))
        return ""

    return note


def _checked(path: Path) -> str:
    """Its main part. Raises NotUnpacked for a bomb, and for parts that declare entities of their own."""
    check(path, files=MOST_PARTS, size=MOST_BYTES)
    try:
        with ZipFile(path) as packed:
            for name in packed.namelist():
                if name.endswith((".xml", ".rels")):
                    with packed.open(name) as part:
                        content = part.read(MOST_BYTES + 1)
                    if len(content) > MOST_BYTES or b"<!DOCTYPE" in content or b"<!ENTITY" in content:
                        raise NotUnpacked("it declares entities of its own, which only an attack does")
            return packed.read("word/document.xml").decode("utf-8", errors="replace")
    except (BadZipFile, KeyError, OSError, RuntimeError, NotImplementedError) as problem:
        raise NotUnpacked("it is not a Word file that can be read") from problem


def _notes(document: str, messages: list[str]) -> list[str]:
    notes = []
    if "<m:oMath" in document:
        notes.append("Word’s formulas were left out: write each number and unit by hand")
    if "<w:commentReference" in document:
        notes.append("Word’s comments were left out")
    if "<w:del " in document or "<w:ins " in document:
        notes.append("The file had changes that nobody had accepted: what was added is here, what was struck is not")
    if "<w:txbxContent" in document:
        notes.append("The file had text boxes; see whether their words stand where they belong")
    seen = [text for text in messages if "style" not in text.lower()]
    return [*notes, *(f"Word: {text}" for text in dict.fromkeys(seen[:MOST_MESSAGES]))]
