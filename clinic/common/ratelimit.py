"""How often one visitor may do a thing, counted in the cache that all processes share.

Each time takes one of `most` places, which is free again after `seconds`. Taking a place is a single insert that
fails if the place is taken, so two requests at once can't take the same one. The address itself is never stored.
"""

from ipaddress import IPv6Address, ip_address

from django.core.cache import cache
from django.http import HttpRequest

from clinic.common.client import client_address
from clinic.common.crypto import digest

V6_HOST_BITS = 64  # one household has a whole /64 to choose addresses from


def take_place(request: HttpRequest, purpose: str, *, most: int, seconds: int) -> bool:
    """Count this request. False if its visitor has done this `most` times in the last `seconds`. Most queries near
    the limit. Raises OperationalError while the database takes no writes.
    """
    return take_place_for(_household(client_address(request)), purpose, most=most, seconds=seconds)


def take_place_for(whom: str, purpose: str, *, most: int, seconds: int) -> bool:
    """The same for anything that has a name: a page, a phone number. The name is never stored."""
    name = digest("rate limit", f"{purpose}\0{whom}")
    return any(cache.add(f"rate-{name}-{place}", 1, timeout=seconds) for place in range(most))


def _household(address: str) -> str:
    """An IPv4 address as it is, an IPv6 one without the half that its owner chooses."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or int(parsed) >> V6_HOST_BITS)
