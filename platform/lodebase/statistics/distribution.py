"""The number of a query's records in each class of a scale: ore, contained metal, grade, year of discovery, or capacity."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Double, Engine, FromClause, Integer, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from lodebase.db.schema import tables
from lodebase.errors import NotFound
from lodebase.query import expression, version_views
from lodebase.query.collections_ import find_collection
from lodebase.query.cql2.estimates import OWNERS
from lodebase.query.query import Query, Shape
from lodebase.query.reading import PreparedStatement, compile_for_psycopg, open_reading, read_dataset_version
from lodebase.statistics.figures import Known
from lodedata.messages import msg

CAPACITY = "capacity_tpa"
_CONTAINED_T = tuple(base * 10.0**power for power in range(10) for base in (1, 2, 5))
_GRADE_PCT = tuple(round(base * 10.0**power, 4) for power in range(-3, 2) for base in (1, 2, 5)) + (100.0,)
SCALES: Mapping[str, tuple[float, ...]] = {
    "contained_t": _CONTAINED_T,
    "grade_pct": _GRADE_PCT,
    "figure_ore_t": tuple(base * 10.0**power for power in range(3, 12) for base in (1, 2, 5)),
    "figure_contained_t": _CONTAINED_T,
    "figure_grade_pct": _GRADE_PCT,
    CAPACITY: tuple(base * 10.0**power for power in range(8) for base in (1, 2, 5)),
    "discovery_year": tuple(float(year) for year in range(1800, 2041, 10)),
}
"""The lower limits of the classes of each figure; the last class is open, and the first includes smaller values.

``contained_t`` and ``grade_pct`` are of every estimate and commodity, ``figure_...`` those that a record is shown with.
"""
_OF_RECORDS = {CAPACITY: "figure_capacity_tpa"} | {name: name for name in SCALES if name.startswith("figure_")}
_YEARS = {"deposits": "discovery_year", "discoveries": "discovery_date"}


@dataclass(frozen=True, slots=True)
class Distribution:
    """The numbers of records by class, as many as the scale has; a record with several figures is in the class of each."""

    dataset_version: int
    figure: str
    records: tuple[int, ...]


def compute_distribution(engine: Engine, cache: Known, query: Query, figure: str) -> Distribution:
    """Return the distribution of a query's records on the scale of a figure.

    Raise NotFound for a collection without such figures, DatabaseAway or StatementTimeout if the statement fails.
    """
    having = ["projects"] if figure == CAPACITY else list(OWNERS)
    if query.collection not in having:
        raise NotFound(
            msg("%(collection)s have no such figures. Use %(choices)s.", collection=query.collection, choices=having)
        )
    with open_reading(engine) as connection:
        settled, earlier = version_views.settle_query_version(connection, query.same_rows())
        version, values = read_dataset_version(connection), expression.bind_query(connection, settled, earlier)

        def count() -> tuple[int, ...]:
            statement = _prepare_count(settled.shape(earlier), figure)
            counts = {row[0]: row[1] for row in connection.exec_driver_sql(statement.sql, {**statement.constants, **values})}
            return tuple(counts.get(step, 0) for step in range(1, len(SCALES[figure]) + 1))

        return Distribution(version, figure, cache.at(version, (settled, figure), count))


@lru_cache(maxsize=256)
def _prepare_count(shape: Shape, figure: str) -> PreparedStatement:
    if figure == "discovery_year":
        value, rows, condition, records = _select_years(shape)
    elif figure in _OF_RECORDS:
        value, rows, condition, records = _select_recorded(shape, _OF_RECORDS[figure])
    else:
        value, rows, condition, records = _select_measured(shape, figure)
    scale = cast(list(SCALES[figure]), ARRAY(Double))
    # values below the scale are in its first class
    step = func.greatest(1, func.width_bucket(cast(value, Double), scale)).label("step")
    step_counts = select(step, records).select_from(rows).where(condition, value.is_not(None)).group_by("step")
    return compile_for_psycopg(step_counts, shape.earlier)


Counted = tuple[ColumnElement[Any], FromClause, ColumnElement[bool], ColumnElement[int]]


def _select_years(shape: Shape) -> Counted:
    table = find_collection(shape.collection).table
    column = table.c[_YEARS[shape.collection]]
    year = column if shape.collection == "deposits" else cast(func.left(column, 4), Integer)
    return year, table, expression.build_where_condition(shape, table), func.count()


def _select_recorded(shape: Shape, column: str) -> Counted:
    table = find_collection(shape.collection).table
    return table.c[column], table, expression.build_where_condition(shape, table), func.count()


def _select_measured(shape: Shape, figure: str) -> Counted:
    """Return the figures from the estimates; the records themselves are read only if the query filters them."""
    estimate, measure = tables.estimate, tables.estimate_measure
    owner, value = estimate.c[OWNERS[shape.collection]], measure.c[figure]
    rows: FromClause = estimate.join(measure, measure.c.estimate_id == estimate.c.id)
    condition: ColumnElement[bool] = (value > 0) & owner.is_not(None)
    if shape != Query(shape.collection).shape():
        table = find_collection(shape.collection).table
        rows = rows.join(table, table.c.id == owner)
        condition = condition & expression.build_where_condition(shape, table)
    return value, rows, condition, func.count(owner.distinct())
