"""Making the drafts: each item once, with its pictures, its old addresses, and a line in its history."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from time import monotonic
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from wagtail.log_actions import log
from wagtail.models import Locale, ModelLogEntry, Revision

from articles import old_addresses
from articles.importing import site_pages
from articles.importing.comments import keep_comments, keep_questions
from articles.importing.illustrating import Illustrator
from articles.importing.items import Item, LeftOut, Noted, Refused
from articles.importing.naming import cut_words, last_part, slug_of
from articles.importing.page import fill_from_page
from articles.importing.pictures import Pictures
from articles.importing.report import Report
from articles.library import LibraryArticle
from articles.links import addresses_in, by_address, by_number, mentioned_in
from articles.models import Article, ImportedArticle, ImportJob, OldAddress, RelatedArticle, SitePage, free_slug
from common.models import User

LOG_ACTION = "articles.import"
NOT_CHECKED = ["body", "translation_key", "summary", "description"]  # a draft may lack them
# Items, letters, and seconds that are kept in one transaction: others wait to write.
TOGETHER, MOST_LETTERS, MOST_SECONDS = 20, 300_000, 0.5
SOURCE_LENGTH, DESCRIPTION_LENGTH = 500, 155
NOTHING = LibraryArticle({}, [])


@dataclass
class Made:
    """A draft, and what waits until all are there."""

    pk: int
    entry: int | None  # of the history
    related: list[str]  # slugs
    links: list[str]  # addresses of this site in its text
    notes: list[str]


class Importer:
    """Makes drafts of items. With `keep` off it does everything but keep them."""

    def __init__(
        self, pictures: Pictures, *, source: str, keep: bool, user: User | None = None, job: ImportJob | None = None
    ) -> None:
        self.source, self.keep, self.user, self.job = source, keep, user, job
        self.report = Report()
        self.illustrator = Illustrator(pictures, self.report)
        self.locales = {locale.language_code: locale for locale in Locale.objects.all()}
        self.slugs: defaultdict[int, set[str]] = defaultdict(set)  # by language
        for slug, locale in Article.objects.values_list("slug", "locale_id"):
            self.slugs[locale].add(slug)
        self.seen: set[str] = set()
        self.made: list[Made] = []
        self.places: dict[str, int] = {}  # the numbers of this run's articles, by their addresses in the source
        self.pages: set[str] = set()  # addresses of this run's pages in the source
        self.names: dict[str, int | None] = {}  # by the last part of the address alone
        self.translations: dict[tuple[str, int], UUID] = {}  # by what they have in common, and language

    def work(self, found: Iterable[Item | LeftOut | Refused | Noted]) -> Iterator[int]:
        """Take everything there is; after each handful, which is kept by then, how many there were."""
        source, done = iter(found), 0
        while True:
            before, letters, began = done, 0, monotonic()
            with self._together():
                for item in islice(source, TOGETHER):
                    self.take(item)
                    done += 1
                    letters += len(item.html) if isinstance(item, Item) else 0
                    if letters > MOST_LETTERS or monotonic() - began > MOST_SECONDS:
                        break
            if done == before:
                break
            yield done
        with self._together():
            self.finish()

    def _together(self) -> AbstractContextManager[object]:
        """A transaction; none where nothing is kept, since it would keep others from writing."""
        return transaction.atomic() if self.keep else nullcontext()

    def take(self, item: Item | LeftOut | Refused | Noted) -> None:
        """The next thing that the source has."""
        if isinstance(item, Noted):
            self.report.notes.append(item.what)
        elif isinstance(item, LeftOut):
            self.report.left_out[item.why] += 1
            self.report.kinds.update([item.kind] if item.kind else [])
        elif isinstance(item, Refused):
            self.report.refused.append(item)
        elif item.language and item.language not in self.locales:
            self.report.left_out[f"in a language that this site does not have (“{item.language}”)"] += 1
        elif item.source in self.seen:
            self.report.again += 1
        elif known := ImportedArticle.objects.filter(source=item.source[:SOURCE_LENGTH]).first():
            self._take_again(item, known)
        else:
            self.seen.add(item.source)
            try:
                with self._together():
                    self._make(item)
            except ValidationError as problem:
                self.report.refused.append(Refused(item.name, "; ".join(problem.messages)))

    def finish(self) -> None:
        """Articles are related, and linked by their numbers, once all of them are there."""
        for made in self.made:
            places = {address: number for address in made.links if (number := self._article_at(address))}
            lost = [address for address in made.links if address not in places and not self._leads_on(address)]
            if lost:
                note = f"Links that lead nowhere until these pages have moved in: {', '.join(sorted(lost))}"
                made.notes.append(note)
                for entry in ModelLogEntry.objects.filter(pk=made.entry):
                    entry.data["notes"] = [*entry.data.get("notes", []), note]
                    entry.save(update_fields=["data"])
            if made.pk:
                self._link(made, places)

    def _link(self, made: Made, places: dict[str, int]) -> None:
        article = Article.objects.get(pk=made.pk)
        raw = list(article.body.raw_data)
        _numbers, linked = mentioned_in(raw)
        found = Article.objects.filter(slug__in={*made.related, *linked}, locale=article.locale_id).only("slug")
        others = {other.slug: other for other in found}
        if not others and not places:
            return
        raw = by_number(by_address(raw, places), {slug: other.pk for slug, other in others.items()})
        article.body = json.dumps(raw)
        Article.objects.filter(pk=article.pk).update(body=article.body)
        related = [others[slug] for slug in made.related if slug in others and others[slug] != article]
        if related:
            article.related_links.set(
                RelatedArticle(related=other, sort_order=place) for place, other in enumerate(related)
            )
            article.save()
        article.save_revision(user=self.user, overwrite_revision=article.latest_revision, clean=False)

    def _article_at(self, address: str) -> int | None:
        """Of this run, or of one before."""
        path = _path(address)
        if (number := self.places.get(path)) is not None:
            return number
        if row := OldAddress.objects.filter(path=path, article__isnull=False).first():
            return row.article_id
        return self.names.get(last_part(path))

    def _leads_on(self, address: str) -> bool:
        return (
            self._article_at(address) is not None
            or _path(address) in self.pages
            or old_addresses.find(*address.partition("#")[0].partition("?")[::2]) is not None
        )

    def _take_again(self, item: Item, known: ImportedArticle) -> None:
        """An article that is here already; it is this run's own if the run was interrupted."""
        self.seen.add(item.source)
        if known.article is None:  # deleted since, or a page
            self._remember_page(item)
            self.report.again += 1
            return
        self._remember(item, known.article_id or 0)
        if self.job is None or known.job_id != self.job.pk:
            self.report.again += 1
            return
        raw = list(known.article.body.raw_data)
        related = item.library.related if item.library else []
        self.report.drafts.append((item.name, known.article.slug, []))
        self.made.append(Made(known.article.pk, None, related, addresses_in(raw), []))

    def _remember_page(self, item: Item) -> None:
        self.pages |= {_path(address) for address in (*item.old_addresses, *item.addresses_too)}

    def _remember(self, item: Item, number: int) -> None:
        for address in (*item.old_addresses, *item.addresses_too):
            if path := _path(address):
                self.places.setdefault(path, number)
                name = last_part(path)
                if name:  # a link may have the wrong folder before it; two of a name tell nothing
                    self.names[name] = number if self.names.get(name, number) == number else None

    def _make(self, item: Item) -> None:
        if item.is_page:
            self._make_page(item)
            return
        notes: list[str] = []
        locale = self.locales[item.language or settings.LANGUAGE_CODE]
        article = Article(locale=locale, live=False, has_unpublished_changes=True)
        self._join_translations(article, item)
        body = self._from_library(article, item, notes) if item.library else self._from_page(article, item, notes)
        article.slug = self._free_slug(article, item, notes)
        article.body = json.dumps(body)
        _fit(article, notes)
        article.clean_fields(exclude=NOT_CHECKED)
        self.slugs[locale.pk].add(article.slug)
        notes[:] = dict.fromkeys(notes)
        self.report.drafts.append((item.name, article.slug, notes))
        links = addresses_in(body)
        related = item.library.related if item.library else []
        if not self.keep:
            self._remember(item, 0)
            self.report.comments += len(item.comments)
            self.made.append(Made(0, None, related, links, notes))
            return
        Article.objects.bulk_create([article])  # its indexes follow with the revision
        revision = article.save_revision(user=self.user, clean=False)
        ImportedArticle.objects.create(source=item.source[:SOURCE_LENGTH], article=article, job=self.job)
        self._remember(item, article.pk)
        notes += self._old_addresses(article, item.old_addresses)
        self.report.comments += keep_comments(article, item.comments)
        if item.library:
            notes += keep_questions(article, item.library.front.get("readers_questions"))
        entry = self._log(article, item, notes, revision)
        if links or related or mentioned_in(body) != (set(), set()):
            self.made.append(Made(article.pk, entry.pk if entry else None, related, links, notes))
        self.report.made.append(article.pk)

    def _make_page(self, item: Item) -> None:
        notes: list[str] = []
        locale = self.locales[item.language or settings.LANGUAGE_CODE]
        page = SitePage(locale=locale, live=False, has_unpublished_changes=True)
        site_pages.fill(page, item, self.illustrator, notes)
        _fit(page, notes)
        page.clean_fields(exclude=NOT_CHECKED)
        notes[:] = dict.fromkeys(notes)
        self.report.drafts.append((item.name, page.slug, notes))
        self._remember_page(item)
        if item.comments:
            notes.append(f"Readers’ comments that stay behind, since pages take no questions: {len(item.comments)}")
        if not self.keep:
            return
        page.save()
        revision = page.save_revision(user=self.user, clean=False)
        ImportedArticle.objects.create(source=item.source[:SOURCE_LENGTH], page=page, job=self.job)
        notes += site_pages.keep_old_addresses(page, item.old_addresses)
        self._log(page, item, notes, revision)
        self.report.pages.append(page.pk)

    def _log(self, text: Article | SitePage, item: Item, notes: list[str], revision: Revision) -> ModelLogEntry | None:
        """What came along stays with it: its notes, and its history of before."""
        front = (item.library or item.page or NOTHING).front
        data: dict[str, Any] = {"source": self.source, "author": item.author, "date": item.date, "notes": [*notes]}
        history = front.get("history")
        if rows := [row for row in history if isinstance(row, dict)] if isinstance(history, list) else []:
            data["history"] = [{str(name): str(value) for name, value in row.items()} for row in rows]
        return log(instance=text, action=LOG_ACTION, user=self.user, data=data, revision=revision, content_changed=True)

    def _join_translations(self, article: Article, item: Item) -> None:
        """Articles that are one in several languages know of each other."""
        if not item.same_as:
            return
        others = [key for (group, _locale), key in self.translations.items() if group == item.same_as]
        if others and (item.same_as, article.locale_id) not in self.translations:
            article.translation_key = others[0]
        self.translations.setdefault((item.same_as, article.locale_id), article.translation_key)

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
        wanted = article.slug or slug_of(item.slug, article.title)
        slug = free_slug(wanted, self.slugs[article.locale_id])
        if slug != wanted:
            notes.append(f"The address “{wanted}” was taken; this is “{slug}”")
        return slug

    def _old_addresses(self, article: Article, given: Iterable[str]) -> list[str]:
        """They lead here once the article is published. What is in the way is said in the notes."""
        own = old_addresses.of_article(article)
        paths = []
        for address in given:
            try:
                path = old_addresses.canonical(address)
                old_addresses.check(path, article)
            except (ValueError, ValidationError):
                continue  # an address of this very site, or of a home page
            if len(path) <= OldAddress.LENGTH and path != own and path not in paths:
                paths.append(path)
        taken = {old.path: old.article_id for old in OldAddress.objects.filter(path__in=paths)}
        machine = OldAddress.AddedBy.MACHINE
        OldAddress.objects.bulk_create(
            OldAddress(path=path, article=article, added_by=machine) for path in paths if path not in taken
        )
        return [
            f"The old address {path} leads to another article already"
            for path, number in taken.items()
            if number != article.pk
        ]


def _fit(text: Article | SitePage, notes: list[str]) -> None:
    """What nobody checks of a draft is words all the same, and no longer than the table takes."""
    text.summary = str(text.summary or "")
    description = str(text.description or "")
    text.description = cut_words(description, DESCRIPTION_LENGTH)
    if text.description != description:
        notes.append(f"The one sentence was longer: “{description}”")


def _path(address: str) -> str:
    """As the table of old addresses keeps it; "" for what is none."""
    try:
        return old_addresses.canonical(address.partition("#")[0])
    except ValueError:
        return ""


def key_of(text: str) -> str:
    """Of a source that has neither a number nor a file: the same text is the same article."""
    return f"text {sha256(text.encode()).hexdigest()}"
