"""Advice while writing: how hard the text is to read, and what is missing. Never a gate."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.models import Locale

from articles.desk.descriptions import UNDESCRIBED, has_undescribed
from articles.links import mentioned_in, words_without_address
from articles.models import SUMMARY_WORDS, Article, Neighbors, addresses_of
from articles.readability import GRADES, Reading, article_text, judge


@dataclass(frozen=True)
class Advice:
    """What the panel shows. No reading for a language that we have no measure for."""

    reading: Reading | None
    missing: list[Promise | str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)  # linked words that lead to nothing public
    differing: list[str] = field(default_factory=list)  # lines that tell another urgency than the warning signs
    doing: list[Promise | str] = field(default_factory=list)  # what keeps readers from doing something

    @property
    def is_hard(self) -> bool:
        """Whether many patients would struggle."""
        return self.reading is not None and self.reading.grade > GRADES[1]


def advise(fields: Mapping[str, str], body: Iterable[Mapping[str, Any]], locale: Locale) -> Advice:
    """Advice on an article's text as it stands in the editor, saved or not. Two queries if it has links, one more if
    it has pictures.
    """
    raw = list(body)
    text = "\n".join([fields["summary"], article_text(raw)])
    return Advice(
        reading=judge(text) if locale.language_code == "en" and text.strip() else None,
        missing=list(_missing(fields, raw)),
        broken=words_without_address(raw, _public(raw, locale).address_of),
        differing=_differing(raw),
        doing=list(_doing(raw)),
    )


def _differing(raw: list[Mapping[str, Any]]) -> list[str]:
    """From what knows the warning signs; the setting URGENCY_ADVICE names it."""
    compare = import_string(settings.URGENCY_ADVICE)
    lists = [block["value"] for block in raw if block["type"] == "urgency"]
    return [words for lines in lists for words in compare({name: _lines(value) for name, value in lines.items()})]


def _lines(value: Any) -> list[str]:
    """The lines of a list, as the editor's form or the database holds them."""
    return [str(line["value"] if isinstance(line, Mapping) else line) for line in value or []]


def _public(raw: list[Mapping[str, Any]], locale: Locale) -> Neighbors:
    numbers, slugs = mentioned_in(raw)
    public = Article.objects.published()
    found = public.filter(pk__in=numbers) | public.filter(slug__in=slugs, locale=locale) if numbers or slugs else ()
    return Neighbors([], [], public.moved_from(slugs) | addresses_of(found))


def _doing(raw: list[Mapping[str, Any]]) -> Iterable[Promise | str]:
    """What a reader could not act on, in the order of the page."""
    found = list(_blocks(raw))
    firsts = sum(kind == "first" for kind, _value in found)
    steps = [value for kind, value in found if kind == "steps"]
    chances = [value for kind, value in found if kind == "chance"]
    if firsts != 1:
        yield _("“Do this first”: one thing, and only one, that helps within the hour.")
    if not steps:
        yield _("Steps: at least one action in numbered steps.")
    for value in steps:
        name = {"name": value.get("heading") or _("Steps")}
        if len(_lines(value.get("steps"))) < 2:
            yield _("“%(name)s” has no steps to follow.") % name
        if not (value.get("how_long") or value.get("how_often")):
            yield _("“%(name)s” does not say how long or how often.") % name
        if not value.get("stop_if"):
            yield _("“%(name)s” does not say when to stop.") % name
        if not (value.get("picture") or {}).get("name"):
            yield _("“%(name)s” has no drawing. Would one make it easier to do?") % name
    if not chances:
        yield _("A chance in numbers with its source, or the word that nobody has counted.")
    titles = {row.get("title") for block in raw if block["type"] == "sources" for row in _rows(block["value"])}
    for value in chances:
        if value.get("many") is not None and value.get("source") not in titles:
            yield _("The number of “%(words)s” has a source that is not among the sources.") % {
                "words": value["outcome"]
            }


def _blocks(raw: list[Mapping[str, Any]]) -> Iterable[tuple[str, Any]]:
    """The kind and the value of each block inside the sections."""
    for section in raw:
        value = section["value"]
        if isinstance(value, Mapping):
            yield from ((block["type"], block["value"]) for block in value.get("content") or [])


def _rows(value: Any) -> list[Any]:
    """The rows of a list of blocks, as the editor's form or the database holds them."""
    return [row["value"] if row.get("type") == "item" else row for row in value or []]


def _missing(fields: Mapping[str, str], raw: list[Mapping[str, Any]]) -> Iterable[Promise | str]:
    sections = {block["type"]: block["value"] for block in raw}
    summary = len(fields["summary"].split())
    if not summary:
        yield _("Summary: the first paragraph that readers see.")
    elif summary > SUMMARY_WORDS:
        yield ngettext(
            "The summary has %(many)d word too many.",
            "The summary has %(many)d words too many.",
            summary - SUMMARY_WORDS,
        ) % {"many": summary - SUMMARY_WORDS}
    if not fields["description"].strip():
        yield _("One sentence: what search engines and lists show.")
    urgency = sections.get("urgency") or {}
    if not any(urgency.values()):
        yield _("“When to get help”: readers must learn what can’t wait.")
    elif not urgency.get("now"):
        yield _("“When to get help” says nothing about calling 911.")
    if not sections.get("sources"):
        yield _("Sources: where the facts come from.")
    if has_undescribed(raw):
        yield UNDESCRIBED
    if not fields["areas"]:
        yield _("Parts of the foot: readers also find articles by where it hurts.")
    if not fields["lay_names"].strip():
        yield _("Other names: the words that people search for.")
