"""The estimates of a query's records: grade against tonnage, and contained metal by class.

Only figures that may be added are added (GB/T 17766-2020, 5.2 and 5.3): a sum is of one class over distinct records,
with one figure per record. A class, a reserve and a tonnage that its source does not classify are never summed together.
"""

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Double,
    Engine,
    Integer,
    Select,
    bindparam,
    cast,
    exists,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, TEXT, distinct_on
from sqlalchemy.sql.selectable import FromClause

from lodebase.db.schema import tables
from lodebase.errors import NotFound
from lodebase.query import expression, version_views
from lodebase.query.collections_ import find_collection
from lodebase.query.cql2.estimates import OWNERS
from lodebase.query.literals import write_fixed_literal
from lodebase.query.query import Query, Shape
from lodebase.query.reading import PreparedStatement, compile_for_psycopg, open_reading, read_dataset_version
from lodedata.figures.units import find_basis_factor
from lodedata.messages import msg
from lodedata.vocab import load_vocabulary_rows as vocabulary_table

T = TypeVar("T")
MAX_CHART_POINTS = 5_000
MAX_CACHED_RESULTS = 256
GRADE_BASES = {"lithium": "Li2O", "aluminium": "Al2O3"}
"""The oxide that a commodity's grades are expressed as, if it is not the metal."""
CLASSES = (*tables.RESOURCE_CATEGORIES, *tables.RESERVE_CATEGORIES, "endowment")
"""The classes of estimates in the order of the responses."""
ADDED = (*tables.RESOURCE_CATEGORIES[:3], "proved-ore-reserves", "probable-ore-reserves")
"""The five terms, each of which may be summed by itself over records (GB/T 17766-2020, 5.1)."""
Measured = tables.estimate_measure
Estimate = tables.estimate


@dataclass(frozen=True, slots=True)
class Available:
    """A commodity with figures, and the number of estimates that give both tonnage and grade, or contained metal."""

    commodity: str
    graded: int
    contained: int


@dataclass(frozen=True, slots=True)
class GradeTonnage:
    """The points of a plot as the text of a JSON array, each a record by its largest single figure.

    ``plottable`` is the number of records that have one; None if it exceeds the maximum, and the points are a fair sample.
    """

    dataset_version: int
    commodity: str | None
    basis: str
    available: tuple[Available, ...]
    plottable: int | None
    points: bytes


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """Tonnes of metal in one class: the number of records, the smallest, the median and the largest figure, and the sum.

    Only the five terms have a sum. A combined class and an unclassified tonnage contain figures that may not be added.
    ``not_counted`` are further figures of the class in the same records, and those of parts of a record that counts.
    """

    category: str
    kind: str
    combined: bool
    records: int
    smallest_t: float
    median_t: float
    largest_t: float
    total_t: float | None
    not_counted: int


@dataclass(frozen=True, slots=True)
class Contained:
    """Contained metal, class by class; the classes are separate and have no total."""

    dataset_version: int
    commodity: str | None
    available: tuple[Available, ...]
    classes: tuple[ClassFigures, ...]


class Known:
    """A cache of results by query, each with its dataset version; the least recently used are evicted."""

    def __init__(self) -> None:
        self._cached: OrderedDict[Hashable, tuple[int, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def at(self, version: int, key: Hashable, find: Callable[[], T]) -> T:
        """Return the cached result of a version, otherwise compute it."""
        with self._lock:
            cached = self._cached.get(key)
            if cached is not None and cached[0] == version:
                self._cached.move_to_end(key)
                cached_value: T = cached[1]
                return cached_value
        value = find()
        with self._lock:
            self._cached[key] = (version, value)
            self._cached.move_to_end(key)
            while len(self._cached) > MAX_CACHED_RESULTS:
                self._cached.popitem(last=False)
        return value


def read_grade_tonnage(
    engine: Engine, cache: Known, query: Query, commodity: str | None = None, most: int = MAX_CHART_POINTS
) -> GradeTonnage:
    """Return grade against tonnage of a query's records, of one commodity or of the one with the most estimates.

    Raise NotFound for a collection without estimates, DatabaseAway or StatementTimeout if the statement fails.
    """
    with open_reading(engine) as connection:
        shape, settled = _settle_query(connection, query)
        version, values = read_dataset_version(connection), expression.bind_query(connection, settled, shape.earlier)
        available = cache.at(version, settled, lambda: _read_available(connection, shape, values))
        chosen = commodity or _choose_most_estimated(available, "graded")
        basis = find_grade_basis(chosen)
        factors = find_grade_factors(chosen)
        values |= {"of": chosen, "factors": json.dumps(factors), "most": most}
        row = _prepare_points(shape).row(connection, values)
    return GradeTonnage(version, chosen, basis, available, None if row[1] else int(row[0]), bytes(row[2]))


def sum_contained(engine: Engine, cache: Known, query: Query, commodity: str | None = None) -> Contained:
    """Return the metal contained in a query's records by class; of several figures of a class in one record the latest counts.

    Of figures of the same date the largest counts, of a whole and its parts the whole. Raise NotFound for a collection
    without estimates, DatabaseAway or StatementTimeout if the statement fails.
    """
    with open_reading(engine) as connection:
        shape, settled = _settle_query(connection, query)
        version, values = read_dataset_version(connection), expression.bind_query(connection, settled, shape.earlier)
        available = cache.at(version, settled, lambda: _read_available(connection, shape, values))
        chosen = commodity or _choose_most_estimated(available, "contained")
        classes = cache.at(version, (settled, chosen), lambda: _read_classes(connection, shape, values, chosen))
    return Contained(version, chosen, available, classes)


def find_grade_basis(commodity: str | None) -> str:
    """Return what a commodity's grades are expressed as: the metal, or the oxide customary in the industry."""
    return GRADE_BASES.get(commodity or "", "metal")


def find_grade_factors(commodity: str | None) -> Mapping[str, float]:
    """Return the factors that convert a grade in each basis to the one that a commodity's grades are expressed as."""
    if commodity is None:
        return {}
    target = find_grade_basis(commodity)
    unit = find_basis_factor(commodity, target)
    bases = {row[name] for row in vocabulary_table("conversion") for name in ("from_basis", "to_basis")} | {"metal"}
    if unit is None:
        return {target: 1.0}
    factors = {basis: find_basis_factor(commodity, basis) for basis in sorted(bases)}
    return {basis: factor / unit for basis, factor in factors.items() if factor is not None} | {target: 1.0}


def _read_classes(
    connection: Connection, shape: Shape, values: Mapping[str, Any], commodity: str | None
) -> tuple[ClassFigures, ...]:
    if commodity is None:
        return ()
    statement = _prepare_by_class(shape)
    rows = connection.exec_driver_sql(statement.sql, {**statement.constants, **values, "of": commodity})
    return tuple(sorted((_build_class(row) for row in rows), key=lambda class_figures: CLASSES.index(class_figures.category)))


def _build_class(row: Any) -> ClassFigures:
    class_figures = ClassFigures(*row)
    return class_figures if class_figures.category in ADDED else replace(class_figures, total_t=None)


def _settle_query(connection: Connection, query: Query) -> tuple[Shape, Query]:
    """Return the query for all of its rows, and its shape, with the transaction set to the version that it requests."""
    if query.collection not in OWNERS:
        raise NotFound(
            msg("%(collection)s have no estimates. Use %(choices)s.", collection=query.collection, choices=list(OWNERS))
        )
    settled, earlier = version_views.settle_query_version(connection, query.same_rows())
    return settled.shape(earlier), settled


def _choose_most_estimated(available: Iterable[Available], figure: str) -> str | None:
    """Return the commodity with figures in the most estimates; ties are resolved by code."""
    availables = [available for available in available if getattr(available, figure)]
    return (
        min(availables, key=lambda available: (-getattr(available, figure), available.commodity)).commodity
        if availables
        else None
    )


def _read_available(connection: Connection, shape: Shape, values: Mapping[str, Any]) -> tuple[Available, ...]:
    statement = _prepare_commodities(shape)
    rows = connection.exec_driver_sql(statement.sql, {**statement.constants, **values})
    return tuple(Available(*row) for row in rows)


def _join_estimates(shape: Shape) -> tuple[FromClause, ColumnElement[bool]]:
    """Return the estimates of a shape's rows joined with the rows, and the condition on them."""
    table = find_collection(shape.collection).table
    joined = table.join(Estimate, Estimate.c[OWNERS[shape.collection]] == table.c.id).join(
        Measured, Measured.c.estimate_id == Estimate.c.id
    )
    return joined, expression.build_where_condition(shape, table)


def _match_graded() -> ColumnElement[bool]:
    return (Estimate.c.ore_t > 0) & (Measured.c.grade_pct > 0)


@lru_cache(maxsize=256)
def _prepare_commodities(shape: Shape) -> PreparedStatement:
    joined, condition = _join_estimates(shape)
    graded = func.count().filter(_match_graded())
    held = func.count().filter(Measured.c.contained_t > 0)
    statement = select(Measured.c.commodity, graded, held).select_from(joined).where(condition)
    return compile_for_psycopg(statement.group_by(Measured.c.commodity).order_by(Measured.c.commodity), shape.earlier)


@lru_cache(maxsize=256)
def _prepare_points(shape: Shape) -> PreparedStatement:
    """Return the statement of the number of points, whether there are more, and the points by id, a hash and thus random.

    The rows come in the order of the primary key and end with the last one returned: of a million no more are read.
    """
    largest_points = _select_largest(shape).limit(bindparam("most") + write_fixed_literal(1)).cte("one")
    shown = select(largest_points).order_by(largest_points.c.id).limit(bindparam("most")).subquery("shown")
    rows = func.coalesce(func.json_agg(shown.table_valued()), cast("[]", JSON))
    points = select(func.convert_to(cast(rows, TEXT), "UTF8")).select_from(shown).scalar_subquery()
    point_count = select(func.count()).select_from(largest_points).scalar_subquery()
    return compile_for_psycopg(select(point_count, point_count > bindparam("most"), points), shape.earlier)


def _select_largest(shape: Shape) -> Select[Any]:
    """Return the select of each record's estimate with the most ore among those with a grade; of equal ones the latest."""
    table = find_collection(shape.collection).table
    joined, condition = _join_estimates(shape)
    factors = cast(bindparam("factors", type_=TEXT), JSONB)
    # looked up and not joined: with a join the planner would sort all rows first
    factor = cast(factors.op("->>")(Measured.c.grade_basis), Double).label("factor")
    grade = (Measured.c.grade_pct * factor).label("grade_pct")
    columns = (
        *(table.c[name] for name in ("id", "name_en", "name_zh", "country")),
        *(Estimate.c[name] for name in ("category", "kind", "code", "effective_date", "ore_t")),
        *(grade, Measured.c.grade_basis, factor),
    )
    return (
        select(*columns)
        .select_from(joined)
        .where(
            condition,
            _match_graded(),
            Measured.c.commodity == bindparam("of"),
            func.jsonb_exists(factors, Measured.c.grade_basis),
        )
        .ext(distinct_on(table.c.id))
        .order_by(table.c.id, Estimate.c.ore_t.desc(), Estimate.c.effective_date.desc().nulls_last(), Estimate.c.ordinal)
    )


@lru_cache(maxsize=256)
def _prepare_by_class(shape: Shape) -> PreparedStatement:
    table = find_collection(shape.collection).table
    joined, condition = _join_estimates(shape)
    mine = (table.c.id, Estimate.c.category)
    further = func.count().over(partition_by=mine).label("figures")
    latest = (
        select(*mine, Estimate.c.kind, Estimate.c.combined, Measured.c.contained_t, further)
        .select_from(joined)
        .where(condition, Measured.c.contained_t > 0, Measured.c.commodity == bindparam("of"))
        .ext(distinct_on(*mine))
        .order_by(*mine, Estimate.c.effective_date.desc().nulls_last(), Measured.c.contained_t.desc(), Estimate.c.ordinal)
        .cte("latest")
    )
    marked = select(latest, _match_part(latest).label("nested")).subquery("marked")
    group = (marked.c.category, marked.c.kind, marked.c.combined)
    t, added = marked.c.contained_t, marked.c.nested.is_(False)
    middle = func.percentile_cont(literal_column("0.5")).within_group(t).filter(added)
    records = func.count().filter(added)
    further_n = cast(func.sum(marked.c.figures) - records, Integer)
    amounts = (func.min(t).filter(added), middle, func.max(t).filter(added), func.sum(t).filter(added))
    statement = select(*group, records, *amounts, further_n).group_by(*group).having(records > write_fixed_literal(0))
    return compile_for_psycopg(statement, shape.earlier)


def _match_part(latest: FromClause) -> ColumnElement[bool]:
    """Return the condition that a figure is of a part of another record, which has a figure of the same class."""
    whole = latest.alias("whole")
    contains = tables.link.join(whole, whole.c.id == tables.link.c.from_id)
    return exists(
        select(literal_column("1"))
        .select_from(contains)
        .where(
            tables.link.c.relation == write_fixed_literal("contains"),
            tables.link.c.to_id == latest.c.id,
            whole.c.category == latest.c.category,
        )
    )
