"""What both apps need to describe themselves to machines in the words of https://schema.org. Values in, values out."""

from typing import Any

from django.conf import settings

from common.identity import identity

Node = dict[str, Any]

SPECIALTY = "https://schema.org/Podiatric"


def absolute(path: str) -> str:
    """A path with the site's address before it."""
    return settings.BASE_URL + path


def graph(*nodes: Node) -> Node:
    """A whole description."""
    return {"@context": "https://schema.org", "@graph": list(nodes)}


def organization() -> Node:
    """The practice, as other things point to it; the home page says more under the same @id."""
    return {
        "@type": "MedicalOrganization",
        "@id": absolute("/#practice"),
        "name": identity().name,
        "url": absolute("/"),
    }


def breadcrumbs(*steps: tuple[str, str]) -> Node:
    """Where a page stands: (label, path) of each step, the page itself last."""
    return {
        "@type": "BreadcrumbList",
        "@id": absolute(steps[-1][1]) + "#breadcrumbs",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": label, "item": absolute(path)}
            for position, (label, path) in enumerate(steps, start=1)
        ],
    }
