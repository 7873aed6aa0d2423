"""Parquet and GeoParquet, read batch by batch."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lodedata import crs
from lodedata.read.table import FileRefused, Row, Table, checked_header
from lodedata.read.vector import BATCH_ROWS, _plain


def tables(path: Path) -> list[Table]:
    """The one table of a Parquet file. Raises FileRefused."""
    try:
        file = pq.ParquetFile(path)
        names = file.schema_arrow.names
        metadata = file.schema_arrow.metadata or {}
    except (pa.ArrowException, OSError, ValueError) as error:
        raise FileRefused(f"{path.name}: can't be read as Parquet ({str(error).splitlines()[0][:200]})") from None
    geometry, declared = _geometry(path, metadata)
    header = checked_header(path.name, [name for name in names if name != geometry])
    return [Table(path.name, "", header, _rows(path, file, header, geometry), declared, geometry is not None)]


def _geometry(path: Path, metadata: dict[bytes, bytes]) -> tuple[str | None, str | None]:
    """The WKB column and its system by GeoParquet's ``geo`` metadata; a missing crs means OGC:CRS84."""
    if b"geo" not in metadata:
        return None, None
    try:
        geo = json.loads(metadata[b"geo"])
        column = geo["primary_column"]
        described = geo["columns"][column]
        if described.get("encoding", "WKB") != "WKB":
            raise FileRefused(f"{path.name}: the geometry is encoded as {described['encoding']}; only WKB is read")
        system = described.get("crs")
        return column, crs.WGS84 if system is None else crs.named(json.dumps(system))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise FileRefused(f"{path.name}: the GeoParquet metadata is damaged") from None


def _rows(path: Path, file: pq.ParquetFile, header: tuple[str, ...], geometry: str | None) -> Iterator[Row]:
    number = 1
    try:
        for batch in file.iter_batches(batch_size=BATCH_ROWS):
            columns: dict[str, Any] = dict(zip(batch.schema.names, batch.columns, strict=True))
            wkbs = columns[geometry].to_pylist() if geometry else [None] * len(batch)
            cells = [[_plain(value) for value in columns[name].to_pylist()] for name in header]
            for row, wkb in zip(zip(*cells, strict=True), wkbs, strict=True):
                number += 1
                yield Row(number, row, wkb)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise FileRefused(f"{path.name}, after row {number}: can't be read ({str(error).splitlines()[0][:200]})") from None
