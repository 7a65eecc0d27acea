"""What every template knows; of the site's pages, with a query a minute."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from articles.public.site_pages import site_links
from common.identity import identity


def site(request: HttpRequest) -> dict[str, object]:
    """Who the practice is, and whether this is a demonstration."""
    practice = identity()
    return {
        "practice_name": practice.name,
        "practice_brand": practice.brand,
        "look": practice.look,
        "emergency_number": settings.EMERGENCY_NUMBER,
        "demo": settings.DEMO,
        "idle_minutes": settings.IDLE_MINUTES,
        "site_links": SimpleLazyObject(site_links),
    }
