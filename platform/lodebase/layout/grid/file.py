"""Output file of a what-if run: written from the pieces in order, atomically, with the same bytes for the same rows."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyproj
import shapely
from pyarrow import parquet

from lodebase.errors import WhatIfWrong
from lodebase.layout.grid.cells import build_cell_ring
from lodedata.gdal import pyogrio
from lodedata.messages import msg
from lodedata.write import csv_
from lodedata.write.vector import gdal, geometry

Rows = Iterable[pa.RecordBatch]
LAYER = "what_if"
GEOMETRY = "geometry"
WGS84 = "OGC:CRS84"


def require_known(path: Path) -> None:
    """Raise WhatIfWrong if the suffix of a file is not supported."""
    if path.suffix not in _WRITERS:
        raise WhatIfWrong(
            msg(
                "%(file)s: this format is not supported; use %(choices)s",
                file=path.name,
                choices=", ".join(_WRITERS),
            )
        )


def write(path: Path, form: pa.Schema, rows: Rows, run_description: Mapping[str, Any], hexagons: bool) -> None:
    """Write a temporary file in the same directory, then rename it. ``about`` is stored in formats that have metadata."""
    part = path.with_name(f".{path.stem}.part{path.suffix}")
    part.unlink(missing_ok=True)
    try:
        _WRITERS[path.suffix](part, form, rows, run_description, hexagons)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _write_csv(path: Path, form: pa.Schema, rows: Rows, _about: Mapping[str, Any], _hexagons: bool) -> None:
    texts = frozenset(n for n, field in enumerate(form) if pa.types.is_string(field.type))
    csv_.write_batches(rows, form, texts, path)


def _write_parquet(path: Path, form: pa.Schema, rows: Rows, run_description: Mapping[str, Any], hexagons: bool) -> None:
    kind = "Polygon" if hexagons else "Point"
    column = {"encoding": "WKB", "geometry_types": [kind], "crs": pyproj.CRS(WGS84).to_json_dict(), "edges": "planar"}
    geo = {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
    metadata = {"geo": json.dumps(geo), "what_if": json.dumps(run_description, ensure_ascii=False, sort_keys=True)}
    schema = pa.schema([*form, pa.field(GEOMETRY, pa.binary())], metadata=metadata)
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in _add_shapes(schema, rows, hexagons):
            writer.write_batch(batch)


def _write_geopackage(path: Path, form: pa.Schema, rows: Rows, run_description: Mapping[str, Any], hexagons: bool) -> None:
    day = date.fromisoformat(run_description["on"])
    # GDAL stores the creation time, so two files with the same rows would differ
    gdal.set_time(datetime(day.year, day.month, day.day, tzinfo=UTC))
    schema = pa.schema([*form, pa.field(GEOMETRY, pa.binary())])
    stream = pa.RecordBatchReader.from_batches(schema, _add_shapes(schema, rows, hexagons))
    options = {"geometry_name": GEOMETRY, "geometry_type": "Polygon" if hexagons else "Point", "crs": "EPSG:4326"}
    description = json.dumps(run_description, ensure_ascii=False, sort_keys=True)
    pyogrio.write_arrow(stream, path, layer=LAYER, driver="GPKG", DESCRIPTION=description, **options)


def _add_shapes(schema: pa.Schema, rows: Rows, hexagons: bool) -> Iterator[pa.RecordBatch]:
    for batch in rows:
        if hexagons:
            polygons = shapely.polygons([build_cell_ring(name) for name in batch.column("cell").to_pylist()])
            shapes = pa.array(shapely.to_wkb(polygons), pa.binary())
        else:
            shapes = geometry.build_wkb_points(batch.column("lon"), batch.column("lat"))
        yield pa.record_batch([*batch.columns, shapes], schema=schema)


_WRITERS: Mapping[str, Callable[[Path, pa.Schema, Rows, Mapping[str, Any], bool], None]] = {
    ".csv": _write_csv,
    ".gpkg": _write_geopackage,
    ".parquet": _write_parquet,
}
