"""How often articles are opened."""

from django.db import models


class DailyReads(models.Model):
    """How often an article's page was opened on a day. A number; nothing about who opened it."""

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="daily_reads")
    day = models.DateField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(name="reads_of_article_and_day", fields=("article", "day"))]
        indexes = [models.Index(name="reads_day", fields=("day",))]  # the desk sums the last month

    def __str__(self) -> str:
        return f"{self.article_id}, {self.day}: {self.count}"
