"""After a whole journey no submitted value stands in clear in anything the site has written.

A value of its own goes into every box of the form, the message, the patient's own page and the desk. Looked through
are all bytes of the database's files (PostgreSQL's, too, with its log of writes, and a pg_dump), the mails, the logs
of web server and worker, sessions and cache decoded, and the browsers' cookies. Not among the values: readers'
questions and what is searched for in articles, which editors are meant to read.
"""

import hashlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import psycopg2
import pytest

from bench.requests import SITE, Browser, get, post
from tests.clinic.conftest import ON_POSTGRES, ROOT, Site
from tests.crash.conftest import background, fill_in, free_port, inside, wait_until_up, web_server

pytestmark = pytest.mark.slow

LIST = "/admin/appointments/appointmentrequest/"
PASSWORD = "qvqvpassword of the desk itself"
EMAIL = "qvqvemail@qvhost.example"
# What is typed, each found by a word of its own.
ABOUT_YOU = {
    "visit_for": "child",
    "caller_name": "Qvqvcaller Sample",
    "caller_relation": "qvqvrelation",
    "patient_name": "Qvqvpatient Sample",
    "birth_date_0": "8",
    "birth_date_1": "27",
    "birth_date_2": "1931",
    "been_before": "unsure",
    "phone": "(732) 555-0173",
    "email": EMAIL,
    "zip_code": "94703",
}
VISIT = {
    "reason": "something-else",
    "details": "qvqvdetails of the left heel",
    "office": "toms-river",
    "days": ["1", "3"],
    "time_of_day": "morning",
}
CONTACT = {
    "best_way": "text",
    "voicemail": "yes",
    "language": "other",
    "other_language": "qvqvlanguage",
    "interpreter": "on",
    "insurance": "qvqvinsurance",
    "consent": "on",
}
CHANGE = {
    **CONTACT,
    "phone": "(732) 555-0184",
    "email": EMAIL,
    "other_language": "qvqvchanged",
    "days": "any",
    "time_of_day": "any",
}
MESSAGE = {
    "office": "toms-river",
    "about": "bill",
    "name": "Qvqvsender Sample",
    "phone": "(732) 555-0195",
    "email": "qvqvreply@qvhost.example",
    "message": "qvqvmessage about a letter",
    "best_way": "email",
}
ACTIONS = {
    "note": {"note-text": "qvqvnote, call after five"},
    "call": {"call-outcome": "spoke", "call-note": "qvqvcall was friendly"},
    "ask": {"ask-text": "qvqvquestion to the manager"},
    "answer": {"answer-text": "qvqvanswer, once"},
    "send": {"send-office": "2", "send-reason": "qvqvsend nearer"},
    "book": {"book-at": "2027-03-02T10:15", "book-note": "qvqvbook shoes"},
    "close": {"close-reason": "declined", "close-note": "qvqvclose said so"},
    "reopen": {"reopen-reason": "qvqvreopen called back"},
}
EVERYTHING = repr([ABOUT_YOU, VISIT, CONTACT, CHANGE, MESSAGE, ACTIONS, "qvqvpostal qvqvwrong qvqvkept qvqvpassword"])
# Long enough never to come up by chance in the ciphertexts.
WORDS = sorted(set(re.findall("qvqv[a-z]+", EVERYTHING.lower())), key=len, reverse=True)
TYPED = re.compile(
    "|".join(WORDS).encode()  # wherever
    + rb"|(?<!\d)(?:(?:732\D{0,2})?555\D?01(?:73|84|95))(?!\d)"  # the phones, however written
    rb"|1931-08-27|0?8/27/1931|August.27"
    rb"|(?<!\d)(?<![\da-f]{8})94703(?!\d)(?![\da-f]{8})",  # five digits come up by chance in a digest
    re.IGNORECASE,
)
# The site's own words, which stand in its pages and settings: no row about a patient has them.
CHOSEN = re.compile(r"Something else|something-else|morning|unsure|child|'any'|\"any\"")
TABLES = ("appointments_appointmentrequest", "appointments_event", "appointments_draft", "appointments_mail")


@pytest.fixture
def site(make_site, static) -> Site:
    """A demonstration, whose mails are files and whose desk asks for no second factor."""
    site = make_site(
        ALLOWED_HOSTS=SITE, TRUSTED_PROXY_HOPS="1", FASTEST_SECONDS="0", BASE_URL=f"https://{SITE}", LOG_FORMAT="json"
    )
    (site.folder / "static").symlink_to(static)
    return site


def be_the_patient(port: int) -> list[Browser]:
    """One fills in and stops, one sends, changes how to be reached, and writes a message."""
    stopping, sending, writing = (Browser(port, f"192.0.2.{number}") for number in range(3))
    fill_in(stopping, ABOUT_YOU, VISIT, CONTACT)
    fill_in(sending, ABOUT_YOU, VISIT, CONTACT)
    sending.ask(
        "POST", "/appointments/new/about-you/", {**ABOUT_YOU, "zip_code": "qvqvpostal"}
    )  # comes back with an error
    get(sending, "/appointments/check/")
    get(sending, post(sending, "/appointments/check/", {}))
    own_page = re.search(r"/appointments/status/[\w-]+/", sending.page)
    assert own_page
    get(sending, own_page[0])
    sending.ask("POST", own_page[0], {"last_digits": "qvqvwrong"})
    post(sending, own_page[0], {"last_digits": "0173"})
    get(sending, f"{own_page[0]}change/")
    post(sending, f"{own_page[0]}change/", CHANGE)
    get(writing, "/appointments/message/")
    time.sleep(4)  # who is faster is taken for a machine
    get(writing, post(writing, "/appointments/message/", MESSAGE))
    return [stopping, sending, writing]


def be_the_desk(port: int) -> tuple[Browser, str]:
    """Sign in, search, write everywhere, take an export along. Returns what was read, too."""
    tess = Browser(port, "192.0.2.9")
    get(tess, "/accounts/login/")
    post(tess, "/accounts/login/", {"login": "tess", "password": PASSWORD})
    get(tess, LIST)
    found = post(tess, f"{LIST}search/", {"words": "Qvqvpatient"})
    get(tess, found)
    opened = re.search(rf"{LIST}(\d+)/change/", tess.page)
    assert opened
    page = opened[0]
    for action, fields in ACTIONS.items():
        get(tess, page)
        post(tess, page.replace("change", action), fields)
    tess.page = ""  # no token: the text is kept for its writer
    tess.ask("POST", page.replace("change", "note"), {"note-text": "qvqvkept while away"})
    get(tess, page)
    read = tess.page
    get(tess, f"{LIST}export/")
    for kind in ("csv", "xlsx"):
        token = dict(tess.hidden())
        tess.connection.request(
            "POST",
            f"{LIST}export/",
            f"as={kind}&csrfmiddlewaretoken={token['csrfmiddlewaretoken']}",
            {
                "Host": SITE,
                "X-Forwarded-Proto": "https",
                "X-Forwarded-For": "192.0.2.9",
                "Referer": f"https://{SITE}/",
                "Cookie": "; ".join(f"{name}={value}" for name, value in tess.cookies.items()),
                "Content-Type": "application/x-www-form-urlencoded",
            },
        )
        answer = tess.connection.getresponse()
        body = answer.read()
        assert answer.status == 200
        read += body.decode() if kind == "csv" else ""
    return tess, read


def places(site: Site, since: float) -> Iterator[tuple[str, bytes]]:
    """Everything that was written, by where it stands."""
    for path in site.folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            text = path.read_bytes()
            if path.parent.name == "mail":  # the addresses that mails go to are theirs to name
                text = text.replace(EMAIL.encode(), b"").replace(MESSAGE["email"].encode(), b"")
            yield str(path.relative_to(site.folder)), text
    yield "sessions and cache", "\n".join(inside(site, "tell", "kept")).encode()
    if ON_POSTGRES:
        url = site.environment["DATABASE_URL"]
        dump = subprocess.run(["pg_dump", "--dbname", url], env=site.environment, capture_output=True, check=True)
        yield "pg_dump", dump.stdout
        with psycopg2.connect(url) as server, server.cursor() as cursor:
            cursor.execute("CHECKPOINT")
            cursor.execute("SHOW data_directory")
            folder = Path(cursor.fetchone()[0])
        server.close()
        for path in folder.rglob("*"):
            if os.access(path, os.R_OK) and path.is_file() and path.stat().st_mtime >= since:
                yield f"PostgreSQL's {path.relative_to(folder)}", path.read_bytes()


def rows(site: Site) -> str:
    """The rows about patients, as the database has them."""
    return inside(site, "tell", "rows", given=TABLES)


def test_no_submitted_value_stands_in_clear_anywhere(site: Site, capsys):
    inside(site, "staff", PASSWORD)
    port, since = free_port(), time.time()
    with (
        web_server(site, port) as server,
        background(site, sys.executable, str(ROOT / "manage.py"), "worker", "--every", "0.2") as worker,
    ):
        server.start()
        worker.start()
        wait_until_up(port)
        patients = be_the_patient(port)
        tess, read = be_the_desk(port)
        for browser in [*patients, tess]:
            browser.connection.close()
        deadline = time.monotonic() + 60
        while len(list((site.folder / "mail").glob("*"))) < 5 and time.monotonic() < deadline:
            time.sleep(0.2)
        written = dict(places(site, since))

    with capsys.disabled():
        print(f"\n{len(written)} places looked through, {sum(map(len, written.values())) / 1e6:.0f} MB")
    shown = {word.decode().lower() for word in TYPED.findall(read.encode())}
    assert {
        "qvqvcaller",
        "qvqvpatient",
        "qvqvdetails",
        "qvqvinsurance",
        "qvqvnote",
        "qvqvcall",
        "qvqvclose",
        "94703",
    } <= shown
    found = {place: sorted(set(TYPED.findall(text))) for place, text in written.items() if TYPED.search(text)}
    assert found == {}
    assert not CHOSEN.findall(rows(site))
    cookies = " ".join(unquote(value) for browser in [*patients, tess] for value in browser.cookies.values())
    assert not TYPED.findall(cookies.encode())


def test_a_digest_is_not_taken_for_a_zip():
    digests = (hashlib.sha256(b"%d" % number).hexdigest().encode() for number in range(1, 10**6))
    by_chance = next(digest for digest in digests if re.search(rb"(?<!\d)94703(?!\d)", digest))

    assert not TYPED.search(b"\x81" + by_chance + b"\x81")
    for written in (b'"94703"', b"\r94703", b"94703toms-river", b"zip_code=94703&office=1"):
        assert TYPED.search(written)
