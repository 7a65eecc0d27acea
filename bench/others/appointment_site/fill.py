"""What has to be there before somebody can book."""

from datetime import time, timedelta

from appointment.models import Config, Service, StaffMember, WorkingHours
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore


def fill(visitors: int) -> None:
    """A service, who offers it, and visitors who are signed in; prints their sessions."""
    Config.objects.create(slot_duration=30, lead_time=time(8), finish_time=time(18), website_name="Bench")
    service = Service.objects.create(name="Evaluation", duration=timedelta(minutes=30), price=0)
    staff = StaffMember.objects.create(user=User.objects.create(username="staff"))
    staff.services_offered.add(service)
    for day in range(7):
        WorkingHours.objects.create(staff_member=staff, day_of_week=day, start_time=time(8), end_time=time(18))
    for number in range(visitors):
        user = User.objects.create(username=f"visitor-{number}", email=f"harold{number}@example.com")
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        print(session.session_key)
