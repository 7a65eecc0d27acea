"""Condition articles: a plain model that Wagtail's mixins give drafts, review, schedule, history and preview."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, Min, OuterRef, Q, Subquery
from django.db.models.functions import JSONArray
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    InlinePanel,
    MultiFieldPanel,
    PublishingPanel,
    TitleFieldPanel,
)
from wagtail.admin.widgets.slug import SlugInput
from wagtail.fields import StreamField
from wagtail.models import Orderable, PreviewableMixin, Revision, TranslatableMixin, WorkflowState
from wagtail.search import index

from articles.blocks import BodyBlock
from articles.choice_list_field import ChoiceListField
from articles.links import mentioned_in
from articles.models.addresses import OldAddress
from articles.models.areas import BodyArea, areas_in_words
from articles.models.questions import ReaderQuestion
from articles.models.reviewing import Reviewer
from articles.models.sections import Section, sections_of
from articles.models.slugs import RESERVED_SLUGS, SLUG_LENGTH, free_slug
from articles.reviewing import rules
from common.json_rows import JSONRows

SUMMARY_WORDS = 45


def public_now() -> Q:
    """What readers may see now: live, and not past its expiry. `Reviewed.is_public` is the same rule."""
    return Q(Q(expire_at=None) | Q(expire_at__gt=timezone.now()), live=True)


class ArticleQuerySet(models.QuerySet["Article"]):
    """The one word for visibility, used by list, page and sitemap."""

    def published(self) -> "ArticleQuerySet":
        """What readers may see now."""
        return self.filter(public_now())

    def due_for_review(self, days: int = 0) -> "ArticleQuerySet":
        """Public ones whose review date has passed, or will within `days`; the longest overdue first."""
        until = timezone.localdate() + timedelta(days=days)
        return self.published().filter(next_review__lt=until).order_by("next_review", "title")

    def for_home(self) -> "ArticleQuerySet":
        """Those with a place on the home page, in its order."""
        return self.published().in_language().filter(home_position__gt=0).order_by("home_position", "title")

    def in_language(self) -> "ArticleQuerySet":
        """Those in the language of the page being made."""
        return self.filter(locale__language_code=translation.get_language())

    def moved_from(self, slugs: Collection[str]) -> dict[int | str, str]:
        """Where the published articles are now that had one of these slugs before."""
        index = reverse("articles:index")
        old = {f"{index}{slug}/": slug for slug in slugs}
        rows = OldAddress.objects.filter(path__in=old, article__in=self.published()).select_related("article")
        return {old[row.path]: row.article.get_absolute_url() for row in rows if row.article}

    def with_questions(self) -> "ArticleQuerySet":
        """Each with its readers' published questions, in the same query."""
        of_article = ReaderQuestion.objects.published().filter(article=OuterRef("pk")).order_by().values("article")
        rows = of_article.annotate(rows=JSONRows(JSONArray("published_at", "text", "answer"))).values("rows")
        return self.annotate(questions_read_along=Subquery(rows))


@dataclass(frozen=True)
class AnsweredQuestion:
    """A reader's question as the page shows it."""

    text: str
    answer: str


def addresses_of(articles: Iterable["Article"]) -> dict[int | str, str]:
    """Where articles are, by their numbers and by their slugs."""
    addresses = {article: article.get_absolute_url() for article in articles}
    return {key: address for article, address in addresses.items() for key in (article.pk, article.slug)}


@dataclass(frozen=True)
class Neighbors:
    """Public articles around one: related by the editor, mentioned in the text, and how links reach them."""

    related: list["Article"]
    mentioned: list["Article"]
    addresses: dict[int | str, str]

    def address_of(self, pk: int | None, slug: str | None) -> str | None:
        """For a link in the text, by the number or the slug of the article that it leads to."""
        return self.addresses.get(pk) if pk is not None else self.addresses.get(slug or "")


class Article(rules.Reviewed, PreviewableMixin, TranslatableMixin, index.Indexed, ClusterableModel):
    """A condition, written for patients."""

    title = models.CharField(_("title"), max_length=120, help_text=_("What a patient would call it: “Heel pain”."))
    medical_name = models.CharField(
        _("medical name"), max_length=120, blank=True, help_text=_("Shown after the title: “plantar fasciitis”.")
    )
    short_title = models.CharField(
        _("short title"),
        max_length=60,
        blank=True,
        help_text=_("For the request form, where the title is a question or too long."),
    )
    slug = models.SlugField(
        _("web address"),
        max_length=SLUG_LENGTH,
        blank=True,
        help_text=_("The last part of the page’s address. Empty: made from the title."),
    )
    summary = models.TextField(_("summary"), help_text=_("One paragraph of 45 words at most."))
    description = models.CharField(
        _("one sentence"), max_length=155, help_text=_("For lists and search engines. 155 letters at most.")
    )
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("sections"))
    areas = ChoiceListField(_("parts of the foot"), options=BodyArea, blank=True)
    lay_names = models.TextField(
        _("other names"),
        blank=True,
        help_text=_(
            "What patients call it, one name on each line: “heel spur syndrome”. The search finds the article by them."
        ),
    )
    ask = models.CharField(
        _("line above the request button"), max_length=60, blank=True, help_text=_("“Heel still sore after 2 weeks?”")
    )
    home_position = models.PositiveSmallIntegerField(
        _("place on the home page"), null=True, blank=True, help_text=_("1 to 6; empty: not there.")
    )
    questions_open = models.BooleanField(
        _("readers may ask questions"),
        default=False,
        help_text=_("Puts a link below the article. Every question waits under “Questions” until it is answered."),
    )
    sample = models.BooleanField(_("sample, not yet reviewed"), default=False, editable=False)
    reviewer = models.ForeignKey(Reviewer, models.PROTECT, null=True, blank=True, editable=False, related_name="+")
    last_reviewed = models.DateField(_("last reviewed"), null=True, blank=True, editable=False)
    next_review = models.DateField(_("next review"), null=True, blank=True, editable=False)

    revisions = GenericRelation(
        Revision, content_type_field="base_content_type", object_id_field="object_id", related_query_name="article"
    )
    workflow_states = GenericRelation(
        WorkflowState,
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="article",
        for_concrete_model=False,
    )

    objects = ArticleQuerySet.as_manager()

    panels: ClassVar = [
        MultiFieldPanel(
            [
                TitleFieldPanel("title"),
                FieldPanel("medical_name"),
                FieldPanel("summary"),
                FieldPanel("description"),
            ],
            heading=_("What readers see first"),
        ),
        FieldPanel("body", classname="desk-sections"),
        MultiFieldPanel(
            [FieldPanel("areas"), FieldPanel("lay_names"), InlinePanel("related_links", label=_("Related article"))],
            heading=_("How readers find it, and where they go next"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("ask"),
                FieldRowPanel(
                    [
                        FieldPanel("slug", widget=SlugInput),
                        FieldPanel("short_title", help_text=_("For lists, where the title is a question or too long.")),
                        FieldPanel("home_position"),
                    ]
                ),
            ],
            heading=_("Request button and address"),
        ),
        FieldPanel("questions_open"),
        PublishingPanel(),
    ]
    search_fields: ClassVar = [
        index.SearchField("title", boost=10),
        index.AutocompleteField("title"),
        index.SearchField("lay_names", boost=5),
        index.FilterField("live"),
        index.FilterField("locale"),
    ]

    class Meta(TranslatableMixin.Meta):
        ordering = ("title",)
        constraints = [models.UniqueConstraint(name="article_slug_in_language", fields=("slug", "locale"))]
        # Each search asks whether articles have changed; without it that reads every article's text on SQLite.
        indexes = [
            models.Index(
                name="article_state", fields=("locale", "live", "expire_at", "live_revision", "last_published_at")
            ),
            models.Index(name="article_title", fields=("title",)),  # the editors' list
            models.Index(name="article_next_review", fields=("next_review",)),
        ]
        # Editors do not have it unless the practice grants it: by default every word goes through a reviewer.
        permissions = [("correct_article", _("Can publish small corrections without a new review"))]
        verbose_name = _("article")
        verbose_name_plural = _("articles")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The article's public page."""
        return reverse("articles:detail", args=[self.slug])

    @property
    def short_name(self) -> str:
        """For lists, where the title is a question or too long."""
        return self.short_title or self.title

    @property
    def sign(self) -> str:
        """What it feels like, in the summary's first sentence; the description is for search engines."""
        return re.split(r"(?<=[.!?])\s", self.summary.strip(), maxsplit=1)[0]

    def neighbors(self) -> "Neighbors":
        """Published articles to go on to: those the editor related, in their order, and others the text links to.

        One query for both; another if the text links to an address that has no article any more.
        """
        numbers, slugs = mentioned_in(self.body.raw_data)
        ours = Q(related_from__article=self) if self.pk else Q(pk=None)
        nearby = (
            Article.objects.published()
            .filter(ours | Q(pk__in=numbers) | Q(slug__in=slugs, locale=self.locale_id))
            .annotate(links=Count("related_from", filter=ours), place=Min("related_from__sort_order", filter=ours))
            .order_by("place", "title")
            .only("title", "medical_name", "slug")
        )
        found = list(nearby)
        addresses = addresses_of(found)
        if moved := slugs.difference(addresses):
            addresses |= Article.objects.moved_from(moved)
        return Neighbors(
            related=[article for article in found if article.links and article.pk != self.pk],
            mentioned=[article for article in found if not article.links and article.pk != self.pk],
            addresses=addresses,
        )

    def sections(self) -> list[Section]:
        """What its page shows below the summary."""
        return sections_of(self.body)

    def readers_questions(self) -> list[AnsweredQuestion]:
        """Published questions with their answers, newest first. A query unless read `with_questions`."""
        if "questions_read_along" in vars(self):
            rows = vars(self)["questions_read_along"] or []
        else:
            published = ReaderQuestion.objects.published().filter(article_id=self.pk)
            rows = published.values_list("published_at", "text", "answer")
        return [AnsweredQuestion(text, answer) for _at, text, answer in sorted(rows, reverse=True)]

    def stays(self, revision: Revision) -> bool:
        """Also one that somebody has rated."""
        return super().stays(revision) or self.ratings.filter(revision=revision).exists()

    def clean(self) -> None:
        """The address must not be that of another page; without one it is made from the title."""
        super().clean()
        self.slug = self.slug or self._free_slug()
        if self.slug in RESERVED_SLUGS:
            raise ValidationError({"slug": _("This address belongs to another page. Choose another one.")})
        if other := self._same_address():
            message = _("“%(title)s” has this address already. Choose another one.") % {"title": other}
            raise ValidationError({"slug": message})

    def _same_address(self) -> "Article | None":
        others = Article.objects.filter(slug=self.slug, locale=self.locale_id).exclude(pk=self.pk)
        return others.only("title").first()

    def _free_slug(self) -> str:
        wanted = slugify(self.title)[:110] or "article"
        others = Article.objects.filter(slug__startswith=wanted).exclude(pk=self.pk)
        return free_slug(wanted, set(others.values_list("slug", flat=True)))

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A copy or an import gets its address from the title."""
        self.slug = self.slug or self._free_slug()
        super().save(*args, **kwargs)

    def check_publishing(self, revision: Revision) -> None:
        """Another article may have taken its address since the draft was saved."""
        version: Article = revision.as_object()
        if other := version._same_address():
            message = gettext("“%(title)s” has the address “%(slug)s” by now. Choose another one.")
            raise rules.NotAllowed(message % {"title": other, "slug": version.slug})

    @property
    def areas_in_words(self) -> str:
        """For lists."""
        return areas_in_words(self.areas)

    @property
    def is_overdue(self) -> bool:
        """Whether its review date has passed."""
        return self.next_review is not None and self.next_review < timezone.localdate()

    @property
    def has_lapsed(self) -> bool:
        """Whether it has been overdue for so long that readers are told."""
        grace = timedelta(days=settings.REVIEW_GRACE_DAYS)
        return self.next_review is not None and self.next_review + grace < timezone.localdate()

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        """The reader's own template."""
        return "articles/article_detail.html"

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        """The same values that the public page gets."""
        near = self.neighbors()
        related = [link.related for link in self.related_links.all() if link.related.live]
        return {
            "article": self,
            "related": related,
            "mentioned": [article for article in near.mentioned if article not in related],
            "near": near,
            "questions": self.readers_questions(),
        }


class RelatedArticle(Orderable):
    """A link from one article to another, in the editor's order."""

    article = ParentalKey(Article, on_delete=models.CASCADE, related_name="related_links")
    related = models.ForeignKey(Article, models.CASCADE, related_name="related_from", verbose_name=_("article"))

    panels: ClassVar = [FieldPanel("related")]

    class Meta(Orderable.Meta):
        constraints = [models.UniqueConstraint(name="related_article_once", fields=("article", "related"))]

    def __str__(self) -> str:
        return f"{self.article_id} → {self.related_id}"
