"""What is imported may name any address, of this machine or its network too: the site opens none of them."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from zipfile import ZipFile

import pytest

from articles.importing.docx import fill_from_docx
from articles.importing.items import Item
from articles.models import ImportedArticle
from tests.articles.test_import import HEAD, TAIL, post, run
from tests.articles.test_import_parts import document

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """An address inside, and who called there."""
    called: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        done = threading.Event()

        def listen() -> None:
            while not done.is_set():
                with suppress(TimeoutError):
                    caller, _address = server.accept()
                    called.append(caller.recv(200).decode("latin-1"))
                    caller.close()

        listening = threading.Thread(target=listen)
        listening.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", called
        done.set()
        listening.join()


@pytest.mark.thorough
def test_listener_hears_who_calls(listener):
    address, called = listener
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as caller:
        caller.sendall(b"GET / HTTP/1.0\r\n\r\n")
        caller.recv(1)

    assert called


@pytest.mark.thorough
def test_import_opens_no_address_that_its_source_names(listener, tmp_path, library):
    address, called = listener
    site = tmp_path / "site"
    site.mkdir()
    (site / "page.html").write_text(
        f"<html><head><title>Corns</title><link rel=stylesheet href='{address}/a.css'><base href='{address}/'></head>"
        f"<body><article><h1>Corns</h1><p>Corns are hard skin.</p><img src='{address}/a.png' alt=A>"
        f"<img src='a.png' srcset='{address}/b.png 2x' alt=A><iframe src='{address}/c'></iframe>"
        f"<object data='{address}/d'></object><img src='file:///etc/passwd' alt=A></article></body></html>"
    )
    (site / "text.md").write_text(f"# Blisters\n\nThey hurt.\n\n![A blister]({address}/e.png)\n")
    attachment = post(8, type="attachment", more=f"<wp:attachment_url>{address}/f.png</wp:attachment_url>")
    export = tmp_path / "export.xml"
    export.write_text(
        HEAD.replace("<rss", f'<!DOCTYPE rss SYSTEM "{address}/g.dtd">\n<rss', 1)
        + post(7, text=f"<p>Bunions.</p><img src='{address}/f.png' alt=A>", title="Bunions")
        + attachment
        + TAIL
    )

    run(site)
    with suppress(Exception):  # that kind of document may be refused as a whole
        run(export)
    export.write_text(export.read_text().replace(f'<!DOCTYPE rss SYSTEM "{address}/g.dtd">\n', ""))
    run(export)

    assert ImportedArticle.objects.count() >= 3
    assert called == []


@pytest.mark.thorough
def test_word_file_opens_no_picture_that_lies_elsewhere(listener, tmp_path):
    address, called = listener
    picture = "http://schemas.openxmlformats.org/drawingml/2006/picture"
    inline = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
    body = (
        f'<w:p><w:r><w:t>Corns.</w:t></w:r><w:r><w:drawing><wp:inline xmlns:wp="{inline}"><a:graphic '
        f'xmlns:a="{DRAWING}"><a:graphicData><pic:pic xmlns:pic="{picture}"><pic:blipFill><a:blip '
        f'xmlns:r="{RELATIONS}" r:link="r9"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline>'
        "</w:drawing></w:r></w:p>"
    )
    path = document(tmp_path / "a.docx", body)
    with ZipFile(path, "a") as file:
        file.writestr(
            "word/_rels/document.xml.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r9" '
            f'Type="{RELATIONS}/image" Target="{address}/h.png" TargetMode="External"/></Relationships>',
        )

    item = Item(source="", name="")
    fill_from_docx(item, path)

    assert "Corns." in item.html
    assert called == []
