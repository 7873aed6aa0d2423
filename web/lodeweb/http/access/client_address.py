"""The address by which a client is counted. Everything that limits clients uses these functions and reads no header itself."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from flask import Flask, request
from werkzeug.middleware.proxy_fix import ProxyFix

from lodebase.settings import Settings
from lodeweb.http.access.api_key import current_key

NETWORK_BITS = 64
"""Prefix length of the IPv6 network of one subscriber (RFC 6177), so that a change of the rest of the address gains nothing."""
LONGEST = 64


def register(app: Flask, settings: Settings) -> None:
    """Take address, scheme and host from the headers of the trusted number of proxies, and from no header without a proxy."""
    trusted = settings.trusted_proxies
    if trusted:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=trusted, x_proto=trusted, x_host=trusted)  # type: ignore[method-assign]


def client_address() -> str:
    """Return the address of the client: IPv4 unchanged, IPv6 as its /64 network; empty on a Unix socket."""
    return counted_address(request.remote_addr or "")


def client_identity() -> str:
    """Return the identity by which a client is counted within this process: its API key, else its address."""
    key = current_key()
    return client_address() if key is None else f"key-{key.number}"


def counted_address(text: str) -> str:
    """Return an address in the form in which it is counted.

    The port that some proxies append is removed. A text that is not an address is counted unchanged but truncated.
    """
    address = _parsed(text)
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped) if mapped is not None else str(IPv6Network((int(address), NETWORK_BITS), strict=False))
    return str(address) if address is not None else text[:LONGEST]


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    bare = text.strip().partition("%")[0]
    candidates = (bare, bare.partition("]")[0].removeprefix("["), bare.rpartition(":")[0])
    for candidate in candidates:
        try:
            return ip_address(candidate)
        except ValueError:
            continue
    return None
