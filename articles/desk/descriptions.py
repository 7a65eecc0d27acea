"""Whether the pictures of a text are described for people who can't see them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.images import get_image_model

from articles.pictures import numbers_in
from common.pictures import describes

UNDESCRIBED = _("A picture has no description for people who can’t see it. The name of its file is none.")


def has_undescribed(raw: list[Mapping[str, Any]]) -> bool:
    """Whether a picture or drawing has no description. One query if there are pictures."""
    numbers = set(numbers_in(raw))
    titles = dict(get_image_model().objects.filter(pk__in=numbers).values_list("pk", "title")) if numbers else {}
    return not all(_described(raw, titles))


def _described(value: Any, titles: Mapping[Any, str]) -> Iterable[bool]:
    """For each picture and drawing, whether it is described or marked as decoration. `titles`: of the pictures."""
    if isinstance(value, Mapping):
        if value.get("type") == "figure":
            image = value["value"].get("image") or {}
            title = titles.get(image.get("image"), "")
            yield bool(image.get("decorative")) or describes(image.get("alt_text") or "", title=title)
        elif value.get("name") and "alt" in value:  # a drawing, by itself or beside steps
            yield bool((value["alt"] or "").strip())
        for part in value.values():
            yield from _described(part, titles)
    elif isinstance(value, list):
        for part in value:
            yield from _described(part, titles)
