"""`/metrics` for Prometheus: what the database says, and how this server's pages did.

Pages are counted where Django makes them: what the page cache gives out costs nothing more, and is not counted.
"""

import os
from collections.abc import Callable
from hmac import compare_digest
from ipaddress import ip_address
from time import perf_counter

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from clinic.operations.measures import Measures
from clinic.web.shared_counts import NAMED_BY

ADDRESS = "/metrics"
KINDS = {
    "admin": "desk",
    "desk": "desk",
    "cms": "editors",
    "accounts": "sign-in",
    "appointments": "form",
    "my": "private page",
}
NOT_COUNTED = {"static", "media", "healthz", "readyz", "metrics"}
SECONDS = (0.05, 0.2, 1, 5)

counted = CollectorRegistry()  # of this process alone
page_seconds = Histogram(
    "clinic_page_seconds", "How long pages took to make", ["view"], buckets=SECONDS, registry=counted
)
errors = Counter("clinic_errors", "Answers of 500 and above", ["view"], registry=counted)
for _kind in {*KINDS.values(), "public"}:
    errors.labels(_kind)  # a series that begins with its first error does not show that error as an increase


def measure(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Time each page, by kind, and count what failed."""

    def middleware(request: HttpRequest) -> HttpResponse:
        first = request.path_info.strip("/").partition("/")[0]
        if first in NOT_COUNTED:
            return get_response(request)
        start = perf_counter()
        response = get_response(request)
        kind = KINDS.get(first, "public")
        page_seconds.labels(kind).observe(perf_counter() - start)
        if response.status_code >= 500:
            errors.labels(kind).inc()
        return response

    return middleware


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """All figures, as text. For who may see them; else 404."""
    if not _may_see(request):
        raise Http404
    pages = counted
    if NAMED_BY in os.environ:
        pages = CollectorRegistry()
        MultiProcessCollector(pages)
    stored = CollectorRegistry()
    stored.register(Measures())
    return HttpResponse(generate_latest(pages) + generate_latest(stored), content_type=CONTENT_TYPE_LATEST)


def _may_see(request: HttpRequest) -> bool:
    """Whoever brings METRICS_TOKEN; where none is set, who asks on this machine and by no proxy."""
    if token := settings.METRICS_TOKEN:
        return compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode())
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
