"""Where a visitor comes from."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The visitor's IP address, as far as we can trust it.

    Each proxy adds the address it saw at the right end of X-Forwarded-For; everything further left is the
    visitor's own claim. With TRUSTED_PROXY_HOPS proxies of ours, the hop that far from the right is the visitor.
    """
    hops = settings.TRUSTED_PROXY_HOPS
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    if hops and len(forwarded) >= hops and forwarded[-hops]:
        return forwarded[-hops]
    return request.META.get("REMOTE_ADDR", "")
