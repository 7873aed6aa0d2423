"""The SQL of a file of tiles: the tiles, where records are, and how many they are. The numbers of a tile stay parameters."""

from collections.abc import Mapping
from typing import Any

from psycopg.sql import Literal as Quoted
from sqlalchemy import ColumnElement, Integer, Select, bindparam, func, select

from lodebase.download import tables_
from lodebase.download.task import TableStatement
from lodebase.query import expression, tiles
from lodebase.query.collections_ import Collection, find_collection
from lodebase.query.query import Query, Shape
from lodebase.query.reading import PreparedStatement, compile_for_psycopg
from lodedata.messages import msg
from lodedata.write import Column, Table
from lodedata.write.vector.pmtiles_ import COUNTS

EVERY, CELLS = "every", "cells"
"""Names of the statements of a tile with each of its records, and of the cells that have records."""
COUNTED = Table(
    COUNTS,
    msg("Number of records"),
    (
        Column("records", msg("Number of records"), "integer"),
        Column("records_without_position", msg("Records without a position"), "integer"),
    ),
)


def build_layer_tables(source: Collection) -> list[Table]:
    """Return the layers of the tiles as tables, and the table of numbers of records."""
    geometry = tables_.build_records_table(source, None).geometry
    layers = tiles.list_tile_layers(source)
    tables = [
        Table(layer.name, layer.description, tuple(map(tables_.make_column, layer.fields)), geometry=geometry)
        for layer in layers
    ]
    return [*tables, COUNTED]


def write_tile_statements(query: Query, values: Mapping[str, Any]) -> dict[str, TableStatement]:
    """Return the statement of a tile by the collection's name, and the others by theirs."""
    rows = query.same_rows()
    built = {query.collection: lambda shape: tiles.prepare_file_statement(shape), COUNTS: _counts}
    if find_collection(query.collection).geometry == "point":
        built |= {EVERY: lambda shape: tiles.prepare_file_statement(shape, every=True), CELLS: _prepare_cells}
    return {
        name: TableStatement(_write_text(build(rows.shape()), values), _write_text(build(rows.shape(earlier=True)), values))
        for name, build in built.items()
    }


def _counts(shape: Shape) -> PreparedStatement:
    table = find_collection(shape.collection).table
    without = (func.count() - func.count(table.c.geom)).label("records_without_position")
    numbers: list[ColumnElement[Any]] = [func.count().label("records"), without]
    statement: Select[Any] = select(*numbers).select_from(table).where(expression.build_where_condition(shape, table))
    return compile_for_psycopg(statement, shape.earlier)


def _prepare_cells(shape: Shape) -> PreparedStatement:
    table = find_collection(shape.collection).table
    cell = table.c.morton_code.op(">>")(bindparam("shift", type_=Integer)).label("cell")
    statement: Select[Any] = (
        select(cell, func.count())
        .where(expression.build_where_condition(shape, table), table.c.geom.is_not(None))
        .group_by(cell)
    )
    return compile_for_psycopg(statement, shape.earlier)


def _write_text(statement: PreparedStatement, values: Mapping[str, Any]) -> str:
    """Return the text of a statement with the query's values as literals; its other parameters stay."""
    return statement.sql.replace("%%", "%%%%") % Literals({**values, **statement.constants})


class Literals(dict[str, Any]):
    """Values as literals of SQL by name, to be read again by psycopg; a name without a value stays a parameter."""

    def __getitem__(self, name: str) -> str:
        if name not in self:
            return f"%({name})s"
        return Quoted(super().__getitem__(name)).as_string(None).replace("%", "%%")
