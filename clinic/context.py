"""What every template knows; of the site's pages, with a query a minute."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from articles.public.site_pages import site_links


def site(request: HttpRequest) -> dict[str, object]:
    """The practice's name, and whether this is a demonstration."""
    return {
        "practice_name": settings.PRACTICE_NAME,
        "practice_brand": settings.PRACTICE_BRAND,
        "emergency_number": settings.EMERGENCY_NUMBER,
        "demo": settings.DEMO,
        "idle_minutes": settings.IDLE_MINUTES,
        "site_links": SimpleLazyObject(site_links),
    }
