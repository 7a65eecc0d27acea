"""Valid HTML: every kind of public page through the checker of the W3C, vnu.

It is a Java program of 28 MB, so it is no package of ours: `npm install vnu-jar`, and VNU_JAR names its vnu.jar.
"""

import json
import os
import shutil
import subprocess

import pytest
from django.db import OperationalError
from django.test import RequestFactory
from django.utils import timezone

from appointments import offices
from appointments.models import InsurancePlan, Office
from articles.models import Article, ReaderQuestion
from clinic.web.errors import server_error
from tests.conftest import post_steps

pytestmark = pytest.mark.slow

JAR = os.environ.get("VNU_JAR", "")
JAVA = shutil.which("java")
ASK = "/conditions/gout/question/"
# Not so: Safari's VoiceOver tells of a list without bullets only if the role says it.
MISTAKEN = "The “list” role is unnecessary"


@pytest.fixture
def pages(client, library, reviewer, listed):
    """Name -> HTML of every kind of page, as a visitor meets them on the way to a request."""
    gout = Article.objects.get(slug="gout")
    gout.questions_open = True
    gout.save()
    by = {"answered_by": reviewer.reviewer, "published_at": timezone.now(), "status": "published"}
    ReaderQuestion.objects.create(article=gout, text="Cherries?", answer="Yes.\n\nNo harm.", sent_key="1", **by)
    person = {"languages": "English, Spanish", "treats": ["gout"], "about": "Listens.", "photo": b"", "photo_name": "x"}
    listed("Pat Example", office="toms-river", user=reviewer, license_number="1", **person)
    belleville = Office.objects.get(slug="belleville")
    InsurancePlan.objects.bulk_create(InsurancePlan(office=belleville, name=f"Plan {number}") for number in range(30))
    offices.forget()
    made = {}

    def keep(name, response):
        made[f"{len(made):02}-{name}"] = response.content

    for article in Article.objects.published():
        keep(article.slug, client.get(article.get_absolute_url()))
    for url in (
        "/",
        "/conditions/",
        "/conditions/?area=heel",
        "/conditions/search/",
        "/conditions/search/?q=heel+pain",
        "/conditions/search/?q=plantar+fasitis",
        "/conditions/search/?q=xylophone",
        ASK,
        f"{ASK}sent/",
        "/offices/",
        "/offices/toms-river/",
        "/offices/belleville/",
        "/people/",
        "/people/pat-example/",
        "/insurance/",
        "/privacy/",
        "/appointments/message/",
        "/appointments/new/?expired=1",
        "/appointments/sent/GS-AAAA-AA/",
        "/accounts/login/",
        "/no-such-page/",
    ):
        keep(url.strip("/").replace("/", "-").replace("?", "-"), client.get(url))
    for name, problem in (("500", ValueError()), ("503", OperationalError())):
        try:
            raise problem
        except (ValueError, OperationalError):
            keep(name, server_error(RequestFactory().get("/")))
    keep("question-error", client.post(ASK, {}))
    keep("safety-error", client.post("/appointments/new/", {}))
    keep("call-now", client.post("/appointments/new/", {"flags": ["hot-swollen"]}, follow=True))
    client.post("/appointments/new/", {"flags": ["none"]})
    for step in ("about-you", "visit", "contact"):
        keep(f"{step}-error", client.post(f"/appointments/new/{step}/", {}))
    post_steps(client)
    for step in ("about-you", "visit", "contact"):
        keep(step, client.get(f"/appointments/new/{step}/"))
    keep("check", client.get("/appointments/check/"))
    keep("sent", client.post("/appointments/check/", follow=True))
    return made


@pytest.mark.skipif(not JAR, reason="VNU_JAR does not name the checker; .ci/run tells where it is")
@pytest.mark.skipif(JAVA is None, reason="There is no Java here, and the HTML checker needs it")
def test_every_page_is_valid_html(pages, tmp_path):
    for name, html in pages.items():
        (tmp_path / f"{name}.html").write_bytes(html)

    found = subprocess.run(
        [JAVA, "-jar", JAR, "--format", "json", "--skip-non-html", str(tmp_path)], stderr=subprocess.PIPE, text=True
    )

    messages = [
        f"{message['url'].rpartition('/')[2]}:{message.get('lastLine', '')}: {message['message']}"
        for message in json.loads(found.stderr)["messages"]
        if message["type"] == "error" and not message["message"].startswith(MISTAKEN)
    ]
    assert len(pages) > 50
    assert not messages, "\n".join(messages)
