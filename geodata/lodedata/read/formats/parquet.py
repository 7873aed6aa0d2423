"""Parquet and GeoParquet, read batch by batch."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lodedata.errors import FileRefused
from lodedata.geography import crs
from lodedata.messages import msg
from lodedata.read.formats.vector import BATCH_ROWS, _convert_value, _take_first_line
from lodedata.read.table import LIMITS, Hints, InputRow, InputTable, check_header

MIN_SUSPECT_ROWS = 1_000_000
MIN_SUSPECT_BYTES = 1 << 16
_UNREADABLE = (pa.ArrowException, OSError, ValueError, OverflowError)
"""Errors that pyarrow raises for a damaged file, and for a date outside Python's calendar."""


def tables(path: Path, kind: str, hints: Hints) -> list[InputTable]:
    """Return the only table of a Parquet file. Raises FileRefused."""
    try:
        file = pq.ParquetFile(path)
        schema = file.schema_arrow
    except _UNREADABLE as error:
        raise FileRefused(
            msg("%(file)s: can't be read as Parquet (%(reason)s)", file=path.name, reason=_take_first_line(error, path))
        ) from None
    _require_plausible(path, file.metadata)
    geometry, declared = _find_geometry(path, schema)
    header = check_header(path.name, [name for name in schema.names if name != geometry])
    return [InputTable(path.name, "", header, _read_rows(path, file, header, geometry), declared, geometry is not None)]


def _require_plausible(path: Path, metadata: pq.FileMetaData) -> None:
    """Raise FileRefused for more rows than bytes, or more content than a table packs into them: a row has a key at least."""
    size = path.stat().st_size
    unpacked = sum(metadata.row_group(number).total_byte_size for number in range(metadata.num_row_groups))
    if metadata.num_rows > max(size, MIN_SUSPECT_ROWS):
        raise FileRefused(
            msg(
                "%(file)s: declares %(num_rows)s rows in %(size)s bytes, which is not possible; get the file again",
                file=path.name,
                num_rows=f"{metadata.num_rows:,}",
                size=f"{size:,}",
            )
        )
    if unpacked > LIMITS.unpack_ratio * max(size, MIN_SUSPECT_BYTES):
        raise FileRefused(
            msg(
                "%(file)s: is compressed more than %(unpack_ratio)s to 1, "
                "far more than a table can be; unpack it and check its content",
                file=path.name,
                unpack_ratio=LIMITS.unpack_ratio,
            )
        )


def _find_geometry(path: Path, schema: pa.Schema) -> tuple[str | None, str | None]:
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
        raise FileRefused(msg("%(file)s: the GeoParquet metadata is damaged", file=path.name)) from None
    if encoding != "WKB":
        raise FileRefused(
            msg("%(file)s: the geometry is encoded as %(encoding)s; only WKB is read", file=path.name, encoding=encoding)
        )
    if schema.names.count(column) != 1 or not _is_binary(schema.field(column).type):
        raise FileRefused(
            msg(
                "%(file)s: there is no binary column %(column)r, which the GeoParquet metadata calls the geometry",
                file=path.name,
                column=column,
            )
        )
    try:
        return column, None if system is None else crs.resolve(system if isinstance(system, str) else json.dumps(system))
    except crs.UnknownCrs as error:
        raise FileRefused(msg("%(file)s: %(error)s", file=path.name, error=error)) from None


def _is_binary(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind))


def _convert_times(column: pa.Array) -> pa.Array:
    """Return a column whose values Python has types for: times in microseconds, and local times with their offset as texts."""
    kind = column.type
    if pa.types.is_timestamp(kind):
        micros = column.cast(pa.timestamp("us", kind.tz), safe=False)
        return micros if kind.tz is None else pc.strftime(micros, format="%Y-%m-%dT%H:%M:%S%z")
    if kind == pa.time64("ns"):
        return column.cast(pa.time64("us"), safe=False)
    return column.cast(pa.duration("us"), safe=False) if kind == pa.duration("ns") else column


def _read_rows(path: Path, file: pq.ParquetFile, header: tuple[str, ...], geometry: str | None) -> Iterator[InputRow]:
    number = 1
    try:
        for batch in file.iter_batches(batch_size=BATCH_ROWS):
            wkbs: list[Any] = batch.column(geometry).to_pylist() if geometry else [None] * len(batch)
            # by index, as names of the header are stripped
            columns = [batch.column(i) for i, name in enumerate(batch.schema.names) if name != geometry][: len(header)]
            cells = [[_convert_value(value) for value in _convert_times(column).to_pylist()] for column in columns]
            for row, wkb in zip(zip(*cells, strict=True), wkbs, strict=True):
                number += 1
                yield InputRow(number, row, wkb)
    except MemoryError:
        raise
    except _UNREADABLE as error:
        raise FileRefused(
            msg(
                "%(file)s, after row %(number)s: can't be read (%(reason)s)",
                file=path.name,
                number=number,
                reason=_take_first_line(error, path),
            )
        ) from None
