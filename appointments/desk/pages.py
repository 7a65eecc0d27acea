"""The front desk's pages for requests, in Django's admin.

A request is written down, read and worked here, and changed only through `appointments.actions`: there is no edit
form and no delete.
"""

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path

from appointments.desk import (
    access,
    copy_page,
    day_pages,
    export,
    inquiry_pages,
    list_pages,
    new_request,
    quarantine,
    sent_away,
    settling,
)
from appointments.models import AppointmentRequest, RequestQuerySet


class RequestAdmin(admin.ModelAdmin[AppointmentRequest]):
    """The lists and the page of one request."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AppointmentRequest | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> RequestQuerySet:
        return access.visible(request)

    def get_urls(self) -> list[URLPattern]:
        """Only our own pages: the admin's add, edit, delete and history forms don't exist for requests."""
        wrap, name = self.admin_site.admin_view, "appointments_appointmentrequest"
        return [
            path("", wrap(list_pages.stage), name=f"{name}_changelist"),
            path("day/", wrap(day_pages.day), name=f"{name}_day"),
            path("day/week/", wrap(day_pages.week), name=f"{name}_week"),
            path("new/", wrap(new_request.page), name=f"{name}_new"),
            path("<int:pk>/saved/", wrap(new_request.saved), name=f"{name}_saved"),
            path("export/", wrap(export.export), name=f"{name}_export"),
            path("search/", wrap(list_pages.start_search), name=f"{name}_search"),
            path("search/<str:token>/", wrap(list_pages.found), name=f"{name}_found"),
            path("settle/", wrap(settling.settle), name=f"{name}_settle"),
            path("sent-away/", wrap(sent_away.take_back), name=f"{name}_take_back"),
            path("quarantine/", wrap(quarantine.settle), name=f"{name}_quarantine"),
            path("<int:pk>/change/", wrap(inquiry_pages.page), name=f"{name}_change"),
            path("<int:pk>/copy/", wrap(copy_page.make), name=f"{name}_copy"),
            path("<int:pk>/presence/", wrap(inquiry_pages.presence), name=f"{name}_presence"),
            path("<int:pk>/<slug:action>/", wrap(inquiry_pages.act), name=f"{name}_act"),
        ]
