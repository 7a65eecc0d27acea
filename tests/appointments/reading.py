"""Reading a page as its visitor does."""

from collections import defaultdict
from typing import Any

from bs4 import BeautifulSoup
from django.http import HttpResponse


def read(response: HttpResponse) -> BeautifulSoup:
    """The page."""
    return BeautifulSoup(response.content, "html.parser")


def words(response: HttpResponse) -> str:
    """What the page's main part says, with plain spaces."""
    main = read(response).main
    for number in main.select(".number"):  # kept on one line, and no word of its own
        number.unwrap()
    main.smooth()
    return " ".join(main.get_text(" ").split())


def filled_in(response: HttpResponse) -> dict[str, Any]:
    """What a browser would send from the page's form: a text, or a list where boxes can be ticked."""
    sent: dict[str, Any] = {}
    ticked = defaultdict(list)
    for control in read(response).main.form.select("input, select, textarea"):
        name, kind = control["name"], control.get("type", control.name)
        if kind == "checkbox" and control.has_attr("checked"):
            ticked[name].append(control.get("value", "on"))
        elif kind == "radio" and control.has_attr("checked"):
            sent[name] = control["value"]
        elif kind == "select":
            chosen = control.find("option", selected=True)
            sent[name] = chosen["value"] if chosen else ""
        elif kind == "textarea":
            sent[name] = control.get_text().removeprefix("\n")
        elif kind not in ("checkbox", "radio", "hidden"):
            sent[name] = control.get("value", "").replace("\N{NO-BREAK SPACE}", " ")
    sent |= ticked
    return {name: typed for name, typed in sent.items() if typed}


def as_sent(answers: dict[str, Any]) -> dict[str, Any]:
    """Typed answers in the form of `filled_in`."""
    return {name: ["on"] if typed == "on" else typed for name, typed in answers.items() if typed}


def offered_offices(response: HttpResponse) -> list[str]:
    """The offices to choose from, in their order."""
    return [radio["value"] for radio in read(response).select("input[name=office]")]


def calls_offered(response: HttpResponse) -> list[str]:
    """The numbers that the page's main part offers to call, in their order."""
    return [link["href"] for link in read(response).main.select("a[href^='tel:']")]


def assert_problem(response: HttpResponse, control_id: str, message: str) -> None:
    """The page says `message` on top and at the field, and ties both to the control, for eye and screen reader."""
    page = read(response)
    assert response.status_code == 200
    assert page.title.get_text().startswith("Error: ")
    summary = page.select_one("[role=alert]")
    assert [(link["href"], link.get_text()) for link in summary.select("a")] == [(f"#{control_id}", message)]
    control = page.find(id=control_id)
    assert control.name in ("input", "select", "textarea")
    assert control["aria-invalid"] == "true"
    described = control if control.get("aria-describedby") else control.find_parent("fieldset")
    descriptions = [page.find(id=name) for name in described["aria-describedby"].split()]
    assert message in [tag.get_text(" ", strip=True) for tag in descriptions]
