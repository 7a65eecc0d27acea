"""What mails and calls say."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.mail import compose
from appointments.mail.texts import LABELS, NEEDED, PLACES, Script, Wording, default_wording, fill, unknown_places
from appointments.models import MessageText
from appointments.offices import directory
from common import audit
from common.form_fields import CleanCharField


class WordingForm(forms.Form):
    """The words of a mail or a call, with places that can be filled."""

    subject = CleanCharField(
        label=gettext_lazy("Subject"),
        max_length=120,
        error_messages={"required": gettext_lazy("Write a subject")},
    )
    body = CleanCharField(
        label=gettext_lazy("Text"),
        lines=True,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 16}),
        error_messages={"required": gettext_lazy("Write a text")},
    )

    def __init__(self, key: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.key = key
        if key in Script.values:
            del self.fields["subject"]

    def clean(self) -> dict[str, Any]:
        """Only what can be filled; and what a mail is of no use without."""
        data = super().clean() or {}
        for name in list(data):
            if unknown := unknown_places(self.key, data[name]):
                allowed = ", ".join(f"{{{place}}}" for place in PLACES[self.key])
                self.add_error(
                    name,
                    _("%(unknown)s can’t be filled in here. You can use: %(allowed)s.")
                    % {"unknown": ", ".join(dict.fromkeys(unknown)), "allowed": allowed},
                )
        needed = f"{{{NEEDED.get(self.key, '')}}}"
        if self.key in NEEDED and "body" in data and needed not in data["body"]:
            self.add_error("body", _("Without %(place)s this mail leads nowhere. Put it back in.") % {"place": needed})
        return data

    @property
    def wording(self) -> Wording:
        return Wording(self.cleaned_data.get("subject", ""), self.cleaned_data["body"])


class MessageTextAdmin(admin.ModelAdmin[MessageText]):
    """Every text in every language: the software's words, or the practice's own."""

    def get_urls(self) -> list[URLPattern]:
        """A list, and a page for each text."""
        wrap = self.admin_site.admin_view
        return [
            path("", wrap(self.changelist_view), name="appointments_messagetext_changelist"),
            path("<slug:key>/<slug:language>/", wrap(self.edit), name="appointments_messagetext_edit"),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """All keys and languages."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        own = set(MessageText.objects.values_list("key", "language"))
        languages = self._languages()
        context = {
            **self.admin_site.each_context(request),
            "title": _("Messages"),
            "opts": self.opts,
            "rows": [
                {"label": LABELS[key], "key": key, "language": code, "language_name": name, "own": (key, code) in own}
                for key in PLACES
                for code, name in languages.items()
            ],
            "several_languages": len(languages) > 1,
        }
        return TemplateResponse(request, "admin/appointments/message_list.html", context)

    def edit(self, request: HttpRequest, key: str, language: str) -> HttpResponse:
        """One text: look at it, change it, or go back to the software's words."""
        if key not in PLACES or language not in self._languages():
            raise Http404
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        may_change = self.has_change_permission(request)
        if request.method == "POST" and not may_change:
            raise PermissionDenied
        own = MessageText.objects.filter(key=key, language=language).first()
        said = Wording(own.subject, own.body) if own else default_wording(key, language)
        if request.method == "POST" and "default" in request.POST:
            if own:
                self._back_to_default(request, own)
            return redirect("admin:appointments_messagetext_edit", key, language)
        form = WordingForm(key, request.POST if request.method == "POST" else None, initial=vars(said))
        if request.method == "POST" and form.is_valid():
            if "save" in request.POST:
                self._save(request, key, language, form.wording)
                return redirect("admin:appointments_messagetext_edit", key, language)
            said = form.wording
        context = {
            **self.admin_site.each_context(request),
            "title": LABELS[key],
            "subtitle": self._languages()[language],
            "opts": self.opts,
            "form": form,
            "own": own,
            "may_change": may_change,
            "places": [f"{{{place}}}" for place in PLACES[key]],
            "is_mail": key not in Script.values,
            "is_draft": form.is_bound,
            "preview": _preview(key, language, said),
            "history": self._history(key, language),
        }
        return TemplateResponse(request, "admin/appointments/message_edit.html", context)

    def _languages(self) -> dict[str, str]:
        return {code: str(name) for code, name in settings.LANGUAGES}

    @transaction.atomic
    def _save(self, request: HttpRequest, key: str, language: str, words: Wording) -> None:
        row, _made = MessageText.objects.update_or_create(key=key, language=language, defaults=vars(words))
        self._log(request, row, CHANGE, "changed")
        messages.success(request, _("Saved. It is said from now on."))

    @transaction.atomic
    def _back_to_default(self, request: HttpRequest, row: MessageText) -> None:
        self._log(request, row, DELETION, "deleted")
        row.delete()
        messages.success(request, _("The software’s own words are back."))

    def _log(self, request: HttpRequest, row: MessageText, flag: int, action: str) -> None:
        LogEntry.objects.log_actions(request.user.pk or 0, [row], flag, single_object=True)
        audit.record_by(request, action=f"settings {action}", record=f"messagetext {row.key} {row.language}")

    def _history(self, key: str, language: str) -> QuerySet[LogEntry]:
        """By its name: the row itself comes and goes."""
        kind = ContentType.objects.get_for_model(MessageText)
        name = str(MessageText(key=key, language=language))
        return LogEntry.objects.filter(content_type=kind, object_repr=name).select_related("user")[:20]


def _preview(key: str, language: str, said: Wording) -> dict[str, Any]:
    """What it looks like, filled with made-up values."""
    office = directory()[0]
    with translation.override(language):
        values = compose.sample_values(key, office)
        if key in Script.values:
            return {"text": fill(said.body, values)}
        return {"subject": fill(said.subject, values), "blocks": list(compose.blocks(said.body, values, office))}
