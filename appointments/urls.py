"""/appointments/ and /offices/"""

from django.urls import path

from appointments import views

app_name = "appointments"
urlpatterns = [
    path("new/", views.step, {"name": "safety"}, name="new"),
    path("new/call-now/", views.call_now, name="call_now"),
    path("new/<slug:name>/", views.step, name="step"),
    path("check/", views.check, name="check"),
    path("sent/<str:reference>/", views.sent, name="sent"),
]
office_patterns = [
    path("", views.office_list, name="index"),
    path("<slug:slug>/", views.office_detail, name="detail"),
]
