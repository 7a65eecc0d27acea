"""What a log line holds: words of the code, never what somebody wrote.

A line holds the message as the code has it, the kind of an exception and the places in the code it went through. It
never holds an exception's text (a database error quotes the row), a local variable, an address or a posted value. Of
a library's message only the place in its code is shown, since its words may have values in them.
"""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from http.client import responses
from traceback import walk_tb
from types import TracebackType
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from clinic.operations.request_numbers import number

OURS = ("clinic", "articles", "appointments", "common")
MOST_FRAMES = 30


def facts(record: logging.LogRecord) -> dict[str, Any]:
    """What may be told of a log record."""
    told: dict[str, Any] = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "logger": record.name,
        "message": _message(record),
    }
    if number.get():
        told["request"] = number.get()
    request = getattr(record, "request", None)
    if isinstance(request, HttpRequest):
        told["method"] = request.method
        told["page"] = request.resolver_match.route if request.resolver_match else None  # without its arguments
    if isinstance(getattr(record, "status_code", None), int):
        told["status"] = record.status_code  # type: ignore[attr-defined]
    error = record.exc_info[1] if record.exc_info else None
    if error:
        told["error"] = [{"type": kind_of(link), "at": _places(link.__traceback__)} for link in _chain(error)]
    return told


def _message(record: logging.LogRecord) -> str:
    """The code's own words. Other people's code may have put values into them already: of theirs, only the place."""
    status = getattr(record, "status_code", None)
    if isinstance(status, int):  # Django's line about a request has the address in it
        return responses.get(status, str(status))
    family = record.name.partition(".")[0]
    if family not in (*OURS, "django"):
        return _place(record.pathname, record.lineno, record.funcName or "")
    words = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
    arguments: Any = record.args
    if arguments and family == "django":
        arguments = tuple(map(_shown, arguments)) if isinstance(arguments, tuple) else ()
    try:
        return words % arguments if arguments else words
    except (TypeError, ValueError, KeyError):
        return words


def _shown(value: object) -> object:
    return value if isinstance(value, (int, float)) else f"<{type(value).__name__}>"


def kind_of(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The exception, and those that led to it."""
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        seen.append(error)
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _places(traceback: TracebackType | None) -> list[str]:
    """ "appointments/patient/steps.py:276 send", innermost last."""
    frames = [(frame.f_code.co_filename, line, frame.f_code.co_name) for frame, line in walk_tb(traceback)]
    return [_place(*frame) for frame in frames[-MOST_FRAMES:]]


def _place(file: str, line: int, function: str) -> str:
    return f"{file.removeprefix(f'{settings.BASE_DIR}/').rpartition('site-packages/')[2]}:{line} {function}"


class JSONLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(facts(record))


class Lines(logging.Formatter):
    """The same for a person's eyes."""

    def format(self, record: logging.LogRecord) -> str:
        told = facts(record)
        extra = " ".join(str(told[name]) for name in ("request", "method", "page", "status") if told.get(name))
        errors = [
            f"\n  {error['type']}" + "".join(f"\n    {at}" for at in error["at"]) for error in told.get("error", [])
        ]
        return f"{told['at']} {told['level']} {told['logger']} {told['message']} {extra}".rstrip() + "".join(errors)
