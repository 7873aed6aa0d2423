"""Host names that the site is served under. Requests with another ``Host`` are refused, so that no link contains it."""

import re
from urllib.parse import urlsplit

from flask import Flask, request

from lodebase.errors import UnknownHost
from lodebase.settings import Settings
from lodedata.messages import msg
from lodeweb.http.declared import is_exempt

HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+?)\.?(?::\d{1,5})?")
"""RFC 9110, 7.2: a name or an address, and a port."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
WILDCARDS = frozenset({"0.0.0.0", "::"})


def register(app: Flask, settings: Settings) -> None:
    """Refuse requests for a host that is not the site's; call this before anything that uses the host."""
    allowed = AllowedHosts(settings)

    @app.before_request
    def require_known_host() -> None:
        sent = request.environ.get("HTTP_HOST")
        if sent is not None and not is_exempt("hosts") and sent not in allowed:
            raise UnknownHost(
                msg(
                    "The site is not served under the host name of this request. Its operator sets the names with "
                    "LODE_URL and LODE_ALLOWED_HOSTS."
                )
            )


class AllowedHosts:
    """The names in LODE_URL and LODE_ALLOWED_HOSTS, the address that the site listens on, and the loopback names."""

    def __init__(self, settings: Settings) -> None:
        host_names = {name.strip().lower() for name in settings.allowed_hosts.split(",")} - {""}
        self._suffixes = tuple(name for name in host_names if name.startswith("."))
        self._names = LOOPBACK | host_names
        if settings.url is not None:
            self._names |= {_name(urlsplit(settings.url).netloc)}
        if settings.host not in WILDCARDS:
            self._names |= {f"[{settings.host}]" if ":" in settings.host else settings.host.lower()}

    def __contains__(self, host: object) -> bool:
        """Return whether a ``Host`` header names the site, with any port."""
        name = _name(str(host))
        return bool(name) and (name in self._names or name.endswith(self._suffixes))


def _name(host: str) -> str:
    match = HOST.fullmatch(host.strip().lower())
    return match[1] if match is not None else ""
