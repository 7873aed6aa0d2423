"""The address of a webhook, and the call: never to this machine or a private network, and without following redirects.

The host is resolved once, each of its addresses is checked, and the connection is made to a checked address, so that a name
that resolves to another address later reaches nothing else (server-side request forgery).
"""

import base64
import hmac
import http.client
import socket
import ssl
import time
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from lodebase.errors import BadQuery, LodeError
from lodedata.messages import msg

MAX_URL_LENGTH = 2_000
TIMEOUT_S = 10.0
PORTS = {"https": 443, "http": 80}
AGENT = "Lode-Webhook/1"
_SUCCESS = range(200, 300)


class WebhookFailed(LodeError):
    """A call of a webhook that was not accepted."""


@dataclass(frozen=True, slots=True)
class WebhookMessage:
    """What a call sends: its identifier, which a repeated call has too, and the body."""

    identity: str
    body: bytes


def check_webhook_url(text: str, own_hosts: frozenset[str] = frozenset()) -> str:
    """Return an address that may be called, as it is stored; hosts of ``own_hosts`` may be private and without TLS.

    Raise BadQuery if it is no address of HTTPS, has a user or password, or names a private host.
    """
    url = text.strip()
    parts = _split_url(url)
    if parts is None or len(url) > MAX_URL_LENGTH or not url.isascii() or not url.isprintable() or " " in url:
        raise BadQuery("url", url[:100], msg('"%(value)s" is not an address. Write one such as https://example.org/hook.'))
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise BadQuery("url", parts.hostname or "", msg("Leave user, password and fragment out of %(parameter)s."))
    if _is_own(parts, own_hosts):
        return url
    if parts.scheme != "https":
        raise BadQuery("url", url[:100], msg("%(parameter)s must begin with https://, so that nobody can read it in transit."))
    try:
        is_public = ip_address(parts.hostname or "").is_global
    except ValueError:
        # a name is checked when it is called
        is_public = "." in (parts.hostname or "") and parts.hostname != "localhost"
    if not is_public:
        raise _build_private_error(parts.hostname or "")
    return url


def parse_own_hosts(setting: str) -> frozenset[str]:
    """Return the hosts of the setting ``LODE_WEBHOOK_HOSTS``."""
    return frozenset(host.strip().lower() for host in setting.split(",") if host.strip())


def sign(key: bytes, message: WebhookMessage, timestamp: int) -> str:
    """Return the signature of a call: HMAC-SHA256 of identifier, time and body, as Standard Webhooks writes it."""
    signed = f"{message.identity}.{timestamp}.".encode() + message.body
    return "v1," + base64.b64encode(hmac.digest(key, signed, sha256)).decode()


def call(url: str, key: bytes, message: WebhookMessage, own_hosts: frozenset[str] = frozenset()) -> None:
    """Send a message. Raise WebhookFailed unless the receiver accepts it with a status from 200 to 299 within ten seconds."""
    parts = _split_url(url)
    assert parts is not None and parts.hostname is not None
    port = parts.port or PORTS[parts.scheme]
    timestamp = int(time.time())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": AGENT,
        "webhook-id": message.identity,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(key, message, timestamp),
    }
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        address = _resolve(parts.hostname, port, _is_own(parts, own_hosts))
        status = _post(parts, address, port, target, message.body, headers)
    except (OSError, http.client.HTTPException) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
        raise WebhookFailed(msg("The receiver can't be reached: %(reason)s", reason=reason)) from None
    if status not in _SUCCESS:
        raise WebhookFailed(msg("The receiver responded with status %(status)s.", status=status))


def _post(parts: SplitResult, address: str, port: int, target: str, body: bytes, headers: dict[str, str]) -> int:
    """Send the body to an address that was checked, and return the status of the response."""
    host = parts.hostname or ""
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
    try:
        sock: socket.socket = socket.create_connection((address, port), timeout=TIMEOUT_S)
        if parts.scheme == "https":
            sock = ssl.create_default_context().wrap_socket(sock, server_hostname=host)
        connection.sock = sock
        connection.request("POST", target, body, headers)
        return connection.getresponse().status
    finally:
        connection.close()


def _resolve(host: str, port: int, is_own: bool) -> str:
    """Return an address of a host. Raise WebhookFailed if one of its addresses is private and the host is not exempt."""
    addresses = [str(entry[4][0]).partition("%")[0] for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not is_own and not all(_is_public(address) for address in addresses):
        raise WebhookFailed(_build_private_error(host).message)
    return addresses[0]


def _is_public(text: str) -> bool:
    """Return whether an address is one of the public internet; an IPv4 address within an IPv6 one counts as itself."""
    address = ip_address(text)
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    return address.is_global and not address.is_multicast and (inner is None or inner.is_global)


def _is_own(parts: SplitResult, own_hosts: frozenset[str]) -> bool:
    return (parts.hostname or "") in own_hosts


def _split_url(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in PORTS and bool(parts.hostname) and parts.port != 0
    # a port that is no number
    except ValueError:
        return None
    return parts if is_address else None


def _build_private_error(host: str) -> BadQuery:
    sentence = msg('"%(value)s" is an address of this machine or of a private network. Enter one of the public internet.')
    return BadQuery("url", host[:100], sentence)
