"""A body that is too long is refused before it is read: in front of Django, and by the real server."""

import os
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path
from urllib.request import urlopen

import psutil
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from clinic.web.body_limit import BodyLimit, places

ROOT = Path(__file__).resolve().parents[2]
MEGABYTE = 1024 * 1024
FORM = "Content-Type: application/x-www-form-urlencoded"
FORM_PAGE = "/appointments/new/"
PICTURE = "/cms/images/add/"


class NeverRead(BytesIO):
    """A body that nobody may look at."""

    def read(self, *args):
        """Fails the test."""
        pytest.fail("The body was read")


def post(path, body=None, **environ):
    """What comes of a POST: the status, and the body and length that Django got, or None if it was not asked."""
    asked, statuses = [], []

    def django(inner, start_response):
        asked.append((inner["wsgi.input"].read(int(inner["CONTENT_LENGTH"])), inner["CONTENT_LENGTH"]))
        start_response("200 OK", [])
        return [b""]

    request = {"REQUEST_METHOD": "POST", "PATH_INFO": path, "wsgi.input": body or NeverRead(), **environ}
    BodyLimit(django)(request, lambda status, headers: statuses.append(status))
    return statuses[0][:3], asked[0] if asked else None


def declared(size):
    """A body as long as it says."""
    return {"body": BytesIO(b"x" * size), "CONTENT_LENGTH": str(size)}


def chunked(size):
    """A body that does not say how long it is."""
    return {"body": BytesIO(b"x" * size), "HTTP_TRANSFER_ENCODING": "chunked"}


@pytest.mark.parametrize("body", [declared, chunked])
def test_body_of_just_the_limit_reaches_the_form_whole(settings, body):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000

    assert post(FORM_PAGE, **body(1000)) == ("200", (b"x" * 1000, "1000"))


@pytest.mark.usefixtures("practice")
@pytest.mark.parametrize("body", [declared, chunked])
def test_body_of_a_byte_more_than_the_limit_is_refused(settings, body):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000

    assert post(FORM_PAGE, **body(1001)) == ("413", None)


@pytest.mark.usefixtures("practice")
@pytest.mark.parametrize("length", ["1000001", "99999999999999999999", "-1", "+5", "1e3", "much"])
def test_length_that_is_too_long_or_none_is_refused_before_a_byte_is_read(length):
    assert post(FORM_PAGE, CONTENT_LENGTH=length) == ("413", None)


@pytest.mark.usefixtures("practice")
def test_picture_may_be_longer_than_a_form_but_not_endless():
    longest = 11 * MEGABYTE

    assert post(PICTURE, **declared(longest))[0] == "200"
    assert post(PICTURE, CONTENT_LENGTH=str(longest + 1)) == ("413", None)
    assert post("/cms/snippets/", CONTENT_LENGTH=str(longest)) == ("413", None), "pictures come in at one address"


@pytest.mark.usefixtures("practice")
def test_site_that_moves_in_may_be_large_if_it_says_how_large():
    longest = 202 * MEGABYTE

    assert post("/cms/moving-in/", CONTENT_LENGTH=str(longest + 1)) == ("413", None)
    assert post("/cms/moving-in/1/start/", CONTENT_LENGTH=str(12 * MEGABYTE)) == ("413", None)
    assert post("/cms/moving-in/", **declared(12 * MEGABYTE))[0] == "200"
    assert post("/cms/moving-in/", **chunked(12 * MEGABYTE)) == ("413", None)


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


# --- The real server ---


@pytest.mark.slow
def test_long_body_is_refused_by_the_server_and_kept_by_nobody(server):
    port, process = server
    before = memory(process)

    answer = send(port, FORM_PAGE, [f"Content-Length: {200 * MEGABYTE}"], b"x" * MEGABYTE, times=200)

    assert answer == "reset" or answer.startswith("HTTP/1.1 413")
    assert memory(process) - before < 50


@pytest.mark.slow
def test_long_body_without_a_length_is_refused_by_the_server(server):
    port, process = server
    before = memory(process)
    piece = f"{MEGABYTE:x}\r\n".encode() + b"x" * MEGABYTE + b"\r\n"

    answer = send(port, FORM_PAGE, ["Transfer-Encoding: chunked"], piece, times=200)

    assert answer == "reset" or answer.startswith("HTTP/1.1 413")
    assert memory(process) - before < 50


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


@pytest.mark.thorough
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


@pytest.mark.usefixtures("practice")
def test_who_has_to_wait_reads_whom_to_call(settings):
    settings.WEB_THREADS = 1
    limit, answers = BodyLimit(lambda environ, start: answers.append(sent(limit))), []

    def sent(application):
        request = {"REQUEST_METHOD": "POST", "PATH_INFO": FORM_PAGE, "wsgi.input": BytesIO(b"x"), "CONTENT_LENGTH": "1"}
        statuses = []
        body = application(request, lambda status, headers: statuses.append(status))
        return statuses, body

    sent(limit)

    ((statuses, body),) = answers
    assert statuses == ["503 Service Unavailable"]
    assert b'href="tel:+17325579900"' in body[0]
    assert b'href="tel:911"' in body[0]


@pytest.mark.usefixtures("practice")
def test_who_wrote_too_much_reads_whom_to_call():
    length = str(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    environ = {"REQUEST_METHOD": "POST", "PATH_INFO": FORM_PAGE, "wsgi.input": BytesIO(), "CONTENT_LENGTH": length}

    (page,) = BodyLimit(lambda *_request: [])(environ, lambda *_answer: None)

    assert b"shorten what you wrote" in page
    assert b'href="tel:+17325579900"' in page
    assert b'href="tel:911"' in page
