"""/appointments/ and /offices/"""

from django.urls import path

from appointments import message_form, own_page, views

app_name = "appointments"
urlpatterns = [
    path("new/", views.step, {"name": "safety"}, name="new"),
    path("new/call-now/", views.call_now, name="call_now"),
    path("new/one-question/", views.second_look, name="second_look"),
    path("new/<slug:name>/", views.step, name="step"),
    path("message/", message_form.message_new, name="message"),
    path("message/sent/<str:reference>/", message_form.message_sent, name="message_sent"),
    path("check/", views.check, name="check"),
    path("sent/<str:reference>/", views.sent, name="sent"),
    path("status/<slug:token>/", own_page.status, name="status"),
    path("status/<slug:token>/choose/", own_page.choose, name="choose"),
    path("status/<slug:token>/change/", own_page.change, name="change"),
    path("status/<slug:token>/cancel/", own_page.cancel, name="cancel"),
    path("status/<slug:token>/appointment.ics", own_page.calendar, name="calendar"),
]
office_patterns = [
    path("", views.office_list, name="index"),
    path("<slug:slug>/", views.office_detail, name="detail"),
]
