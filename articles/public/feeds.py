"""What is new among the articles, for feed readers."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.syndication.views import Feed
from django.db.models import F
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from articles.models import Article, BodyArea
from common.identity import identity
from common.schema_org import absolute
from common.text import clean_text

MOST = 50


class ArticleFeed(Feed[Article, None]):
    """The articles that changed last, newest first. One query."""

    feed_type = Atom1Feed

    def title(self) -> str:
        """The practice's name and what this is."""
        return _("%(practice)s: foot and ankle conditions") % {"practice": identity().name}

    def subtitle(self) -> str:
        return _("New and updated articles")

    def link(self) -> str:
        """The list of all articles."""
        return absolute(reverse("articles:index"))

    def feed_url(self) -> str:
        """The feed's own address."""
        return absolute(reverse("feed"))

    def author_name(self) -> str:
        return identity().name

    def items(self) -> Iterable[Article]:
        """Published ones only."""
        articles = Article.objects.published().in_language()
        articles = articles.only("title", "slug", "description", "areas", "first_published_at", "last_published_at")
        return articles.order_by(F("last_published_at").desc(nulls_last=True), "title")[:MOST]

    def item_title(self, item: Article) -> str:
        """Without the control characters that XML forbids."""
        return clean_text(item.title)

    def item_description(self, item: Article) -> str:
        return clean_text(item.description)

    def item_link(self, item: Article) -> str:
        """Its page; also its id."""
        return absolute(item.get_absolute_url())

    def item_categories(self, item: Article) -> list[str]:
        """The parts of the foot it is about."""
        return [str(BodyArea(area).label) for area in item.areas if area in BodyArea.values]

    def item_pubdate(self, item: Article) -> datetime | None:
        """When it first went live."""
        return item.first_published_at

    def item_updateddate(self, item: Article) -> datetime | None:
        """When its present text went live."""
        return item.last_published_at
