"""Lists of hostile text that others wrote, through the form and onto the desk. SHARED_DATA names their folder."""

import json
import os
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.utils.html import escape

from clinic.common.text import clean_text
from tests.conftest import ABOUT_YOU, CONTACT, VISIT, post_steps

pytestmark = pytest.mark.slow
DATA = os.environ.get("SHARED_DATA")
EVERY = 12  # of the long list of script injections: a few hundred spread over it are enough


def hostile_texts():
    """The Big List of Naughty Strings, and a sample of an XSS list."""
    if not DATA:
        pytest.skip("SHARED_DATA does not name the folder with blns.json and xss-payload-list.txt")
    naughty = json.loads((Path(DATA) / "blns.json").read_text())
    injections = (Path(DATA) / "xss-payload-list.txt").read_text(errors="replace").splitlines()[::EVERY]
    return [*naughty, *injections]


def test_no_text_breaks_a_step_of_the_form(client, practice):
    post_steps(client)
    for text in hostile_texts():
        for url, answers in (
            ("/appointments/new/about-you/", dict.fromkeys(ABOUT_YOU, text)),
            ("/appointments/new/visit/", dict.fromkeys(VISIT, text)),
            ("/appointments/new/contact/", dict.fromkeys(CONTACT, text)),
            (f"/appointments/new/?{urlencode({'about': text})}", {"flags": text}),
        ):
            response = client.post(url, answers)

            assert response.status_code in (200, 302), (url, text)


def test_what_a_patient_typed_is_kept_and_shown_as_text(client, practice, make_request, signed_in, toms_river_desk):
    texts = [text for text in hostile_texts() if clean_text(text)]
    desk = signed_in(toms_river_desk)
    for start in range(0, len(texts), 25):
        sent = [
            make_request(patient_name=clean_text(text)[:200], details=clean_text(text, lines=True)[:300])
            for text in texts[start : start + 25]
        ]
        page = desk.get("/admin/appointments/appointmentrequest/?tab=call&page=1").content.decode()
        assert "<script>alert" not in page
        for request in sent:
            page = desk.get(request.get_absolute_url()).content.decode()
            assert escape(request.patient_name) in page
            assert "<script>alert" not in page


def test_no_search_breaks(client, library):
    for text in hostile_texts():
        for url in ("/conditions/search/", "/conditions/suggest/"):
            assert client.get(url, {"q": text}).status_code == 200, (url, text)
