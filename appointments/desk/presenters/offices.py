"""Why it came to this office."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from appointments.models import AppointmentRequest
from appointments.offices.routing import Rule
from appointments.vocabulary import Channel


def routing_in_words(inquiry: AppointmentRequest, names: Mapping[str, str]) -> str:
    """The routing decision of a request for a visit, in a sentence or two. `names`: office slug -> name."""
    routing = inquiry.routing
    office = names.get(routing["office"], routing["office"])
    by_distance = sorted(routing["miles"].items(), key=lambda pair: pair[1])
    places = _(" and ").join(
        _("about %(miles)d miles from %(office)s") % {"miles": round(miles), "office": names.get(slug, slug)}
        for slug, miles in by_distance
    )
    where = _("No ZIP code was given.")
    if places:
        where = _("ZIP code %(zip)s is %(places)s.") % {"zip": inquiry.zip_code, "places": places}
    elif inquiry.zip_code != "":
        where = _("ZIP code %(zip)s is not in our table.") % {"zip": inquiry.zip_code}
    by_desk = inquiry.channel != Channel.WEB
    reason = {
        Rule.CHOSEN: _("%(office)s was chosen at the desk.") if by_desk else _("The patient chose %(office)s."),
        Rule.OVERRIDE: _("A routing override for this ZIP code says %(office)s."),
        Rule.NEAREST: _("%(office)s is the nearest, and the patient has no preference."),
        Rule.NEAR_TIE: _("The offices are about equally far and the patient has no preference. Check the office."),
        Rule.FAR: _("All offices are far away and the patient has no preference. Check the office."),
        Rule.UNKNOWN_ZIP: _("The patient has no preference. Check the office."),
        Rule.ONLY_OFFICE: _("%(office)s was the only office taking requests."),
    }[Rule(routing["rule"])]
    return f"{where} {reason % {'office': office}}"
