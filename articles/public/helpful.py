"""“Was this helpful?”: two buttons below a text, and a box for what was missing.

The text's page is the same for everybody, so its buttons carry no token: a click is counted once an hour for each text
and connection, never from another site's page, and says nothing about who clicked. The box is on a page of its own.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from articles.models import Article, Helpful, SitePage
from articles.models.helpful import KEPT
from articles.public.reads import ROBOTS
from common.asked_once import AskedOnceForm
from common.form_fields import WordsField
from common.rate_limit import take_place
from common.refused_forms import may_go_on, refusal

CLICK_SECONDS = 60 * 60
MOST_WORDS = 5
ANSWERS = {"yes": True, "no": False}

Text = Article | SitePage


class MissedForm(AskedOnceForm):
    """What was missing, in a sentence: neither name nor address."""

    text_name = "text"

    text = WordsField(
        label=_("What was missing, or hard to understand?"),
        help_text=_("Up to 300 characters. Do not write your name, or anything about your own health."),
        most=Helpful.LENGTH,
        rows=4,
        error_messages={"required": _("Enter what was missing, or close this page")},
    )

    field_order = ("text",)


def _text_or_404(slug: str, *, page: bool) -> Text:
    if page:
        return get_object_or_404(SitePage.objects.published().in_language().only("title", "slug"), slug=slug)
    return get_object_or_404(Article.objects.published().in_language().only("title", "slug"), slug=slug)


def _about(text: Text) -> dict[str, Text]:
    return {"page" if isinstance(text, SitePage) else "article": text}


@csrf_exempt  # see above
@require_POST
@never_cache
def clicked(request: HttpRequest, slug: str, page: bool = False) -> HttpResponse:
    """One of the two buttons."""
    text = _text_or_404(slug, page=page)
    said = request.POST.get("helpful", "")
    if said not in ANSWERS:
        return redirect(text.get_absolute_url())
    if _is_a_readers(request) and take_place(
        request, f"helpful {text.get_absolute_url()}", most=1, seconds=CLICK_SECONDS
    ):
        Helpful.objects.create(yes=ANSWERS[said], **_about(text))
    return redirect(f"{text.get_absolute_url()}helpful/{said}/")


def forget_old() -> None:
    """What readers clicked and wrote goes after a while."""
    Helpful.objects.filter(day__lt=timezone.localdate() - KEPT).delete()


def _is_a_readers(request: HttpRequest) -> bool:
    """Whether it was clicked on our own page, by no robot that says so."""
    strange = request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none")
    return not strange and not ROBOTS.search(request.headers.get("User-Agent", ""))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def missed(request: HttpRequest, slug: str, said: str, page: bool = False) -> HttpResponse:
    """Thanks, and the box."""
    text = _text_or_404(slug, page=page)
    form = MissedForm(request.POST if request.method == "POST" else None)
    if not may_go_on(request, form):
        return _show(request, text, form, stopped=refusal(request))
    words = form.cleaned_data["text"]
    sent_key = form.once(f"{text.get_absolute_url()}\0{words}")
    if not Helpful.objects.filter(sent_key=sent_key).exists():
        if not take_place(request, "helpful words", most=MOST_WORDS, seconds=CLICK_SECONDS):
            too_many = _("There were many messages from your internet connection. Please try again in an hour.")
            return _show(request, text, form, stopped=too_many, status=429)
        status = Helpful.Status.SUSPECTED if form.suspected else Helpful.Status.NEW
        Helpful.objects.get_or_create(
            sent_key=sent_key, defaults={**_about(text), "yes": ANSWERS[said], "text": words, "status": status}
        )
    return _show(request, text, None)


def _show(request: HttpRequest, text: Text, form: MissedForm | None, *, status: int = 200, **more: Any) -> HttpResponse:
    """`form`: None once the words have come in."""
    context = {"text": text, "form": form, "home": reverse("home"), **more}
    return render(request, "articles/helpful.html", context, status=status)
