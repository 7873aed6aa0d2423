"""Requests to a site: repeated when it is busy, and cached by entity tag."""

import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests

from lodeclient.errors import raise_for

BUSY = (429, 503)
TRIES = 4
MAX_WAIT_S = 60.0
PATIENCE_S = (10, 120)
"""Seconds to connect, and until the next bytes."""
MAX_CACHED_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class CachedResponse:
    """A response that is confirmed by its entity tag."""

    tag: str
    body: Any
    version: int | None
    size: int


class Transport:
    """Requests to one site. Responses are cached in memory, at most 64 MB, and confirmed by their tags before they are used."""

    def __init__(self, url: str, key: str | None = None, session: requests.Session | None = None) -> None:
        self.url = url.rstrip("/")
        self.session = session or requests.Session()
        self.session.headers["Accept"] = "application/geo+json, application/json"
        if key is not None:
            self.session.headers["X-API-Key"] = key
        self.hits = 0
        """How many responses were confirmed and not sent again."""
        self._cached: OrderedDict[str, CachedResponse] = OrderedDict()

    def get_json(self, path: str, parameters: Mapping[str, object] | None = None) -> Any:
        """Return the JSON of an address of the site. Raises LodeError, requests.RequestException."""
        return self.get(path, parameters).body

    def get(self, path: str, parameters: Mapping[str, object] | None = None) -> CachedResponse:
        """Return the JSON of an address with the version of the data. Raises LodeError, requests.RequestException."""
        request = requests.Request("GET", self._address(path), params=parameter_texts(parameters or {}))
        address = self.session.prepare_request(request).url or ""
        cached = self._cached.get(address)
        response = self.send("GET", address, headers={"If-None-Match": cached.tag} if cached else {})
        if cached is not None and response.status_code == requests.codes.not_modified:
            self.hits += 1
            self._cached.move_to_end(address)
            return cached
        version = response.headers.get("Lode-Dataset-Version")
        number = None if version is None else int(version)
        received = CachedResponse(response.headers.get("ETag", ""), response.json(), number, len(response.content))
        if received.tag:
            self._store(address, received)
        return received

    def send(self, method: str, address: str, **more: Any) -> requests.Response:
        """Return a response; wait and repeat while the site is busy. Raises LodeError, requests.RequestException."""
        for last in (*[False] * (TRIES - 1), True):
            response = self.session.request(method, self._address(address), timeout=PATIENCE_S, **more)
            if response.status_code not in BUSY or last:
                break
            time.sleep(min(float(response.headers.get("Retry-After", 1)), MAX_WAIT_S))
        raise_for(response)
        return response

    def _address(self, path: str) -> str:
        return path if path.startswith(("http://", "https://")) else f"{self.url}{path}"

    def _store(self, address: str, received: CachedResponse) -> None:
        self._cached[address] = received
        self._cached.move_to_end(address)
        while sum(cached.size for cached in self._cached.values()) > MAX_CACHED_BYTES:
            self._cached.popitem(last=False)


def parameter_texts(parameters: Mapping[str, object]) -> dict[str, str]:
    """Return parameters as texts: lists by commas, and none for what is None. ``bbox_crs`` is the parameter ``bbox-crs``."""
    return {name.rstrip("_").replace("_crs", "-crs"): _text(value) for name, value in parameters.items() if value is not None}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, list | tuple | set) else str(value)
