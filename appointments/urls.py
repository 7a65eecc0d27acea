"""/appointments/ and /offices/"""

from django.urls import path

from appointments.offices import pages
from appointments.patient import check, message, safety_pages, steps
from appointments.patient.private_page import views

app_name = "appointments"
urlpatterns = [
    path("new/", steps.step, {"name": "safety"}, name="new"),
    path("new/call-now/", safety_pages.call_now, name="call_now"),
    path("new/one-question/", safety_pages.second_look, name="second_look"),
    path("new/<slug:name>/", steps.step, name="step"),
    path("message/", message.message_new, name="message"),
    path("message/sent/<str:reference>/", message.message_sent, name="message_sent"),
    path("check/", check.check, name="check"),
    path("sent/<str:reference>/", check.sent, name="sent"),
    path("status/<slug:token>/", views.status, name="status"),
    path("status/<slug:token>/choose/", views.choose, name="choose"),
    path("status/<slug:token>/change/", views.change, name="change"),
    path("status/<slug:token>/cancel/", views.cancel, name="cancel"),
    path("status/<slug:token>/appointment.ics", views.calendar, name="calendar"),
]
office_patterns = [
    path("", pages.office_list, name="index"),
    path("<slug:slug>/", pages.office_detail, name="detail"),
]
