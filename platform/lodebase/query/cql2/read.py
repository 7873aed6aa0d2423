"""Read and check a client's filter, given as text or as JSON."""

from functools import lru_cache
from typing import Any

from lodebase.query.collections_ import Collection
from lodebase.query.cql2.check import check
from lodebase.query.cql2.geometry import System
from lodebase.query.cql2.nodes import Filter
from lodebase.query.cql2.text import parse


def parse_text(text: str, collection: Collection, srid: int = 4326, latitude_first: bool = False) -> Filter:
    """Return the filter that a CQL2 text expresses. Raise Malformed with the error and how to correct it.

    ``srid`` is the EPSG code of the literals' coordinates (filter-crs), longitude first unless ``latitude_first``.
    """
    return _read(text, collection, System(srid, latitude_first))


def parse_json(node: Any, collection: Collection, srid: int = 4326, latitude_first: bool = False) -> Filter:
    """Return the filter of a decoded CQL2 JSON object. Raise Malformed as :func:`parse_text` does."""
    return check(node, collection, System(srid, latitude_first))


@lru_cache(maxsize=256)
def _read(text: str, collection: Collection, system: System) -> Filter:
    # the pages and tiles of one filter request it repeatedly
    return check(parse(text), collection, system)
