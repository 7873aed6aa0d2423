"""Write Arrow batches as layers with GDAL."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from lodedata.gdal import pyogrio
from lodedata.write import plain
from lodedata.write.content import Column, FileContent, Rows, Table
from lodedata.write.vector import geometry

KINDS = {"point": "Point", "multipolygon": "MultiPolygon"}
ALIAS, WIDTH = "GDAL:OGR:alternative_name", "GDAL:OGR:width"
"""Keys of a field's metadata that GDAL reads."""
SHAPE = "geom"


def write_gdal_layer(
    content: FileContent,
    rows: Rows,
    path: Path,
    driver: str,
    table: Table,
    **options: str,
) -> None:
    """Write a table as a layer, with its geometry if it has one; append to an existing file."""
    set_time(content.moment)
    layer_schema = build_layer_schema(content, table)
    geometry_options: dict[str, object] = {}
    if table.geometry is not None:
        geometry_options = {"geometry_name": SHAPE, "geometry_type": KINDS[table.geometry], "crs": f"EPSG:{content.srid}"}
    stream = pa.RecordBatchReader.from_batches(layer_schema, fit_rows_to_schema(content, rows, table, layer_schema))
    pyogrio.write_arrow(stream, path, layer=table.name, driver=driver, append=path.exists(), **geometry_options, **options)


def set_time(moment: datetime) -> None:
    """Set GDAL's current time, so that two files of the same rows are identical."""
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{moment:%Y-%m-%dT%H:%M:%S.000Z}"})


def build_layer_schema(
    content: FileContent, table: Table, names: Mapping[str, str] | None = None, widths: Mapping[str, int] | None = None
) -> pa.Schema:
    """Return the fields of a layer with aliases, and with the given names and widths."""
    fields = [
        pa.field((names or {}).get(c.name, c.name), plain.TYPES[c.type], metadata=_build_metadata(content, c, widths))
        for c in table.columns
    ]
    return pa.schema([*fields, pa.field(SHAPE, pa.binary())] if table.geometry is not None else fields)


def fit_rows_to_schema(content: FileContent, rows: Rows, table: Table, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a table in the columns of a schema, the geometry last."""
    for batch in plain.build_plain_batches(content, rows, table):
        columns = batch.columns[: len(table.columns)]
        if table.geometry is not None:
            columns = [*columns, geometry.get_batch_geometry(batch)]
        yield pa.record_batch(columns, schema=schema)


def _build_metadata(content: FileContent, column: Column, widths: Mapping[str, int] | None) -> dict[str, str]:
    metadata = {ALIAS: column.title(content.lang)}
    if widths is not None and column.name in widths:
        metadata[WIDTH] = str(widths[column.name])
    return metadata
