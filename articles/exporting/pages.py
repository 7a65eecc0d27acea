"""A page's text file, in the form of articles/page_library.py."""

import re
from datetime import date
from typing import Any

import yaml

from articles.exporting.markdown import escape
from articles.exporting.record import record_of
from articles.exporting.writer import Exported, Writer
from articles.models import SitePage
from articles.page_library import FOOTER, PHONES, QUESTIONS


def page_to_text(page: SitePage, slug_of: dict[int, str]) -> Exported:
    """A version of a page. `slug_of`: every article's slug by its number, for links."""
    return _PageWriter(slug_of).write_page(page)


class _PageWriter(Writer):
    def write_page(self, page: SitePage) -> Exported:
        """Sections in their order; the front matter is last, when the pictures are known."""
        body = [self._part(block.block_type, block.value) for block in page.body]
        front = yaml.safe_dump(self._page_front(page), allow_unicode=True, sort_keys=False, width=10_000)
        return Exported(f"---\n{front}---\n\n" + "\n\n".join(body) + "\n", self.pictures)

    def _page_front(self, page: SitePage) -> dict[str, Any]:
        """What is true and not empty. Who checked it and its state are for people: an import makes drafts of all."""
        front = {
            "title": page.title,
            "kind": page.kind,
            "role": page.role,
            "summary": page.summary,
            "description": page.description,
            "law": page.law,
            "place": FOOTER if page.in_footer else "",
            "effective_on": _as_date(page.effective_on),
            "counsel_checked_by": page.counsel_checked_by,
            "counsel_checked_on": _as_date(page.counsel_checked_on),
            "language": page.locale.language_code,
            "state": "published" if page.is_public() else "draft",
            "old_addresses": [old.path for old in page.old_addresses.order_by("path")],
            **record_of(page),
        }
        pictures = {name: image.title for name, image in self.pictures.items()}
        required = {"title", "kind", "summary", "description"}
        return {name: value for name, value in {**front, "pictures": pictures}.items() if value or name in required}

    def _part(self, kind: str, value: Any) -> str:
        if kind == QUESTIONS:
            asked = [f"### {escape(row['question'])}\n\n{self.rich_text(str(row['answer'].source))}" for row in value]
            return _fence(QUESTIONS, "\n\n".join(asked))
        return "\n\n".join(line for line in [f"## {escape(value['heading'])}", *self.content(value["content"])] if line)

    def block(self, kind: str, value: Any) -> str:
        """Those of pages, and a paragraph that only looks like one of them."""
        if kind == "phones":
            return PHONES
        if kind == "foreign":
            return _fence(value["language"], value["text"])
        written = super().block(kind, value)
        return re.sub(rf"^{PHONES}$", f"&#{ord(PHONES[0])};{PHONES[1:]}", written, flags=re.MULTILINE)


def _as_date(day: date | None) -> date | str:
    return day or ""


def _fence(info: str, text: str) -> str:
    marks = "`" * (max(map(len, re.findall("`+", text)), default=0) + 3)
    return f"{marks}{info}\n{text}\n{marks}"
