"""The public pages: an index, the search, and the articles."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from articles.models import Article, BodyArea, MissedSearch, areas_in_words
from articles.public import schema_org
from articles.public.reads import READ
from articles.search import index as search_index
from articles.search.counting import worth_counting
from articles.search.engine import MOST_LETTERS
from articles.search.values import Document
from common.public_pages import public_page
from common.text import clean_text

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# What somebody searches for is their own: no cache between them and us keeps the answer.
SEARCH_SECONDS = 60
SUGGEST_SECONDS = 300


def zones() -> list[dict[str, object]]:
    """The numbered regions of the foot drawing, each with the address of its list."""
    index = reverse("articles:index")
    return [
        {"number": number, "slug": area.value, "label": area.label, "href": f"{index}?area={area.value}"}
        for number, area in enumerate(BodyArea, start=1)
    ]


def by_letter(articles: Iterable[Article | Document]) -> Mapping[str, Sequence[Article | Document]]:
    """Articles under the first letter of their title, both A to Z; "#" for what begins with none."""
    found = defaultdict(list)
    for article in sorted(articles, key=lambda article: article.title.casefold()):
        letter = slugify(article.title)[:1].upper()
        found[letter if letter in LETTERS else "#"].append(article)
    return dict(sorted(found.items()))


@partial(public_page, reads=["area"])
@require_safe
def article_index(request: HttpRequest) -> HttpResponse:
    """Every condition, A to Z, or those of one part of the foot. One query."""
    area = request.GET.get("area", "")
    if area not in BodyArea.values:
        area = ""
    articles = Article.objects.published().in_language().only("title", "medical_name", "slug", "description", "areas")
    return render(
        request,
        "articles/article_index.html",
        {
            "zones": zones(),
            "area": BodyArea(area) if area else None,
            "letters": LETTERS,
            "by_letter": by_letter(article for article in articles if not area or area in article.areas),
        },
    )


@cache_control(private=True, max_age=SEARCH_SECONDS)
@require_safe
def article_search(request: HttpRequest) -> HttpResponse:
    """An answer about the practice and articles for what was typed; the foot and A to Z if there is neither.

    One query, since the index is kept. Two where articles have changed, a few more where nothing was found: that is
    counted.
    """
    typed = _typed(request)
    exact = "exact" in request.GET
    index = search_index.current()
    results = index.search(typed, exact=exact)
    context = {
        "typed": typed,
        "results": results,
        "answer": results.answer,
        "number": len(results.hits) + (results.answer is not None),
        "hits": [(hit, areas_in_words(hit.document.areas)) for hit in results.hits],
        "as_typed": _search_address(typed, exact=True),
        "as_meant": _search_address(results.did_you_mean),
    }
    if not results.hits and not results.answer:
        context |= {"zones": zones(), "letters": LETTERS, "by_letter": by_letter(index.documents)}
        if request.method == "GET" and not exact and (words := worth_counting(results.words, index)):
            MissedSearch.objects.count_up(words)
    return render(request, "articles/article_search.html", context)


@cache_control(private=True, max_age=SUGGEST_SECONDS)
@require_safe
def article_suggest(request: HttpRequest) -> HttpResponse:
    """Names of conditions that go on as what was typed: `{"names": [...]}`. One query."""
    return JsonResponse({"names": search_index.current().suggest(_typed(request))})


def _typed(request: HttpRequest) -> str:
    """What was typed into a search box, cut and tidied."""
    return clean_text(request.GET.get("q", "")[:MOST_LETTERS])


def _search_address(words: str, *, exact: bool = False) -> str:
    query = QueryDict(mutable=True)
    query["q"] = words
    if exact:
        query["exact"] = "1"
    return f"{reverse('articles:search')}?{query.urlencode()}"


@public_page
@require_safe
def article_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One article and its related ones. Two queries."""
    visible = Article.objects.published().in_language().with_questions()
    article = get_object_or_404(visible.select_related("reviewer"), slug=slug)
    near = article.neighbors()
    questions = article.readers_questions()
    request.META[READ] = article.pk
    context = {
        "article": article,
        "related": near.related,
        "mentioned": near.mentioned,
        "near": near,
        "questions": questions,
        "structured": schema_org.article_page(article),
    }
    return render(request, "articles/article_detail.html", context)
