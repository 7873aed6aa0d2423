"""Run a query: the bytes of its features, how many rows match, and where the next page begins."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal

import orjson
from sqlalchemy import Connection, Engine, func, select

from lodebase.db import prepared_tables, tables
from lodebase.db.failures import translate_db_errors
from lodebase.errors import NoSuchThing, ServedElsewhere
from lodebase.query import bound, counting, expression, moment, one_record, pages, whole
from lodebase.query.collections_ import COLLECTIONS, Collection, collection
from lodebase.query.counting import Counts, Way
from lodebase.query.query import CRS84, Crs, Cursor, Near, Query
from lodedata.write.short_form import in_full

HALF_ROUND_KM = 20_040.0
"""No two points of the earth lie farther apart."""
SPARE = 1.6
"""Times as many rows are taken along the plane's index as lie, where they lie evenly, in a circle that holds the page."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its features as JSON texts joined by commas, and what a client needs to know of the whole."""

    features: bytes
    returned: int
    matched: int
    dataset_version: int
    next: Cursor | None


@contextmanager
def reading(engine: Engine, statements: Literal["one", "many"] = "many") -> Iterator[Connection]:
    """A connection that sees one state of the store, for one statement or for many in a transaction of their own.

    Raises DatabaseAway, StatementTimeout and NotInCrs for what goes wrong.
    """
    with translate_db_errors(), engine.connect() as connection:
        yield connection if statements == "one" else connection.execution_options(isolation_level="REPEATABLE READ")


def page(engine: Engine, query: Query, counts: Counts) -> Page:
    """The page that a query asks for, in one statement wherever the question allows.

    Pages after the first show the rows as they stood at the first one's dataset version.
    """
    if query.as_of is not None:
        return _as_of(engine, query, query.as_of, counts)
    if query.near is not None and query.near.radius_km is None:
        return _nearest(engine, query, counts)
    if query.after is not None:
        return _later_page(engine, query, query.after, counts)
    key = query.same_rows()
    known = counts.get(key)
    with reading(engine, "one") as connection:
        if known is not None:
            found = _run(connection, query, None)
            if found.version == known[0]:
                return _page(query, found, known[1])
        found = _run(connection, query, counting.way(query))
    assert found.matched is not None
    counts.put(key, found.version, found.matched)
    return _page(query, found, found.matched)


def _later_page(engine: Engine, query: Query, after: Cursor, counts: Counts) -> Page:
    with reading(engine, "one") as connection:
        found = _run(connection, query, None)
    if found.version != after.version:
        return _then(engine, query, after.version, counts)
    return _page(query, found, after.matched)


def _as_of(engine: Engine, query: Query, version: int, counts: Counts) -> Page:
    with reading(engine, "one") as connection:
        last = dataset_version(connection)
    if version == last:
        found = page(engine, replace(query, as_of=None), counts)
        # unless a version came in between
        if found.dataset_version == version:
            return found
    return _then(engine, query, version, counts)


def _then(engine: Engine, query: Query, version: int, counts: Counts) -> Page:
    """A page of the rows as they stood at a version."""
    asked, key = query, replace(query.same_rows(), as_of=version)
    if query.near is not None and query.near.radius_km is None:
        asked = replace(query, near=replace(query.near, reach_km=HALF_ROUND_KM))
    known = counts.get(key)
    matched = query.after.matched if query.after is not None else None if known is None else known[1]
    with reading(engine) as connection:
        moment.turn(connection, version)
        found = _run(connection, asked, "rows" if matched is None else None, earlier=True)
    if matched is None:
        matched = found.matched or 0
        counts.put(key, version, matched)
    return _page(query, found, matched, version)


def _nearest(engine: Engine, query: Query, counts: Counts) -> Page:
    """The nearest rows: sorted by geodesic among neighbours on the plane, where none but them can be as close."""
    assert query.near is not None
    if query.after is not None or query.sort:
        return _reached(engine, query, counts)
    key = _key_of_located(query)
    known = counts.get(key)
    values, most = expression.values(query), _neighbours(query.near.lat, query.limit)
    with reading(engine, "one") as connection:
        row = pages.nearest(query.shape(), known is None, most).row(connection, values)
        if known is not None and row[0] != known[0]:
            row, known = pages.nearest(query.shape(), True, most).row(connection, values), None
    found, (neighbours, plane_deg) = _Found(row[0], in_full(row[1]), row[2], tuple(row[3:-3]), row[-3]), row[-2:]
    matched = known[1] if known is not None else int(found.matched or 0)
    counts.put(key, found.version, matched)
    everything = neighbours < most
    if everything or found.last[0] < query.near.least_m(plane_deg):
        return _page(query, found, matched)
    return _reached(engine, query, counts)


def _neighbours(lat: float, limit: int) -> int:
    # a circle on the ellipsoid is an ellipse on the plane, in a circle wider by the length of a degree of longitude
    least = math.ceil(SPARE * limit / max(math.cos(math.radians(lat)), 0.1)) + 4
    # in steps of a quarter, so that there are few statements
    step = 1 << max(least.bit_length() - 3, 0)
    return -(-least // step) * step


def _reached(engine: Engine, query: Query, counts: Counts) -> Page:
    """The nearest rows: those within the distance at which enough of them were found along the plane's index."""
    with reading(engine) as connection:
        version = dataset_version(connection)
        if query.after is None or query.after.version == version:
            return _within_reach(connection, query, version, counts)
    return _then(engine, query, query.after.version, counts)


def _within_reach(connection: Connection, query: Query, version: int, counts: Counts) -> Page:
    assert query.near is not None
    key = _key_of_located(query)
    seen = 0 if query.after is None else query.after.seen
    known = counts.get(key)
    matched = known[1] if known is not None and known[0] == version else None
    located = replace(query.same_rows(), near=None)
    values = expression.values(replace(located, limit=query.limit + seen))
    values |= {"near_lon": query.near.lon, "near_lat": query.near.lat}
    if matched is None:
        matched = int(pages.located(located.shape()).row(connection, values)[0])
        counts.put(key, version, matched)
    farthest_m = pages.farthest(located.shape()).row(connection, values)[0]
    reach = replace(query.near, reach_km=((farthest_m or 0.0) + 1) / 1000)
    return _page(query, _run(connection, replace(query, near=reach), None), matched)


def _key_of_located(query: Query) -> Query:
    """The key of how many rows have a position, which all lists of nearest rows share."""
    return replace(query.same_rows(), near=Near(0, 0, None))


@dataclass(frozen=True, slots=True)
class _Found:
    version: int
    features: bytes
    returned: int
    last: tuple[Any, ...]
    matched: int | None


def _run(connection: Connection, query: Query, way: Way | None, earlier: bool = False) -> _Found:
    shape = query.shape(earlier)
    values = bound.values(connection, query, earlier)
    if way is not None:
        values |= counting.values(query, way)
    row = pages.page(shape, way).row(connection, values)
    features, last = row[1], tuple(row[3:-1])
    if shape.finished:
        features = in_full(features)
        last = (*last, expression.last_id(features))
    return _Found(row[0], features, row[2], last, row[-1])


def _page(query: Query, found: _Found, matched: int, version: int | None = None) -> Page:
    version = found.version if version is None else version
    seen = found.returned + (0 if query.after is None else query.after.seen)
    more = found.returned == query.limit and seen < matched
    return Page(found.features, found.returned, matched, version, Cursor(version, matched, seen, found.last) if more else None)


def item(
    engine: Engine, name: str, identity: str, crs: Crs = CRS84, nested: bool = False, as_of: int | None = None
) -> tuple[bytes, int]:
    """One feature and the dataset version it shows; ``nested`` with all that belongs to it.

    Raises ServedElsewhere for a record that is one with others and has not given them its id, else NoSuchThing.
    """
    asked = collection(name)
    with reading(engine) as connection:
        _, earlier = moment.settled(connection, Query(name, as_of=as_of))
        row = select(asked.table).where(asked.table.c.id == identity).subquery("row")
        found = connection.execute(expression.features(row, asked, crs=crs)).first()
        version = dataset_version(connection)
        if found is None:
            served = one_record.served_as(connection, asked.table.name, identity)
            if served is not None:
                raise ServedElsewhere(identity, served)
            then = f" at version {as_of}" if earlier else ""
            raise NoSuchThing(f"there is no {identity!r} in {name}{then}")
        feature = str(found[0])
        if nested:
            # into the properties, which are the last member of the feature
            feature = f"{feature[:-2]},{_belonging(connection, asked, identity, earlier)}}}}}"
    return feature.encode(), version


def _belonging(connection: Connection, asked: Collection, identity: str, earlier: bool) -> str:
    """The members of a JSON object of what belongs to a record."""
    parts = whole.parts(connection, asked.name, identity, earlier)[1:-1]
    if not asked.points:
        return parts
    return f"{parts},{orjson.dumps(one_record.whole(connection, identity, earlier)).decode()[1:-1]}"


def dataset_version(connection: Connection) -> int:
    """The number of committed changes of the data."""
    return int(connection.scalar(select(func.coalesce(func.max(tables.dataset_version.c.version), 0))) or 0)


def totals(engine: Engine) -> dict[str, int]:
    """How many rows each collection holds."""
    state = prepared_tables.collection_state.c
    with reading(engine, "one") as connection:
        known = {row.collection: int(row.n) for row in connection.execute(select(state.collection, state.n))}
    return {name: known.get(name, 0) for name in COLLECTIONS}
