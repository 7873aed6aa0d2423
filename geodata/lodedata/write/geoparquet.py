"""GeoParquet 1.1: WKB, a box beside each geometry, the coordinate reference system as PROJJSON; lists stay lists.

Records of a kind without geometry are plain Parquet.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyproj
from pyarrow import parquet

from lodedata.write import geometry, plain
from lodedata.write.content import Column, Content, Rows, Table

ROWS = 65_536
"""Of a row group: what a reader that looks for a box takes at a time."""
LIST = pa.list_(pa.field("element", pa.string()))
BOX = pa.struct([(edge, pa.float64()) for edge in ("xmin", "ymin", "xmax", "ymax")])
FREE = ("id", "name_en", "name_zh", "note_en", "note_zh")
"""Texts that hardly two records share."""
TYPES = {"point": "Point", "multipolygon": "MultiPolygon"}


def write(content: Content, rows: Rows, path: Path) -> None:
    """Write the records."""
    table = content.table
    made = _schema(content, table)
    options = {"compression": "zstd", "compression_level": 1, "use_dictionary": _coded(table)}
    with parquet.ParquetWriter(path, made, **options) as writer:
        held: list[pa.RecordBatch] = []
        for batch in _batches(content, rows, table, made):
            held.append(batch)
            if sum(one.num_rows for one in held) >= ROWS:
                writer.write_table(pa.Table.from_batches(held), row_group_size=ROWS)
                held = []
        if held:
            writer.write_table(pa.Table.from_batches(held), row_group_size=ROWS)


def _schema(content: Content, table: Table) -> pa.Schema:
    types = {**plain.TYPES, "array": LIST}
    fields = [
        pa.field(column.name, types[column.type], metadata={"title_en": column.title_en, "title_zh": column.title_zh})
        for column in table.columns
    ]
    told = {"title": content.title, "version": str(content.version), "citation": content.citation}
    if table.geometry is None:
        return pa.schema(fields, metadata=told)
    placed = [pa.field("geometry", pa.binary()), pa.field("bbox", BOX)]
    return pa.schema([*fields, *placed], metadata={"geo": json.dumps(_geo(content, table)), **told})


def _geo(content: Content, table: Table) -> dict[str, Any]:
    covering = {edge: ["bbox", edge] for edge in BOX.names}
    crs = pyproj.CRS("OGC:CRS84" if content.srid == 4326 else f"EPSG:{content.srid}")
    about = {
        "encoding": "WKB",
        "geometry_types": [TYPES[table.geometry or "point"]],
        "crs": crs.to_json_dict(),
        "edges": "planar",
        "covering": {"bbox": covering},
    }
    return {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": about}}


def _batches(content: Content, rows: Rows, table: Table, made: pa.Schema) -> Iterator[pa.RecordBatch]:
    words = {column.name: content.words(column) for column in table.columns} if content.lang is not None else {}
    for batch in rows(table):
        columns = [_column(batch.column(column.name), column, words.get(column.name, {})) for column in table.columns]
        if table.geometry is not None:
            columns += [geometry.of(batch), geometry.boxes(batch, BOX)]
        yield pa.record_batch(columns, schema=made)


def _column(values: pa.Array, column: Column, words: Mapping[str, str]) -> pa.Array:
    if column.type == "array":
        return plain.lists(values, words).cast(LIST)
    return plain.labelled(values, words).cast(plain.TYPES[column.type])


def _coded(table: Table) -> list[str]:
    """The columns of few values, which are written once each and referred to; others would only be tried in vain."""
    coded = [column for column in table.columns if column.vocabulary is not None or column.type == "array"]
    others = [column.name for column in table.columns if column.type == "string" and column.name not in FREE]
    return [f"{c.name}.list.element" if c.type == "array" else c.name for c in coded] + others
