"""What the page of a review shows of a text: which version, compared with which, its parts with the changes marked."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.forms import BoundField
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from wagtail.admin.utils import get_user_display_name
from wagtail.models import Revision, TaskState

from articles.blocks import SECTIONS
from articles.desk.reviewed import AROUND, HEAD, OWN, REST, WHOLE, Name, Text, keyed, kind_of
from articles.links import by_number, mentioned_in
from articles.models import Article, areas_in_words
from articles.models.sections import sections_of
from articles.reviewing import marking, rules
from articles.reviewing.versions import content_of
from common import times


@dataclass(frozen=True)
class Base:
    """A version to compare with: its name in the address, and in words."""

    key: str
    words: str
    revision: Revision


@dataclass(frozen=True)
class Shown:
    """A version of a text in a round of its review."""

    article: Text
    revision: Revision
    state: TaskState | None  # None: it was never sent to the reviewers, or its review is over

    @cached_property
    def version(self) -> Text:
        """The text as it was then."""
        return text_in(self.revision, type(self.article))

    @property
    def is_waiting(self) -> bool:
        """Whether it is with the reviewers."""
        return self.state is not None and self.state.status == TaskState.STATUS_IN_PROGRESS

    @property
    def seen(self) -> str:
        """Tells this version from every other, and from itself after somebody has written over it."""
        return f"{self.revision.pk}-{self.revision.created_at.timestamp()}"

    @cached_property
    def returned(self) -> TaskState | None:
        """The round before, if its version came back and nothing was approved since."""
        if self.state is None:
            return None
        before = TaskState.objects.for_instance(self.article).filter(pk__lt=self.state.pk).order_by("-pk")
        found: TaskState | None = before.filter(status=TaskState.STATUS_REJECTED).first()
        approval = rules.approvals(self.article).first()
        if found is None or (approval and found.finished_at and approval.timestamp > found.finished_at):
            return None
        return found

    def bases(self, user: Any) -> list[Base]:
        """What it can be compared with, the nearest first."""
        found = []
        if returned := self.returned:
            when = times.recent(returned.finished_at or returned.started_at)
            who = get_user_display_name(returned.finished_by) if returned.finished_by else _("somebody")
            named = _("the version that %(who)s returned (%(when)s)") % {"who": who, "when": when}
            yours = _("the version that you returned (%(when)s)") % {"when": when}
            words = yours if returned.finished_by == user else named
            found.append(Base("return", words, returned.revision))
        if approved := self._approved():
            found.append(approved)
        return found

    def _approved(self) -> Base | None:
        approvals = rules.approvals(self.article)
        if self.state and self.state.finished_at:
            approvals = approvals.filter(timestamp__lt=self.state.finished_at)
        entry = approvals.select_related("revision").first()
        if entry and entry.revision:
            day = times.date_in_words(times.local(entry.timestamp).date())
            return Base("approval", _("the version approved on %(day)s") % {"day": day}, entry.revision)
        live = self.article.live_revision if self.article.live else None
        if live and live.pk != self.revision.pk:
            return Base("approval", _("what readers see now"), live)
        return None


def text_in(revision: Revision, model: type[Text]) -> Text:
    """A version to be shown. Wagtail's own way asks for each article and person that it names, one by one."""
    found: Text = model.from_serializable_data(revision.content, check_fks=False)
    return found


@dataclass
class Part:
    """A section as the page shows it, or what stands in the place of one."""

    key: str
    anchor: str
    name: Name
    changed: bool
    heading: SafeString | str = ""
    block: Any = None
    unseen: list[marking.Unseen] = field(default_factory=list)
    comment: str = ""
    box: BoundField | None = None
    next_changed: "Part | None" = None


def comments_of(state: TaskState) -> dict[str, str]:
    """What was said in a round, by part; what was said in the editor is about the whole."""
    found = {comment.section: comment.text for comment in state.review_comments.all()}
    return found or ({WHOLE: state.comment} if state.comment else {})


def parts_of(
    shown: Shown, base: Base | None, comments: Mapping[str, str], box_of: Callable[[str], BoundField] | None
) -> tuple[list[Part], dict[str, SafeString], list[tuple[str, SafeString]]]:
    """The parts of the page, in its order; what stands at its top; what readers meet elsewhere.

    Without a `base` nothing is marked.
    """
    version = shown.version
    before = text_in(base.revision, type(version)) if base else version
    at_top = kind_of(version).head
    head = {name: marking.words(getattr(before, name), getattr(version, name)) for name in at_top}
    related = {number for text in (before, version) for number in _related(text)}
    titles = dict(Article.objects.filter(pk__in=related).values_list("pk", "title"))
    rows = list(zip(_elsewhere(before, titles), _elsewhere(version, titles), strict=True))
    rest = [(name, marking.words(old, new)) for (name, old), (_name, new) in rows if old or new]

    def part(key: str, anchor: str, name: Name, changed: bool, **more: Any) -> Part:
        box = box_of(key) if box_of else None
        return Part(key, anchor, name, changed, comment=comments.get(key, ""), box=box, **more)

    head_changed = any(getattr(before, name) != getattr(version, name) for name in at_top)
    return (
        [
            part(HEAD, "review-head", AROUND[HEAD], head_changed),
            *_section_parts(shown, base, part),
            part(REST, "review-rest", AROUND[REST], any(old != new for (_n, old), (_m, new) in rows)),
        ],
        head,
        rest,
    )


def _section_parts(shown: Shown, base: Base | None, part: Any) -> Iterable[Part]:
    after = content_of(shown.revision.content)["body"]
    before = content_of(base.revision.content)["body"] if base else after
    slugs = {slug for body in (before, after) for slug in mentioned_in(body)[1]}
    numbers = dict(Article.objects.filter(slug__in=slugs, locale=shown.article.locale_id).values_list("slug", "pk"))
    block = shown.version.body.stream_block
    before, after = by_number(before, numbers), by_number(after, numbers)
    if not isinstance(shown.version, Article):
        yield from _own_section_parts(marking.in_order(block, before, after), block, part)
        return
    marked = marking.sections(block, before, after, SECTIONS)
    body = block.to_python([{"type": section.kind, "value": section.value} for section in marked])
    filled = {section.kind: section for section in sections_of(body)}
    for section in marked:
        full = filled.get(section.kind)
        if full or section.changed:
            yield part(
                section.kind,
                full.anchor if full else section.kind,
                section.name,
                section.changed,
                heading=section.heading,
                block=full.block if full else None,
                unseen=section.unseen,
            )


def _own_section_parts(marked: list[marking.MarkedSection], block: Any, part: Any) -> Iterable[Part]:
    """Of a page, whose sections stand in an order of its own. Those that are gone get their keys last."""
    laid = sorted(range(len(marked)), key=lambda place: marked[place].gone)
    keys = dict(zip(laid, keyed([marked[place].name for place in laid]), strict=True))
    body = block.to_python([{"type": section.kind, "value": section.value} for section in marked])
    for place, (section, full) in enumerate(zip(marked, body, strict=True)):
        key = keys[place]
        yield part(
            key,
            key.removeprefix(OWN),
            section.name,
            section.changed,
            heading=section.heading,
            block=full,
            unseen=section.unseen,
        )


def _related(text: Text) -> list[int]:
    """The numbers of the articles that stand below it."""
    return [link.related_id for link in text.related_links.all()] if isinstance(text, Article) else []


def _elsewhere(version: Text, titles: Mapping[int, str]) -> list[tuple[str, str]]:
    """What readers meet of it in lists, in the search and in addresses: names and values. `titles` by number."""
    values = {"slug": version.get_absolute_url()}
    if isinstance(version, Article):
        values["areas"] = areas_in_words(version.areas)
        values["lay_names"] = ", ".join(filter(None, map(str.strip, version.lay_names.splitlines())))
    else:
        chosen = {"kind": version.get_kind_display(), "role": version.get_role_display()}
        values |= {**chosen, "in_footer": _("yes") if version.in_footer else ""}
    rows = [
        (name_of(name, version), values[name] if name in values else str(getattr(version, name) or ""))
        for name in kind_of(version).elsewhere
    ]
    if isinstance(version, Article):
        numbers = [number for number in _related(version) if number in titles]
        rows.append((_("related articles"), ", ".join(titles[number] for number in numbers)))
    return rows


def name_of(column: str, text: Text) -> str:
    """In the words of the editor."""
    names = {each.name: str(each.verbose_name) for each in text._meta.concrete_fields}
    return names.get(column, column)
