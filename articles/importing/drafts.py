"""Making the drafts: each item once, with its pictures, its old addresses, and a line in its history."""

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from wagtail.log_actions import log
from wagtail.models import Locale

from articles import old_addresses
from articles.importing.illustrating import Illustrator
from articles.importing.items import Item, LeftOut, Refused
from articles.importing.page import fill_from_page
from articles.importing.pictures import Pictures
from articles.importing.report import Report
from articles.links import by_number, mentioned_in
from articles.models import SLUG_LENGTH, Article, ImportedArticle, OldAddress, RelatedArticle, free_slug

LOG_ACTION = "articles.import"
NOT_CHECKED = ["body", "translation_key", "summary", "description"]  # a draft may lack them


class Importer:
    """Makes drafts of items. With `keep` off it does everything but keep them."""

    def __init__(self, pictures: Pictures, *, source: str, keep: bool) -> None:
        self.source, self.keep = source, keep
        self.report = Report()
        self.illustrator = Illustrator(pictures, self.report)
        self.locales = {locale.language_code: locale for locale in Locale.objects.all()}
        self.slugs: defaultdict[int, set[str]] = defaultdict(set)  # by language
        for slug, locale in Article.objects.values_list("slug", "locale_id"):
            self.slugs[locale].add(slug)
        self.seen: set[str] = set()
        self.made: list[tuple[Article, list[str]]] = []  # with the slugs of what is related

    def take(self, item: Item | LeftOut | Refused) -> None:
        """The next thing that the source has."""
        if isinstance(item, LeftOut):
            self.report.left_out[item.why] += 1
        elif isinstance(item, Refused):
            self.report.refused.append(item)
        elif self._is_known(item):
            self.report.again += 1
        else:
            self.seen.add(item.source)
            try:
                with transaction.atomic():
                    self._make(item)
            except ValidationError as problem:
                self.report.refused.append(Refused(item.name, "; ".join(problem.messages)))

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
        self.illustrator.of_library(item.library, item, notes)
        return item.library.body

    def _from_page(self, article: Article, item: Item, notes: list[str]) -> list[dict[str, Any]]:
        body = fill_from_page(article, item, notes)
        self.illustrator.of_page(body, item, notes)
        return body

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
