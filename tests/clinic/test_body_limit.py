"""A body that is too long is refused before it is read, by the real server."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

ROOT = Path(__file__).resolve().parents[2]
MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """granian, as in production. Yields its port and process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {"PATH": os.environ["PATH"], "DEMO": "1", "VAR_DIR": str(tmp_path_factory.mktemp("var"))}
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
