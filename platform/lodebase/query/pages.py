"""A page of features: one statement whose single row holds the bytes of the page and the number of matching rows."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    ColumnElement,
    Connection,
    Engine,
    SmallInteger,
    bindparam,
    case,
    cast,
    func,
    select,
)
from sqlalchemy.sql.selectable import FromClause

from lodebase.db.schema import prepared_tables
from lodebase.db.schema.prepared_tables import collection_state, facet_count
from lodebase.query import morton, nearest, version_views
from lodebase.query.collections_ import find_collection
from lodebase.query.expression import (
    bind_query,
    build_cursor_condition,
    build_order_clauses,
    build_range_table,
    build_where_condition,
    join_page_features,
    order,
    select_along_ranges,
    select_features,
    walks_code_ranges,
)
from lodebase.query.filters.field_values import SelectionCondition
from lodebase.query.filters.spatial.box import BoxCondition
from lodebase.query.literals import bind_text_list, write_fixed_literal
from lodebase.query.plan import Count, Plan, Read, plan
from lodebase.query.query import Cursor, Query, Shape
from lodebase.query.reading import PreparedStatement, compile_for_psycopg, open_reading, read_dataset_version

CACHED_COUNTS = 10_000


class Counts:
    """A cache of matching-row counts, each with its dataset version; the least recently used are evicted."""

    def __init__(self) -> None:
        self._counts: OrderedDict[Query, tuple[int, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Query) -> tuple[int, int] | None:
        """Return the version and the count of a query's rows, None if it is not cached."""
        with self._lock:
            cached = self._counts.get(key)
            if cached is not None:
                self._counts.move_to_end(key)
            return cached

    def put(self, key: Query, version: int, count: int) -> None:
        """Store a count."""
        with self._lock:
            self._counts[key] = (version, count)
            self._counts.move_to_end(key)
            while len(self._counts) > CACHED_COUNTS:
                self._counts.popitem(last=False)


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its features as JSON texts joined by commas, and what a client needs to know of the complete result."""

    features: bytes
    returned: int
    matched: int
    dataset_version: int
    next: Cursor | None


@dataclass(frozen=True, slots=True)
class Found:
    """The result of a page's statement; ``last`` holds the sort values of a full page's last row."""

    version: int
    features: bytes
    returned: int
    last: tuple[Any, ...]
    matched: int | None


def read_page(engine: Engine, query: Query, counts: Counts) -> Page:
    """Return the page that a query requests, by one statement wherever the query allows.

    Pages after the first show the rows as they were at the first one's dataset version.
    """
    if query.as_of is not None:
        return _read_as_of(engine, query, query.as_of, counts)
    if query.requests_nearest:
        return _read_nearest_page(engine, query, counts)
    version_count = (query.after.version, query.after.matched) if query.after is not None else counts.get(query.same_rows())
    with open_reading(engine, "one") as connection:
        if version_count is not None:
            page_content = run(connection, query, count=False)
            if page_content.version == version_count[0]:
                return _build_page(query, page_content, version_count[1])
        if query.after is None:
            page_content = run(connection, query)
    if query.after is not None:
        return _read_earlier_page(engine, query, query.after.version, counts)
    assert page_content.matched is not None
    counts.put(query.same_rows(), page_content.version, page_content.matched)
    return _build_page(query, page_content, page_content.matched)


def _read_as_of(engine: Engine, query: Query, version: int, counts: Counts) -> Page:
    with open_reading(engine, "one") as connection:
        last = read_dataset_version(connection)
    if version == last:
        latest_page = read_page(engine, replace(query, as_of=None), counts)
        # unless a version was committed in between
        if latest_page.dataset_version == version:
            return latest_page
    return _read_earlier_page(engine, query, version, counts)


def _read_earlier_page(engine: Engine, query: Query, version: int, counts: Counts) -> Page:
    """Return a page of the rows as they were at a version."""
    key = replace(query.same_rows(), as_of=version)
    version_count = counts.get(key)
    matched = query.after.matched if query.after is not None else None if version_count is None else version_count[1]
    with open_reading(engine) as connection:
        version_views.require_stored(connection, query, version)
        version_views.turn(connection, version)
        page_content = run(connection, nearest.widen_to_earth(query), matched is None, earlier=True)
    if matched is None:
        matched = page_content.matched or 0
        counts.put(key, version, matched)
    return _build_page(query, page_content, matched, version)


def _read_nearest_page(engine: Engine, query: Query, counts: Counts) -> Page:
    """Return a page of the nearest rows."""
    key = nearest.derive_count_key(query)
    with open_reading(engine) as connection:
        page_content = run(connection, nearest.set_query_reach(connection, query), count=False)
        version_count = counts.get(key)
        if version_count is not None and version_count[0] == page_content.version:
            matched = version_count[1]
        else:
            matched = nearest.count_located_rows(connection, query)
            counts.put(key, page_content.version, matched)
    if query.after is not None and query.after.version != page_content.version:
        return _read_earlier_page(engine, query, query.after.version, counts)
    return _build_page(query, page_content, matched)


def _build_page(query: Query, page_content: Found, matched: int, version: int | None = None) -> Page:
    version = page_content.version if version is None else version
    seen = page_content.returned + (0 if query.after is None else query.after.seen)
    more = 0 < page_content.returned == query.limit and seen < matched
    return Page(
        page_content.features,
        page_content.returned,
        matched,
        version,
        Cursor(version, matched, seen, page_content.last) if more else None,
    )


def run(connection: Connection, query: Query, count: bool = True, earlier: bool = False) -> Found:
    """Run the statement of a page; with ``count`` it also returns the number of matching rows."""
    planned = plan(query, earlier, count)
    values = bind_query(connection, query, earlier) | bind_counted_values(query, planned)
    row = statement(query.shape(earlier), planned).row(connection, values)
    return Found(row[0], row[1], row[2], tuple(row[3:-1]), row[-1])


@lru_cache(maxsize=512)
def statement(shape: Shape, planned: Plan) -> PreparedStatement:
    """Return the statement of a page: dataset version, features joined by commas, their number, a full page's last row's order,
    the number of matching rows."""
    page_rows = _READ[planned.read](shape)
    n, limit = func.count(), cast(bindparam("limit"), BigInteger)
    if planned.count is None:
        matched: ColumnElement[Any] = cast(None, BigInteger)
    elif shape.after is None:
        # a page that is not full holds all matches, and a count that is not needed is not computed
        matched = case((n < limit, n), else_=_COUNTED[planned.count](shape))
    else:
        matched = _COUNTED[planned.count](shape)
    return compile_for_psycopg(
        join_page_features(page_rows, len(order(shape, find_collection(shape.collection).table)), matched), shape.earlier
    )


def _select_page_rows(shape: Shape, table: FromClause, *columns: Any) -> FromClause:
    """Return the rows of a page in order, with their sort values as ``key_0`` and so on."""
    by = order(shape, table)
    rows = select(*columns, *(column.label(f"key_{n}") for n, (column, _) in enumerate(by)))
    rows = rows.where(build_where_condition(shape, table, walks_code_ranges(shape)))
    if shape.after is not None:
        rows = rows.where(build_cursor_condition(shape, by))
    rows = rows.order_by(*build_order_clauses(by)).limit(bindparam("limit"))
    if walks_code_ranges(shape):
        rows = select_along_ranges(rows, table, build_range_table()).limit(bindparam("limit"))
    return rows.subquery("found")


def _build_features(shape: Shape) -> FromClause:
    """Return features built from records."""
    collection = find_collection(shape.collection)
    by = order(shape, collection.table)
    keys = tuple(f"key_{n}" for n in range(len(by)))
    page_rows = _select_page_rows(shape, collection.table, collection.table)
    again = [(page_rows.c[key], down) for key, (_, down) in zip(keys, by, strict=True)]
    return select_features(page_rows, collection, shape, shape.crs, keys).order_by(*build_order_clauses(again)).subquery("made")


def _choose_finished_table(shape: Shape) -> FromClause:
    return prepared_tables.FEATURES[find_collection(shape.collection).table.name]


def _select_prepared_features(shape: Shape) -> FromClause:
    """Return prepared features, read in their order."""
    table = _choose_finished_table(shape)
    return _select_page_rows(shape, table, table.c.feature)


def _look_up_features(shape: Shape, page_rows: FromClause) -> FromClause:
    """Return the prepared features of some rows, looked up one by one, as a join may change their order."""
    table = _choose_finished_table(shape).alias("text")
    feature = (
        select(table.c.feature)
        .where(table.c.morton_code == page_rows.c.key_0, table.c.id == page_rows.c.key_1)
        .scalar_subquery()
    )
    return select(page_rows.c.key_0, page_rows.c.key_1, feature.label("feature")).subquery("made")


_READ: Mapping[Read, Callable[[Shape], FromClause]] = {
    "made": _build_features,
    "text": _select_prepared_features,
    "key": lambda shape: _look_up_features(shape, _select_page_rows(shape, _choose_finished_table(shape))),
    "rows": lambda shape: _look_up_features(shape, _select_page_rows(shape, find_collection(shape.collection).table)),
}


def bind_counted_values(query: Query, planned: Plan) -> dict[str, Any]:
    """Return the values that the count binds in addition to those of the query itself."""
    if planned.count == "facet":
        ((field, codes),) = query.selections.items()
        return {"facet_field": field, "facet_values": list(codes)}
    if planned.count != "cells":
        return {}
    box = query.find(BoxCondition)
    assert box is not None
    cover = morton.cover(box.box)
    return {
        "codes": [code for codes in query.selections.values() for code in codes],
        **{
            f"{name}_cells": morton.write_array_literal(run[n] for run in cover.inside)
            for n, name in enumerate(("level", "first", "last"))
        },
        **{
            f"{name}_edge": morton.write_array_literal(run[n] for run in cover.edge) for n, name in enumerate(("first", "last"))
        },
    }


def _count_rows(shape: Shape, table: FromClause, of: str = "") -> ColumnElement[int]:
    """Return the number of a table's rows, along the ranges of Morton codes if there are any."""
    # the order of the ranges does not affect the number
    walked = walks_code_ranges(replace(shape, sort=()))
    counted = select(func.count().label("n")).select_from(table).where(build_where_condition(shape, table, walked))
    if not walked:
        return counted.scalar_subquery()
    return _sum(select_along_ranges(counted, table, build_range_table(of)).subquery("counted"))


def _cells(shape: Shape) -> ColumnElement[int]:
    """Return the sum of the counts of the cells inside the box and of the rows in the cells that its edge crosses."""
    counted = prepared_tables.cell_count.alias("p")
    bounds = [cast(bindparam(f"{name}_cells"), ARRAY(BigInteger)) for name in ("level", "first", "last")]
    runs = func.unnest(*bounds).table_valued("level", "first", "last", name="run").render_derived()
    n = select(func.sum(counted.c.n).label("n")).where(
        counted.c.collection == write_fixed_literal(shape.collection),
        counted.c.level == cast(runs.c.level, SmallInteger),
        counted.c.cell.between(runs.c.first, runs.c.last),
        *(_match_chosen(counted.c[form[0]]) for kind, form in shape.conditions if kind is SelectionCondition),
    )
    # summed run by run, so that each is one scan of the counts' key
    inside = _sum(select(n.lateral("each").c.n).select_from(runs).subquery("inside"))
    return inside + _count_rows(shape, _choose_finished_table(shape).alias("f"), "_edge")


def _match_chosen(column: ColumnElement[Any]) -> ColumnElement[bool]:
    if isinstance(column.type, ARRAY):
        return column.op("&&", return_type=Boolean())(bind_text_list("codes"))
    return column == func.any(bind_text_list("codes"))


def _sum(counted: FromClause) -> ColumnElement[int]:
    return select(cast(func.coalesce(func.sum(counted.c.n), write_fixed_literal(0)), BigInteger)).scalar_subquery()


def _count_by_facet(shape: Shape) -> ColumnElement[int]:
    """Return the sum of the counts of the selected values of a field."""
    f = facet_count.c
    chosen = select(f.n).where(
        f.collection == write_fixed_literal(shape.collection),
        f.field == bindparam("facet_field"),
        f.value == func.any(bind_text_list("facet_values")),
    )
    return _sum(chosen.subquery("values"))


_COUNTED: Mapping[Count, Callable[[Shape], ColumnElement[int]]] = {
    "state": lambda shape: (
        select(collection_state.c.n)
        .where(collection_state.c.collection == write_fixed_literal(shape.collection))
        .scalar_subquery()
    ),
    "facet": _count_by_facet,
    "cells": _cells,
    "key": lambda shape: _count_rows(shape, _choose_finished_table(shape)),
    "rows": lambda shape: _count_rows(shape, find_collection(shape.collection).table),
}
