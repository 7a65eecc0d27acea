"""Columns of the list of articles that Wagtail does not have."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from wagtail.admin.ui.tables import Column

from articles.desk.statuses import STATUSES
from articles.models import Article

SOON_DAYS = 30


class StatusColumn(Column):
    """A word in its color."""

    cell_template_name = "articles/cms/status_cell.html"

    def get_cell_context_data(self, instance: Article, parent_context: Any) -> dict[str, Any]:
        """The word and the color."""
        word, tone = STATUSES[instance.status]
        return {**super().get_cell_context_data(instance, parent_context), "word": word, "tone": tone}


class NextReviewColumn(Column):
    """The month, and in words whether it has passed."""

    cell_template_name = "articles/cms/next_review_cell.html"

    def get_cell_context_data(self, instance: Article, parent_context: Any) -> dict[str, Any]:
        """With whether it is soon."""
        until = timezone.localdate() + timedelta(days=SOON_DAYS)
        soon = instance.next_review is not None and instance.next_review < until
        return {**super().get_cell_context_data(instance, parent_context), "article": instance, "soon": soon}
