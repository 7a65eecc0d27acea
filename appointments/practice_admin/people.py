"""Podiatrists: who they are, and what the site may say of them."""

import re
from base64 import b64encode
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments import complaints
from appointments.models import Podiatrist, PodiatristDays, Weekday
from appointments.practice_admin.base import AuditedAdmin
from appointments.practice_admin.pictures import PictureField
from common.form_fields import Suggested
from common.pictures import portrait
from common.text import clean_text

PHOTO_SIDE = 480  # pixels
DEGREES = ("DPM", "DPM, FACFAS", "DPM, FACPM", "DPM, PhD", "MD", "DO")
LICENSES = ("Podiatric physician", "Podiatric physician and surgeon", "Physician", "Physician assistant", "Nurse")
A_BOARD = re.compile(r".*\bBoard of [A-Z].+ in \w.+")


def only_choose(field: Any) -> None:
    """Without Django's links that add, change and show what can be chosen: that is settled elsewhere."""
    field.widget.can_add_related = field.widget.can_change_related = field.widget.can_view_related = False


class PodiatristForm(forms.ModelForm[Podiatrist]):
    """Nobody is shown without degree and type of license."""

    class Meta:
        model = Podiatrist
        exclude = ("photo", "photo_name")  # noqa: DJ006 made of new_photo
        widgets: ClassVar = {
            "degree": Suggested(DEGREES),
            "license_type": Suggested(LICENSES),
            "boards": forms.Textarea(attrs={"rows": 2, "cols": 80}),
        }
        error_messages = {"slug": {"unique": gettext_lazy("Somebody has this web address. Choose another one.")}}

    new_photo = PictureField(
        write=portrait,
        side=PHOTO_SIDE,
        label=gettext_lazy("Photo"),
        required=False,
        help_text=gettext_lazy("JPEG, PNG or from an iPhone. It is cut to a square, a little above its middle."),
    )
    no_photo = forms.BooleanField(label=gettext_lazy("Take the photo away"), required=False)
    treats = forms.MultipleChoiceField(
        label=gettext_lazy("What they treat"),
        choices=lambda: sorted(
            ((slug, source.label) for slug, source in complaints.sources().items()), key=lambda each: each[1]
        ),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("Each leads to its article."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.photo_name:
            del self.fields["no_photo"]
        accounts: Any = self.fields.get("user")  # not there for who may only look
        if accounts:
            accounts.queryset = accounts.queryset.filter(is_active=True).order_by("username")
            only_choose(accounts)

    def clean_name(self) -> str:
        """Degrees have a field of their own."""
        name = str(self.cleaned_data["name"])
        if "," in name:
            raise ValidationError(_("Enter the name only. The degree has a box of its own."))
        return name

    def clean_license_state(self) -> str:
        state = str(self.cleaned_data["license_state"]).upper()
        if state and not re.fullmatch("[A-Z]{2}", state):
            raise ValidationError(_("Enter the two letters of the state, like CO"))
        return state

    def clean_boards(self) -> str:
        """The whole name of each board, and in what: "board certified" by itself tells nothing."""
        lines = [line for line in map(clean_text, str(self.cleaned_data["boards"]).splitlines()) if line]
        for line in lines:
            if not A_BOARD.fullmatch(line):
                raise ValidationError(
                    _("Write out the board and the field: “American Board of …, in …”. Not so yet: %(line)s")
                    % {"line": line}
                )
        return "\n".join(lines)

    def clean(self) -> dict[str, Any]:
        """Listed is who has what the law asks for."""
        data = super().clean() or {}
        if data.get("listed"):
            for name, words in (
                ("degree", _("Enter the degree, like DPM. Without it the name may not stand on the site.")),
                ("license_type", _("Enter the type of license. Without it the name may not stand on the site.")),
            ):
                if name in data and not data[name]:
                    self.add_error(name, words)
        return data

    def validate_constraints(self) -> None:
        """`clean` says it in words."""

    def save(self, commit: bool = True) -> Podiatrist:
        """With the photo that was chosen."""
        person: Podiatrist = super().save(commit=False)
        if photo := self.cleaned_data.get("new_photo"):
            person.photo, person.photo_name = photo.content, photo.name
        elif self.cleaned_data.get("no_photo"):
            person.photo, person.photo_name = None, ""
        if commit:
            person.save()
        return person


class DaysForm(forms.ModelForm[PodiatristDays]):
    """An office, and the days there."""

    class Meta:
        model = PodiatristDays
        fields = ("office", "weekdays")
        error_messages = {"office": {"required": gettext_lazy("Choose the office")}}

    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Weekdays"),
        choices=Weekday.choices,
        coerce=int,
        empty_value=[],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("None: patients are told to ask."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "office" in self.fields:
            only_choose(self.fields["office"])


class DaysInline(admin.StackedInline[PodiatristDays, Podiatrist]):
    """Where they work."""

    model = PodiatristDays
    form = DaysForm
    extra = 1


class PodiatristAdmin(AuditedAdmin):
    """Entered by the practice: nobody comes with the site."""

    form = PodiatristForm
    list_display = ("name", "degree", "license_type", "listed", "position")
    inlines = (DaysInline,)
    fieldsets = (
        (None, {"fields": ("name", "slug", "listed", "position", "user")}),
        (
            gettext_lazy("Degree and license (needed before the name stands on the site)"),
            {"fields": ("degree", "license_type", "license_state", "license_number", "boards")},
        ),
        (gettext_lazy("For patients"), {"fields": ("languages", "about", "treats")}),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        """Without the photos."""
        return super().get_queryset(request).defer("photo")

    def get_fieldsets(self, request: HttpRequest, obj: Podiatrist | None = None) -> Any:
        """A photo can be taken away where there is one."""
        photo = ("photo_now", "new_photo", "no_photo") if obj and obj.photo_name else ("new_photo",)
        return (*self.fieldsets, (_("Photo"), {"fields": photo}))

    def get_readonly_fields(self, request: HttpRequest, obj: Podiatrist | None = None) -> tuple[str, ...]:
        """The web address stays: it is linked and found by search engines."""
        return ("slug", "photo_now") if obj else ()

    @admin.display(description=gettext_lazy("photo now"))
    def photo_now(self, person: Podiatrist) -> SafeString:
        """Also while they are not listed, when the site does not show it."""
        content = b64encode(bytes(person.photo or b"")).decode()
        return format_html('<img src="data:image/jpeg;base64,{}" width="160" height="160" alt="">', content)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Podiatrist | None = None) -> dict[str, Any]:
        """A new page's address comes from the name."""
        return {} if obj else {"slug": ("name",)}

    def view_on_site(self, obj: Podiatrist) -> str | None:
        """Their page, once it is there."""
        return obj.get_absolute_url() if obj.listed else None
