"""What a watcher asks: does the process answer, does the database take writes?"""

from collections.abc import Callable
from time import monotonic

from django.conf import settings
from django.core.cache import cache
from django.db import Error
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from clinic.operations import alarms, as_seen, keys, schema

WRITE_SECONDS = 5
FOR_MACHINES = ("/healthz", "/readyz", "/metrics")


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; the operator's doctor hears how the site sees it."""
    if as_seen.is_doctor(request):
        return JsonResponse(as_seen.facts(request))
    return HttpResponse("ok", content_type="text/plain")


def by_any_name(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A monitor or a proxy may ask by the machine's address, which is none of ALLOWED_HOSTS."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info in FOR_MACHINES:
            request.META["HTTP_HOST"] = settings.ALLOWED_HOSTS[0]
        return get_response(request)

    return middleware


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers, fits the code and the keys and takes writes; 503 with the reason otherwise. The second line
    tells of the worker, the third names what stands in alarm. `/readyz?worker` is 503 while the worker is late.
    """
    try:
        unfit = schema.problem()
    except Error:
        return HttpResponse("database unavailable", status=503, content_type="text/plain")
    if unfit:
        return HttpResponse(unfit, status=503, content_type="text/plain")
    if wrong := keys.problems():
        return HttpResponse("\n".join(wrong), status=503, content_type="text/plain")
    try:
        _try_a_write()
    except Error:
        return HttpResponse("database takes no writes: disk full?", status=503, content_type="text/plain")
    late, told = alarms.standing()
    lines = ["ok", "worker late" if late else "worker running"]
    if told:
        lines.append("alarm: " + ", ".join(name for name, _text in told))
    status = 503 if late and "worker" in request.GET else 200
    response = HttpResponse("\n".join(lines) + "\n", status=status, content_type="text/plain")
    response._has_been_logged = True  # type: ignore[attr-defined]  # no error of ours: `alarms` tells the operator
    return response


_written_at = float("-inf")


def _try_a_write() -> None:
    """At most once in WRITE_SECONDS in each process, for anybody may ask. Raises Error."""
    global _written_at
    if monotonic() - _written_at > WRITE_SECONDS:
        cache.set("readyz", 1)
        _written_at = monotonic()
