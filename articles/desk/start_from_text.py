"""A new article from a text that is there already: pasted on a page of its own, or into the middle of an article."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.admin import messages
from wagtail.admin.widgets import HeaderButton

from articles.importing import drafts, pasted
from articles.importing.pictures import Pictures
from articles.models import Article, ImportedArticle

MOST_NOTES = 40  # shown at once; the article's history has them all


class TextForm(forms.Form):
    """The text, and what the clipboard had besides it: a small script keeps that while nobody changes the text."""

    text = forms.CharField(
        label=gettext_lazy("Your text"),
        max_length=pasted.MOST_LETTERS,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 18}),
        error_messages={
            "required": gettext_lazy("Paste a text first."),
            "max_length": gettext_lazy("This is longer than an article can be. Paste a part of it."),
        },
    )
    html = forms.CharField(required=False, strip=False, max_length=2 * pasted.MOST_LETTERS, widget=forms.HiddenInput)


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """The page, and the draft that comes of it."""
    if not request.user.has_perm("articles.add_article"):
        raise PermissionDenied
    form = TextForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        text, html = form.cleaned_data["text"], form.cleaned_data["html"]
        source = drafts.key_of(text)
        known = ImportedArticle.objects.filter(source=source, article__isnull=False).first()
        if known:
            messages.warning(request, _("This text is an article already. Here it is."))
            return redirect(_edit_url(known.article_id))
        ImportedArticle.objects.filter(source=source).delete()  # a draft that was deleted may be begun again
        article, notes, why_not = _draft_of(request, source, text, html)
        if article:
            _tell(request, notes)
            return redirect(_edit_url(article))
        form.add_error("text", why_not)
    return render(request, "articles/cms/start_from_text.html", {"form": form}, status=422 if form.errors else 200)


def _draft_of(request: HttpRequest, source: str, text: str, html: str) -> tuple[int | None, list[str], str]:
    """Its number and what to know of it; or why there is none."""
    item = pasted.item_of(text, html)
    item.source, item.name = source, _("a pasted text")
    if not item.html.strip():
        return None, [], _("There are no words in it that could be an article.")
    user = request.user if request.user.is_authenticated else None
    importer = drafts.Importer(Pictures(None, keep=True), source=_("a pasted text"), keep=True, user=user)
    with transaction.atomic():
        importer.take(item)
        importer.finish()
    report = importer.report
    if not report.made:
        return None, [], "; ".join(refused.why for refused in report.refused)
    return report.made[0], report.drafts[0][2], ""


def _tell(request: HttpRequest, notes: list[str]) -> None:
    """What was left out, above the editor."""
    if not notes:
        messages.success(request, _("Your text is in its sections. Read it once from top to bottom."))
        return
    items = format_html_join("", "<li>{}</li>", ((note,) for note in notes[:MOST_NOTES]))
    head = _("Your text is in its sections. Read it once from top to bottom.")
    many = ngettext("%(many)d thing to look at", "%(many)d things to look at", len(notes)) % {"many": len(notes)}
    listed = "{}<details><summary>{}</summary><ul class='desk-list'>{}</ul></details>"
    messages.info(request, format_html(listed, head, many, items))


def header_button() -> HeaderButton:
    """For the list, and for a new article."""
    return HeaderButton(_("Start from a text"), url=reverse("article_from_text"), icon_name="doc-full", priority=5)


def _edit_url(number: Any) -> str:
    return reverse(Article.snippet_viewset.get_url_name("edit"), args=[number])


@require_POST
def paste(request: HttpRequest) -> JsonResponse:
    """What was pasted into a text of the editor, as the editor keeps it. Nothing is kept here."""
    user = request.user
    if not (user.has_perm("articles.change_article") or user.has_perm("articles.add_article")):
        raise PermissionDenied
    text, html = request.POST.get("text", ""), request.POST.get("html", "")
    if len(text) > pasted.MOST_LETTERS or len(html) > 2 * pasted.MOST_LETTERS:
        return JsonResponse({"error": _("This is too long to be pasted at once.")}, status=413)
    found = pasted.for_a_text(text, html)
    return JsonResponse({"html": found.html, "notes": found.notes})
