"""What the public pages cost: `python -m bench.pages` prints a table.

Queries, CPU time of one rendering and of one answer from the kept pages (and their ratio, taken in the same run),
bytes of the HTML raw and compressed, and what a first view loads: requests and compressed bytes, styles and font
included. It makes a database of its own in a temporary folder.
"""

import argparse
import gzip
import io
import os
import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROUNDS = 40
PAGES = (
    "/",
    "/conditions/",
    "/conditions/heel-pain/",
    "/conditions/can-foot-pain-cause-knee-or-back-pain/",
    "/offices/toms-river/",
    "/insurance/",
    "/appointments/new/",
)


def cpu_ms(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Mean CPU milliseconds of `work`, after one warm-up."""
    work()
    started = time.process_time()
    for _round in range(rounds):
        work()
    return (time.process_time() - started) / rounds * 1000


def main() -> None:
    """Set up, measure, print."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update({"DEMO": "1", "VAR_DIR": folder, "DJANGO_SETTINGS_MODULE": "clinic.settings"})
        os.environ.pop("DATABASE_URL", None)
        measure()


def measure() -> None:
    """The table."""
    import brotli  # type: ignore[import-untyped]
    import django
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    django.setup()
    print("Preparing a database and static files (half a minute) ...", flush=True)
    for command in ("migrate", "load_practice", "load_articles"):
        call_command(command, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    from clinic.wsgi import application

    def ask(path: str) -> bytes:
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "HTTP_HOST": "127.0.0.1",
            "HTTP_ACCEPT_ENCODING": "br",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
        }
        return b"".join(application(environ, lambda *_args: lambda _data: None))

    client = Client(HTTP_HOST="127.0.0.1")
    head = f"{'page':<52} {'queries':>7} {'render ms':>9} {'kept ms':>8} {'ratio':>6} {'raw':>7} {'gzip':>6} {'br':>6}"
    print(head + f" {'requests':>8} {'first view br':>13}")
    for path in PAGES:
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            body = client.get(path).content
        asked = len(queries)
        render = cpu_ms(lambda path=path: client.get(path))  # type: ignore[misc]
        kept = cpu_ms(lambda path=path: ask(path), ROUNDS * 20)  # type: ignore[misc]
        small = len(brotli.compress(body, quality=5))
        files = set(re.findall(rb'(?:href|src)="(/static/[^"]+)"', re.sub(rb"<link rel=\"apple[^>]*>", b"", body)))
        weight = small
        for file in files:
            local = Path(settings.STATIC_ROOT) / file.decode().removeprefix("/static/")
            squeezed = local.with_name(local.name + ".br")
            weight += (squeezed if squeezed.exists() else local).stat().st_size
        row = f"{path:<52} {asked:>7} {render:>9.2f} {kept:>8.3f} {render / kept:>6.0f} {len(body):>7}"
        print(f"{row} {len(gzip.compress(body)):>6} {small:>6} {1 + len(files):>8} {weight:>13}")


if __name__ == "__main__":
    main()
