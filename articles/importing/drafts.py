"""Making the drafts: each item once, with its pictures, its old addresses, and a line in its history."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import Truncator, slugify
from wagtail.log_actions import log
from wagtail.models import Locale

from articles import old_addresses
from articles.importing.cleaning import clean, plain
from articles.importing.items import Item, LeftOut, Refused
from articles.importing.pictures import PictureRefused, Pictures
from articles.importing.sections import arrange, pieces
from articles.links import by_number, mentioned_in
from articles.models import (
    SLUG_LENGTH,
    SUMMARY_WORDS,
    Article,
    BodyArea,
    ImportedArticle,
    OldAddress,
    RelatedArticle,
    free_slug,
)
from common.pictures import describes

LOG_ACTION = "articles.import"
TITLE_LENGTH, DESCRIPTION_LENGTH, LAY_NAME_LENGTH = 120, 155, 60
NOT_CHECKED = ["body", "translation_key", "summary", "description"]  # a draft may lack them
AREAS = {
    BodyArea.ANKLE: r"ankle",
    BodyArea.TOP: r"top of (?:the )?foot|instep",
    BodyArea.HEEL: r"heel",
    BodyArea.ARCH: r"arch(?:es)?\b",
    BodyArea.BALL: r"ball of (?:the )?foot|forefoot|metatars",
    BodyArea.TOES: r"\btoes?\b",
    BodyArea.NAILS: r"nails?\b|^skin\b",
}


@dataclass
class Report:
    """What became of everything in a source."""

    drafts: list[tuple[str, str, list[str]]] = field(default_factory=list)  # name, slug, notes
    again: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    refused: list[Refused] = field(default_factory=list)
    pictures_refused: dict[str, dict[str, None]] = field(default_factory=dict)  # by reason: their names, in order
    without_alt: int = 0

    @property
    def items(self) -> int:
        """All that the source held."""
        return len(self.drafts) + self.again + sum(self.left_out.values()) + len(self.refused)


class Importer:
    """Makes drafts of items. With `keep` off it does everything but keep them."""

    def __init__(self, pictures: Pictures, *, source: str, keep: bool) -> None:
        self.pictures, self.source, self.keep = pictures, source, keep
        self.report = Report()
        self.locales = {locale.language_code: locale for locale in Locale.objects.all()}
        self.slugs: defaultdict[int, set[str]] = defaultdict(set)  # by language
        for slug, locale in Article.objects.values_list("slug", "locale_id"):
            self.slugs[locale].add(slug)
        self.seen: set[str] = set()
        self.made: list[tuple[Article, list[str]]] = []  # with the slugs of what is related

    def take(self, one: Item | LeftOut | Refused) -> None:
        """The next thing that the source has."""
        if isinstance(one, LeftOut):
            self.report.left_out[one.why] += 1
        elif isinstance(one, Refused):
            self.report.refused.append(one)
        elif self._is_known(one):
            self.report.again += 1
        else:
            self.seen.add(one.source)
            try:
                with transaction.atomic():
                    self._make(one)
            except ValidationError as problem:
                self.report.refused.append(Refused(one.name, "; ".join(problem.messages)))

    def finish(self) -> None:
        """Articles are related, and linked by their numbers, once all of them are there."""
        for article, slugs in self.made:
            raw = list(article.body.raw_data)
            _numbers, linked = mentioned_in(raw)
            found = Article.objects.filter(slug__in={*slugs, *linked}, locale=article.locale_id).only("slug")
            others = {other.slug: other for other in found}
            if not others:
                continue
            article.body = json.dumps(by_number(raw, {slug: other.pk for slug, other in others.items()}))
            article.related_links.set(
                RelatedArticle(related=others[slug], sort_order=place)
                for place, slug in enumerate(slugs)
                if slug in others and others[slug] != article
            )
            article.save()
            article.save_revision(overwrite_revision=article.latest_revision)

    def _is_known(self, item: Item) -> bool:
        return item.source in self.seen or ImportedArticle.objects.filter(source=item.source[:500]).exists()

    def _make(self, item: Item) -> None:
        notes: list[str] = []
        locale = self.locales.get(item.language or settings.LANGUAGE_CODE)
        if locale is None:
            raise ValidationError(f"this site has no language “{item.language}”")
        article = Article(locale=locale, live=False, has_unpublished_changes=True)
        body = self._from_library(article, item, notes) if item.library else self._from_page(article, item, notes)
        article.slug = self._free_slug(article, item, notes)
        article.body = json.dumps(body)
        article.clean_fields(exclude=NOT_CHECKED)
        self.slugs[locale.pk].add(article.slug)
        self.report.drafts.append((item.name, article.slug, notes))
        if not self.keep:
            return
        article.save()
        revision = article.save_revision()
        ImportedArticle.objects.create(source=item.source[:500], article=article)
        notes += self._old_addresses(article, item.old_addresses)
        data = {"source": self.source, "author": item.author, "date": item.date, "notes": notes}
        log(instance=article, action=LOG_ACTION, data=data, revision=revision, content_changed=True)
        self.made.append((article, item.library.related if item.library else []))

    def _from_library(self, article: Article, item: Item, notes: list[str]) -> list[dict[str, Any]]:
        """What we wrote ourselves, as it was."""
        assert item.library is not None  # noqa: S101 decided by the caller
        for name, value in item.library.fields.items():
            setattr(article, name, value)
        if reviewer := item.library.front.get("reviewer"):
            notes.append(f"{reviewer} had reviewed it before it was exported")
        titles = item.library.front.get("pictures") or {}
        for section in item.library.body:
            content = section["value"].get("content", []) if isinstance(section["value"], dict) else []
            for block in [block for block in content if block["type"] == "figure"]:
                image = block["value"]["image"]
                name = image["image"].rpartition("/")[2]
                number = self._picture(image["image"], str(titles.get(name, "")), item, notes)
                if number is None:
                    content.remove(block)
                else:
                    image["image"] = number
        return item.library.body

    def _from_page(self, article: Article, item: Item, notes: list[str]) -> list[dict[str, Any]]:
        """Anybody else's text, cleaned and put into sections."""
        html, shortcodes = clean(item.html)
        host = next((host for one in item.old_addresses if (host := _host(one))), "")
        found = pieces(html, loose=item.loose, host=host)
        title = plain(item.title) or next((one.text for one in found if one.kind == "h1"), "")
        article.title = title or item.slug.replace("-", " ").capitalize() or "Untitled"
        if len(article.title) > TITLE_LENGTH:
            notes.append(f"The title was longer: “{article.title}”")
            article.title = Truncator(article.title).chars(TITLE_LENGTH)
        arranged = arrange(found, article.title)
        notes += arranged.notes
        notes += [f"The shortcode [{name}] was left out; see what it showed" for name in shortcodes]
        summary = plain(item.summary) or arranged.first_words or article.title
        article.summary = Truncator(summary).words(SUMMARY_WORDS)
        article.description = Truncator(summary).chars(DESCRIPTION_LENGTH)
        links = {match for piece in found for match in re.findall(r'href="(/[^"]*)"', piece.text)}
        if elsewhere := sorted(link for link in links if old_addresses.find(*link.partition("?")[::2]) is None):
            notes.append(f"Links that lead nowhere until these pages have moved in: {', '.join(elsewhere)}")
        article.areas = _areas(article.title)
        words = plain(html).casefold()
        for label in map(plain, item.labels):
            areas = _areas(label)
            article.areas = [*article.areas, *(area for area in areas if area not in article.areas)]
            mentioned = re.search(rf"(?<!\w){re.escape(label.casefold())}(?!\w)", words)
            if areas or label.casefold() == article.title.casefold():
                continue
            if mentioned and len(label) <= LAY_NAME_LENGTH:
                article.lay_names = "\n".join(filter(None, [article.lay_names, label]))
            else:
                notes.append(f"Category or tag: “{label}”")
        self._keep_pictures(arranged.body, item, notes)
        return arranged.body

    def _keep_pictures(self, body: list[dict[str, Any]], item: Item, notes: list[str]) -> None:
        """Puts the pictures' numbers in the place of their addresses; a caption stays where its picture is missing."""
        if item.picture:
            figure = {"type": "figure", "value": pieces(f'<img src="{item.picture}">')[0]}
            overview = next((section for section in body if section["type"] == "overview"), None)
            if overview is None:
                overview = {"type": "overview", "value": {"heading": "", "content": []}}
                body.insert(0, overview)
            overview["value"]["content"].insert(0, figure)
        for section in body:
            if not isinstance(section["value"], dict) or "content" not in section["value"]:
                continue
            content = []
            for block in section["value"]["content"]:
                if block["type"] != "figure":
                    content.append(block)
                    continue
                picture = block["value"]
                alt = picture.alt or item.alt_texts.get(picture.text, "")
                alt = alt if describes(alt) else ""  # WordPress takes the file's name where nobody wrote one
                number = self._picture(picture.text, picture.caption or alt, item, notes)
                if number is not None:
                    image = {"image": number, "decorative": False, "alt_text": alt}
                    content.append({"type": "figure", "value": {"image": image, "caption": picture.caption}})
                    if not alt:
                        self.report.without_alt += 1
                        notes.append(f"The picture {picture.text.rpartition('/')[2]} needs a description")
                elif picture.caption:
                    content.append({"type": "text", "value": f"<p>{_escaped(picture.caption)}</p>"})
            section["value"]["content"] = content

    def _picture(self, address: str, title: str, item: Item, notes: list[str]) -> int | None:
        try:
            return self.pictures.number_of(address, title=title, beside=item.folder)
        except PictureRefused as problem:
            self.report.pictures_refused.setdefault(problem.why, {})[problem.name] = None
            notes.append(f"A picture was left out. {problem}")
            return None

    def _free_slug(self, article: Article, item: Item, notes: list[str]) -> str:
        """An address that no other article has."""
        wanted = slugify(item.slug)[:SLUG_LENGTH] or slugify(article.title)[:SLUG_LENGTH] or "article"
        slug = free_slug(wanted, self.slugs[article.locale_id])
        if slug != wanted:
            notes.append(f"The address “{wanted}” was taken; this is “{slug}”")
        return slug

    def _old_addresses(self, article: Article, given: Iterable[str]) -> list[str]:
        """They lead here once the article is published. What is in the way is said in the notes."""
        notes = []
        for address in given:
            try:
                path = old_addresses.canonical(address)
                old_addresses.check(path, article)
            except (ValueError, ValidationError):
                continue  # an address of this very site, or of a home page
            if len(path) > OldAddress.LENGTH or path == old_addresses.of_article(article):
                continue
            defaults = {"article": article, "added_by": OldAddress.AddedBy.MACHINE}
            old, made = OldAddress.objects.get_or_create(path=path, defaults=defaults)
            if not made and old.article != article:
                notes.append(f"The old address {path} leads to another article already")
        return notes


def _areas(words: str) -> list[str]:
    """The parts of the foot that are named."""
    return [area.value for area, pattern in AREAS.items() if re.search(pattern, words, re.IGNORECASE)]


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
