"""One thing on a page, or several? `python -m bench.steps` prints a table.

Walks the request form in a browser as somebody with a phone of 390 by 844 pixels, three ways: as it is; in smaller
groups; and with every question on a page of its own. Each way once without a slip, and once with the first question of
"About you" and of "Your visit" forgotten. Counts pages, taps, keys, screens scrolled and bytes, and adds them up at a
fixed pace, that of an older hand on a slow line: whoever doubts the pace changes it below.

The two other ways are made here, of the same forms, and nowhere else; why is in docs/decisions/0046. It makes a
database of its own in a temporary folder, and needs Debian's chromium.
"""

import argparse
import os
import shutil
import socketserver
import tempfile
import threading
from collections.abc import Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

    from appointments.patient.progress import FormStep

WIDTH, HEIGHT = 390, 844
TAP, KEY, SCREEN, NEW_PAGE = 1.5, 0.4, 1.2, 1.35  # seconds; a new page has to be taken in before anything is done
ROUND_TRIP, BYTES_PER_SECOND = 0.15, 200_000  # a slow phone line

Parts = dict[str, tuple[tuple[str, ...], ...]]
CALLER = ("visit_for", "caller_name", "caller_relation")
LANGUAGE = ("language", "other_language", "interpreter")
CALLS = ("call_times", "not_before", "say_who")
AS_IT_IS: Parts = {}
IN_GROUPS: Parts = {
    "about_you": ((*CALLER, "patient_name", "birth_date", "been_before"), ("phone", "email", "zip_code")),
    "visit": (("reason", "body_area", "details"), ("office",), ("days", "time_of_day")),
}
ONE_BY_ONE: Parts = {
    "about_you": (CALLER, *((name,) for name in ("patient_name", "birth_date", "been_before", "phone", "email"))),
    "visit": tuple((name,) for name in ("reason", "body_area", "details", "office", "days", "time_of_day")),
    "contact": (("best_way",), ("voicemail",), LANGUAGE, CALLS, ("insurance",), ("reminders",), ("consent",)),
}
ONE_BY_ONE["about_you"] += (("zip_code",),)
WAYS = {"as it is": AS_IT_IS, "in smaller groups": IN_GROUPS, "one by one": ONE_BY_ONE}

ANSWERS = {  # of somebody who leaves out nothing but what few need
    "flags": "none",
    "conditions": "none",
    "visit_for": "me",
    "patient_name": "Harold Sample",
    "birth_date_0": "9",
    "birth_date_1": "14",
    "birth_date_2": "1954",
    "been_before": "no",
    "phone": "7325550142",
    "email": "harold@example.com",
    "zip_code": "08753",
    "reason": "heel-pain",
    "body_area": "heel",
    "details": "Worse in the morning",
    "office": "toms-river",
    "days": "1",
    "time_of_day": "morning",
    "best_way": "call",
    "voicemail": "yes",
    "language": "en",
    "insurance": "Horizon",
    "reminders": "neutral",
    "consent": "on",
}
WHOLE: "list[FormStep]" = []  # the steps as they are
FORGOTTEN = ("visit_for", "reason")  # the first of a page, whichever way


@dataclass
class Count:
    """What a walk took."""

    pages: int = 0
    taps: int = 0
    keys: int = 0
    scrolled: float = 0  # pixels
    bytes: int = 0
    most: int = 0  # questions on one page

    @property
    def seconds(self) -> float:
        """At the pace above; a page is sent, answered with the way to the next, and that one fetched."""
        moved = self.taps * TAP + self.keys * KEY + self.scrolled / HEIGHT * SCREEN
        return moved + self.pages * (NEW_PAGE + 2 * ROUND_TRIP) + self.bytes / BYTES_PER_SECOND


def main() -> None:
    """Set up, walk, print."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = {"DEMO": "1", "VAR_DIR": folder, "DJANGO_SETTINGS_MODULE": "clinic.settings"}
        # Playwright's own loop runs in the thread that prepares the database.
        settings |= {"MOST_DRAFTS_PER_ADDRESS": "0", "DJANGO_ALLOW_ASYNC_UNSAFE": "1"}
        os.environ.update(settings)
        os.environ.pop("DATABASE_URL", None)
        measure()


def measure() -> None:
    """The table."""
    import django
    from django.core.management import call_command
    from playwright.sync_api import sync_playwright

    django.setup()
    print("Preparing a database and static files (half a minute) ...", flush=True)
    for command in ("migrate", "load_practice", "load_articles"):
        call_command(command, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    from clinic.management.commands.demo import Command
    from clinic.wsgi import application

    demonstration = Command()  # whose offices have what they need to take requests
    demonstration._address_offices()
    demonstration._make_logins()
    server = make_server("127.0.0.1", 0, application, _Server, _Silent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    head = ("pages", "most asked", "taps", "keys", "screens", "kB", "seconds")
    print(f"{'way':<20}{'slip':<6}" + "".join(f"{word:>11}" for word in head))
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for way, parts in WAYS.items():
            _ask(parts)
            for forgets in (False, True):
                count = _walk(browser, f"http://127.0.0.1:{server.server_port}", forgets=forgets)
                numbers: list[Any] = [count.pages, count.most, count.taps, count.keys]
                numbers += [f"{count.scrolled / HEIGHT:.1f}", f"{count.bytes / 1000:.0f}", f"{count.seconds:.0f}"]
                print(f"{way:<20}{'yes' if forgets else 'no':<6}" + "".join(f"{number:>11}" for number in numbers))
        browser.close()
    server.shutdown()


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


# --- The ways to ask ---


def _ask(parts: Parts) -> None:
    """Let the form ask that way from now on, in this process; "check your answers" keeps to the steps as they are."""
    from appointments.patient import progress, step_forms, steps

    def changes(here: "FormStep", answers: dict[str, Any], data: dict[str, Any], request: Any) -> dict[str, Any]:
        key, split, _name = here.key.partition(".")
        if not split:
            return changes_of_whole(here, answers, data, request)
        return {key: {**answers.get(key, {}), **data}, here.key: True}

    if parts:
        changes_of_whole = steps._changes
        pages = [[_part(step, names) for names in parts.get(step.key, ())] or [step] for step in WHOLE]
        progress.STEPS = tuple(step for group in pages for step in group)  # type: ignore[assignment]
        for name, ours in {"STEPS": progress.STEPS, "_changes": changes}.items():
            setattr(steps, name, ours)
        step_forms._only_office_is_open = lambda kept, data: False
    else:
        WHOLE.extend(progress.STEPS)


def _part(step: "FormStep", names: tuple[str, ...]) -> "FormStep":
    """A page that asks for these of a step's answers."""
    from appointments.patient.progress import FormStep
    from common.form_layout import asks

    def make_form(answers: dict[str, Any], data: Any) -> Any:
        form = step.make_form(answers, data)
        form.fields = {name: field for name, field in form.fields.items() if name in names}
        layout = type(form).helper.layout  # type: ignore[attr-defined]
        asked = [each for each in layout if set(names).issuperset(_names_of(each))]
        form.helper = asks(*asked)  # type: ignore[attr-defined]
        return form

    return FormStep(f"{step.name}-{names[0].replace('_', '-')}", f"{step.key}.{names[0]}", step.title, make_form)


def _names_of(question: Any) -> list[str]:
    return [pointer.name for pointer in question.get_field_names()] if hasattr(question, "fields") else [question]


# --- The walk ---


def _walk(browser: "Browser", site: str, *, forgets: bool) -> Count:
    """From the first page of the form to "check your answers"."""
    context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, has_touch=True)
    page, count = context.new_page(), Count()
    page.goto(f"{site}/appointments/new/")  # styles and font are there from now on
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    network.on("Network.loadingFinished", lambda event: _add_bytes(count, event["encodedDataLength"]))
    forgotten = set(FORGOTTEN) if forgets else set()
    while not page.url.endswith("/check/"):
        _answer(page, count, leave_out=forgotten)
        _go_on(page, count)
        if page.title().startswith("Error"):
            link = page.locator(".problem a").first
            _tap(page, count, link, click=False)
            page.locator(str(link.get_attribute("href"))).evaluate("box => box.scrollIntoView()")
            names = forgotten & set(_asked(page))
            _answer(page, count, only=names)
            forgotten -= names
            _go_on(page, count)
            if page.title().startswith("Error"):
                raise ValueError(page.locator(".problem").inner_text())
    context.close()
    return count


def _add_bytes(count: Count, number: int) -> None:
    count.bytes += number


def _asked(page: "Page") -> list[str]:
    """The names of the controls that can be seen, each once, in their order."""
    script = "all => [...new Set(all.filter(each => each.checkVisibility()).map(each => each.name))]"
    names: list[str] = page.locator("main form [id^=id_][name]").evaluate_all(script)
    return names


def _answer(page: "Page", count: Count, *, leave_out: Set[str] = frozenset(), only: Set[str] | None = None) -> None:
    asked = _asked(page)
    count.most = max(count.most, len({name.rstrip("_012") for name in asked}))
    for name in asked:
        if name not in ANSWERS or name in leave_out or (only is not None and name not in only):
            continue
        control, value = page.locator(f"main form [name={name}]").first, ANSWERS[name]
        kind = control.get_attribute("type") or control.evaluate("each => each.localName")
        if kind in ("radio", "checkbox"):
            _tap(
                page, count, page.locator(f"main form [name={name}]" + (f"[value='{value}']" if value != "on" else ""))
            )
        elif kind == "select":
            _tap(page, count, control, click=False)
            control.select_option(value)
            count.taps += 1  # the one of the list
        else:
            _tap(page, count, control)
            control.type(value)
            count.keys += len(value)


def _go_on(page: "Page", count: Count) -> None:
    with page.expect_navigation():
        _tap(page, count, page.locator("main form button.button").last)
    count.pages += 1


def _tap(page: "Page", count: Count, target: "Locator", *, click: bool = True) -> None:
    """Scroll there, if it is out of sight, and tap on it."""
    box = target.bounding_box()
    if box is None:
        raise ValueError(f"{target} can not be seen")
    beyond = max(0, box["y"] + box["height"] - HEIGHT) or min(0, box["y"])
    if beyond:
        before = page.evaluate("scrollY")
        page.evaluate("by => scrollBy(0, by + Math.sign(by) * innerHeight / 3)", beyond)
        count.scrolled += abs(page.evaluate("scrollY") - before)
    count.taps += 1
    if click:
        target.click()


if __name__ == "__main__":
    main()
