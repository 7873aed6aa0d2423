"""The engine of the site as it is served, and four rows with metals."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import URL, Engine

from lodebase.db import engine as engines

if TYPE_CHECKING:
    pass


@contextmanager
def engine_of(address: URL, statement_timeout_s: float | None = None) -> Iterator[Engine]:
    made = engines.create_checked_engine(address, "tests", statement_timeout_s, pool_size=2)
    try:
        yield made
    finally:
        made.dispose()


METALS = [
    {"id": "1", "name": "cu", "metal": "copper", "country": "Chile"},
    {"id": "2", "name": "cu-co", "metal": "copper,cobalt", "country": "China"},
    {"id": "3", "name": "ni-co", "metal": "nickel,cobalt", "country": "China"},
    {"id": "4", "name": "li", "metal": "lithium"},
    {"id": "5", "name": "plant", "kind": "project", "metal": "copper", "country": "Chile"},
    {"id": "6", "name": "find", "kind": "discovery", "metal": "copper", "country": "Chile"},
]
