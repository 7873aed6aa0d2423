"""Run a query: the bytes of its features, how many rows match, and where the next page begins."""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import Connection, Engine, Select, func, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from lodebase.db import tables
from lodebase.errors import DatabaseAway, NoSuchThing, StatementTimeout
from lodebase.query import expression
from lodebase.query.collections_ import COLLECTIONS, collection
from lodebase.query.query import Query, Shape

KEPT_COUNTS = 10_000

QUERY_CANCELED = "57014"


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its features as JSON texts joined by commas, and what a client needs to know of the whole."""

    features: bytes
    returned: int
    matched: int
    dataset_version: int
    next_after: str | None


class Counts:
    """Counts of matching rows, each with the dataset version that it was counted at; the least used ones go."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], tuple[int, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[object, ...], version: int) -> int | None:
        """The count of a key at a version, None where it is not known."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is None or kept[0] != version:
                return None
            self._kept.move_to_end(key)
            return kept[1]

    def has(self, key: tuple[object, ...]) -> bool:
        """Whether a count of a key is known at some version."""
        return key in self._kept

    def put(self, key: tuple[object, ...], version: int, count: int) -> None:
        """Keep a count."""
        with self._lock:
            self._kept[key] = (version, count)
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT_COUNTS:
                self._kept.popitem(last=False)


@contextmanager
def reading(engine: Engine, statements: Literal["one", "many"] = "many") -> Iterator[Connection]:
    """A connection that sees one state of the store, for one statement or for many in a transaction of their own.

    Raises DatabaseAway and StatementTimeout for what goes wrong.
    """
    level: Literal["AUTOCOMMIT", "REPEATABLE READ"] = "AUTOCOMMIT" if statements == "one" else "REPEATABLE READ"
    try:
        with engine.connect().execution_options(isolation_level=level) as connection:
            yield connection
    except PoolTimeout:
        raise DatabaseAway("Too many requests wait for the database; try again in a moment.") from None
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) == QUERY_CANCELED:
            raise StatementTimeout("The query took longer than it may; ask for less at a time.") from None
        raise DatabaseAway("The database can't be reached just now; try again in a moment.") from None
    except DBAPIError as error:
        if error.connection_invalidated:
            raise DatabaseAway("The connection to the database was lost; try again in a moment.") from None
        raise


def page(engine: Engine, query: Query, counts: Counts) -> Page:
    """The page that a query asks for.

    One statement where the number of matching rows is known from before and the data is still the same; else the rows
    are counted in the same transaction.
    """
    sql, values, key = _page_sql(query.shape()), expression.values(query), query.same_rows()
    if counts.has(key):
        with reading(engine, "one") as connection:
            version, features, returned, last = connection.exec_driver_sql(sql, values).one()
        matched = counts.get(key, version)
        if matched is not None:
            return _page(query, version, features, returned, last, matched)
    with reading(engine) as connection:
        version, features, returned, last = connection.exec_driver_sql(sql, values).one()
        matched = _matched(connection, query, version, counts)
    return _page(query, version, features, returned, last, matched)


def _page(query: Query, version: int, features: str, returned: int, last: str | None, matched: int) -> Page:
    more = returned == query.limit and (query.after is not None or matched > returned)
    return Page(features.encode(), returned, matched, version, last if more else None)


def item(engine: Engine, name: str, identity: str) -> tuple[bytes, int]:
    """One feature and the dataset version it was read at. Raises NoSuchThing."""
    asked = collection(name)
    with reading(engine) as connection:
        row = select(asked.table).where(asked.table.c.id == identity).subquery("row")
        found = connection.execute(expression.features(row, asked, None)).first()
        version = dataset_version(connection)
    if found is None:
        raise NoSuchThing(f"there is no {identity!r} in {name}")
    return str(found[1]).encode(), version


def dataset_version(connection: Connection) -> int:
    """The number of committed changes of the data."""
    return int(connection.scalar(select(func.coalesce(func.max(tables.dataset_version.c.version), 0))) or 0)


def totals(engine: Engine, counts: Counts) -> dict[str, int]:
    """How many rows each collection holds."""
    with reading(engine) as connection:
        version = dataset_version(connection)
        return {name: _matched(connection, Query(name), version, counts) for name in COLLECTIONS}


def extent(engine: Engine, name: str) -> tuple[float, float, float, float] | None:
    """The box of a collection's points; None for an empty one."""
    asked = collection(name)
    box = select(func.ST_Extent(asked.table.c.geom).label("box")).subquery("extent")
    edges = (func.ST_XMin(box.c.box), func.ST_YMin(box.c.box), func.ST_XMax(box.c.box), func.ST_YMax(box.c.box))
    with reading(engine) as connection:
        row = connection.execute(select(*edges)).one()
    return None if row[0] is None else (row[0], row[1], row[2], row[3])


def _matched(connection: Connection, query: Query, version: int, counts: Counts) -> int:
    key = query.same_rows()
    known = counts.get(key, version)
    if known is None:
        known = int(connection.exec_driver_sql(_count_sql(query.shape()), expression.values(query)).scalar_one())
        counts.put(key, version, known)
    return known


@lru_cache(maxsize=1024)
def _page_sql(shape: Shape) -> str:
    return _text(expression.page(shape))


@lru_cache(maxsize=1024)
def _count_sql(shape: Shape) -> str:
    return _text(expression.count(shape))


def _text(statement: Select[Any]) -> str:
    """The statement as psycopg takes it, with its parameters named."""
    return str(statement.compile(dialect=postgresql.psycopg.dialect()))  # type: ignore[no-untyped-call]
