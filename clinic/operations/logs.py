"""What is logged, and who hears of errors: words of the code, never what somebody wrote.

A line holds the message as the code has it, the kind of an exception and the places in the code it went through. It
never holds an exception's text (a database error quotes the row), a local variable, an address or a posted value. Of
a library's message only the place in its code is shown, since its words may have values in them.

Each request has a number, which stands on its log lines, on its error page and in the header X-Request-Id, so that a
caller can say it. Errors also reach the operator (OPERATOR_EMAIL, OPERATOR_WEBHOOK), each kind once in 15 minutes.
"""

import json
import logging
import secrets
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from hashlib import blake2b
from http.client import responses
from pathlib import Path
from smtplib import SMTPException
from traceback import walk_tb
from types import TracebackType
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse

OURS = ("clinic", "articles", "appointments", "common")
QUIET_SECONDS = 15 * 60  # between two messages to the operator about the same kind of error
WEBHOOK_SECONDS = 5
MOST_FRAMES = 30

number: ContextVar[str] = ContextVar("number", default="")
log = logging.getLogger(__name__)


def request_number(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Give each request a number that can be said by phone: "4f2a-91cc"."""

    def middleware(request: HttpRequest) -> HttpResponse:
        letters = secrets.token_hex(4)
        token = number.set(f"{letters[:4]}-{letters[4:]}")
        try:
            response = get_response(request)
            if response.status_code >= 400:
                response.headers["X-Request-Id"] = number.get()
            return response
        finally:
            number.reset(token)

    return middleware


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
        told["error"] = [{"type": _kind(link), "at": _places(link.__traceback__)} for link in _chain(error)]
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


def _kind(error: BaseException) -> str:
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
        """See `facts`."""
        return json.dumps(facts(record))


class Lines(logging.Formatter):
    """The same for a person's eyes."""

    def format(self, record: logging.LogRecord) -> str:
        """See `facts`."""
        told = facts(record)
        extra = " ".join(str(told[name]) for name in ("request", "method", "page", "status") if told.get(name))
        errors = [
            f"\n  {error['type']}" + "".join(f"\n    {at}" for at in error["at"]) for error in told.get("error", [])
        ]
        return f"{told['at']} {told['level']} {told['logger']} {told['message']} {extra}".rstrip() + "".join(errors)


class OperatorHandler(logging.Handler):
    """Tells the operator of an error by mail and webhook, in a thread of its own: no request waits for it or fails.

    A command that ends waits for it.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Once for each kind of error in QUIET_SECONDS."""
        if not (settings.OPERATOR_EMAIL or settings.OPERATOR_WEBHOOK):
            return
        told = facts(record)
        if _lately(told):
            return
        kind = told["error"][0]["type"] if told.get("error") else told["logger"]
        _start_telling(f"Error on {settings.BASE_URL}: {kind}", told)


def tell_operator(subject: str, message: str) -> None:
    """What is no error, by the same ways, in a thread of its own."""
    _start_telling(subject, {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "message": message})


def _start_telling(subject: str, told: dict[str, Any]) -> None:
    threading.Thread(target=tell, args=(subject, told), name="tell operator").start()


def _lately(told: dict[str, Any]) -> bool:
    """Whether any process has told of this kind. Files, because the database may be what is broken."""
    errors = [[error["type"], *error["at"][-1:]] for error in told.get("error", [])]
    return not once_in(json.dumps([told["logger"], errors or told["message"]]), QUIET_SECONDS)


def once_in(kind: str, seconds: float) -> bool:
    """Whether no process has had True for this kind for so long, by the clock of the files."""
    mark = Path(settings.VAR_DIR) / "alerts" / blake2b(kind.encode(), digest_size=8).hexdigest()
    try:
        if abs(time.time() - mark.stat().st_mtime) < seconds:
            return False
    except FileNotFoundError:
        mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()
    return True


def tell(subject: str, told: dict[str, Any]) -> None:
    """Mail and webhook; what can't be delivered is only logged."""
    if settings.OPERATOR_EMAIL:
        try:
            send_mail(subject, json.dumps(told, indent=1), None, [settings.OPERATOR_EMAIL])
        except (OSError, SMTPException) as problem:
            log.warning("The operator got no mail: %s", _kind(problem))
    if settings.OPERATOR_WEBHOOK:
        body = json.dumps({"text": subject, **told}).encode()
        call = urllib.request.Request(  # noqa: S310  # settings.py takes https only
            settings.OPERATOR_WEBHOOK, body, {"Content-Type": "application/json"}
        )
        try:
            urllib.request.build_opener(_NoRedirect).open(call, timeout=WEBHOOK_SECONDS).close()
        except (OSError, ValueError) as problem:
            log.warning("The operator's webhook was not reached: %s", _kind(problem))


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """What goes to the operator goes nowhere else."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """An answer that sends us on is an error."""


def log_crash(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    """For `sys.excepthook`: a command that breaks tells no values either."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, traceback)
        return
    log.critical("A command has stopped", exc_info=(kind, error, traceback))
