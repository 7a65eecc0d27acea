"""Two servers with one PostgreSQL, each with a folder of its own: what changes on one shows on the other."""

import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bench.requests import SITE
from tests.clinic.conftest import ON_POSTGRES, ROOT, Site
from tests.crash.conftest import PRODUCTION, free_port, wait_until_up, web_server
from tests.crash.test_nginx import PUBLISH

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not ON_POSTGRES, reason="SQLite is a file of one server"),
]
MOST_SECONDS = 1.5  # the second, and a half of one for a busy machine
PHONE = """
import os, time, django
os.environ["DJANGO_SETTINGS_MODULE"] = "clinic.settings"
django.setup()
from appointments.models import Office
office = Office.objects.get(slug="belleville")
office.phone = "+19735550100"
office.save()
print(time.time())
"""


@pytest.fixture(scope="module")
def ports(
    make_site: Callable[..., Site], static: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Site, int, int]]:
    """The site as the first server has it, and where each listens."""
    first = make_site(**PRODUCTION)
    first.manage("load_articles", "-v0")
    second = Site(tmp_path_factory.mktemp("second"), first.database, first.settings)
    with ExitStack() as stack:
        found = []
        for site in (first, second):
            (site.folder / "static").symlink_to(static)
            port = free_port()
            stack.enter_context(web_server(site, port)).start()
            found.append(port)
        for port in found:
            wait_until_up(port)
        yield first, found[0], found[1]


def page(port: int, path: str) -> str:
    headers = {"Host": SITE, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
    call = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    with urllib.request.urlopen(call, timeout=20) as answer:
        text: str = answer.read().decode()
    return text


@pytest.mark.parametrize(
    ("program", "arguments", "path", "words"),
    [
        (PUBLISH, ["Heel pain, quite new"], "/conditions/heel-pain/", "Heel pain, quite new"),
        (PHONE, [], "/offices/belleville/", "555-0100"),
    ],
    ids=["an article", "a phone"],
)
def test_change_on_one_server_shows_on_the_other_within_a_second(ports, program, arguments, path, words):
    first, *both = ports
    for port in both:
        for _worker in range(6):  # both processes of each keep the page as it was
            assert words not in page(port, path)
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=first.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    time.sleep(max(0, float(done.stdout) + MOST_SECONDS - time.time()))

    for port in both:
        assert [words in page(port, path) for _worker in range(6)] == [True] * 6
