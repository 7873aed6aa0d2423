"""API keys of requests: looked up at intervals, and refused if they are not valid."""

import threading
import time

from flask import Flask, Response, g, request
from sqlalchemy import Engine

from lodebase.desk.identity import api_keys
from lodebase.desk.identity.api_keys import ApiKey
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import BadApiKey
from lodedata.messages import msg
from lodeweb.http.declared import is_exempt

HEADER = "X-API-Key"
KNOWN_S = 10.0
"""Seconds for which a process caches a key, and so the longest time for which a revoked key is still accepted."""
MAX_CACHED_KEYS = 1_000
CHALLENGE = f'ApiKey realm="Lode", header="{HEADER}"'


class KnownKeys:
    """Cache of recently used keys, by the hashes of their tokens."""

    def __init__(self, engine: Engine, known_s: float = KNOWN_S) -> None:
        self._engine, self._known_s = engine, known_s
        self._known: dict[str, tuple[ApiKey, float]] = {}
        self._lock = threading.Lock()

    def find(self, token: str) -> ApiKey | None:
        """Return the key of a token, None if it is not valid. Raises DatabaseAway."""
        digest, now = api_keys.hash_api_token(token), time.monotonic()
        with self._lock:
            entry = self._known.get(digest)
        if entry is not None and entry[1] > now:
            return entry[0]
        with open_write_transaction(self._engine) as connection:
            api_key = api_keys.find(connection, token)
        with self._lock:
            if len(self._known) >= MAX_CACHED_KEYS:
                self._known.clear()
            if api_key is None:
                self._known.pop(digest, None)
            else:
                self._known[digest] = (api_key, now + self._known_s)
        return api_key


def register(app: Flask) -> KnownKeys:
    """Identify requests by their key; call this before the rate limits. ``require_valid_key`` is called after them."""
    known = KnownKeys(app.extensions["lode"].limits)

    @app.before_request
    def identify() -> None:
        token = request.headers.get(HEADER)
        if token is not None and not is_exempt("limits"):
            g.api_key = known.find(token)

    @app.after_request
    def challenge(response: Response) -> Response:
        # RFC 9110, 15.5.2
        if response.status_code == 401:
            response.headers["WWW-Authenticate"] = CHALLENGE
        return response

    return known


def find_current_key() -> ApiKey | None:
    """Return the key of this request, None if it has no key or no valid one."""
    api_key: ApiKey | None = g.get("api_key")
    return api_key


def require_valid_key() -> None:
    """Raise BadApiKey if the request has an invalid key: it is never served as a request without a key."""
    if "api_key" in g and g.api_key is None:
        raise BadApiKey(
            msg(
                "The API key in the header X-API-Key does not exist or was revoked. Leave the header out, or request "
                "a new key from the operator of this site."
            )
        )
