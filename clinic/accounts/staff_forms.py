"""The forms of an account."""

from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.models import Office, RightsWaiting
from clinic.accounts import access
from clinic.accounts.access import DESK_GROUPS
from common.models import User

GROUPS = (*DESK_GROUPS, "Editors", "Medical reviewers")  # the last two by articles'


class OwnAccountForm(forms.ModelForm[User]):
    """What people may change of their own account."""

    class Meta:
        model = User
        fields = ("first_name", "last_name", "email")


class StaffForm(forms.ModelForm[User]):
    """A person's name and place. Whatever else is posted is not looked at."""

    groups = forms.ModelMultipleChoiceField(
        label=gettext_lazy("What they do"),
        queryset=Group.objects.filter(name__in=GROUPS),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy(
            "Front desk and Manager also need at least one office. What is new opens once a second person confirms it."
        ),
    )
    offices = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Their offices"),
        queryset=Office.objects.all(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("Whose requests they see."),
    )

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email", "groups", "is_active")
        labels = {"is_active": gettext_lazy("May sign in")}
        help_texts = {
            "username": gettext_lazy("What they type to sign in. It stands in the audit for years: better not reused."),
            "is_active": gettext_lazy("Take the tick away when somebody leaves: they are signed out at once."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "offices" in self.fields and self.instance.pk:
            waiting = RightsWaiting.objects.filter(user=self.instance).first()
            groups, offices = self.instance.groups.all(), access.standing_offices(self.instance)
            self.initial["groups"] = [*groups, *(waiting.groups.all() if waiting else ())]
            self.initial["offices"] = [*offices, *(waiting.offices.all() if waiting else ())]

    def clean(self) -> dict[str, Any]:
        """Whoever works requests has an office."""
        data = super().clean() or {}
        works = {group.name for group in data.get("groups", ())} & {"Front desk", "Manager"}
        if works and not data.get("offices"):
            self.add_error("offices", _("Choose the offices whose requests they work"))
        return data
