"""Parquet and GeoParquet, read batch by batch."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lodedata import crs
from lodedata.errors import FileRefused
from lodedata.read.table import LIMITS, Hints, InputRow, InputTable, checked_header
from lodedata.read.vector import BATCH_ROWS, _first_line, _plain

LEAST_SUSPECT_ROWS = 1_000_000
LEAST_SUSPECT_BYTES = 1 << 16
_UNREADABLE = (pa.ArrowException, OSError, ValueError, OverflowError)
"""Errors that pyarrow raises for a damaged file, and for a date outside Python's calendar."""


def tables(path: Path, kind: str, hints: Hints) -> list[InputTable]:
    """Return the only table of a Parquet file. Raises FileRefused."""
    try:
        file = pq.ParquetFile(path)
        schema = file.schema_arrow
    except _UNREADABLE as error:
        raise FileRefused(f"{path.name}: can't be read as Parquet ({_first_line(error, path)})") from None
    _require_plausible(path, file.metadata)
    geometry, declared = _geometry(path, schema)
    header = checked_header(path.name, [name for name in schema.names if name != geometry])
    return [InputTable(path.name, "", header, _rows(path, file, header, geometry), declared, geometry is not None)]


def _require_plausible(path: Path, metadata: pq.FileMetaData) -> None:
    """Raise FileRefused for more rows than bytes, or more content than a table packs into them: a row has a key at least."""
    size = path.stat().st_size
    unpacked = sum(metadata.row_group(number).total_byte_size for number in range(metadata.num_row_groups))
    if metadata.num_rows > max(size, LEAST_SUSPECT_ROWS):
        raise FileRefused(f"{path.name}: claims {metadata.num_rows:,} rows in {size:,} bytes, which no honest table has")
    if unpacked > LIMITS.unpack_ratio * max(size, LEAST_SUSPECT_BYTES):
        raise FileRefused(f"{path.name}: is packed more than {LIMITS.unpack_ratio} to 1, which no honest table is")


def _geometry(path: Path, schema: pa.Schema) -> tuple[str | None, str | None]:
    """Return the WKB column and its CRS from GeoParquet's ``geo`` metadata; a missing crs is OGC:CRS84, a null one unknown."""
    metadata = schema.metadata or {}
    if b"geo" not in metadata:
        return None, None
    try:
        geo = json.loads(metadata[b"geo"])
        column = str(geo["primary_column"])
        described = geo["columns"][column]
        encoding = described.get("encoding", "WKB")
        system = described.get("crs", "OGC:CRS84")
    except (ValueError, KeyError, TypeError, AttributeError):
        raise FileRefused(f"{path.name}: the GeoParquet metadata is damaged") from None
    if encoding != "WKB":
        raise FileRefused(f"{path.name}: the geometry is encoded as {encoding}; only WKB is read")
    if schema.names.count(column) != 1 or not _is_binary(schema.field(column).type):
        raise FileRefused(
            f"{path.name}: there is no binary column {column!r}, which the GeoParquet metadata calls the geometry"
        )
    try:
        return column, None if system is None else crs.resolve(system if isinstance(system, str) else json.dumps(system))
    except crs.UnknownCrs as error:
        raise FileRefused(f"{path.name}: {error}") from None


def _is_binary(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind))


def _rows(path: Path, file: pq.ParquetFile, header: tuple[str, ...], geometry: str | None) -> Iterator[InputRow]:
    number = 1
    try:
        for batch in file.iter_batches(batch_size=BATCH_ROWS):
            wkbs: list[Any] = batch.column(geometry).to_pylist() if geometry else [None] * len(batch)
            # by index, as names of the header are stripped
            columns = [batch.column(i) for i, name in enumerate(batch.schema.names) if name != geometry][: len(header)]
            cells = [[_plain(value) for value in column.to_pylist()] for column in columns]
            for row, wkb in zip(zip(*cells, strict=True), wkbs, strict=True):
                number += 1
                yield InputRow(number, row, wkb)
    except MemoryError:
        raise
    except _UNREADABLE as error:
        raise FileRefused(f"{path.name}, after row {number}: can't be read ({_first_line(error, path)})") from None
