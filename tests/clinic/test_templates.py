"""Templates can be read: no long lines, not too many decisions. Words and colors belong to what makes the page."""

import re

import pytest
from django.conf import settings

LONGEST_LINE, MOST_DECISIONS = 160, 25
TEMPLATES = sorted(
    path
    for room in ("clinic", "articles", "appointments")
    for path in (settings.BASE_DIR / room / "templates").rglob("*.*")
)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path).partition("/templates/")[2])
def test_template_can_be_read(path):
    text = path.read_text()

    assert [line for line in text.splitlines() if len(line) > LONGEST_LINE] == []
    assert len(re.findall(r"{% (?:if|elif) ", text)) <= MOST_DECISIONS


PUBLIC = [
    path
    for path in TEMPLATES
    if not {"admin", "cms", "mail", "account", "allauth", "wagtailadmin"} & set(path.parts) and path.suffix == ".html"
]


@pytest.mark.parametrize("path", PUBLIC, ids=lambda path: str(path).partition("/templates/")[2])
def test_phone_number_of_an_office_is_never_broken_over_two_lines(path):
    shown = re.sub(r"{% block description %}.*?{% endblock", "", path.read_text(), flags=re.DOTALL)

    assert re.findall(r"\w+\.(?:phone|calls_from)_in_words(?!\|unbroken)", shown) == []
