"""Whether two addresses are the same internet connection."""

from ipaddress import IPv6Address, ip_address, ip_network

HOUSEHOLD_BITS = 64  # of IPv6: one household has a whole /64 to choose addresses from (RFC 6177)


def connection_of(address: str) -> str:
    """A name for the connection behind an address; to be compared whole. What is no address stands for itself.

    An IPv4 address as it is, also through an IPv6 socket ("::ffff:192.0.2.7"); of an IPv6 one the network.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ip_network((int(parsed), HOUSEHOLD_BITS), strict=False))
