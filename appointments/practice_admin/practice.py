"""The practice's settings."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from appointments import retention
from appointments.models import KEEP_AT_LEAST, AppointmentRequest, PracticeSettings
from appointments.offices import directory, only_office
from appointments.practice_admin.base import AuditedAdmin
from appointments.practice_admin.pictures import PictureField
from common.confirm import Touched
from common.pictures import square

MARK_SIDE = 512  # pixels


class PracticeSettingsForm(forms.ModelForm[PracticeSettings]):
    """Numbers that are of use."""

    class Meta:
        model = PracticeSettings
        fields = [field.name for field in PracticeSettings._meta.fields if field.editable and not field.primary_key]
        widgets: ClassVar = {
            **dict.fromkeys(
                ("what_to_bring", "first_visit_length", "cost_of_asking"), forms.Textarea(attrs={"rows": 2, "cols": 60})
            ),
            "look": forms.RadioSelect,
        }
        error_messages = {"manager_email": {"invalid": gettext_lazy("Enter an e-mail address like name@example.com")}}

    new_mark = PictureField(
        write=square,
        side=MARK_SIDE,
        label=gettext_lazy("Mark"),
        required=False,
        help_text=gettext_lazy("The sign beside the name. Best is a square PNG with a clear background."),
    )
    no_mark = forms.BooleanField(label=gettext_lazy("Take the mark away"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.mark_name:
            del self.fields["no_mark"]
        for name, field in self.fields.items():
            if name not in LIMITS:
                continue
            least, most = LIMITS[name]
            field.widget.attrs |= {"min": least, "max": most}
            field.error_messages["invalid"] = _("Enter a number")

    def clean(self) -> dict[str, Any]:
        """Each number by itself, and against its neighbors."""
        data = super().clean() or {}
        for name, (least, most) in LIMITS.items():
            value = data.get(name)
            if value is not None and value < least:
                self.add_error(name, _("Enter %(least)d or more") % {"least": least})
            elif value is not None and not value <= most:  # "not a number" is no number either
                self.add_error(name, _("Enter %(most)d or less") % {"most": most})
        self._compare(
            "call_by_urgent_minutes", "call_by_minutes", _("Urgent requests can’t be called later than others")
        )
        self._compare(
            "call_by_urgent_minutes", "promise_urgent_minutes", _("The desk can’t be given more time than is promised")
        )
        if data.get("second_line") and not data.get("first_line"):
            self.add_error("first_line", _("Enter the first line, too"))
        if "reference_letters" in self.changed_data and AppointmentRequest.objects.exists():
            self.add_error("reference_letters", _("There are requests already, whose references begin otherwise"))
        self._compare("near_tie_miles", "far_miles", _("Far away can’t be nearer than a near tie"))
        return data

    def save(self, commit: bool = True) -> PracticeSettings:
        """With the mark that was chosen."""
        row = self.instance
        if mark := self.cleaned_data.get("new_mark"):
            row.mark, row.mark_name = mark.content, mark.name
        elif self.cleaned_data.get("no_mark"):
            row.mark, row.mark_name = None, ""
        return super().save(commit)

    def _compare(self, smaller: str, larger: str, sentence: str) -> None:
        """Raises nothing when either has an error of its own."""
        data = self.cleaned_data
        if data.get(smaller) is not None and data.get(larger) is not None and data[smaller] > data[larger]:
            self.add_error(larger, sentence)


# Least and most of what can be of use. Minutes are opening minutes, 480 a day, but for the length of a visit.
LIMITS = {
    "near_tie_miles": (0, 100),
    "far_miles": (1, 500),
    "call_by_minutes": (1, 600),  # others are promised a call by the end of the next business day
    "call_by_urgent_minutes": (1, 600),
    "promise_urgent_minutes": (1, 480),
    "choose_minutes": (1, 9600),
    "visit_minutes": (5, 240),
    "first_reminder_days": (0, 14),
    "second_reminder_days": (0, 14),
    "status_link_days": (1, 365),
    "unopened_minutes": (1, 1440),
    "escalate_minutes": (0, 1440),
    "keep_closed_days": (KEEP_AT_LEAST, 18_262),  # 50 years
}


# What deadlines of open requests are counted by.
COUNTED_BY = {"call_by_minutes", "call_by_urgent_minutes", "promise_urgent_minutes", "choose_minutes"}
WHICH_OFFICE = ("near_tie_miles", "far_miles")


class PracticeSettingsAdmin(AuditedAdmin):
    """One row: the list is its form."""

    form = PracticeSettingsForm
    fieldsets = (
        (
            gettext_lazy("Who we are"),
            {"fields": ("name", "first_line", "second_line", "reference_letters", "look", "new_mark", "no_mark")},
        ),
        (
            gettext_lazy("When the desk calls"),
            {"fields": ("call_by_minutes", "call_by_urgent_minutes", "promise_urgent_minutes")},
        ),
        (
            gettext_lazy("Nobody is forgotten"),
            {"fields": ("unopened_minutes", "escalate_minutes", "manager_email", "digest_at")},
        ),
        (
            gettext_lazy("Offering times"),
            {
                "fields": (
                    *("choose_minutes", "visit_minutes", "first_reminder_days", "second_reminder_days"),
                    "status_link_days",
                )
            },
        ),
        (
            gettext_lazy("What everybody asks"),
            {"fields": ("what_to_bring", "first_visit_length", "cost_of_asking")},
        ),
        (gettext_lazy("Which office"), {"fields": WHICH_OFFICE}),
        (gettext_lazy("Keeping requests"), {"fields": ("keep_closed_days", "keeping_confirmed")}),
    )

    def save_model(self, request: HttpRequest, obj: PracticeSettings, form: Any, change: bool) -> None:
        """Asks before requests are deleted earlier than so far, or called later than promised."""
        before = PracticeSettings.objects.select_for_update().get(pk=obj.pk)
        super().save_model(request, obj, form, change)
        notices = []
        if obj.keep_closed_days < before.keep_closed_days:
            going = retention.old_requests(retention.cut(obj.keep_closed_days)).count()
            words = ngettext(
                "Closed requests were kept for %(before)d days. With %(after)d days, %(count)d request is deleted "
                "within a day, and nobody can bring it back.",
                "Closed requests were kept for %(before)d days. With %(after)d days, %(count)d requests are deleted "
                "within a day, and nobody can bring them back.",
                going,
            )
            values = {"before": before.keep_closed_days, "after": obj.keep_closed_days, "count": going}
            notices = [Touched(retention.held_back(obj.keep_closed_days) or words % values)]
        if COUNTED_BY & set(form.changed_data):
            self.recount(request, notices, offices=directory())
        else:
            self.confirm(request, notices)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        row, _made = PracticeSettings.objects.get_or_create(pk=1)
        return redirect("admin:appointments_practicesettings_change", row.pk)

    def get_fieldsets(self, request: HttpRequest, obj: PracticeSettings | None = None) -> Any:
        """A mark can be taken away where there is one, and chosen by who may change anything. How far is far is asked
        only where there are several offices.
        """
        (title, who), *others = self.fieldsets
        absent = set() if obj and obj.mark_name else {"no_mark"}
        if not self.has_change_permission(request, obj):
            absent = {"new_mark", "no_mark"}
        there = [name for name in who["fields"] if name not in absent]
        if only_office():
            others = [part for part in others if part[1]["fields"] != WHICH_OFFICE]
        return ((title, {"fields": there}), *others)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: PracticeSettings | None = None) -> bool:
        return False
