"""Errors reach the operator (OPERATOR_EMAIL, OPERATOR_WEBHOOK), each kind once in 15 minutes."""

import json
import logging
import sys
import threading
import time
import urllib.request
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from smtplib import SMTPException
from types import TracebackType
from typing import Any

from django.conf import settings
from django.core.mail import send_mail

from clinic.operations.log_lines import facts, kind_of
from clinic.operations.plain_reasons import in_words

QUIET_SECONDS = 15 * 60  # between two messages to the operator about the same kind of error
WEBHOOK_SECONDS = 5
log = logging.getLogger(__name__)


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
            log.warning("The operator got no mail: %s", kind_of(problem))
    if settings.OPERATOR_WEBHOOK:
        body = json.dumps({"text": subject, **told}).encode()
        call = urllib.request.Request(  # noqa: S310  # settings.py takes https only
            settings.OPERATOR_WEBHOOK, body, {"Content-Type": "application/json"}
        )
        try:
            urllib.request.build_opener(_NoRedirect).open(call, timeout=WEBHOOK_SECONDS).close()
        except (OSError, ValueError) as problem:
            log.warning("The operator's webhook was not reached: %s", kind_of(problem))


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """What goes to the operator goes nowhere else."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """An answer that sends us on is an error."""


def log_crash(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    """For `sys.excepthook`: a command that breaks tells no values either; of what the machine refused, why."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, traceback)
        return
    log.critical("A command has stopped", exc_info=(kind, error, traceback))
    if why := in_words(error):
        sys.stderr.write(f"It has stopped: {why}.\n")
