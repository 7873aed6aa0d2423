"""GeoParquet 1.1: WKB with a box for each geometry, the coordinate reference system as PROJJSON, lists as lists.

Records of a kind without geometry are plain Parquet.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyproj
from pyarrow import parquet

from lodedata.messages import put_in_each_language
from lodedata.write import plain
from lodedata.write.content import Column, FileContent, Rows, Table
from lodedata.write.vector import geometry

ROWS = 65_536
"""Rows of a row group, which a reader with a bounding box reads as a unit."""
LIST = pa.list_(pa.field("element", pa.string()))
BOX = pa.struct([(edge, pa.float64()) for edge in ("xmin", "ymin", "xmax", "ymax")])
FREE = ("id", "name_en", "name_zh", "note_en", "note_zh")
"""Texts that few records share, which a dictionary would not compress."""
TYPES = {"point": "Point", "multipolygon": "MultiPolygon"}


def write(content: FileContent, rows: Rows, path: Path) -> None:
    """Write the records."""
    table = content.table
    schema = _build_schema(content, table)
    options = {"compression": "zstd", "compression_level": 1, "use_dictionary": _choose_coded_columns(table)}
    with parquet.ParquetWriter(path, schema, **options) as writer:
        pending: list[pa.RecordBatch] = []
        for batch in _build_batches(content, rows, table, schema):
            pending.append(batch)
            if sum(record_batch.num_rows for record_batch in pending) >= ROWS:
                writer.write_table(pa.Table.from_batches(pending), row_group_size=ROWS)
                pending = []
        if pending:
            writer.write_table(pa.Table.from_batches(pending), row_group_size=ROWS)


def _build_schema(content: FileContent, table: Table) -> pa.Schema:
    types = {**plain.TYPES, "array": LIST}
    fields = [
        pa.field(column.name, types[column.type], metadata=put_in_each_language("title", column.caption))
        for column in table.columns
    ]
    metadata = {"title": content.title, "version": str(content.version), "citation": content.citation}
    if table.geometry is None:
        return pa.schema(fields, metadata=metadata)
    placed = [pa.field("geometry", pa.binary()), pa.field("bbox", BOX)]
    return pa.schema([*fields, *placed], metadata={"geo": json.dumps(_build_geo_metadata(content, table)), **metadata})


def _build_geo_metadata(content: FileContent, table: Table) -> dict[str, Any]:
    covering = {edge: ["bbox", edge] for edge in BOX.names}
    crs = pyproj.CRS("OGC:CRS84" if content.srid == 4326 else f"EPSG:{content.srid}")
    column_metadata = {
        "encoding": "WKB",
        "geometry_types": [TYPES[table.geometry or "point"]],
        "crs": crs.to_json_dict(),
        "edges": "planar",
        "covering": {"bbox": covering},
    }
    return {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column_metadata}}


def _build_batches(content: FileContent, rows: Rows, table: Table, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    labels = {column.name: content.labels_of(column) for column in table.columns} if content.lang is not None else {}
    for batch in rows(table):
        columns = [_encode_column(batch.column(column.name), column, labels.get(column.name, {})) for column in table.columns]
        if table.geometry is not None:
            columns += [geometry.get_batch_geometry(batch), geometry.compute_geometry_boxes(batch, BOX)]
        yield pa.record_batch(columns, schema=schema)


def _encode_column(values: pa.Array, column: Column, labels: Mapping[str, str]) -> pa.Array:
    if column.type == "array":
        return plain.split_into_lists(values, labels).cast(LIST)
    return plain.replace_codes_by_labels(values, labels).cast(plain.TYPES[column.type])


def _choose_coded_columns(table: Table) -> list[str]:
    """Return the columns with few values, which are worth a dictionary."""
    coded = [column for column in table.columns if column.vocabulary is not None or column.type == "array"]
    others = [column.name for column in table.columns if column.type == "string" and column.name not in FREE]
    return [f"{c.name}.list.element" if c.type == "array" else c.name for c in coded] + others
