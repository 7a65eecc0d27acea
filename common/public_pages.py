"""Saying that a page is the same for everybody, and that a picture is nothing but one."""

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpResponse, HttpResponseBase
from django.utils.cache import patch_cache_control

Response = TypeVar("Response", bound=HttpResponseBase)

NOTHING_RUNS = "sandbox; default-src 'none'"
PICTURE_SECONDS = 86_400  # its address is made of its contents, but what was taken away shall be gone
PUBLIC_SECONDS = 60  # "Open now until 5 pm" may be a minute late


def public_page(view: Callable[..., HttpResponse], reads: Collection[str] = ()) -> Callable[..., HttpResponse]:
    """For views that show every visitor the same: their 200s may be kept for a minute by shared caches, ours first.

    Browsers ask each time (and mostly hear 304), so that what is published shows at once. `reads` names what of the
    query string the view looks at: whatever else stands there (`?utm_source=...`) gets the same page.
    """

    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> HttpResponse:
        response = view(*args, **kwargs)
        if response.status_code == 200:
            patch_cache_control(response, public=True, max_age=0, s_maxage=PUBLIC_SECONDS)
        return response

    wrapped.reads = reads  # type: ignore[attr-defined]
    return wrapped


def picture_alone(response: Response) -> Response:
    """An answer with a picture that somebody put in, or with word that it is unchanged: browsers may keep it for a day,
    take it for nothing else, and run nothing in it.
    """
    response.headers["Content-Security-Policy"] = NOTHING_RUNS
    response.headers["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, public=True, max_age=PICTURE_SECONDS)
    return response
