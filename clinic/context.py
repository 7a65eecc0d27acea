"""What every template knows, without a query."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """The practice's name, and whether this is a demonstration."""
    return {
        "practice_name": settings.PRACTICE_NAME,
        "practice_brand": settings.PRACTICE_BRAND,
        "emergency_number": settings.EMERGENCY_NUMBER,
        "demo": settings.DEMO,
        "idle_minutes": settings.IDLE_MINUTES,
    }
