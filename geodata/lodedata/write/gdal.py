"""Files that GDAL writes from Arrow batches: what its drivers have in common."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from lodedata.gdal import pyogrio
from lodedata.write import geometry, plain
from lodedata.write.content import Column, Content, Rows, Table

KINDS = {"point": "Point", "multipolygon": "MultiPolygon"}
ALIAS, WIDTH = "GDAL:OGR:alternative_name", "GDAL:OGR:width"
"""What GDAL reads of a field's metadata."""
SHAPE = "geom"


def layer(
    content: Content,
    rows: Rows,
    path: Path,
    driver: str,
    table: Table,
    **options: str,
) -> None:
    """Write a table as a layer, with a geometry where it has one, beside others in a file that is there."""
    set_time(content.moment)
    made = schema(content, table)
    told: dict[str, object] = {}
    if table.geometry is not None:
        told = {"geometry_name": SHAPE, "geometry_type": KINDS[table.geometry], "crs": f"EPSG:{content.srid}"}
    stream = pa.RecordBatchReader.from_batches(made, shaped(content, rows, table, made))
    pyogrio.write_arrow(stream, path, layer=table.name, driver=driver, append=path.exists(), **told, **options)


def set_time(moment: datetime) -> None:
    """Let GDAL take a moment for now, so that the same file is made again."""
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{moment:%Y-%m-%dT%H:%M:%S.000Z}"})


def schema(
    content: Content, table: Table, names: Mapping[str, str] | None = None, widths: Mapping[str, int] | None = None
) -> pa.Schema:
    """The fields of a layer, with aliases, and with other names or widths where they are given."""
    fields = [
        pa.field((names or {}).get(c.name, c.name), plain.TYPES[c.type], metadata=_metadata(content, c, widths))
        for c in table.columns
    ]
    return pa.schema([*fields, pa.field(SHAPE, pa.binary())] if table.geometry is not None else fields)


def shaped(content: Content, rows: Rows, table: Table, made: pa.Schema) -> Iterator[pa.RecordBatch]:
    """The rows of a table as a schema has them, the geometry last."""
    for batch in plain.batches(content, rows, table):
        columns = batch.columns[: len(table.columns)]
        if table.geometry is not None:
            columns = [*columns, geometry.of(batch)]
        yield pa.record_batch(columns, schema=made)


def _metadata(content: Content, column: Column, widths: Mapping[str, int] | None) -> dict[str, str]:
    told = {ALIAS: column.title(content.lang)}
    if widths is not None and column.name in widths:
        told[WIDTH] = str(widths[column.name])
    return told
