"""The pictures that editors have put in: the one way in which what somebody uploaded is shown.

Whatever lies there, no browser takes it for a page of this site: only files that are pictures by their name and by
what they begin with are shown, and those without the right to run or load anything.
"""

from typing import cast

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from common.pictures import LONGEST_START, content_type
from common.public_pages import picture_alone


@require_safe
def show(request: HttpRequest, place: str) -> HttpResponseBase:
    """A picture, or one of its sizes."""
    try:
        file = default_storage.open(place)
        changed = default_storage.get_modified_time(place).timestamp()
    except (OSError, SuspiciousFileOperation) as problem:
        raise Http404 from problem
    kind = content_type(place, file.read(LONGEST_START))
    if kind is None:
        file.close()
        raise Http404
    file.seek(0)
    whole = FileResponse(file, content_type=kind)
    whole.headers["Last-Modified"] = http_date(changed)
    known = get_conditional_response(request, last_modified=int(changed), response=cast(HttpResponse, whole))
    return picture_alone(known or whole)  # also of a 304: browsers take its headers over
