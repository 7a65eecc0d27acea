"""What a patient can ask to be seen for: the published articles, by the name the form uses.

The shell knows both apps; `appointments` finds this function through the setting APPOINTMENT_REASONS.
"""

from articles.models import Article


def from_articles() -> list[tuple[str, str]]:
    """(slug, label) of every published article, by label."""
    articles = Article.objects.published().in_language().only("slug", "title", "short_title")
    return sorted(((article.slug, article.reason) for article in articles), key=lambda pair: pair[1].casefold())
