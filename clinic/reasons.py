"""From which articles a patient may come, and where it hurts, by the names that the articles use.

The shell knows both apps; `appointments` finds these through the settings APPOINTMENT_SOURCES and APPOINTMENT_AREAS.
"""

from articles.models import Article, BodyArea


def articles() -> list[tuple[str, str, list[str]]]:
    """(slug, label, parts of the foot) of every published article."""
    found = Article.objects.published().in_language().only("slug", "title", "short_title", "areas")
    return [(article.slug, article.short_name, list(article.areas)) for article in found]


def body_areas() -> list[tuple[str, str]]:
    """(name, label) of each part of the foot, in the order of the foot map."""
    return [(area.value, str(area.label)) for area in BodyArea]
