"""Lists of hostile text through every box of the site, with a real Chromium that tells when one of them runs.

Told is: a dialog that opens (or would have), anything the content security policy had to stop, a request to a
stranger, a script error, and a page that breaks.
"""

import contextlib
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Request, Route, sync_playwright

from tests.browser.conftest import CHROMIUM, CHROMIUM_ARGUMENTS

WATCH = """
for (const name of ["alert", "confirm", "prompt", "print"])
    window[name] = () => console.error("EXECUTED " + name);
"""
SUBMIT = """([path, fields]) => {
    const form = document.createElement("form");
    form.method = "post";
    form.action = path;
    for (const hidden of document.querySelectorAll("main input[type=hidden]")) form.append(hidden.cloneNode());
    const token = document.querySelector("[name=csrfmiddlewaretoken]");
    if (token) form.append(token.cloneNode());
    for (const [name, value] of Object.entries(fields)) {
        const box = document.createElement("textarea");
        box.name = name;
        box.value = value;
        form.append(box);
    }
    document.body.append(form);
    HTMLFormElement.prototype.submit.call(form);
}"""
LIST = "/admin/appointments/appointmentrequest/"
SHOWN_AGAIN = {  # forms that come back with what was typed, since the rest of it is wrong
    "/appointments/new/about-you/": (
        "caller_name",
        "caller_relation",
        "patient_name",
        "birth_date_0",
        "phone",
        "email",
    ),
    "/appointments/new/visit/": ("details", "reason", "office", "days"),
    "/appointments/new/contact/": ("other_language", "insurance", "best_way"),
    "/appointments/message/": ("name", "phone", "email", "message", "about"),
    "/conditions/heel-pain/question/": ("text", "stamp"),
}
ARTICLE = ("title", "medical_name", "short_title", "summary", "description", "lay_names", "ask")
TOLD = ("EXECUTED", "Content Security Policy", "Content-Security-Policy")


def hostile_texts(folder: Path, every: int) -> list[str]:
    """The Big List of Naughty Strings, and an XSS list of which each 12th is enough; of both one in `every`."""
    naughty = json.loads((folder / "blns.json").read_text())
    injections = (folder / "xss-payload-list.txt").read_text(errors="replace").splitlines()[::12]
    return [text for text in [*naughty, *injections][::every] if text.strip()]


class Watched:
    """A page, and what ran on it that should not."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.url, self.findings, self.seen = url, set[str](), 0
        self.context = browser.new_context(base_url=url)
        self.context.add_init_script(WATCH)
        self.context.route("**/*", self._without_ornament)
        self.page = self.context.new_page()
        self.page.on("console", self._hear)
        self.page.on("dialog", self._close)
        self.page.on("pageerror", lambda error: self._tell(f"script error: {error}"))
        self.page.on("request", self._watch)

    def _without_ornament(self, route: Route) -> None:
        ornament = route.request.resource_type in ("stylesheet", "font", "image", "media")
        stranger = not route.request.url.startswith((self.url, "data:", "blob:", "about:"))
        if ornament or stranger:
            route.abort()
        else:
            route.continue_()

    def _tell(self, what: str) -> None:
        self.findings.add(
            f"{re.sub(r'[0-9]+', 'N', self.page.url.removeprefix(self.url).partition('?')[0])}: {what}"[:200]
        )

    def _hear(self, message: ConsoleMessage) -> None:
        if any(word in message.text for word in TOLD):
            self._tell(message.text)

    def _close(self, dialog: Dialog) -> None:
        if dialog.type != "beforeunload":
            self._tell(f"dialog: {dialog.message}")
        dialog.accept()

    def _watch(self, request: Request) -> None:
        if not request.url.startswith((self.url, "data:", "blob:", "about:")):
            self._tell(f"request to a stranger: {request.url}")

    def go(self, path: str) -> None:
        """Look at a page."""
        self._check(self.page.goto(path, wait_until="load"))

    def submit(self, path: str, fields: dict[str, str]) -> None:
        """Send a form as the browser would, with values that its boxes would not let through."""
        with self.page.expect_navigation(wait_until="load") as answer:
            self.page.evaluate(SUBMIT, [path, fields])
        self._check(answer.value)

    def _check(self, answer: Any) -> None:
        self.seen += 1
        if answer and answer.status >= 500:
            self._tell(f"broke with {answer.status}")

    def is_blind(self) -> bool:
        """Whether a script that does run would go unnoticed."""
        self.page.goto("/healthz")
        self.page.evaluate("alert(1)")
        self.page.evaluate("document.body.append(Object.assign(new Image(), {src: 'http://stranger.example/'}))")
        self.page.wait_for_timeout(200)
        told = len(self.findings)
        self.findings.clear()
        return told < 2

    def sign_in(self, username: str, password: str) -> None:
        """At the one door."""
        self.go("/accounts/login/")
        self.page.fill("#id_login", username)
        self.page.fill("#id_password", password)
        with self.page.expect_navigation():
            self.page.click("button:has-text('Sign in')")


def patients_see_their_text(watched: Watched, texts: Sequence[str]) -> None:
    """Every box that shows again what was typed."""
    watched.go("/appointments/new/")
    watched.submit("/appointments/new/", {"flags": "none"})
    for text in texts:
        watched.page.goto("/conditions/search/?" + requests.compat.urlencode({"q": text}))  # type: ignore[attr-defined]
        watched.seen += 1
        for path, boxes in SHOWN_AGAIN.items():
            if path == "/conditions/heel-pain/question/":
                watched.go(path)
            watched.submit(path, dict.fromkeys(boxes, text))


def send_requests(url: str, texts: Sequence[str]) -> list[requests.Session]:
    """Six texts in each, as long as the boxes take them. Returns the browsers, with the confirmation last seen."""
    sent = []
    for start in range(0, len(texts), 6):
        six = [*texts[start : start + 6], *["x"] * 6]
        session = requests.Session()

        def post(path: str, fields: dict[str, str], session: requests.Session = session) -> requests.Response:
            hidden = dict(
                re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', session.get(url + path).text)
            )
            return session.post(url + path, {**hidden, **fields})

        post("/appointments/new/", {"flags": "none"})
        about = {"visit_for": "other", "caller_name": six[0][:200], "caller_relation": six[1][:100]}
        born = {"birth_date_0": "9", "birth_date_1": "14", "birth_date_2": "1954"}
        reached = {"been_before": "no", "phone": "7325550142", "email": "", "zip_code": "08753"}
        post("/appointments/new/about-you/", {**about, **born, **reached, "patient_name": six[2][:200]})
        visit = {"reason": "not-sure", "office": "toms-river", "days": "any", "time_of_day": "any"}
        post("/appointments/new/visit/", {**visit, "details": six[3][:300]})
        contact = {"best_way": "call", "voicemail": "yes", "language": "other", "consent": "on"}
        answer = post(
            "/appointments/new/contact/", {**contact, "other_language": six[4][:60], "insurance": six[5][:80]}
        )
        if not answer.url.endswith("/check/"):  # a number in it is refused
            post("/appointments/new/contact/", {**contact, "other_language": six[4][:60]})
        answer = post("/appointments/check/", {"asked": "1"})
        if "/appointments/sent/" in answer.url:
            session.headers["X-Sent"] = answer.url
            sent.append(session)
    return sent


def patients_see_what_they_sent(watched: Watched, sent: Sequence[requests.Session]) -> None:
    """The confirmation, and the patient's own page with its forms."""
    for session in sent:
        watched.context.clear_cookies()
        cookies: Any = [{"name": cookie.name, "value": cookie.value, "url": watched.url} for cookie in session.cookies]
        watched.context.add_cookies(cookies)
        watched.go(str(session.headers["X-Sent"]))
        if own_page := watched.page.locator("a[href*='/appointments/status/']").first.get_attribute("href"):
            watched.go(own_page)
            watched.submit(own_page, {"last_digits": "0142"})
            watched.go(f"{own_page}change/")


def desk_sees_it(watched: Watched, texts: Sequence[str]) -> int:
    """Lists, every request's page, notes with as many texts as fit, and the search. Returns how many requests."""
    pages: set[str] = set()
    for tab in ("call", "quarantine"):
        number = 0
        while number < 50:
            number += 1
            watched.go(f"{LIST}?tab={tab}&page={number}")
            found = set(re.findall(rf"{LIST}\d+/change/", watched.page.content()))
            if not found - pages:
                break
            pages |= found
    for path in sorted(pages):
        watched.go(path)
    notes, note = [], ""
    for text in texts:
        if len(note) + len(text) > 4500:
            notes.append(note)
            note = ""
        note += text[:4500] + "\n"
    for path, many in zip(sorted(pages), [*notes, note], strict=False):
        watched.go(path)
        watched.submit(path.replace("change", "note"), {"note-text": many})
        watched.submit(path.replace("change", "close"), {"close-note": many})
    for text in texts:
        watched.go(LIST)
        watched.submit(f"{LIST}search/", {"words": text})
    return len(pages)


def editors_see_it(watched: Watched, texts: Sequence[str]) -> None:
    """The boxes of an article, its list, history and preview, and the readers' questions."""
    watched.go("/cms/snippets/articles/article/")
    edit = re.search(r"/cms/snippets/articles/article/edit/\d+/", watched.page.content())
    for start in range(0, len(texts), len(ARTICLE)):
        if edit:
            watched.go(edit[0])
            for name, text in zip(ARTICLE, texts[start:], strict=False):
                box = watched.page.locator(f"#id_{name}")
                if box.count():
                    box.fill(" ".join(text.split()))
            with (
                contextlib.suppress(Exception),
                watched.page.expect_navigation(timeout=15_000),
            ):  # saved in place, or not
                watched.page.locator("footer button:has-text('Save draft')").first.click()
            watched.go(edit[0].replace("edit", "history"))
            watched.go("/cms/snippets/articles/article/")
            watched.go(edit[0].replace("edit", "preview"))
    watched.go("/cms/snippets/articles/readerquestion/")


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


def run(url: str, passwords: dict[str, str], texts: Sequence[str]) -> tuple[str, list[str]]:
    """What was done, and what was found."""
    with chromium() as browser:
        patient, sender, desk, editor = (Watched(browser, url) for _window in range(4))
        if patient.is_blind():
            return "nothing", ["The watch does not see what runs"]
        patients_see_their_text(patient, texts)
        sent = send_requests(url, texts)
        patients_see_what_they_sent(sender, sent[::8])
        desk.sign_in("manager", passwords["manager"])
        count = desk_sees_it(desk, texts[::4])
        editor.sign_in("editor", passwords["editor"])
        editors_see_it(editor, texts[::12])
        windows = (patient, sender, desk, editor)
        findings = sorted({finding for window in windows for finding in window.findings})
        seen = [window.seen for window in windows]
    did = (
        f"{len(texts)} texts, {len(sent)} requests sent, {count} opened at the desk; pages looked at: patient "
        f"{seen[0] + seen[1]}, desk {seen[2]}, editor {seen[3]}"
    )
    return did, findings
