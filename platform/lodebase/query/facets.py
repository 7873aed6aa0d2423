"""Count a query's rows by the values of its fields, each field without its own selection."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import ARRAY, Column, ColumnElement, Connection, Engine, Table, func, select

from lodebase.db.schema import prepared_tables, source_tables
from lodebase.query import expression, version_views
from lodebase.query.collections_ import Field, find_collection
from lodebase.query.filters.field_values import SelectionCondition
from lodebase.query.query import Query, Shape
from lodebase.query.reading import PreparedStatement, compile_for_psycopg, open_reading
from lodedata.problems import list_flag_titles
from lodedata.vocab import load_vocabulary

MAX_FACET_VALUES = 50
"""The default number of values of a facet."""
MATCHED = ""
"""The facet name under which the number of matching rows is returned."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a field and how many rows have it; None for the rows without a value."""

    value: str | None
    label_en: str | None
    label_zh: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Facet:
    """The most frequent values of a field, the number of further values and the sum of their counts."""

    field: Field
    values: tuple[Value, ...]
    other_values: int
    other_count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """The facets of a query and the number of rows that match all its filters."""

    dataset_version: int
    matched: int
    facets: tuple[Facet, ...]


def count_facets(engine: Engine, query: Query, fields: Iterable[Field], most: int = MAX_FACET_VALUES) -> Facets:
    """Return the counts by field, each with all filters of the query except the selection of that field.

    A row of a list field counts for each of its values. The most frequent values come first, ties ordered by code. Raise
    DatabaseAway or StatementTimeout if the statement fails.
    """
    wanted = tuple(fields)
    with open_reading(engine) as connection:
        settled, earlier = version_views.settle_query_version(connection, query.same_rows())
        version, matched, rows = _read_counts(connection, settled, tuple(field.name for field in wanted), most, earlier)
        titles = _read_source_titles(connection) if any(field.name == "sources" for field in wanted) else {}
    return Facets(version, matched, tuple(_build_facet(field, rows[field.name], most, titles) for field in wanted))


def _build_facet(field: Field, rows: list[Any], most: int, titles: Mapping[str, tuple[str, str]]) -> Facet:
    named = [Value(row.value or None, *_find_labels(field, row.value, titles), row.n) for row in rows if row.place <= most]
    rest = [row for row in rows if row.place > most]
    return Facet(field, tuple(named), sum(row.values for row in rest), sum(row.n for row in rest))


def _find_labels(field: Field, value: str, titles: Mapping[str, tuple[str, str]]) -> tuple[str | None, str | None]:
    if field.vocabulary is not None:
        term = load_vocabulary(field.vocabulary).terms.get(value)
        return (None, None) if term is None else (term.label_en, term.label_zh)
    if field.name == "flags":
        title = list_flag_titles().get(value)
        return (None, None) if title is None else (title.in_language("en"), title.in_language("zh"))
    return titles.get(value, (None, None)) if field.name == "sources" else (None, None)


def _read_source_titles(connection: Connection) -> dict[str, tuple[str, str]]:
    source = source_tables.source.c
    return {row[0]: (row[1], row[2]) for row in connection.execute(select(source.name, source.title_en, source.title_zh))}


def _read_counts(
    connection: Connection, query: Query, wanted: tuple[str, ...], most: int, earlier: bool
) -> tuple[int, int, dict[str, list[Any]]]:
    """Return the dataset version, the number of the query's rows, and the ranked counts by field."""
    chosen = {name: widened for name in wanted if (widened := _widen(query, name)) != query}
    queries = {query: [name for name in wanted if name not in chosen]}
    for name, others in chosen.items():
        queries.setdefault(others, []).append(name)
    rows: dict[str, list[Any]] = {name: [] for name in wanted}
    version = matched = 0
    for reduced, names in queries.items():
        if reduced == Query(query.collection):
            statement, values = _prepare_ranked(), {"of": query.collection, "fields": names}
        else:
            statement = _prepare_counts(reduced.shape(earlier), tuple(names), _is_combined(reduced))
            values = expression.bind_query(connection, reduced, earlier)
        for row in connection.exec_driver_sql(statement.sql, {**statement.constants, **values, "most": most}):
            if row.field != MATCHED:
                rows[row.field].append(row)
            elif reduced == query:
                version, matched = row.version, row.n
    return version, matched, rows


def _widen(query: Query, field: str) -> Query:
    """Return the query for the rows that are counted by the values of a field, without its own selection."""
    collection = find_collection(query.collection)
    widened = (condition.widen_for_facet(field, collection) for condition in query.conditions)
    return replace(query, conditions=tuple(condition for condition in widened if condition is not None))


def _is_combined(query: Query) -> bool:
    """Return whether the prepared combinations determine which rows match."""
    combinations = prepared_tables.COMBINATIONS.get(find_collection(query.collection).table.name)
    if combinations is None or query.as_of is not None:
        return False
    return all(isinstance(one, SelectionCondition) and one.field_name in combinations.c for one in query.conditions)


# One row for each value returned and one for all others, ordered by count; null is represented by the empty text.
RANKED = """
SELECT (SELECT coalesce(max(version), 0) FROM dataset_version) AS version, field, min(value) AS value,
  count(*) AS values, sum(n)::bigint AS n, least(place, %(most)s + 1) AS place
FROM (SELECT *, row_number() OVER (PARTITION BY field ORDER BY n DESC, value) AS place FROM ({counted}) counted) ranked
GROUP BY field, least(place, %(most)s + 1) ORDER BY field, place
"""
PREPARED = """
SELECT '' AS field, '' AS value, n FROM collection_state WHERE collection = %(of)s
UNION ALL SELECT field, value, n FROM facet_count WHERE collection = %(of)s AND field = ANY(%(fields)s)
"""
# Rows with the same values of all fields are grouped first: the groups are few, and only they are split by field.
COUNTED = """
WITH alike AS MATERIALIZED ({alike})
SELECT '' AS field, '' AS value, coalesce(sum(n), 0) AS n FROM alike
UNION ALL
SELECT field, value, sum(n) FROM alike CROSS JOIN LATERAL ({values}) counted (field, value) GROUP BY field, value
"""


@lru_cache(maxsize=1)
def _prepare_ranked() -> PreparedStatement:
    return PreparedStatement(RANKED.format(counted=PREPARED), {})


@lru_cache(maxsize=1024)
def _prepare_counts(shape: Shape, names: tuple[str, ...], combined: bool) -> PreparedStatement:
    rows: Table = find_collection(shape.collection).table
    n: ColumnElement[Any] = func.count()
    if combined:
        rows = prepared_tables.COMBINATIONS[rows.name]
        n = func.sum(rows.c.n)
    columns = [rows.c[name] for name in names]
    counted = [expression.choose_counted_column(shape, column) for column in columns]
    labelled = [value.label(name) for value, name in zip(counted, names, strict=True)]
    alike = compile_for_psycopg(
        select(*labelled, n.label("n")).where(expression.build_where_condition(shape, rows)).group_by(*counted), shape.earlier
    )
    values = " UNION ALL ".join(map(_unnest_column, columns)) or "SELECT '', '' WHERE false"
    return PreparedStatement(RANKED.format(counted=COUNTED.format(alike=alike.sql, values=values)), alike.constants)


def _unnest_column(column: Column[Any]) -> str:
    if isinstance(column.type, ARRAY):
        values = f"unnest(CASE WHEN cardinality({column.name}) = 0 THEN ARRAY[''] ELSE {column.name} END)"
        return f"SELECT '{column.name}', {values}"
    return f"SELECT '{column.name}', coalesce({column.name}, '')"
