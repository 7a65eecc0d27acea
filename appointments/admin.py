"""What is in Django's admin: requests (`desk.py`), the audit (`audit_admin.py`), what the practice settles for itself
(`settings_admin.py`). The accounts of the staff are the shell's (`clinic/admin.py`).
"""

from django.contrib import admin

from appointments.audit_admin import AuditEntryAdmin
from appointments.desk import RequestAdmin
from appointments.models import (
    AppointmentRequest,
    AuditEntry,
    MessageText,
    Office,
    PracticeSettings,
    RoutingOverride,
    SafetyCheck,
)
from appointments.settings_admin import (
    MessageTextAdmin,
    OfficeAdmin,
    PracticeSettingsAdmin,
    RoutingOverrideAdmin,
    SafetyCheckAdmin,
)

admin.site.register(AppointmentRequest, RequestAdmin)
admin.site.register(AuditEntry, AuditEntryAdmin)
admin.site.register(MessageText, MessageTextAdmin)
admin.site.register(Office, OfficeAdmin)
admin.site.register(PracticeSettings, PracticeSettingsAdmin)
admin.site.register(RoutingOverride, RoutingOverrideAdmin)
admin.site.register(SafetyCheck, SafetyCheckAdmin)
