"""Moving a site in from the browser: a file is sent, looked at, and imported when somebody says so."""

from pathlib import Path
from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.menu import MenuItem

from articles.importing import jobs
from articles.models import Article, ImportJob, SitePage
from common.models import User

RIGHT = "articles.add_importjob"
REFRESH_SECONDS = 3
MOST_SHOWN = 20  # imports in the list
Status = ImportJob.Status
TONES: dict[str, str] = {Status.FAILED: "late", Status.DONE: "good"}
PAGE = "page"  # WordPress's word
KINDS = {PAGE: _("Pages")}


class SendForm(forms.Form):
    """A file, and where its pictures are."""

    source = forms.FileField(
        label=_("File"),
        help_text=_(
            "An export from WordPress (.xml), a ZIP file of web pages or Markdown, a Word file (.docx), "
            "a web page or a text. 100 MB at most."
        ),
        error_messages={"required": _("Choose a file."), "empty": _("This file is empty.")},
    )
    pictures = forms.FileField(
        label=_("Pictures"),
        required=False,
        help_text=_("A ZIP file of the folder wp-content/uploads, if there is one. 100 MB at most."),
    )

    def clean_source(self) -> UploadedFile:
        """By its ending; what is in it says the dry run."""
        return _checked(self.cleaned_data["source"], jobs.ENDINGS)

    def clean_pictures(self) -> UploadedFile | None:
        """ZIP alone."""
        pictures = self.cleaned_data["pictures"]
        return _checked(pictures, {".zip"}) if pictures else None


class StartForm(forms.ModelForm[ImportJob]):
    """What else is to come along."""

    class Meta:
        model = ImportJob
        fields = ["pages", "comments"]
        labels = {
            "pages": _("Pages become pages of this site, such as “About us”"),
            "comments": _("Readers’ comments become questions that wait for an answer. Names are left out."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        job = self.instance
        self.fields["kinds"] = forms.MultipleChoiceField(
            label=_("These are articles too"),
            required=False,
            choices=[(kind, f"{KINDS.get(kind, kind)} ({many})") for kind, many in sorted(job.kinds.items())],
            widget=forms.CheckboxSelectMultiple,
        )
        if not job.kinds:
            del self.fields["kinds"]
        if not job.report.get("comments"):
            del self.fields["comments"]
        if PAGE not in job.kinds:
            del self.fields["pages"]

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError for pages that are to be both."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("pages") and PAGE in data.get("kinds", []):
            raise forms.ValidationError(_("Choose whether pages become articles, or pages of this site."))
        return data

    def save(self, commit: bool = True) -> ImportJob:
        """With the kinds that are articles."""
        self.instance.types = self.cleaned_data.get("kinds", [])
        job: ImportJob = super().save(commit)
        return job


def _checked(file: UploadedFile, endings: set[str]) -> UploadedFile:
    """Raises ValidationError."""
    if Path(file.name or "").suffix.lower() not in endings:
        kinds = ", ".join(sorted(endings))
        raise forms.ValidationError(_("This kind of file can’t be read. It has to be one of: %s") % kinds)
    if (file.size or 0) > jobs.MOST_BYTES:
        raise forms.ValidationError(_("This file is larger than 100 MB."))
    return file


@require_http_methods(["GET", "HEAD", "POST"])
def moving(request: HttpRequest) -> HttpResponse:
    """Where a file is sent, and what was sent before."""
    _let_in(request)
    sent = request.method == "POST"
    form = SendForm(request.POST, request.FILES) if sent else SendForm()
    if sent and form.is_valid():
        source, media = form.cleaned_data["source"], form.cleaned_data["pictures"]
        with transaction.atomic():
            job = ImportJob.objects.create(
                name=jobs.safe_name(source.name),
                media_name=jobs.safe_name(media.name) if media else "",
                started_by=request.user if request.user.is_authenticated else None,
            )
            jobs.keep_file(job, source.name, source.chunks())
            if media:
                jobs.keep_file(job, media.name, media.chunks(), media=True)
        return redirect("moving_in_job", job.pk)
    sent_before = ImportJob.objects.select_related("started_by").defer("report")[:MOST_SHOWN]
    context = {"form": form, "jobs": sent_before}
    return render(request, "articles/cms/moving_in.html", context, status=422 if form.errors else 200)


@require_safe
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is, and what came of it. The page asks again by itself while the worker has it."""
    _let_in(request)
    found = _job(pk)
    return _job_page(request, found, StartForm(instance=found) if found.status == Status.LOOKED else None)


def _job_page(request: HttpRequest, found: ImportJob, form: StartForm | None) -> HttpResponse:
    made = _made(found, request.user) if not form else []
    tone = "soon" if found.is_waiting else TONES.get(found.status, "")
    context = {"job": found, "form": form, "made": made, "tone": tone}
    status = 422 if form and form.errors else 200
    answer = render(request, "articles/cms/moving_in_job.html", context, status=status)
    if found.is_waiting:
        answer.headers["Refresh"] = str(REFRESH_SECONDS)
    return answer


@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Import what was looked at."""
    _let_in(request)
    found = _job(pk)
    form = StartForm(request.POST, instance=found)
    if found.status != Status.LOOKED:
        messages.error(request, _("This import can’t be started now."))
        return redirect("moving_in_job", pk)
    if not form.is_valid():
        return _job_page(request, found, form)
    started = form.save()
    started.status = Status.TO_IMPORT
    started.save(update_fields=["pages", "types", "comments", "status"])
    return redirect("moving_in_job", pk)


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """The file and what was said of it; drafts stay."""
    _let_in(request)
    jobs.remove(_job(pk))
    messages.success(request, _("The file is deleted here. Drafts that were made of it stay."))
    return redirect("moving_in")


def _made(job: ImportJob, user: User | AnonymousUser) -> list[tuple[Article | SitePage, str | None]]:
    """The drafts that came of it, and where the user may write them."""
    edit_url = AdminURLFinder(user).get_edit_url
    found = [
        model._default_manager.filter(imported__job=job).defer("body").order_by("title")
        for model in (Article, SitePage)
    ]
    return [(text, edit_url(text)) for texts in found for text in texts]


def _let_in(request: HttpRequest) -> None:
    """Medical reviewers and administrators."""
    if not request.user.has_perm(RIGHT):
        raise PermissionDenied


def _job(pk: int) -> ImportJob:
    found = ImportJob.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


class MovingMenuItem(MenuItem):
    """For who may."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(RIGHT))


def menu_item() -> MenuItem:
    """Below the lists."""
    return MovingMenuItem(_("Moving in"), reverse("moving_in"), name="moving-in", icon_name="download", order=400)
