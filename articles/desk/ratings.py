"""Rating an article by the published checklists, one person after the other, on the version that each has read."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods
from wagtail.admin import messages
from wagtail.models import Revision

from articles.models import Article, Rating
from articles.readability.instruments import INSTRUMENTS, Agreement, Instrument, Item, agreement
from common.models import User
from common.text import whole_number

ANSWERS = {"yes": gettext_lazy("Yes"), "no": gettext_lazy("No"), "na": gettext_lazy("Does not apply")}


@dataclass(frozen=True)
class Rated:
    """The ratings of one version by one checklist, and how far the two latest raters agree."""

    revision: Revision
    instrument: Instrument
    ratings: list[Rating]
    agreement: Agreement | None
    is_now: bool  # nobody has changed the text since
    is_open: bool  # to whoever looks: they have rated it, or nobody can rate it any more


@require_GET
def ratings(request: HttpRequest, pk: int) -> HttpResponse:
    """Who rated which version, with what result."""
    article = _article(request, pk)
    context = {"article": article, "rated": list(rated(article, request.user)), "instruments": INSTRUMENTS.values()}
    return render(request, "articles/cms/ratings.html", context)


def rated(article: Article, user: User | AnonymousUser) -> Iterable[Rated]:
    """The newest version first. One query."""
    rows = Rating.objects.filter(article=article).select_related("rater", "revision")
    for _key, group in groupby(rows, key=lambda rating: (rating.revision_id, rating.instrument)):
        found = list(group)
        agreed = agreement(found[-2].answers, found[-1].answers) if len(found) > 1 else None
        is_now = found[0].revision_id == article.latest_revision_id
        is_open = not is_now or any(rating.rater_id == user.pk for rating in found)
        yield Rated(found[0].revision, found[0].checklist, found, agreed, is_now, is_open)


@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, pk: int, instrument: str) -> HttpResponse:
    """The checklist. What is kept belongs to the version that the page was opened for."""
    article = _article(request, pk)
    checklist = INSTRUMENTS.get(instrument)
    number = whole_number(request.POST.get("revision") or str(article.latest_revision_id or ""))
    revision = article.revisions.filter(pk=number).first()
    if checklist is None or revision is None:
        raise Http404
    ratings_of = Rating.objects.filter(revision=revision, instrument=instrument)
    mine = ratings_of.filter(rater_id=request.user.pk).first()
    given = {item.key: request.POST.get(item.key, "") for item in checklist.items}
    missing: list[Item] = []
    if request.method == "POST":
        missing = [item for item in checklist.items if given[item.key] not in item.choices]
        if not missing:
            Rating.objects.update_or_create(
                revision=revision,
                instrument=instrument,
                rater=request.user,
                defaults={"answers": given, "article": article},
            )
            messages.success(request, _("Your rating is kept with this version of “%(title)s”.") % {"title": article})
            return redirect(reverse("article_ratings", args=[article.pk]))
    elif mine:
        given = mine.answers
    context = {
        "article": article,
        "text": revision.as_object(),
        "revision": revision,
        "checklist": checklist,
        "scales": [(scale, [_row(item, given, missing) for item in scale.items]) for scale in checklist.scales],
        "missing": missing,
    }
    return render(request, "articles/cms/rate.html", context)


def _row(item: Item, given: dict[str, str], missing: list[Item]) -> tuple[Item, list[tuple[str, str, bool]], bool]:
    """An item, what may be answered with what is chosen, and whether its answer is missing."""
    return item, [(key, str(ANSWERS[key]), given.get(item.key) == key) for key in item.choices], item in missing


def _article(request: HttpRequest, pk: int) -> Article:
    """Raises PermissionDenied for who writes and reviews nothing."""
    if not request.user.has_perm("articles.change_article"):
        raise PermissionDenied
    return get_object_or_404(Article, pk=pk)
