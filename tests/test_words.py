"""Words that no patient reads: ours among ourselves, British ones, and those that have puzzled somebody."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from appointments.mail import texts

PROJECT = Path(__file__).parents[1]
# What must not appear, and what is said instead.
INSTEAD = {
    r"we have talked": "We spoke with you",
    r"machine|robot|proof of work|the sum\b": "spam; a short puzzle",
    r"the mail that": "spam",
    r"\d letters or fewer|up to \d+ letters": "characters",
    r"\b(take|took|taken) (it|back)\b.*\bback\b|\b(take|took|taken) back\b": "withdraw",
    r"\bweb site": "website",
    r"\be-mail": "email",
    r"cancell(ed|ing)": "canceled",
    r"\bjust now\b": "right now",
    r"(^|[.!?] )else\b": "Otherwise; if not",
    r"\ball the same\b": "still",
    r"\b(on offer|ran out)\b": "available; have expired",
    r"\bour phones\b": "our phone numbers",
    r"\bshall we\b": "should we",
    r"\b(fortnight|whilst|amongst|diary|chemist|mobile|tick the)\b": "American words",
    r"(colou|favou|behaviou|neighbou)r|\bcentre\b|\w(organis|recognis|apologis)": "American spelling",
    r"\b(quarantine|triage|escalat\w*|draft|token|session|routing)\b": "what it means to the patient",
}
TEMPLATES = (
    *(PROJECT / "appointments" / "templates" / "appointments").rglob("*.html"),
    *(PROJECT / "clinic" / "templates").glob("*.html"),
    *(PROJECT / "clinic" / "templates" / "parts").glob("*.html"),
    *(PROJECT / "clinic" / "templates" / "clinic").rglob("*.html"),
    *(PROJECT / "articles" / "templates" / "articles").glob("*.html"),
    *(PROJECT / "articles" / "templates" / "articles" / "blocks").glob("*.html"),
)
CODE = (
    *(PROJECT / "appointments" / "patient").rglob("*.py"),
    *(PROJECT / "common" / "form_fields").glob("*.py"),
    *(PROJECT / "articles" / "public").glob("*.py"),
    *(PROJECT / "appointments" / "actions" / name for name in ("by_patient.py", "wishes.py")),
    PROJECT / "common" / "asked_once.py",
    PROJECT / "appointments" / "offices" / "first_questions.py",
    PROJECT / "appointments" / "offices" / "open_now.py",
    PROJECT / "appointments" / "offices" / "pages.py",
    PROJECT / "appointments" / "warning_signs" / "care.py",
    PROJECT / "appointments" / "warning_signs" / "questions.py",
    PROJECT / "clinic" / "web" / "errors.py",
)
QUOTED = re.compile(r"{% translate (\"[^\"]*\"|'[^']*')|{% blocktranslate[^%]*%}(.*?){% end", re.DOTALL)
GETTEXT = {"_", "_now", "gettext", "gettext_lazy", "ngettext", "pgettext"}
STAFFS = {"kept_post.html", "Your access waits for a second person. Ask a manager or an administrator to confirm it."}


def _in_templates() -> Iterator[tuple[str, str]]:
    for path in TEMPLATES:
        if path.name not in STAFFS:
            shown = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", path.read_text(), flags=re.DOTALL)
            quoted = re.findall(
                r"{% translate (\"[^\"]*\"|'[^']*')|{% blocktranslate[^%]*%}(.*?){% end", shown, re.DOTALL
            )
            for alone, block in quoted:
                yield path.name, alone.strip("\"'") or block


def _in_code() -> Iterator[tuple[str, str]]:
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in GETTEXT:
                for argument in node.args:
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        yield path.name, argument.value


def _in_data() -> Iterator[tuple[str, str]]:
    for key in texts.TO_PATIENT:
        wording = texts.default_wording(key, "en")
        yield from ((key, text) for text in (wording.subject, *wording.body.splitlines()))
    practice = yaml.safe_load((PROJECT / "appointments" / "data" / "practice.yaml").read_text())
    for sign in practice["safety_check"]["signs"]:
        yield from ((sign["slug"], str(text)) for text in sign.values())


SAID = [
    (where, " ".join(text.split()))
    for where, text in (*_in_templates(), *_in_code(), *_in_data())
    if text not in STAFFS
]


def test_texts_are_found() -> None:
    """The reading below reads something of each kind."""
    assert {"sent.html", "kinds.py", "receipt", "chest"} <= {where for where, _text in SAID}
    assert len(SAID) > 500


@pytest.mark.parametrize("words", INSTEAD)
def test_patients_do_not_read(words: str) -> None:
    pattern = re.compile(words, re.IGNORECASE)

    assert [f"{where}: {text} (say: {INSTEAD[words]})" for where, text in SAID if pattern.search(text)] == []
