"""How often one visitor may do a thing, counted in the cache that all processes share.

Each time takes one of `most` places, which is free again after `seconds`. Taking a place is a single insert that
fails if the place is taken, so two requests at once can't take the same one. The address itself is never stored.
"""

from django.core.cache import cache
from django.http import HttpRequest

from common.client import client_address
from common.crypto import digest
from common.networks import connection_of


def take_place(request: HttpRequest, purpose: str, *, most: int, seconds: int) -> bool:
    """Count this request. False if its visitor has done this `most` times in the last `seconds`. Three queries or so.

    Raises OperationalError while the database takes no writes.
    """
    return take_place_for(connection_of(client_address(request)), purpose, most=most, seconds=seconds)


def take_place_for(whom: str, purpose: str, *, most: int, seconds: int) -> bool:
    """The same for anything that has a name: a connection, a page. The name is never stored."""
    name = digest("rate limit", f"{purpose}\0{whom}")
    places = [f"rate-{name}-{place}" for place in range(most)]
    taken = cache.get_many(places)
    return any(cache.add(place, 1, timeout=seconds) for place in places if place not in taken)
