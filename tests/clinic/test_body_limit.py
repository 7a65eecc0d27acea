"""A body that is too long is refused before it is read, by the real server."""

import os
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.request import urlopen

import psutil
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from clinic.body_limit import places

ROOT = Path(__file__).resolve().parents[2]
MEGABYTE = 1024 * 1024
FORM = "Content-Type: application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """granian, as in production. Yields its port and process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {"PATH": os.environ["PATH"], "DEMO": "1", "VAR_DIR": str(tmp_path_factory.mktemp("var"))}
    environment["GRANIAN_BLOCKING_THREADS"] = "8"
    command = [Path(sys.executable).with_name("granian"), "--interface", "wsgi", "--port", str(port), "--no-ws"]
    process = subprocess.Popen([*command, "clinic.wsgi:application"], cwd=ROOT, env=environment)
    for _try in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            time.sleep(0.1)
    yield port, process
    process.terminate()
    process.wait(20)


def send(port, path, headers, body=b"", times=0):
    """Send a POST, `times` the same piece of a body, until the server hangs up. Returns the start of its answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as wire:
        head = [f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", *headers, "", ""]
        wire.sendall("\r\n".join(head).encode())
        try:
            for _piece in range(times):
                wire.sendall(body)
        except OSError:
            pass  # it hung up: it need not read what it has refused
        try:
            return wire.recv(65536).decode(errors="replace")
        except ConnectionResetError:
            return "reset"


def memory(process):
    """Of the server's processes together, in megabytes."""
    found = psutil.Process(process.pid)
    return sum(one.memory_info().rss for one in [found, *found.children(recursive=True)]) / MEGABYTE


@pytest.mark.parametrize("path", ["/appointments/new/", "/appointments/new/about-you/", "/accounts/login/"])
def test_public_form_takes_no_file(client, library, path):
    answer = client.post(path, {"patient_name": "Harold", "photo": SimpleUploadedFile("foot.jpg", b"\xff\xd8" * 50)})

    assert answer.status_code == 400
    assert "We could not read that" in answer.content.decode()


def test_question_takes_no_file(client, article):
    article.questions_open = True
    article.save()

    answer = client.post("/conditions/heel-pain/question/", {"photo": SimpleUploadedFile("foot.jpg", b"\xff\xd8")})

    assert answer.status_code == 400


def test_front_desk_takes_no_file(manager, signed_in):
    answer = signed_in(manager).post("/admin/appointments/office/add/", {"f": SimpleUploadedFile("a.txt", b"a")})

    assert answer.status_code == 400


def test_editors_desk_takes_pictures(editor, signed_in):
    answer = signed_in(editor).post(
        "/cms/images/add/", {"title": "Foot", "file": SimpleUploadedFile("foot.txt", b"no picture")}
    )

    assert answer.status_code == 200
    assert "file" in answer.context["form"].errors, "it was read, and found to be no picture"


# --- Bodies that never end ---


@contextmanager
def slow(port, count, path="/appointments/new/"):
    """Connections that promise a body, send a byte of it, and then nothing."""
    with ExitStack() as wires:
        for _number in range(count):
            wire = wires.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))
            head = [f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", FORM, "Content-Length: 900000", "", "x"]
            wire.sendall("\r\n".join(head).encode())
        time.sleep(1)
        yield


@pytest.mark.slow
def test_bodies_that_never_end_leave_threads_for_pages_and_health(server):
    port, _process = server
    with slow(port, 60):
        started = time.monotonic()
        answers = [urlopen(f"http://127.0.0.1:{port}{path}", timeout=10).status for path in ("/healthz", "/robots.txt")]
        took = time.monotonic() - started
        refused = send(port, "/appointments/new/", ["Content-Length: 1"], b"x", 1)

    assert (answers, took < 5) == ([200, 200], True)
    assert refused.startswith("HTTP/1.1 503")
    assert "what you typed is still there" in refused


@pytest.mark.slow
def test_forms_are_taken_again_once_the_slow_ones_have_gone(server):
    port, _process = server
    with slow(port, 20):
        pass
    time.sleep(1)

    assert not send(port, "/healthz", ["Content-Length: 1"], b"x", 1).startswith("HTTP/1.1 503")


def test_bodies_take_three_of_four_threads():
    assert [places(threads) for threads in (1, 2, 4, 8, 16)] == [1, 1, 3, 6, 12]


def test_web_server_waits_shorter_for_a_busy_sqlite_than_the_worker(tmp_path):
    program = (
        "from clinic.wsgi import application; from django.db import connection; "
        "print(connection.settings_dict['OPTIONS']['timeout'])"
    )
    environment = {"PATH": os.environ["PATH"], "DEMO": "1", "VAR_DIR": str(tmp_path)}
    of_pages = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    worker = program.replace("from clinic.wsgi import application", "import django; django.setup()")
    environment["DJANGO_SETTINGS_MODULE"] = "clinic.settings"
    of_jobs = subprocess.run([sys.executable, "-c", worker], cwd=ROOT, env=environment, capture_output=True, text=True)

    assert (of_pages.stdout, of_jobs.stdout) == ("5\n", "20\n")
