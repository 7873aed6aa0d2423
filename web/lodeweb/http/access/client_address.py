"""The address by which a client is counted. Everything that limits clients uses these functions and reads no header itself."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from flask import Flask, request
from werkzeug.middleware.proxy_fix import ProxyFix

from lodebase.settings import Settings
from lodeweb.http.access.api_key import find_current_key

NETWORK_BITS = (64, 56, 48)
"""Prefix lengths of IPv6 networks that are counted: a link, and what a home (/56) or a site (/48) is assigned (RFC 6177)."""
MAX_CLIENT_ADDRESS_CHARACTERS = 64


def register(app: Flask, settings: Settings) -> None:
    """Take address, scheme and host from the headers of the trusted number of proxies, and from no header without a proxy."""
    trusted = settings.trusted_proxies
    if trusted:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=trusted, x_proto=trusted, x_host=trusted)  # type: ignore[method-assign]


def find_client_address() -> str:
    """Return the address of the client: IPv4 unchanged, IPv6 as its /64 network; empty on a Unix socket."""
    return normalize_address(request.remote_addr or "")


def list_client_networks() -> tuple[str, ...]:
    """Return what a client is counted by, narrowest first: its API key, else its address and the networks it belongs to."""
    key = find_current_key()
    return list_address_networks(request.remote_addr or "") if key is None else (f"key-{key.number}",)


def normalize_address(text: str) -> str:
    """Return an address in the form in which it is counted.

    The port that some proxies append is removed. A text that is not an address is counted unchanged but truncated.
    """
    return list_address_networks(text)[0]


# each limit of a request needs the networks of its client
@lru_cache(maxsize=1024)
def list_address_networks(text: str) -> tuple[str, ...]:
    """Return the networks of an IPv6 address, narrowest first; of other addresses the address alone.

    Who is assigned a /48 has 65,536 networks of 64 bits, so the narrowest alone would count one client as many.
    """
    address = _parse_address(text)
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        if mapped is not None:
            return (str(mapped),)
        return tuple(str(IPv6Network((int(address), bits), strict=False)) for bits in NETWORK_BITS)
    return (str(address) if address is not None else text[:MAX_CLIENT_ADDRESS_CHARACTERS],)


def _parse_address(text: str) -> IPv4Address | IPv6Address | None:
    bare = text.strip().partition("%")[0]
    candidates = (bare, bare.partition("]")[0].removeprefix("["), bare.rpartition(":")[0])
    for candidate in candidates:
        try:
            return ip_address(candidate)
        except ValueError:
            continue
    return None
