"""What is in Django's admin: requests and the audit (`desk/`), what the practice settles for itself
(`practice_admin/`). The accounts of the staff are the shell's (`clinic/accounts/staff_admin.py`).
"""

from django.contrib import admin

from appointments.desk.audit_pages import AuditEntryAdmin
from appointments.desk.pages import RequestAdmin
from appointments.models import (
    AppointmentRequest,
    InsurancePlan,
    MessageText,
    Office,
    Podiatrist,
    PracticeSettings,
    RoutingOverride,
    SafetyCheck,
    VisitKind,
)
from appointments.practice_admin.offices import OfficeAdmin
from appointments.practice_admin.people import PodiatristAdmin
from appointments.practice_admin.plans import InsurancePlanAdmin
from appointments.practice_admin.practice import PracticeSettingsAdmin
from appointments.practice_admin.routing import RoutingOverrideAdmin
from appointments.practice_admin.safety_check import SafetyCheckAdmin
from appointments.practice_admin.texts import MessageTextAdmin
from appointments.practice_admin.visit_kinds import VisitKindAdmin
from common.models import AuditEntry

admin.site.register(AppointmentRequest, RequestAdmin)
admin.site.register(AuditEntry, AuditEntryAdmin)
admin.site.register(InsurancePlan, InsurancePlanAdmin)
admin.site.register(MessageText, MessageTextAdmin)
admin.site.register(Office, OfficeAdmin)
admin.site.register(Podiatrist, PodiatristAdmin)
admin.site.register(PracticeSettings, PracticeSettingsAdmin)
admin.site.register(RoutingOverride, RoutingOverrideAdmin)
admin.site.register(SafetyCheck, SafetyCheckAdmin)
admin.site.register(VisitKind, VisitKindAdmin)
