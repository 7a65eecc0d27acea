"""One view."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path

from .models import Row


def save(request: HttpRequest) -> HttpResponse:
    """A row for a POST."""
    Row.objects.create(name=request.POST["name"], text=request.POST["text"])
    return redirect("/")


urlpatterns = [path("", save)]
