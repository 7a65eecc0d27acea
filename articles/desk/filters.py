"""What the list of articles can be narrowed to."""

from typing import Any

import django_filters
from django.conf import settings
from django.db.models import F, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.models import Locale

from articles.desk.columns import SOON_DAYS
from articles.desk.statuses import STATUSES
from articles.models import Article, BodyArea


class ArticleFilters(WagtailFilterSet):
    """What the list can be narrowed to."""

    status = django_filters.ChoiceFilter(
        label=_("Status"), choices=[(key, word) for key, (word, _tone) in STATUSES.items()]
    )
    area = django_filters.ChoiceFilter(label=_("Part of the foot"), choices=BodyArea.choices, method="in_area")
    review = django_filters.ChoiceFilter(
        label=_("Next review"),
        choices=[
            ("overdue", _("Overdue")),
            ("soon", _("Due in 30 days")),
            ("sample", _("Sample, never reviewed")),
        ],
        method="by_review",
    )
    locale = django_filters.ModelChoiceFilter(label=_("Language"), queryset=Locale.objects.all())

    class Meta:
        model = Article
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(settings.LANGUAGES) == 1:
            del self.filters["locale"]

    def in_area(self, articles: QuerySet[Article], name: str, area: str) -> QuerySet[Article]:
        """The parts stand in one JSON list, in quotes."""
        return articles.annotate(areas_text=Cast(F("areas"), TextField())).filter(areas_text__contains=f'"{area}"')

    def by_review(self, articles: QuerySet[Article], name: str, state: str) -> QuerySet[Article]:
        """By where the next review stands."""
        if state == "sample":
            return articles.filter(sample=True)
        days = SOON_DAYS if state == "soon" else 0
        due = Article.objects.due_for_review(days)
        if state == "soon":
            due = due.filter(next_review__gte=timezone.localdate())
        return articles.filter(pk__in=due.order_by().values("pk"))
