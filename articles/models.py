"""Condition articles: a plain model that Wagtail's mixins give drafts, review, schedule, history and preview."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain, count
from typing import Any, ClassVar

from django.conf import settings
from django.contrib import admin
from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.db import DatabaseError, models, transaction
from django.db.models import Count, F, Min, OuterRef, Q, Subquery
from django.db.models.functions import JSONArray
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.text import Truncator, slugify
from django.utils.translation import gettext as _now
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
from wagtail.blocks.stream_block import StreamValue
from wagtail.fields import StreamField
from wagtail.models import (
    DraftStateMixin,
    GroupApprovalTask,
    LockableMixin,
    Orderable,
    PreviewableMixin,
    Revision,
    RevisionMixin,
    TaskState,
    TranslatableMixin,
    WorkflowMixin,
    WorkflowState,
)
from wagtail.search import index

from articles.blocks import SECTIONS, BodyBlock
from articles.choice_list_field import ChoiceListField
from articles.links import mentioned_in
from articles.reviewing import rules
from common.json_rows import JSONRows
from common.models import User

SUMMARY_WORDS = 45
Actions = list[tuple[str, str | Promise, bool]]  # of a task: name, words on the button, whether it asks for a comment
RESERVED_SLUGS = frozenset({"search", "suggest"})  # /conditions/search/ and /conditions/suggest/


class BodyArea(models.TextChoices):
    """The seven numbered regions of the drawn foot, in their order."""

    ANKLE = "ankle", _("Ankle")
    TOP = "top", _("Top of foot")
    HEEL = "heel", _("Heel")
    ARCH = "arch", _("Arch")
    BALL = "ball", _("Ball of foot")
    TOES = "toes", _("Toes")
    NAILS = "nails", _("Nails and skin")


def areas_in_words(areas: Collection[str]) -> str:
    """The parts of the foot in their order: "Ankle, heel"."""
    found = [str(area.label) for area in BodyArea if area in areas]
    if len(found) == len(BodyArea):
        return _now("The whole foot")
    return ", ".join(found[:1] + [label.lower() for label in found[1:]])


class Reviewer(models.Model):
    """A podiatrist whose name stands on the articles they have reviewed."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="reviewer")
    name = models.CharField(_("name on the page"), max_length=120)
    credentials = models.CharField(_("credentials"), max_length=60, help_text=_("For example: DPM, FACFAS"))

    panels: ClassVar = [FieldPanel("user"), FieldPanel("name"), FieldPanel("credentials")]

    class Meta:
        verbose_name = _("reviewer")
        verbose_name_plural = _("reviewers")

    def __str__(self) -> str:
        return f"{self.name}, {self.credentials}"


class ArticleQuerySet(models.QuerySet["Article"]):
    """The one word for visibility, used by list, page and sitemap."""

    def published(self) -> "ArticleQuerySet":
        """What readers may see now: live, and not past its expiry."""
        return self.filter(Q(expire_at=None) | Q(expire_at__gt=timezone.now()), live=True)

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


@dataclass(frozen=True)
class Section:
    """A section as the page shows it."""

    kind: str
    anchor: str
    heading: str
    block: Any


@dataclass(frozen=True)
class Neighbors:
    """Public articles around one: related by the editor, mentioned in the text, and how links reach them."""

    related: list["Article"]
    mentioned: list["Article"]
    addresses: dict[int | str, str]

    def address_of(self, pk: int | None, slug: str | None) -> str | None:
        """For a link in the text, by the number or the slug of the article that it leads to."""
        return self.addresses.get(pk) if pk is not None else self.addresses.get(slug or "")


class Article(
    WorkflowMixin,
    DraftStateMixin,
    LockableMixin,
    RevisionMixin,
    PreviewableMixin,
    TranslatableMixin,
    index.Indexed,
    ClusterableModel,
):
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
        max_length=120,
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
        help_text=_("Words people use for it, one on each line: “heel spur syndrome”. The search knows them."),
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
        FieldPanel("body"),
        MultiFieldPanel(
            [FieldPanel("areas"), FieldPanel("lay_names"), InlinePanel("related_links", label=_("Related article"))],
            heading=_("How readers find it, and where they go next"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("ask"),
                FieldRowPanel(
                    [FieldPanel("slug", widget=SlugInput), FieldPanel("short_title"), FieldPanel("home_position")]
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

    def is_public(self) -> bool:
        """Whether readers may see it now; the same rule as `published()`."""
        return self.live and (self.expire_at is None or self.expire_at > timezone.now())

    @property
    def reason(self) -> str:
        """As the request form names it."""
        return self.short_title or self.title

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
        addresses: dict[int | str, str] = {key: one.get_absolute_url() for one in found for key in (one.pk, one.slug)}
        if moved := slugs.difference(addresses):
            addresses |= Article.objects.moved_from(moved)
        return Neighbors(
            related=[one for one in found if one.links and one.pk != self.pk],
            mentioned=[one for one in found if not one.links and one.pk != self.pk],
            addresses=addresses,
        )

    def sections(self) -> list[Section]:
        """The filled sections in their fixed order, whatever order they were added in."""
        by_kind = {block.block_type: block for block in self.body}
        return [
            Section(kind, slugify(heading), heading, block)
            for kind, usual in SECTIONS.items()
            if (block := by_kind.get(kind)) and not _is_empty(block.value)
            for heading in [_heading_of(block.value) or str(usual)]
        ]

    def readers_questions(self) -> list[AnsweredQuestion]:
        """Published questions with their answers, newest first. A query unless read `with_questions`."""
        if "questions_read_along" in vars(self):
            rows = vars(self)["questions_read_along"] or []
        else:
            published = ReaderQuestion.objects.published().filter(article_id=self.pk)
            rows = published.values_list("published_at", "text", "answer")
        return [AnsweredQuestion(text, answer) for _at, text, answer in sorted(rows, reverse=True)]

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
        taken = {*others.values_list("slug", flat=True), *RESERVED_SLUGS}
        return next(slug for slug in chain([wanted], (f"{wanted}-{n}" for n in count(2))) if slug not in taken)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A copy or an import gets its address from the title."""
        self.slug = self.slug or self._free_slug()
        super().save(*args, **kwargs)

    def save_revision(self, *args: Any, overwrite_revision: Revision | None = None, **kwargs: Any) -> Revision:
        """A version that was approved or is public stays as it was: what is saved over it becomes a new one."""
        if overwrite_revision and overwrite_revision.pk in (self.live_revision_id, rules.approved_revision_id(self)):
            overwrite_revision = None
        kwargs["overwrite_revision"] = overwrite_revision
        saved: Revision = super().save_revision(*args, **kwargs)
        return saved

    @transaction.atomic
    def publish(self, revision: Revision, user: User | None = None, *args: Any, **kwargs: Any) -> None:
        """Publish a revision, now or at its date. Whoever does it thereby approves it: approval and publishing are
        one step, from the review and from the menu alike. Without a user it is the loader or the scheduler.

        Raises review.NotAllowed, also for an address that another article has taken since the draft was saved.
        """
        version: Article = revision.as_object()
        if other := version._same_address():
            message = _now("“%(title)s” has the address “%(slug)s” by now. Choose another one.")
            raise rules.NotAllowed(message % {"title": other, "slug": version.slug})
        if user is not None:
            rules.approve(revision, user)
        super().publish(revision, user, *args, **kwargs)

    def publish_unreviewed(self, revision: Revision, user: User) -> None:
        """For `review.correct` alone, which has decided that it may be."""
        super().publish(revision, user, skip_permission_checks=True)

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
            "mentioned": [one for one in near.mentioned if one not in related],
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


class LibraryEntry(models.Model):
    """A starter article's text file as it was last loaded; kept when editors delete the article, so it stays away."""

    slug = models.SlugField(max_length=120, primary_key=True)
    digest = models.CharField(max_length=64)
    article = models.OneToOneField(Article, models.SET_NULL, null=True, related_name="library_entry")

    def __str__(self) -> str:
        return self.slug


class ImportedArticle(models.Model):
    """Where an imported article came from; kept when editors delete the article, so that it stays away."""

    source = models.CharField(max_length=500, unique=True)  # a WordPress export's GUID, or a file in its folder
    article = models.OneToOneField(Article, models.SET_NULL, null=True, related_name="imported")
    imported_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.source


class OldAddress(models.Model):
    """An address that once had an article, here or on the site before this one, and the article it leads to now.

    Readers are led on while that article is public; otherwise they are told that it is gone:
    articles/public/old_addresses.py.
    """

    LENGTH = 300

    class AddedBy(models.TextChoices):
        """Who made it."""

        HAND = "hand", _("An editor")
        MACHINE = "machine", _("The site")

    path = models.CharField(
        _("old address"),
        max_length=LENGTH,
        unique=True,
        help_text=_("As it was, without the site’s name: “/blog/2019/heel-pain/”, “/heel-pain.html”, “/?p=123”."),
    )
    article = models.ForeignKey(
        Article,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="old_addresses",
        verbose_name=_("leads to"),
        help_text=_("Empty: readers are told that the page is gone, and see related articles."),
    )
    about = models.CharField(_("was about"), max_length=120, blank=True, editable=False)  # a deleted article's title
    added_by = models.CharField(
        _("added by"), max_length=7, choices=AddedBy.choices, default=AddedBy.HAND, editable=False
    )
    created_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)

    class Meta:
        ordering = ("-created_at", "path")
        verbose_name = _("old address")
        verbose_name_plural = _("old addresses")

    def __str__(self) -> str:
        return self.path

    @admin.display(description=_("what readers get"))
    def effect(self) -> str:
        """In words, for the editors' list."""
        if self.article is None:
            return _now("“Page is gone”")
        if self.article.is_public():
            return _now("The article")
        if self.article.first_published_at is None:
            return _now("Nothing until it is published")
        return _now("“Page is gone”, unless it was merged")


class MissedQuerySet(models.QuerySet[Any]):
    """What people looked for."""

    def count_up(self, what: str) -> None:
        """Count what was asked for in vain. Lost while the database takes no writes; the page is not."""
        key = {self.model.COUNTED: what}
        with suppress(DatabaseError), transaction.atomic():
            if self.filter(**key).update(count=F("count") + 1, last_at=timezone.now()):
                return
            self._make_room()
            self.create(**key)

    def _make_room(self) -> None:
        """Drop the rarest and oldest when the table is full, so that nobody can fill the disk by asking."""
        surplus = self.count() - self.model.MOST + 1
        if surplus > 0:
            rarest = list(self.order_by("count", "last_at").values_list("pk", flat=True)[:surplus])
            self.filter(pk__in=rarest).delete()


class Missed(models.Model):
    """Something that was asked for in vain, and how often. Nothing about who asked."""

    MOST = 2_000  # rows
    COUNTED: ClassVar[str]  # the field that says what was asked for

    count = models.PositiveIntegerField(_("times"), default=1)
    last_at = models.DateTimeField(_("last time"), default=timezone.now)

    objects = MissedQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ("-count", "-last_at")

    def __str__(self) -> str:
        return str(getattr(self, self.COUNTED))


class MissedSearch(Missed):
    """Words for which the search had no article: what editors could write about."""

    COUNTED = "words"

    words = models.CharField(_("searched for"), max_length=160, unique=True)

    class Meta(Missed.Meta):
        verbose_name = _("search without result")
        verbose_name_plural = _("searched, not found")


class MissedAddress(Missed):
    """A page that people asked for and that is not there: what an old address could be made for."""

    COUNTED = "path"
    LENGTH = 200

    path = models.CharField(_("address"), max_length=LENGTH, unique=True)

    class Meta(Missed.Meta):
        verbose_name = _("page not found")
        verbose_name_plural = _("pages not found")


class ReaderQuestionQuerySet(models.QuerySet["ReaderQuestion"]):
    """What readers asked."""

    def published(self) -> "ReaderQuestionQuerySet":
        """What readers may see, once their article is."""
        return self.filter(status=ReaderQuestion.Status.PUBLISHED)

    def hold(self, *, article: Article, text: str, sent_key: str, suspected: bool) -> None:
        """Keep a question for a moderator; the same one sent twice is kept once."""
        status = ReaderQuestion.Status.SUSPECTED if suspected else ReaderQuestion.Status.HELD
        self.get_or_create(sent_key=sent_key, defaults={"article": article, "text": text, "status": status})


class ReaderQuestion(models.Model):
    """A question about an article, held until a medical reviewer publishes it with an answer. Nobody is named."""

    LENGTH = 500

    class Status(models.TextChoices):
        """Where a question stands. Only published ones are seen."""

        HELD = "held", _("Waiting for an answer")
        SUSPECTED = "suspected", _("Waiting, perhaps spam")
        PUBLISHED = "published", _("Published")
        REFUSED = "refused", _("Refused")

    article = models.ForeignKey(Article, models.CASCADE, related_name="questions", verbose_name=_("article"))
    text = models.TextField(
        _("question"),
        max_length=LENGTH,
        help_text=_("Take out whatever could tell who asked: names, dates, places, their own health."),
    )
    asked_at = models.DateTimeField(_("asked"), default=timezone.now, editable=False)
    answer = models.TextField(
        _("answer"), max_length=3000, blank=True, help_text=_("Plain text. An empty line starts a new paragraph.")
    )
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.HELD)
    answered_by = models.ForeignKey(
        Reviewer, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("published by")
    )
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    sent_key = models.CharField(max_length=64, unique=True, editable=False)  # see TrapsForm.once

    objects = ReaderQuestionQuerySet.as_manager()

    class Meta:
        ordering = ("-asked_at", "-pk")
        constraints = [
            models.CheckConstraint(
                name="reader_question_published_whole",
                condition=~Q(status="published")
                | (~Q(answer="") & Q(answered_by__isnull=False) & Q(published_at__isnull=False)),
                violation_error_message=_("Only a medical reviewer can publish a question, and only with an answer."),
            )
        ]
        verbose_name = _("question")
        verbose_name_plural = _("questions")

    def __str__(self) -> str:
        """Without its words: Wagtail copies this into its log, where they would outlive the question."""
        return _("Question %(number)s") % {"number": self.pk}

    @admin.display(description=_("question"))
    def excerpt(self) -> str:
        """The first words, for lists."""
        return Truncator(self.text).chars(100)

    def clean(self) -> None:
        """No question is published without its answer."""
        super().clean()
        if self.status == self.Status.PUBLISHED and not self.answer:
            raise ValidationError({"answer": _("Write an answer before you publish the question.")})

    def set_publisher(self, user: User) -> None:
        """Put down who publishes it and when, or nobody if it is not published. Not saved.

        Raises ValidationError unless the user is set up as a reviewer: the answer is medical advice.
        """
        if self.status != self.Status.PUBLISHED:
            self.answered_by = self.published_at = None
            return
        self.answered_by = Reviewer.objects.filter(user=user).first()
        if self.answered_by is None:
            raise ValidationError(
                {"status": _("Only a medical reviewer can publish a question or change one that is published.")}
            )
        self.published_at = self.published_at or timezone.now()


class MedicalReview(GroupApprovalTask):
    """The step of the workflow at which a reviewer approves a text or returns it. Nobody approves their own."""

    class Meta:
        proxy = True

    def get_actions(self, obj: Article, user: User) -> Actions:
        """What a user can do with a text in review: name, words on the button, whether it asks for a comment."""
        if not super().get_actions(obj, user):
            return []
        actions: Actions = [("reject", _("Return with a comment"), True)]
        if not rules.why_not_approve(obj, user):
            actions += [("approve", _("Approve"), False), ("approve", _("Approve with a comment"), True)]
        return actions

    @transaction.atomic
    def on_action(self, task_state: TaskState, user: User, action_name: str, **kwargs: Any) -> Any:
        """Raises review.NotAllowed for one's own text, wherever the action came from."""
        article: Any = task_state.workflow_state.content_object
        if action_name == "approve" and (reason := rules.why_not_approve(article, user)):
            raise rules.NotAllowed(reason)
        return super().on_action(task_state, user, action_name, **kwargs)


class ReviewReminder(models.Model):
    """That somebody was told by mail that an article's review is near or overdue: told once, not again."""

    class Stage(models.IntegerChoices):
        """Days before the review is due."""

        MONTH = 30, _("30 days before")
        WEEK = 7, _("7 days before")
        OVERDUE = 0, _("overdue")

    article = models.ForeignKey(Article, models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    due = models.DateField()
    stage = models.PositiveSmallIntegerField(choices=Stage.choices)
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(name="reminded_once", fields=("article", "user", "due", "stage"))]

    def __str__(self) -> str:
        return f"{self.article_id} → {self.user_id}, {self.due}, {self.stage}"


class DailyReads(models.Model):
    """How often an article's page was opened on a day. A number; nothing about who opened it."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="daily_reads")
    day = models.DateField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(name="reads_of_article_and_day", fields=("article", "day"))]
        indexes = [models.Index(name="reads_day", fields=("day",))]  # the desk sums the last month

    def __str__(self) -> str:
        return f"{self.article_id}, {self.day}: {self.count}"


def _heading_of(value: Any) -> str:
    """A section's own heading; lists and cards have none."""
    return value.get("heading", "") if hasattr(value, "get") else ""


def _is_empty(value: Any) -> bool:
    """Whether a section would show nothing but its heading."""
    if isinstance(value, StreamValue):
        return len(value) == 0
    if hasattr(value, "get"):
        return all(_is_empty(part) for name, part in value.items() if name != "heading")
    return not value
