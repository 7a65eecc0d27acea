"""Hostile text through the form and onto the desk: a few of each kind always, and lists that others wrote, among the
slow tests, where SHARED_DATA names their folder.
"""

import json
import os
from pathlib import Path
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from django.utils.html import escape

from common.text import clean_text
from tests.conftest import ABOUT_YOU, CONTACT, VISIT, post_steps

DATA = os.environ.get("SHARED_DATA")
EVERY = 36  # of the long list of script injections: a hundred spread over it are enough
# Tags, attributes, addresses, templates, formulas, patterns, SQL, control characters, letters that look like others.
OURS = [
    "<script>alert(1)</script>",
    "</textarea></title></script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onfocus='alert(1)' autofocus='",
    "<svg/onload=alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "{{ settings.SECRET_KEY }}{% include 'base.html' %}",
    "{0.__class__} %(phone)s %s %n ${7*7} {reference}",
    "=cmd|' /C calc'!A0",
    "(((((((((((a*)*)*)*[",
    "'; DROP TABLE appointments_appointmentrequest; --",
    "../../../etc/passwd",
    "\u202egnp.exe \u200b\u0000\u0007\ud800",
    "http://a.example/%0d%0aSet-Cookie:x=1",
    "0xABad1dea 1e999 NaN -1 undefined null",
    "\U0001f9b6\u0301\u0489 田中さん ᚠᛇᚻ ﷽",
]


def from_lists() -> list[str]:
    """The Big List of Naughty Strings, and a sample of an XSS list."""
    if not DATA:
        return []
    naughty = json.loads((Path(DATA) / "blns.json").read_text())
    injections = (Path(DATA) / "xss-payload-list.txt").read_text(errors="replace").splitlines()[::EVERY]
    return [*naughty, *injections]


def always_and_slowly(test):
    """The test with our own texts, and among the slow ones with the lists."""
    lists = pytest.param(
        from_lists(),
        id="lists",
        marks=[
            pytest.mark.slow,
            pytest.mark.skipif(not DATA, reason="SHARED_DATA names no folder with blns.json and xss-payload-list.txt"),
        ],
    )
    return pytest.mark.parametrize("texts", [pytest.param(OURS, id="ours"), lists])(test)


@pytest.mark.thorough
@always_and_slowly
def test_no_text_breaks_a_step_of_the_form(client, practice, texts):
    post_steps(client)
    for text in texts:
        for url, answers in (
            ("/appointments/new/about-you/", dict.fromkeys(ABOUT_YOU, text)),
            ("/appointments/new/visit/", dict.fromkeys(VISIT, text)),
            ("/appointments/new/contact/", dict.fromkeys(CONTACT, text)),
            (f"/appointments/new/?{urlencode({'about': text}, errors='replace')}", {"flags": text}),
        ):
            response = client.post(
                url, {name: value.encode(errors="replace").decode() for name, value in answers.items()}
            )

            assert response.status_code in (200, 302), (url, text)


def tags(page):
    """What a browser would run or load, and what runs when something happens."""
    soup = BeautifulSoup(page, "html.parser")
    handlers = [name for tag in soup.find_all(True) for name in tag.attrs if name.startswith("on")]
    scripts = [tag.get("src") for tag in soup.find_all("script")]
    return handlers, scripts


@pytest.mark.thorough
@always_and_slowly
def test_what_a_patient_typed_is_kept_and_shown_as_text(
    client, practice, make_request, signed_in, toms_river_desk, texts
):
    desk = signed_in(toms_river_desk)
    harmless = tags(desk.get(make_request(patient_name="Harold", details="x").get_absolute_url()).content.decode())
    texts = [text for text in texts if clean_text(text)]
    pairs = list(zip(texts[::2], [*texts[1::2], texts[0]], strict=False))  # an odd one has the first beside it
    for start in range(0, len(pairs), 25):
        sent = [
            make_request(patient_name=clean_text(name)[:200], details=clean_text(details, lines=True)[:300])
            for name, details in pairs[start : start + 25]
        ]
        page = desk.get("/admin/appointments/appointmentrequest/?tab=call&page=1").content.decode()
        assert "<script>alert" not in page
        for request in sent:
            page = desk.get(request.get_absolute_url()).content.decode()
            assert escape(request.patient_name) in page
            assert escape(request.details.split("\n")[0]) in page
            assert tags(page) == harmless, request.patient_name


@always_and_slowly
def test_no_search_breaks(client, library, texts):
    for text in texts:
        for url in ("/conditions/search/", "/conditions/suggest/"):
            assert client.get(url, {"q": text.encode(errors="replace")}).status_code == 200, (url, text)
