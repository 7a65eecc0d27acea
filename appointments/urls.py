"""/appointments/, /my/, /offices/ and /people/"""

from django.urls import path
from django.views.generic import RedirectView

from appointments.offices import pages, people_pages
from appointments.patient import check, message, safety_pages, steps
from appointments.patient.private_page import check_on, views

app_name = "appointments"
urlpatterns = [
    path("", RedirectView.as_view(pattern_name="appointments:new", query_string=True)),
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
    path("status/<slug:token>/add/", views.add, name="add"),
    path("status/<slug:token>/move/", views.move, name="move"),
    path("status/<slug:token>/coming/", views.coming, name="coming"),
    path("status/<slug:token>/reminders/", views.wishes, name="visit_wishes"),
    path("status/<slug:token>/cancel/", views.cancel, name="cancel"),
    path("status/<slug:token>/appointment.ics", views.calendar, name="calendar"),
]
my_patterns = [path("", check_on.check_on, name="check")]
office_patterns = [
    path("", pages.office_list, name="index"),
    path("<slug:slug>/", pages.office_detail, name="detail"),
    path("<slug:slug>/contact.vcf", pages.contact_card, name="contact_card"),
]
people_patterns = [
    path("", people_pages.people_list, name="index"),
    path("<slug:slug>/", people_pages.person_detail, name="detail"),
    path("<slug:slug>/<str:name>", people_pages.photo, name="photo"),
]
