"""A reader's question about an article, on a page of its own: the article has no form, so it stays the same for all."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from articles.models import Article, ReaderQuestion
from common.asked_once import AskedOnceForm
from common.form_fields import WordsField
from common.rate_limit import take_place
from common.refused_forms import why_refused

MOST_QUESTIONS = 5
PER_SECONDS = 60 * 60


class QuestionForm(AskedOnceForm):
    """The question alone: neither name nor address."""

    text_name = "text"

    text = WordsField(
        label=_("Your question"),
        help_text=_("Up to 500 characters. Do not write your name, or anything about your own health."),
        most=ReaderQuestion.LENGTH,
        rows=5,
        error_messages={"required": _("Enter your question")},
    )

    field_order = ("text",)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def question_new(request: HttpRequest, slug: str) -> HttpResponse:
    """The form, and what it sends: held for a moderator, a second click once."""
    article = _article_or_404(slug)
    form = QuestionForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _show(request, article, form)
    text = form.cleaned_data["text"]
    sent_key = form.once(f"{article.pk}\0{text}")
    if not ReaderQuestion.objects.filter(sent_key=sent_key).exists():
        if not take_place(request, "question", most=MOST_QUESTIONS, seconds=PER_SECONDS):
            response = _show(request, article, form, too_many=True, status=429)
            response.headers["Retry-After"] = str(PER_SECONDS)
            return response
        ReaderQuestion.objects.hold(article_id=article.pk, text=text, sent_key=sent_key, suspected=form.suspected)
    return redirect("articles:question_sent", slug)


@never_cache
@require_safe
def question_sent(request: HttpRequest, slug: str) -> HttpResponse:
    """Thanks, and what happens next."""
    return render(request, "articles/question_sent.html", {"article": _article_or_404(slug)})


@never_cache
def ask_again(request: HttpRequest, slug: str) -> HttpResponse:
    """A question that came without its token: the page again, with what was typed, and nothing kept of it."""
    form = QuestionForm(request.POST)
    form.is_valid()
    return _show(request, _article_or_404(slug), form, stopped=why_refused(request), status=403)


def _article_or_404(slug: str) -> Article:
    """A published article that takes questions."""
    articles = Article.objects.published().in_language().filter(questions_open=True)
    return get_object_or_404(articles.only("title", "slug"), slug=slug)


def _show(
    request: HttpRequest, article: Article, form: QuestionForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    return render(request, "articles/question_new.html", {"article": article, "form": form, **more}, status=status)
