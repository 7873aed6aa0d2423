"""Run a query: the bytes of its features, how many rows match, and where the next page begins."""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from lodebase.db import tables
from lodebase.errors import DatabaseAway, NoSuchThing, StatementTimeout
from lodebase.query import expression
from lodebase.query.collections_ import COLLECTIONS, Collection, collection
from lodebase.query.query import Query

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
    """Counts of matching rows, each kept for the dataset version that it was counted at."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], int] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[object, ...]) -> int | None:
        """The count of a key, None where it is not known."""
        with self._lock:
            return self._kept.get(key)

    def put(self, key: tuple[object, ...], count: int) -> None:
        """Keep a count; the oldest ones go when there are too many."""
        with self._lock:
            self._kept[key] = count
            while len(self._kept) > KEPT_COUNTS:
                self._kept.popitem(last=False)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one state of the store. Raises DatabaseAway and StatementTimeout for what goes wrong."""
    try:
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
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
    """The page that a query asks for."""
    asked = collection(query.collection)
    with reading(engine) as connection:
        version = dataset_version(connection)
        found = [(row[0], row[1]) for row in connection.execute(expression.rows(query, asked))]
        matched = _matched(connection, query, asked, version, counts)
    last = found[-1][0] if found else None
    more = len(found) == query.limit and (query.after is not None or matched > query.limit)
    features = ",".join(feature for _, feature in found).encode()
    return Page(features, len(found), matched, version, last if more else None)


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
        return {name: _matched(connection, Query(name), asked, version, counts) for name, asked in COLLECTIONS.items()}


def extent(engine: Engine, name: str) -> tuple[float, float, float, float] | None:
    """The box of a collection's points; None for an empty one."""
    asked = collection(name)
    box = select(func.ST_Extent(asked.table.c.geom).label("box")).subquery("extent")
    edges = (func.ST_XMin(box.c.box), func.ST_YMin(box.c.box), func.ST_XMax(box.c.box), func.ST_YMax(box.c.box))
    with reading(engine) as connection:
        row = connection.execute(select(*edges)).one()
    return None if row[0] is None else (row[0], row[1], row[2], row[3])


def _matched(connection: Connection, query: Query, asked: Collection, version: int, counts: Counts) -> int:
    key = (version, *query.same_rows())
    known = counts.get(key)
    if known is None:
        statement = select(func.count()).select_from(asked.table).where(expression.where(query, asked.table))
        known = int(connection.scalar(statement) or 0)
        counts.put(key, known)
    return known
