"""Load the starter articles and pages from their text files."""

import hashlib
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.module_loading import import_string
from wagtail.models import Locale

from articles.library import LibraryArticle, parse
from articles.models import Article, LibraryEntry, RelatedArticle, SitePage
from articles.page_library import of_states, parse_page

LIBRARY = Path(__file__).resolve().parents[2] / "library"
PAGES = LIBRARY / "pages"
NONE_YET = {"added": 0, "updated": 0, "kept as editors left them": 0, "unchanged": 0}


class Command(BaseCommand):
    """Adds what is new, updates what only the library has touched, leaves alone what editors changed or deleted."""

    help = "Load the starter articles; never overwrites what an editor changed."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """All files or none: a broken file stops with its name."""
        locale, _made = Locale.objects.get_or_create(language_code="en")
        self._load_articles(locale)
        self._load_pages(locale)

    def _load_articles(self, locale: Locale) -> None:
        counts = dict(NONE_YET)
        loaded: list[tuple[Article, LibraryArticle]] = []
        for path in sorted(LIBRARY.glob("*.md")):
            text = path.read_text()
            digest = hashlib.sha256(text.encode()).hexdigest()
            entry = LibraryEntry.objects.filter(slug=path.stem).select_related("article").first()
            outcome = self._outcome(entry, entry.article if entry else None, Article, path.stem, digest)
            counts[outcome] += 1
            if outcome not in ("added", "updated"):
                continue
            try:
                parsed = parse(text, path.stem)
            except (KeyError, ValueError) as problem:
                raise CommandError(f"{path.name}: {problem}") from problem
            article = entry.article if entry and entry.article else Article(locale=locale)
            for name, value in parsed.fields.items():
                setattr(article, name, value)
            article.body = json.dumps(parsed.body)
            article.sample = True
            article.live = False
            article.full_clean(exclude=["translation_key"])
            article.save()
            LibraryEntry.objects.update_or_create(slug=path.stem, defaults={"digest": digest, "article": article})
            loaded.append((article, parsed))
        by_slug = {article.slug: article for article in Article.objects.filter(locale=locale)}
        for article, parsed in loaded:
            article.related_links.set(
                [
                    RelatedArticle(related=by_slug[slug], sort_order=place)
                    for place, slug in enumerate(parsed.related)
                    if slug in by_slug
                ]
            )
            article.save_revision(log_action=True).publish()  # what the history has logged can be restored
        self._say("Starter articles", counts)

    def _load_pages(self, locale: Locale) -> None:
        counts, states = dict(NONE_YET), import_string(settings.PRACTICE_STATES)()
        for path in sorted(PAGES.glob("*.md")):
            text, key = of_states(path.read_text(), states), f"page:{path.stem}"
            digest = hashlib.sha256(text.encode()).hexdigest()
            entry = LibraryEntry.objects.filter(slug=key).select_related("page").first()
            outcome = self._outcome(entry, entry.page if entry else None, SitePage, path.stem, digest)
            counts[outcome] += 1
            if outcome not in ("added", "updated"):
                continue
            try:
                parsed = parse_page(text, path.stem)
            except (KeyError, ValueError) as problem:
                raise CommandError(f"{path.name}: {problem}") from problem
            page = entry.page if entry and entry.page else SitePage(locale=locale)
            for name, value in parsed.fields.items():
                setattr(page, name, value)
            page.body = json.dumps(parsed.body)
            page.sample = True
            page.live = False
            page.full_clean(exclude=["translation_key"])
            page.save()
            LibraryEntry.objects.update_or_create(slug=key, defaults={"digest": digest, "page": page})
            page.save_revision(log_action=True).publish()
        self._say("Starter pages", counts)

    def _say(self, what: str, counts: dict[str, int]) -> None:
        self.stdout.write(f"{what}: " + ", ".join(f"{count} {what}" for what, count in counts.items() if count))

    def _outcome(
        self,
        entry: LibraryEntry | None,
        text: Article | SitePage | None,
        model: type[Article] | type[SitePage],
        slug: str,
        digest: str,
    ) -> str:
        """What is to be done with a file."""
        if entry is None:
            taken = model._default_manager.filter(slug=slug, locale__language_code="en").exists()
            return "kept as editors left them" if taken else "added"
        if text is None or text.revisions.filter(user__isnull=False).exists():
            return "kept as editors left them"
        if not text.live or not text.sample:  # unpublished, or a reviewer stands by it
            return "kept as editors left them"
        return "unchanged" if entry.digest == digest else "updated"
