"""The visit for the patient's calendar."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar
from icalendar import Event as CalendarEvent

from appointments.appointment_book import minutes_of
from appointments.models import AppointmentRequest
from appointments.offices import facts_of
from common.identity import identity


def as_icalendar(inquiry: AppointmentRequest) -> bytes:
    """The file. Its UID stays when a visit is moved, so that the entry moves too."""
    office = facts_of(inquiry.office)
    entry = CalendarEvent()
    entry.add("uid", f"{inquiry.reference}@{settings.BASE_URL.split('://')[1].split(':')[0]}")
    entry.add("sequence", inquiry.events.count())
    entry.add("dtstamp", timezone.now())
    entry.add("dtstart", inquiry.booked_for)
    entry.add("duration", timedelta(minutes=minutes_of(inquiry)))
    entry.add("summary", _("Appointment, %(practice)s") % {"practice": identity().name})
    entry.add("location", f"{office.street}, {office.city}, {office.state} {office.zip_code}")
    entry.add("description", _("Questions? Call %(phone)s.") % {"phone": office.phone_in_words})
    file = Calendar()
    file.add("prodid", f"-//{identity().name}//requests//")
    file.add("version", "2.0")
    file.add("method", "PUBLISH")
    file.add_component(entry)
    return bytes(file.to_ical())
