"""Batches made plain for formats that know no lists and no codes: lists joined, codes written as labels."""

from collections.abc import Iterator, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from lodedata.write.content import PARTS, SEPARATOR, Column, Content, Rows, Table

TYPES = {
    "string": pa.string(),
    "number": pa.float64(),
    "integer": pa.int32(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "array": pa.string(),
}


BEHIND = ("x", "y", "geometry")
"""What stands behind the columns of a table: where the record is."""


def schema(columns: tuple[Column, ...], *more: pa.Field) -> pa.Schema:
    """The schema of a table's plain columns, and of what stands behind them."""
    return pa.schema([*(pa.field(column.name, TYPES[column.type]) for column in columns), *more])


def batches(content: Content, rows: Rows, table: Table) -> Iterator[pa.RecordBatch]:
    """The rows of a table in plain columns, and behind them the geometry as it came."""
    words = {column.name: content.words(column) for column in table.columns} if content.lang is not None else {}
    for batch in rows(table):
        made = [_plain(batch.column(column.name), column, words.get(column.name)) for column in table.columns]
        behind = [name for name in BEHIND if name in batch.schema.names]
        more = [batch.schema.field(name) for name in behind]
        yield pa.record_batch([*made, *(batch.column(name) for name in behind)], schema=schema(table.columns, *more))


def lists(values: pa.Array, words: Mapping[str, str]) -> pa.Array:
    """Joined parts as lists, with labels in place of codes."""
    coded = values.dictionary_encode()
    found = ([words.get(part, part) for part in _apart(text)] for text in coded.dictionary.to_pylist())
    made = pa.array(found, pa.list_(pa.string())).take(coded.indices)
    return pc.if_else(values.is_valid(), made, pa.scalar([], pa.list_(pa.string())))


def labelled(values: pa.Array, words: Mapping[str, str]) -> pa.Array:
    """The values with labels in place of codes."""
    if not words:
        return values
    coded = values.dictionary_encode()
    return pa.array([words.get(code, code) for code in coded.dictionary.to_pylist()], pa.string()).take(coded.indices)


def _plain(values: pa.Array, column: Column, words: Mapping[str, str] | None) -> pa.Array:
    if words is None:
        return values.cast(TYPES[column.type])
    if column.type == "array":
        coded = values.dictionary_encode()
        joined = (SEPARATOR.join(words.get(part, part) for part in _apart(text)) for text in coded.dictionary.to_pylist())
        return pa.array(joined, pa.string()).take(coded.indices)
    return labelled(values, words).cast(TYPES[column.type])


def _apart(text: str) -> list[str]:
    return text.split(PARTS)
