"""Batches for formats without lists: lists joined, and codes as labels if the file has a language."""

from collections.abc import Iterator, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from lodedata.write.content import PARTS, SEPARATOR, Column, FileContent, Rows, Table

TYPES = {
    "string": pa.string(),
    "number": pa.float64(),
    "integer": pa.int32(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "array": pa.string(),
}
GEOMETRY = ("x", "y", "geometry")
"""Names of the columns of position or geometry, which follow the columns of a table."""


def build_plain_schema(columns: tuple[Column, ...], *more: pa.Field) -> pa.Schema:
    """Return the schema of a table's columns, followed by other fields."""
    return pa.schema([*(pa.field(column.name, TYPES[column.type]) for column in columns), *more])


def build_plain_batches(content: FileContent, rows: Rows, table: Table) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a table with plain columns, followed by the unchanged geometry."""
    labels = {column.name: content.labels_of(column) for column in table.columns} if content.lang is not None else {}
    for batch in rows(table):
        values = [_convert_values(batch.column(column.name), column, labels.get(column.name)) for column in table.columns]
        geometry = [name for name in GEOMETRY if name in batch.schema.names]
        more = [batch.schema.field(name) for name in geometry]
        yield pa.record_batch(
            [*values, *(batch.column(name) for name in geometry)], schema=build_plain_schema(table.columns, *more)
        )


def split_into_lists(values: pa.Array, labels: Mapping[str, str]) -> pa.Array:
    """Return joined parts as lists, with labels in place of codes."""
    coded = values.dictionary_encode()
    part_lists = ([labels.get(part, part) for part in _split(text)] for text in coded.dictionary.to_pylist())
    list_array = pa.array(part_lists, pa.list_(pa.string())).take(coded.indices)
    return pc.if_else(values.is_valid(), list_array, pa.scalar([], pa.list_(pa.string())))


def replace_codes_by_labels(values: pa.Array, labels: Mapping[str, str]) -> pa.Array:
    """Return the values with labels in place of codes."""
    if not labels:
        return values
    coded = values.dictionary_encode()
    return pa.array([labels.get(code, code) for code in coded.dictionary.to_pylist()], pa.string()).take(coded.indices)


def _convert_values(values: pa.Array, column: Column, labels: Mapping[str, str] | None) -> pa.Array:
    if labels is None:
        return values.cast(TYPES[column.type])
    if column.type == "array":
        coded = values.dictionary_encode()
        joined = (SEPARATOR.join(labels.get(part, part) for part in _split(text)) for text in coded.dictionary.to_pylist())
        return pa.array(joined, pa.string()).take(coded.indices)
    return replace_codes_by_labels(values, labels).cast(TYPES[column.type])


def _split(text: str) -> list[str]:
    return text.split(PARTS)
