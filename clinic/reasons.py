"""What a patient can ask to be seen for, and where it hurts, by the names that the articles use.

The shell knows both apps; `appointments` finds these through the settings APPOINTMENT_REASONS and APPOINTMENT_AREAS.
"""

from articles.models import Article, BodyArea


def from_articles() -> list[tuple[str, str]]:
    """(slug, label) of every published article, by label."""
    articles = Article.objects.published().in_language().only("slug", "title", "short_title")
    return sorted(((article.slug, article.reason) for article in articles), key=lambda pair: pair[1].casefold())


def body_areas() -> list[tuple[str, str]]:
    """(name, label) of each part of the foot, in the order of the foot map."""
    return [(area.value, str(area.label)) for area in BodyArea]
