"""Tiles of the lowest zooms without filters, in memory: every map begins with them, and they are the slowest."""

import threading
from collections import OrderedDict
from dataclasses import dataclass

from lodebase.query.tiles import Tile

MAX_CACHED_ZOOM = 4
"""The zoom up to which tiles are cached: 341 of a collection."""
MAX_CACHE_BYTES = 32 << 20
"""The size of all cached tiles of a process."""


@dataclass(frozen=True, slots=True)
class TileKey:
    """A tile of a collection at a version, and how often names had left the data when it was drawn."""

    collection: str
    tile: Tile
    version: int
    redactions: int


class TileCache:
    """Bodies of tiles by key; the least recently used are evicted."""

    def __init__(self, max_bytes: int = MAX_CACHE_BYTES) -> None:
        self._bodies: OrderedDict[TileKey, bytes] = OrderedDict()
        self._max_bytes = max_bytes
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: TileKey) -> bytes | None:
        """Return the body of a tile, None if it is not cached."""
        with self._lock:
            body = self._bodies.get(key)
            if body is not None:
                self._bodies.move_to_end(key)
            return body

    def put(self, key: TileKey, body: bytes) -> None:
        """Store the body of a tile."""
        with self._lock:
            self._bytes += len(body) - len(self._bodies.get(key, b""))
            self._bodies[key] = body
            self._bodies.move_to_end(key)
            while self._bytes > self._max_bytes:
                _, evicted = self._bodies.popitem(last=False)
                self._bytes -= len(evicted)
