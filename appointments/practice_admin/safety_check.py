"""The safety check: versions of its wording."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.models import WORDS_HELP, FlagRule, RedFlag, RiskCondition, SafetyCheck
from appointments.practice_admin.base import AuditedAdmin
from appointments.warning_signs.reader import BadPattern, Reader
from common.form_fields import CleanCharField
from common.text import whole_number


def _is_newest(check: SafetyCheck) -> bool:
    return not SafetyCheck.objects.filter(version__gt=check.version).exists()


class RedFlagFormSet(BaseInlineFormSet[RedFlag, SafetyCheck, Any]):
    def clean(self) -> None:
        """Raises ValidationError when none is left."""
        super().clean()
        if not any(form.cleaned_data and not form.cleaned_data.get("DELETE") for form in self.forms if form.is_valid()):
            raise ValidationError(_("A safety check needs at least one question."))


class WordsForm(forms.ModelForm[Any]):
    """A sign or condition with what patients call it. Line ends are the same whatever a browser makes of them."""

    words = CleanCharField(
        label=gettext_lazy("patients’ own words"),
        help_text=WORDS_HELP,
        required=False,
        lines=True,
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    def clean_words(self) -> str:
        """Raises ValidationError for a line that the reader can't understand; what was there before was read before."""
        words: str = self.cleaned_data["words"]
        if "words" not in self.changed_data:
            return words
        try:
            Reader(
                (self.cleaned_data.get("slug", ""), line) for line in filter(None, map(str.strip, words.splitlines()))
            )
        except BadPattern as problem:
            raise ValidationError(str(problem)) from problem
        return words


class RuleForm(forms.ModelForm[FlagRule]):
    """A rule, with the signs of this version to tick."""

    signs = forms.MultipleChoiceField(label=gettext_lazy("these signs together"), widget=forms.CheckboxSelectMultiple)
    version: SafetyCheck | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = RedFlag.objects.filter(check_version=self.version).values_list("slug", "short")
        self.fields["signs"].choices = list(known)  # type: ignore[attr-defined]


class OfNewest(admin.StackedInline[Any, SafetyCheck]):
    """Rows of a version; those of the newest can be changed."""

    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: SafetyCheck | None = None) -> bool:
        return super().has_add_permission(request, obj) and (obj is None or _is_newest(obj))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or _is_newest(obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or _is_newest(obj))


class RiskConditionInline(OfNewest):
    """What makes signs more serious."""

    model = RiskCondition
    form = WordsForm
    fields = ("position", "question", "short", "words", "slug")


class RedFlagInline(OfNewest):
    model = RedFlag
    form = WordsForm
    formset = RedFlagFormSet
    fields = ("position", "question", "short", "advice", "level", "only_911", "home", "words", "slug")


class FlagRuleInline(OfNewest):
    """Which of them are more serious together."""

    model = FlagRule
    fields = ("position", "signs", "with_condition", "level", "home")

    def get_formset(self, request: HttpRequest, obj: SafetyCheck | None = None, **kwargs: Any) -> Any:
        """With the signs of the version that is shown."""
        kwargs["form"] = type("RuleFormOfVersion", (RuleForm,), {"version": obj})
        return super().get_formset(request, obj, **kwargs)


class SafetyCheckAdmin(AuditedAdmin):
    """The wording that a podiatrist signs off. Requests name the version they were asked with, so none ever changes:
    whoever changes words makes the next version.
    """

    list_display = ("version", "signed_off_by", "created_at")
    fields = ("version", "created_at", "signed_off_by")
    readonly_fields = ("version", "created_at")
    inlines = (RedFlagInline, RiskConditionInline, FlagRuleInline)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The next version is made by changing the newest one."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: SafetyCheck | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: SafetyCheck | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or _is_newest(obj))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Held while it is saved, so that two people can't both make the next version from it."""
        if request.method == "POST" and (number := whole_number(object_id)):
            SafetyCheck.objects.select_for_update().filter(pk=number).first()
        return super().get_object(request, object_id, from_field)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Who saves a version that is not the newest any more is told so."""
        check = SafetyCheck.objects.filter(pk=whole_number(object_id) or 0).first()
        if request.method == "POST" and check and not _is_newest(check):
            messages.error(request, _("Meanwhile somebody saved a newer version. Look at it, then change that one."))
            return redirect("admin:appointments_safetycheck_changelist")
        return super().change_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: SafetyCheck, form: Any, change: bool) -> None:
        """Waits for the questions: `save_related` knows whether this is a new version."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """A sign-off stands on the version it was given to; other words are the next version, signed off by nobody yet
        unless a name was entered with them.
        """
        check = form.instance
        for formset in formsets:
            formset.save(commit=False)  # for Django's own log, which reads what was new, changed and deleted
        if not any(formset.has_changed() for formset in formsets):
            check.save(update_fields=["signed_off_by"])
            return
        if "signed_off_by" not in form.changed_data:
            check.signed_off_by = ""
        _make_next_version(check, formsets)
        messages.info(request, _("Version %(version)s is asked from now on.") % {"version": check.version})


def _make_next_version(check: SafetyCheck, formsets: Sequence[Any]) -> None:
    """Turn `check` into the next version, with these rows; the old one stays as it was."""
    check.pk = None
    check._state.adding = True
    check.version += 1
    check.save(force_insert=True)
    for formset in formsets:
        for form in formset.forms:
            if form.cleaned_data and not form.cleaned_data.get("DELETE"):
                row = {name: value for name, value in form.cleaned_data.items() if name not in ("id", "DELETE")}
                formset.model.objects.create(**{**row, "check_version": check})
    there = set(check.flags.values_list("slug", flat=True))
    for rule in check.rules.all():
        if not there.issuperset(rule.signs):  # the company that one of its signs kept has gone
            rule.delete()
