"""From where a request comes. What stands behind a trusted proxy has its own address by now: the web server sees to that."""

from ipaddress import IPv6Address, ip_address, ip_network

from fastapi import Request

FORWARDED = frozenset({"forwarded", "x-forwarded-for", "x-real-ip"})
NETWORK_OF_ONE = 64
"""Bits of an IPv6 address that one subscriber is given; the rest it chooses, so that all of it is one caller."""


def is_on_this_machine(request: Request) -> bool:
    """Whether the caller is a program on this machine, and no proxy on it that speaks for others."""
    host = request.client.host if request.client else ""
    return not FORWARDED & set(request.headers) and host in ("127.0.0.1", "::1")


def network_of(request: Request) -> str | None:
    """The address of the caller, of IPv6 the network; ``None`` for one that came over no network."""
    try:
        address = ip_address(request.client.host if request.client else "")
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or ip_network((address.packed, NETWORK_OF_ONE), strict=False))
    return str(address)
