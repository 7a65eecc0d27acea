"""What the shell has in Django's admin: the staff's accounts and roles."""

from django.contrib import admin
from django.contrib.auth.models import Group

from clinic.accounts.roles_admin import RolesAdmin
from clinic.accounts.staff_admin import StaffAdmin
from common.models import User

admin.site.register(User, StaffAdmin)
admin.site.unregister(Group)
admin.site.register(Group, RolesAdmin)
