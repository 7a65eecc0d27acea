"""Offices and the requests that patients send them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AppointmentsConfig(AppConfig):
    """Routes, promises, mails and the front desk."""

    name = "appointments"
    verbose_name = _("Appointments")
