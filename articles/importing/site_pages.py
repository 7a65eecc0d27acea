"""Pages of a site that are no articles: a page here has the sections of its source, in their order."""

import json
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.html import escape

from articles import old_addresses
from articles.importing.cleaning import plain
from articles.importing.illustrating import Illustrator
from articles.importing.items import Item
from articles.importing.naming import TITLE_LENGTH, cut_words, slug_of, telling
from articles.importing.page import sum_up, taken_apart
from articles.importing.pieces import HEADINGS, Piece, pieces
from articles.importing.sections import SUBHEADING
from articles.models import OldAddress, SitePage

HEADING_LENGTH = 120


def fill(page: SitePage, item: Item, illustrator: Illustrator, notes: list[str]) -> None:
    """Its fields, its body with its pictures, and an address that nothing else has."""
    if item.page:
        _from_library(page, item, notes)
        illustrator.of_library(item.page, item, notes)
        body = item.page.body
    else:
        body = _from_page(page, item, notes)
        illustrator.of_page(body, item, notes)
    page.body = json.dumps(body)
    wanted = page.slug
    for number in range(2, 100):
        if not page.taken_by():
            break
        page.slug = f"{wanted[:100]}-{number}"
    if page.slug != wanted:
        notes.append(f"The address “{wanted}” was taken; this is “{page.slug}”")


def keep_old_addresses(page: SitePage, given: Iterable[str]) -> list[str]:
    """They lead here once the page is published. Returns what is in the way."""
    notes = []
    for address in dict.fromkeys(given):
        try:
            path = old_addresses.canonical(address)
            old_addresses.check(path, None)
        except (ValueError, ValidationError):
            continue  # an address of this very site, or of a home page
        if path == page.get_absolute_url() or len(path) > OldAddress.LENGTH:
            continue
        machine = {"page": page, "added_by": OldAddress.AddedBy.MACHINE}
        old, made = OldAddress.objects.get_or_create(path=path, defaults=machine)
        if not made and old.page_id != page.pk:
            notes.append(f"The old address {path} leads elsewhere already")
    return notes


def _from_library(page: SitePage, item: Item, notes: list[str]) -> None:
    """What was written here, as it was."""
    assert item.page is not None  # noqa: S101 decided by the caller
    for name, value in item.page.fields.items():
        setattr(page, name, value)
    if page.role and SitePage.objects.filter(role=page.role, locale=page.locale_id).exists():
        notes.append(f"Another page is “{page.get_role_display()}” already; this one has no role")
        page.role = ""
    if checked := item.page.front.get("counsel_checked_by"):
        notes.append(f"{checked} had checked its wording before it was exported")


def _from_page(page: SitePage, item: Item, notes: list[str]) -> list[dict[str, Any]]:
    _html, found = taken_apart(item, notes)
    page.title = cut_words(plain(item.title) or "Untitled", TITLE_LENGTH)
    page.slug = slug_of(telling(item.slug), page.title)
    if item.picture:
        found.insert(0, pieces(f'<img src="{item.picture}">')[0])
        item.picture = ""  # it has its place
    body = _sections(found, page.title, notes)
    words = next((plain(piece.text) for piece in found if piece.kind == "text"), "")
    sum_up(page, item, found, words)
    return body


def _sections(found: list[Piece], title: str, notes: list[str]) -> list[dict[str, Any]]:
    """A section for each heading of the highest level; lower ones stand within it."""
    own = [piece for piece in found if piece.kind in HEADINGS and piece.text.casefold() != title.casefold()]
    top = min((piece.kind for piece in own), default="")
    sections: list[dict[str, Any]] = []
    for piece in found:
        if piece.kind in HEADINGS and piece not in own:
            continue
        if piece.kind == top and len(piece.text) <= HEADING_LENGTH:
            sections.append({"heading": piece.text, "content": []})
            continue
        if piece.kind == "end":
            continue
        if not sections:
            sections.append({"heading": title, "content": []})
            notes.append("The first words stood under no heading; they are under the title")
        content = sections[-1]["content"]
        if piece.kind == "picture":
            content.append({"type": "figure", "value": piece})
            continue
        words = f"<{SUBHEADING}>{escape(piece.text)}</{SUBHEADING}>" if piece.kind in HEADINGS else piece.text
        if content and content[-1]["type"] == "text":
            content[-1]["value"] += words
        else:
            content.append({"type": "text", "value": words})
    return [{"type": "section", "value": section} for section in sections]
