"""The office for a ZIP code and a wish."""

from appointments.models import RoutingOverride, ZipCode
from appointments.offices.cache import directory, practice
from appointments.offices.routing import Candidate, Decision, route
from appointments.vocabulary import FIRST_OFFICE


def decide_office(zip_code: str, chosen: str = "") -> Decision:
    """The office for a ZIP code and a wish ("" or FIRST_OFFICE: none). Three queries at most."""
    zip_row = ZipCode.objects.filter(pk=zip_code).first()
    override = RoutingOverride.objects.filter(zip_code=zip_code).select_related("office").first()
    return route(
        [
            Candidate(office.slug, (office.latitude, office.longitude), office.position, office.taking_requests)
            for office in directory()
        ],
        place=(zip_row.latitude, zip_row.longitude) if zip_row else None,
        chosen="" if chosen == FIRST_OFFICE else chosen,
        override=override.office.slug if override else "",
        near_tie_miles=practice().near_tie_miles,
        far_miles=practice().far_miles,
    )
