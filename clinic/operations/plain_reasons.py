"""Why something failed, in the words of the machine, for whoever runs a command on the server.

Only of kinds of exceptions whose words are the machine's own: no connection, no right, no such file, no such package.
What else an exception says may quote a row, so it is told nowhere (`log_lines`).
"""

import smtplib
import ssl
from socket import gaierror

from django.db import InterfaceError, OperationalError


def in_words(problem: BaseException) -> str:
    """One sentence without a full stop; "" where the words may hold what somebody wrote."""
    if isinstance(problem, smtplib.SMTPAuthenticationError):
        return "the mail server refuses the user or the password of EMAIL_URL"
    if isinstance(problem, smtplib.SMTPException):
        code = getattr(problem, "smtp_code", "")
        return f"the mail server answers {code}" if code else f"the mail server breaks off ({type(problem).__name__})"
    if isinstance(problem, ssl.SSLCertVerificationError):
        return f"its certificate is not right: {problem.verify_message}"
    if isinstance(problem, gaierror):
        return "its name leads nowhere (DNS)"
    if isinstance(problem, TimeoutError):
        return "no answer came in time"
    if isinstance(problem, OSError):
        where = f" ({problem.filename})" if problem.filename else ""
        return f"{problem.strerror or type(problem).__name__}{where}"
    if isinstance(problem, OperationalError | InterfaceError):
        lines = [line.strip() for line in str(problem).splitlines() if line.strip()]
        return f"the database says “{lines[0]}”" if lines else "the database does not say why"
    if isinstance(problem, ImportError):
        return f"{problem.msg}: install the packages of requirements.txt"
    return "it asks, and nobody is there to answer" if isinstance(problem, EOFError) else ""
