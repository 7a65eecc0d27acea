"""Accounts of the staff."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from clinic.common.models import User

admin.site.register(User, UserAdmin)
