"""The shell's own app, and the front desk as Django's default admin site."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ClinicConfig(AppConfig):
    """Templates, static files and the commands that run the whole site."""

    name = "clinic"


class DeskConfig(AdminConfig):
    """Django's admin with our sign-in, navigation and look."""

    default_site = "clinic.desk.Desk"
