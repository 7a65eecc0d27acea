"""Addresses that lead nowhere."""

import re

from articles.models import MissedAddress, OldAddress
from articles.old_addresses.finding import Instead, instead_of
from articles.old_addresses.paths import path_of

# What programs that look for holes ask for, and what browsers ask for by themselves.
NOISE = re.compile(
    r"(?:^|/)(?:\.|wp-|wp/|wordpress|xmlrpc|cgi-bin|vendor/|phpmyadmin|pma/|mysql|actuator|solr|owa/|ecp/|autodiscover|"
    r"boaform|hnap1|api/|v\d+/|_|administrator|backup|config|debug|console|server-status|apple-touch|sitemap|feed)"
)
READABLE = re.compile(r"/(?:[a-z0-9-]+/)*[a-z0-9-]+(?:/|\.html?|\.pdf|\.aspx?)")
PRIVATE = re.compile(r"\d{7}|\d{3}-\d{3}-?\d{4}|[a-z0-9]{25}")  # a phone number, or a key


def count_miss(path: str) -> Instead:
    """Count an address that leads nowhere, and say what its words may be about. Nothing for what programs try, and
    nothing is kept that could be about a person.
    """
    path = path_of(path)
    if len(path) > MissedAddress.LENGTH or not READABLE.fullmatch(path):
        return Instead()
    if NOISE.search(path) or PRIVATE.search(path) or OldAddress.objects.filter(path=path).exists():
        return Instead()
    MissedAddress.objects.count_up(path)
    return instead_of(path)
