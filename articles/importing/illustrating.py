"""Pictures in the bodies of imported articles."""

from collections.abc import Iterable, Iterator
from typing import Any

from articles.importing.items import Item
from articles.importing.pictures import PictureRefused, Pictures
from articles.importing.pieces import Piece, pieces
from articles.importing.report import MOST_NAMES, Report
from articles.library import LibraryArticle
from articles.page_library import LibraryPage
from common.pictures import describes


class Illustrator:
    """Puts the numbers of pictures in the place of their addresses, and reports those that can't be had."""

    def __init__(self, pictures: Pictures, report: Report) -> None:
        self.pictures, self.report = pictures, report
        self.lost: dict[str, dict[str, None]] = {}  # of the article at hand: names by the reason
        self.bare: dict[str, None] = {}  # of the article at hand: without a description

    def of_library(self, article: LibraryArticle | LibraryPage, item: Item, notes: list[str]) -> None:
        """In a body of our own form."""
        titles = article.front.get("pictures") or {}
        for section in article.body:
            content = section["value"].get("content", []) if isinstance(section["value"], dict) else []
            for block in [block for block in content if block["type"] == "figure"]:
                image = block["value"]["image"]
                name = image["image"].rpartition("/")[2]
                number = self._number(image["image"], str(titles.get(name, "")), item)
                if number is None:
                    content.remove(block)
                else:
                    image["image"] = number
        self._note(notes)

    def of_page(self, body: list[dict[str, Any]], item: Item, notes: list[str]) -> None:
        """In a body of pieces; the item's own picture stands at the top."""
        if item.picture:
            figure = {"type": "figure", "value": pieces(f'<img src="{item.picture}">')[0]}
            overview = next((section for section in body if section["type"] == "overview"), None)
            if overview is None:
                overview = {"type": "overview", "value": {"heading": "", "content": []}}
                body.insert(0, overview)
            overview["value"]["content"].insert(0, figure)
        for section in body:
            if isinstance(section["value"], dict) and "content" in section["value"]:
                content = section["value"]["content"]
                section["value"]["content"] = [kept for block in content for kept in self._kept(block, item)]
        self._note(notes)

    def _note(self, notes: list[str]) -> None:
        """What an editor should know of this article's pictures."""
        notes += [f"Pictures were left out: {_some(names)}: {why}" for why, names in self.lost.items()]
        notes += [f"Pictures that need a description: {_some(self.bare)}"] if self.bare else []
        self.lost, self.bare = {}, {}

    def _kept(self, block: dict[str, Any], item: Item) -> Iterator[dict[str, Any]]:
        """A figure with its picture; where that is missing its caption, if it has one. Any other block as it is."""
        if block["type"] != "figure":
            yield block
            return
        picture: Piece = block["value"]
        alt = picture.alt or item.alt_texts.get(picture.text, "")
        alt = alt if describes(alt) else ""  # WordPress takes the file's name where nobody wrote one
        number = self._number(picture.text, picture.caption or alt, item)
        if number is not None:
            image = {"image": number, "decorative": False, "alt_text": alt}
            yield {"type": "figure", "value": {"image": image, "caption": picture.caption}}
            if not alt:
                self.report.without_alt += 1
                self.bare[picture.text.rpartition("/")[2]] = None
        elif picture.caption:
            yield {"type": "text", "value": f"<p>{_escaped(picture.caption)}</p>"}

    def _number(self, address: str, title: str, item: Item) -> int | None:
        try:
            return self.pictures.number_of(address, title=title, beside=item.folder)
        except PictureRefused as problem:
            for told in (self.report.pictures_refused, self.lost):
                told.setdefault(problem.why, {})[problem.name] = None
            return None


def _some(names: Iterable[str]) -> str:
    first = [*names]
    return ", ".join(first[:MOST_NAMES]) + (f" and {len(first) - MOST_NAMES} more" if len(first) > MOST_NAMES else "")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
