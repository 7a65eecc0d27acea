"""Pages that are no conditions: what a practice has to publish, and what everybody asks before a first visit.

Written and kept like articles. What a page is for settles who may make it public (KINDS); a role says where the site
leads to it (ROLES), whatever its address.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, PublishingPanel, TitleFieldPanel
from wagtail.admin.widgets.slug import SlugInput
from wagtail.fields import StreamField
from wagtail.models import PreviewableMixin, Revision, TranslatableMixin, WorkflowState

from articles.blocks import PageBody
from articles.links import mentioned_in, texts_in
from articles.models.article import Article, Neighbors, addresses_of, public_now
from articles.models.reviewing import Reviewer
from articles.models.slugs import SLUG_LENGTH
from articles.reviewing import rules
from common.models import User

NEW_SLUG = "page"
MAY_RELEASE_NOTICES = "articles.release_notice"


class PageKind(models.TextChoices):
    """What a page is, and with it who may make it public."""

    INFORMATION = "information", _("About the practice")
    MEDICAL = "medical", _("About health")
    NOTICE = "notice", _("Legal notice")


@dataclass(frozen=True)
class Role:
    """What the site leads to a page for. Of what the law asks for, `title` stands in the footer even without a page."""

    title: str | Promise
    slug: str  # of the address at which the site says something while there is no page
    must: bool = False


ROLES: dict[str, Role] = {
    "privacy-practices": Role(_("Notice of Privacy Practices"), "notice-of-privacy-practices", must=True),
    "nondiscrimination": Role(_("Nondiscrimination notice"), "nondiscrimination", must=True),
    "language-help": Role(_("Language help"), "language-help", must=True),
    "good-faith-estimate": Role(_("Good faith estimates"), "good-faith-estimate", must=True),
    "accessibility": Role(_("Accessibility"), "accessibility", must=True),
    "editorial-policy": Role(_("How we write our articles"), "editorial-policy", must=True),
    "first-visit": Role(_("Your first visit"), "first-visit"),
    "cost": Role(_("What a visit costs"), "what-it-costs"),
    "insurance": Role(_("Insurance"), "using-your-insurance"),
    "parking": Role(_("Getting here and parking"), "getting-here"),
    "what-to-bring": Role(_("What to bring"), "what-to-bring"),
}


def role_choices() -> list[tuple[str, str | Promise]]:
    """A function, because migrations keep its name and not the list."""
    return [(name, role.title) for name, role in ROLES.items()]


class SitePageQuerySet(models.QuerySet["SitePage"]):
    """The one word for visibility."""

    def published(self) -> "SitePageQuerySet":
        """What readers may see now."""
        return self.filter(public_now())

    def in_language(self) -> "SitePageQuerySet":
        """Those in the language of the page being made."""
        return self.filter(locale__language_code=translation.get_language())


class SitePage(rules.Reviewed, PreviewableMixin, TranslatableMixin, ClusterableModel):
    """A page at the top of the site: a notice, or something about the practice."""

    title = models.CharField(_("title"), max_length=120)
    slug = models.SlugField(
        _("web address"),
        max_length=SLUG_LENGTH,
        blank=True,
        help_text=_("The page’s address on the site. Empty: made from the title."),
    )
    kind = models.CharField(
        _("kind"),
        max_length=12,
        choices=PageKind,
        default=PageKind.INFORMATION,
        help_text=_(
            "Any editor publishes what is about the practice. A medical reviewer approves what is about health. "
            "Legal notices are published by who may release them."
        ),
    )
    role = models.CharField(
        _("what it is for"),
        max_length=24,
        choices=role_choices,
        blank=True,
        help_text=_("The site leads to it from where people need it. One page for each."),
    )
    summary = models.TextField(_("summary"), help_text=_("One paragraph of 45 words at most."))
    description = models.CharField(
        _("one sentence"), max_length=155, help_text=_("For lists and search engines. 155 letters at most.")
    )
    body = StreamField(PageBody(), blank=True, verbose_name=_("sections"))
    in_footer = models.BooleanField(
        _("list it at the foot of every page"),
        default=False,
        help_text=_("What the law asks for stands there anyway."),
    )
    law = models.CharField(
        _("rule it follows"), max_length=200, blank=True, help_text=_("For notices: “45 CFR 164.520”.")
    )
    effective_on = models.DateField(_("in effect from"), null=True, blank=True, help_text=_("For notices."))
    counsel_checked_by = models.CharField(
        _("checked by counsel"),
        max_length=120,
        blank=True,
        help_text=_("For notices: who checked the wording. Until then the page says that it is a draft."),
    )
    counsel_checked_on = models.DateField(_("checked on"), null=True, blank=True)
    sample = models.BooleanField(_("sample"), default=False, editable=False)
    reviewer = models.ForeignKey(Reviewer, models.PROTECT, null=True, blank=True, editable=False, related_name="+")
    last_reviewed = models.DateField(_("last reviewed"), null=True, blank=True, editable=False)
    next_review = models.DateField(_("next review"), null=True, blank=True, editable=False)

    revisions = GenericRelation(
        Revision, content_type_field="base_content_type", object_id_field="object_id", related_query_name="site_page"
    )
    workflow_states = GenericRelation(
        WorkflowState,
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="site_page",
        for_concrete_model=False,
    )

    objects = SitePageQuerySet.as_manager()

    panels: ClassVar = [
        MultiFieldPanel(
            [TitleFieldPanel("title"), FieldPanel("summary"), FieldPanel("description")],
            heading=_("What readers see first"),
        ),
        FieldPanel("body"),
        MultiFieldPanel(
            [
                FieldPanel("kind"),
                FieldPanel("role"),
                FieldRowPanel([FieldPanel("slug", widget=SlugInput), FieldPanel("in_footer")]),
            ],
            heading=_("What it is, and where it stands"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("law"), FieldPanel("effective_on")]),
                FieldRowPanel([FieldPanel("counsel_checked_by"), FieldPanel("counsel_checked_on")]),
            ],
            heading=_("For a legal notice"),
        ),
        PublishingPanel(),
    ]

    class Meta(TranslatableMixin.Meta):
        ordering = ("title",)
        constraints = [
            models.UniqueConstraint(name="site_page_slug_in_language", fields=("slug", "locale")),
            models.UniqueConstraint(
                name="site_page_role_in_language", fields=("role", "locale"), condition=~Q(role="")
            ),
        ]
        permissions = [("release_notice", _("Can make legal notices public"))]
        verbose_name = _("page")
        verbose_name_plural = _("pages")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """At the top of the site."""
        return f"/{self.slug}/"

    @property
    def is_notice(self) -> bool:
        return self.kind == PageKind.NOTICE

    @property
    def is_unchecked(self) -> bool:
        """A notice whose wording no lawyer has looked at."""
        return self.is_notice and not (self.counsel_checked_by and self.counsel_checked_on)

    def has_placeholders(self) -> bool:
        """Whether something in square brackets is still to be filled in."""
        return "[" in self.summary or any("[" in text for text in texts_in(self.body.raw_data))

    def neighbors(self) -> Neighbors:
        """The articles that the text links to. One query if it links to any."""
        numbers, slugs = mentioned_in(self.body.raw_data)
        if not (numbers or slugs):
            return Neighbors([], [], {})
        found = Article.objects.published().filter(Q(pk__in=numbers) | Q(slug__in=slugs, locale=self.locale_id))
        return Neighbors([], [], addresses_of(found))

    def clean(self) -> None:
        """Raises ValidationError for an address or a role that another page has, and for a notice without its text."""
        super().clean()
        self.slug = self.slug or slugify(self.title)[:110] or NEW_SLUG
        if taken := self.taken_by():
            raise ValidationError({"slug": taken})
        others = SitePage.objects.filter(locale=self.locale_id).exclude(pk=self.pk)
        if self.role and (other := others.filter(role=self.role).first()):
            raise ValidationError({"role": _("“%(title)s” is this page already. Change that one.") % {"title": other}})
        if bool(self.counsel_checked_by) != bool(self.counsel_checked_on):
            missing = "counsel_checked_on" if self.counsel_checked_by else "counsel_checked_by"
            raise ValidationError({missing: _("Enter both: who checked it, and on which day.")})

    def taken_by(self) -> str | Promise:
        """Why the address can't be had; "" if it can."""
        others = SitePage.objects.filter(slug=self.slug, locale=self.locale_id).exclude(pk=self.pk)
        if other := others.first():
            return _("“%(title)s” has this address already. Choose another one.") % {"title": other}
        files = {url.strip("/").partition("/")[0] for url in (settings.STATIC_URL, settings.MEDIA_URL)}
        if self.slug in files | {code for code, _name in settings.LANGUAGES}:
            return _("This address belongs to another page. Choose another one.")
        for path in (f"/{self.slug}/", f"/{self.slug}"):
            try:
                match = resolve(path)
            except Resolver404:
                continue
            if match.view_name != "site_page":
                return _("This address belongs to another page. Choose another one.")
        if any(role.slug == self.slug and name != self.role for name, role in ROLES.items()):
            return _("This address is kept for another page. Choose another one.")
        return ""

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A copy or an import gets its address from the title."""
        self.slug = self.slug or slugify(self.title)[:110] or NEW_SLUG
        super().save(*args, **kwargs)

    def why_not_release(self, user: User, until: int | None = None) -> Promise | None:
        """By its kind: a text about health is reviewed like an article."""
        if self.kind == PageKind.MEDICAL:
            return super().why_not_release(user, until)
        if not user.has_perm(MAY_RELEASE_NOTICES if self.is_notice else "articles.publish_sitepage"):
            return _("You do not have the right to publish this page.")
        return None

    def release(self, revision: Revision, user: User) -> None:
        """Raises NotAllowed. What needs no review carries no reviewer's name."""
        version: SitePage = revision.as_object()
        if version.kind == PageKind.MEDICAL:
            super().release(revision, user)
            return
        if reason := version.why_not_release(user, revision.pk):
            raise rules.NotAllowed(reason)
        revision.content["sample"] = False
        revision.save(update_fields=["content"])

    def check_publishing(self, revision: Revision) -> None:
        """Another page may have taken its address or its role since; a notice says something, from a day on."""
        version: SitePage = revision.as_object()
        public = SitePage.objects.filter(pk=self.pk, live=True).only("kind").first()
        if public and version.kind not in (public.kind, PageKind.MEDICAL):
            raise rules.NotAllowed(_("A page that is public stays of its kind. Make a new page."))
        if taken := version.taken_by():
            raise rules.NotAllowed(taken)
        if not version.body:
            raise rules.NotAllowed(_("The page has no text yet."))

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        """The reader's own template."""
        return "articles/site_page.html"

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        """The same values that the public page gets."""
        return {"page": self, "near": self.neighbors()}
