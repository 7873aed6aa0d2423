"""The SQL of a file's tables: the rows of a query and their related rows, in a fixed order.

Each statement has two forms: one for the tables, and one for the views of an earlier version (schema ``lode_as_of``). psycopg
writes the values into the text, as COPY has no parameters.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from psycopg.sql import Literal as Quoted
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Double,
    FromClause,
    Select,
    and_,
    case,
    cast,
    exists,
    func,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.dialects import postgresql

from lodebase.db.schema import prepared_tables, source_tables, tables
from lodebase.download.tables_ import Relation
from lodebase.download.task import TableStatement
from lodebase.query import expression, plan
from lodebase.query.collections_ import Collection, find_collection
from lodebase.query.crs import CRS84
from lodebase.query.filters.spatial.distance import MAX_GEODESIC_KM, DistanceCondition
from lodebase.query.literals import write_fixed_literal
from lodebase.query.query import Query
from lodedata.write import Format, Table
from lodedata.write.content import PARTS, SEPARATOR
from lodedata.write.formula import BLANKS, GUARD, PATTERN, SIGNS

AS_OF = "lode_as_of"
NEVER_FORMULAS = ("id", "size_basis", "position_method", "sources", "flags")
"""Columns of texts by Lode, which begin with a letter or a digit."""
EDGES = ("xmin", "ymin", "xmax", "ymax")
BOXES = ("ST_XMin", "ST_YMin", "ST_XMax", "ST_YMax")


def remove_query_limits(query: Query) -> Query:
    """Return the query for all of its rows: without a page, and with the nearest records at any distance."""
    near = query.find(DistanceCondition)
    if near is not None and near.radius_km is None:
        query = query.replacing(replace(near, radius_km=MAX_GEODESIC_KM))
    return replace(query, after=None)


def write_records_statement(
    query: Query, table: Table, form: Format, values: Mapping[str, Any], parts: bool, guarded: bool
) -> TableStatement:
    """Return the SQL of the records, in the columns of the table or as finished features."""
    if form.geometry == "feature":
        return TableStatement(
            _write_sql(_select_features(query, finished=True), values),
            _write_sql(_select_features(query, False), values, earlier=True),
        )
    records = _select_records(query, table, form, parts, guarded)
    return TableStatement(_write_sql(records, values), _write_sql(records, values, earlier=True))


def write_relation_statement(query: Query, relation: Relation, table: Table, values: Mapping[str, Any]) -> TableStatement:
    """Return the SQL of a relation's rows, by record."""
    stored = tables.metadata.tables[f"{tables.SCHEMA}.{relation.stored}"]
    rows = select(*(_convert_cell(stored.c[column.name], column.type, False) for column in table.columns))
    if relation.through is not None:
        between = tables.metadata.tables[f"{tables.SCHEMA}.{relation.through}"]
        owner = between.c[relation.kind.own_column]
        rows = rows.join_from(stored, between, stored.c[relation.owner] == between.c.id)
    else:
        owner = stored.c[relation.owner]
    # every row that refers to a record of the collection belongs to the file if it has all records
    everything = not query.conditions and bool(owner.foreign_keys)
    rows = rows.where(owner.is_not(None) if everything else owner.in_(_select_identities(query)))
    rows = rows.order_by(*(stored.c[name] for name in _order(relation)))
    return TableStatement(_write_sql(rows, values), _write_sql(rows, values, earlier=True))


def write_origins_statement(query: Query, values: Mapping[str, Any]) -> TableStatement:
    """Return the SQL of each record with each of its sources."""
    shape, stored = query.shape(), find_collection(query.collection).table
    record, source = stored.c.id.label("record_id"), func.unnest(stored.c.sources).label("source")
    rows = select(record, source).where(expression.build_where_condition(shape, stored))
    # the array has the sources of a record in order
    rows = rows.order_by(*expression.build_order_clauses(expression.order(shape, stored)))
    return TableStatement(_write_sql(rows, values), _write_sql(rows, values, earlier=True))


def write_values_statement(query: Query, values: Mapping[str, Any]) -> TableStatement:
    """Return the SQL of values by source: values that cite a source, and the values of all sources of merged records."""
    source, shape = find_collection(query.collection), query.shape()
    stored, of = source.table, tables.reported_record
    shown = func.to_jsonb(literal_column(stored.name))
    cited = func.jsonb_each_text(stored.c.value_sources).table_valued("key", "value", name="cited")
    cited_values = select(
        stored.c.id.label("record_id"),
        cited.c.key.label("field"),
        shown.op("->>")(cited.c.key).label("value"),
        cited.c.value.label("source"),
        literal_column("true").label("shown"),
    ).select_from(stored.join(cited, literal_column("true")))
    reported_values = func.jsonb_each_text(of.c.row).table_valued("key", "value", name="given")
    names = [write_fixed_literal(name) for name in source.field_names if name not in ("sources", "flags")]
    same = shown.op("->>")(reported_values.c.key).op("IS NOT DISTINCT FROM")(reported_values.c.value)
    merged = select(stored.c.id, reported_values.c.key, reported_values.c.value, of.c.source, same).select_from(
        stored.join(of, of.c.served_id == stored.c.id).join(reported_values, literal_column("true"))
    )
    merged = merged.where(
        expression.build_where_condition(shape, stored), reported_values.c.key.in_(names), reported_values.c.value.is_not(None)
    )
    rows = union_all(cited_values.where(expression.build_where_condition(shape, stored)), merged).order_by(
        "record_id", "field", "source", "value"
    )
    return TableStatement(_write_sql(rows, values), _write_sql(rows, values, earlier=True))


def write_sources_statement(query: Query, table: Table, values: Mapping[str, Any]) -> TableStatement:
    """Return the SQL of the records' sources, with their descriptions at the version."""
    selection = _select_chosen(query, "sources")
    named = select(func.unnest(selection.c.sources)).distinct().scalar_subquery()
    source = source_tables.source
    rows = select(*(source.c[column.name] for column in table.columns)).where(source.c.name.in_(named)).order_by(source.c.name)
    earlier = _write_sql(rows, values, earlier=True)
    # a description ends with a version; what changed since then counts only from the next one on
    now = _write_sql(rows, values).replace(f"{tables.SCHEMA}.{source.name}", f"{AS_OF}.{source.name}")
    return TableStatement(now, earlier)


def select_lack_of_place(query: Query) -> Select[Any]:
    """Return a statement whether any of the records has no position."""
    stored = find_collection(query.collection).table
    return select(exists().where(expression.build_where_condition(query.shape(), stored), stored.c.geom.is_(None)))


def _select_records(query: Query, table: Table, form: Format, parts: bool, guarded: bool) -> Select[Any]:
    source, shape = find_collection(query.collection), query.shape()
    stored = source.table
    computed = {column.name: column for column in expression.build_computed_properties(shape, source, stored)}
    cells: list[ColumnElement[Any]] = []
    for column in table.columns:
        if column.name == "distance_km":
            cells.append(cast(computed[column.name], Double).label(column.name))
        elif column.name in computed:
            cells.append(computed[column.name])
        elif guarded and column in table.free_texts and column.name not in NEVER_FORMULAS:
            cells.append(_guard_text(stored.c[column.name], column.type))
        elif guarded and column.type == "boolean":
            # COPY would write t and f, where the other formats have true and false
            cells.append(cast(stored.c[column.name], postgresql.TEXT).label(column.name))
        else:
            cells.append(_convert_cell(stored.c[column.name], column.type, parts))
    statement = select(*cells, *_select_geometry(source, form, query)).where(expression.build_where_condition(shape, stored))
    return statement.order_by(*expression.build_order_clauses(_order_of_file(form, query, stored)))


def _order_of_file(form: Format, query: Query, stored: FromClause) -> list[tuple[ColumnElement[Any], bool]]:
    """Return the order of the records; along the curve if parts of the file are read, so that a part is a region."""
    source = find_collection(query.collection)
    if form.ranged and source.geometry is not None and not query.sort and query.find(DistanceCondition) is None:
        code = stored.c.morton_code if "morton_code" in stored.c else func.lode.morton_code(func.ST_Centroid(stored.c.geom))
        return [(code, False), (stored.c.id, False)]
    return expression.order(query.shape(), stored)


def _select_geometry(source: Collection, form: Format, query: Query) -> list[ColumnElement[Any]]:
    if source.geometry is None:
        return []
    shown: ColumnElement[Any] = source.table.c.geom
    if query.crs.srid != CRS84.srid:
        shown = func.ST_Transform(shown, write_fixed_literal(query.crs.srid))
    if source.geometry == "point":
        return [func.ST_X(shown).label("x"), func.ST_Y(shown).label("y")]
    decimals = write_fixed_literal(expression.DECIMALS)
    if form.geometry == "text":
        return [func.ST_AsText(shown, decimals).label("geometry")]
    if form.geometry == "kml":
        return [func.ST_AsKML(shown, decimals).label("geometry")]
    boxes = [getattr(func, name)(shown).label(edge) for name, edge in zip(BOXES, EDGES, strict=True)]
    return [func.ST_AsBinary(shown).label("geometry"), *boxes] if form.geometry == "wkb" else []


def _select_features(query: Query, finished: bool) -> Select[Any]:
    source, shape = find_collection(query.collection), query.shape()
    stored = source.table
    if finished and plan.is_page_prepared(query):
        served = prepared_tables.FEATURES[stored.name]
        prepared_features = select(served.c.feature)
        if query.conditions:
            same = (stored.c.morton_code == served.c.morton_code) & (stored.c.id == served.c.id)
            prepared_features = prepared_features.join_from(stored, served, same).where(
                expression.build_where_condition(shape, stored)
            )
        return prepared_features.order_by(served.c.morton_code, served.c.id)
    by = expression.order(shape, stored)
    keys = tuple(f"key_{n}" for n in range(len(by)))
    rows = select(stored, *(column.label(key) for key, (column, _) in zip(keys, by, strict=True)))
    chosen = rows.where(expression.build_where_condition(shape, stored)).subquery("row")
    features = expression.select_features(chosen, source, shape, query.crs)
    return features.order_by(
        *expression.build_order_clauses([(chosen.c[key], down) for key, (_, down) in zip(keys, by, strict=True)])
    )


def _select_identities(query: Query) -> Select[Any]:
    stored = find_collection(query.collection).table
    return select(stored.c.id).where(expression.build_where_condition(query.shape(), stored))


def _select_chosen(query: Query, *names: str) -> FromClause:
    stored = find_collection(query.collection).table
    return (
        select(*(stored.c[name] for name in names))
        .where(expression.build_where_condition(query.shape(), stored))
        .subquery("chosen")
    )


def _order(relation: Relation) -> tuple[str, ...]:
    """Return the columns of the order, which is that of an index, so that nothing is sorted."""
    if relation.through is not None:
        return (relation.owner, "commodity")
    return (relation.owner, "ordinal", "id") if relation.keyed else (relation.owner, "ordinal")


def _convert_cell(column: ColumnElement[Any], kind: str, parts: bool) -> ColumnElement[Any]:
    """Return a column; an array as one text, which takes half the time, with parts to read or to split."""
    if kind != "array":
        return column
    joined = func.array_to_string(column, write_fixed_literal(PARTS if parts else SEPARATOR))
    return func.nullif(joined, write_fixed_literal("")).label(column.key)


def _guard_text(column: ColumnElement[Any], kind: str) -> ColumnElement[Any]:
    """Return a text, with an apostrophe before it if a spreadsheet would read it (its first part) as a formula."""
    shown = _convert_cell(column, kind, False)
    first = column[write_fixed_literal(1)] if kind == "array" else column
    # the code of its first character is tested first, in a tenth of the time
    may_be = func.ascii(first).in_([write_fixed_literal(ord(sign)) for sign in SIGNS + BLANKS])
    risky = and_(may_be, first.op("~")(write_fixed_literal(PATTERN)))
    return case((risky, write_fixed_literal(GUARD).concat(shown)), else_=shown).label(column.key)


def _write_sql(statement: Select[Any] | CompoundSelect[Any], values: Mapping[str, Any], earlier: bool = False) -> str:
    """Return the SQL of a statement with its values."""
    dialect = postgresql.psycopg.dialect(paramstyle="pyformat")  # type: ignore[no-untyped-call]
    translated: dict[str, Any] = {"schema_translate_map": {tables.SCHEMA: AS_OF}, "render_schema_translate": True}
    compiled_statement = statement.compile(dialect=dialect, **(translated if earlier else {}))
    bound = {name: value for name, value in compiled_statement.params.items() if value is not None} | dict(values)
    return str(compiled_statement) % {
        name: Quoted(value).as_string(None) for name, value in bound.items() if name in compiled_statement.params
    }
