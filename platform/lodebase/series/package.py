"""Statistics as a Data Package: all series and observations as CSV, with the licences of their data sets.

The archive is written while it is read: the database keeps the observations that are not sent yet, and memory holds a part.
"""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from itertools import islice
from typing import Any

from sqlalchemy import Engine

from lodebase.query.reading import open_reading, read_dataset_version
from lodebase.series import overview
from lodebase.series.observation_files import FIELDS, NUMBERS
from lodebase.series.series_query import SeriesQuery, read_observation_rows, read_series_rows
from lodedata.messages import msg, put_in_each_language
from lodedata.statistics.series import DIMENSIONS
from lodedata.write.formula import guard_cell

TITLE = msg("Statistics over time")
OF_SERIES = (*DIMENSIONS, "first", "last", "observations")
OF_SOURCES = ("name", "title_en", "title_zh", "citation", "licence_name", "homepage")
INTEGERS = ("observations", "unit_mult")
ROWS_AT_ONCE = 2_000
MAX_PACKED_SERIES = 10_000_000


class _Sink:
    """A file that cannot be sought, whose bytes are taken out as they are written."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def write(self, part: bytes) -> int:
        self._bytes += part
        return len(part)

    def flush(self) -> None:
        """Do nothing: bytes are in memory."""

    def take(self) -> bytes:
        """Return what was written since the last call."""
        taken = bytes(self._bytes)
        self._bytes.clear()
        return taken


class PackageStream:
    """The archive of a query's series and observations, whose parts are made as they are read.

    It sees one snapshot of the store and holds a connection until it ends or is closed.
    """

    def __init__(self, engine: Engine, query: SeriesQuery) -> None:
        self._engine, self._query = engine, query
        self._stack = ExitStack()
        self._connection = self._stack.enter_context(open_reading(engine))
        self.dataset_version = read_dataset_version(self._connection)

    def close(self) -> None:
        """Give the connection back."""
        self._stack.close()

    def __iter__(self) -> Iterator[bytes]:
        """Yield the parts of the archive; its description comes last, when the sizes of its files are known."""
        with self._stack:
            sink, sizes = _Sink(), dict[str, int]()
            names: set[str] = set()
            with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
                observed = _note_data_sets(read_observation_rows(self._connection, self._query), names)
                yield from _write_table(archive, sink, "observations", FIELDS, observed, sizes)
                listed = read_series_rows(self._connection, replace(self._query, limit=MAX_PACKED_SERIES))
                yield from _write_table(archive, sink, "series", OF_SERIES, listed, sizes)
                cited = overview.read_dataset_citations(self._connection, names)
                yield from _write_table(archive, sink, "sources", OF_SOURCES, cited, sizes)
                described = _describe_package(sizes, cited, self.dataset_version)
                archive.writestr("datapackage.json", json.dumps(described, ensure_ascii=False, indent=1))
            yield sink.take()


def _note_data_sets(rows: Iterable[dict[str, Any]], names: set[str]) -> Iterator[dict[str, Any]]:
    """Yield the rows, and note the data sets that they are from."""
    for row in rows:
        names.add(row["data_set"])
        yield row


def _write_table(
    archive: zipfile.ZipFile,
    sink: _Sink,
    name: str,
    fields: Sequence[str],
    rows: Iterable[Mapping[str, Any]],
    sizes: dict[str, int],
) -> Iterator[bytes]:
    """Write a table as CSV with a byte order mark and yield the parts of the archive; note its size."""
    left = iter(rows)
    sizes[name] = 0
    with archive.open(f"{name}.csv", "w", force_zip64=True) as file:
        part = ("\ufeff" + _write_csv([fields])).encode()
        while part:
            sizes[name] += file.write(part)
            yield sink.take()
            part = _write_csv([_format_cell(row[field]) for field in fields] for row in islice(left, ROWS_AT_ONCE)).encode()


def _format_cell(value: Any) -> Any:
    return guard_cell(value) if isinstance(value, str) else value


def _write_csv(lines: Iterable[Sequence[Any]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(lines)
    return text.getvalue()


def _describe_package(sizes: Mapping[str, int], cited: Iterable[Mapping[str, Any]], version: int) -> dict[str, Any]:
    fields = {"observations": FIELDS, "series": OF_SERIES, "sources": OF_SOURCES}
    return {
        "profile": "tabular-data-package",
        "name": "lode-statistics",
        "title": TITLE.in_language("en"),
        **put_in_each_language("title", TITLE),
        "version": str(version),
        "sources": [{"title": source["title_en"], "path": source["homepage"] or source["citation"]} for source in cited],
        "licenses": [{"name": name} for name in sorted({source["licence_name"] for source in cited})],
        "resources": [
            {
                "name": name,
                "path": f"{name}.csv",
                "profile": "tabular-data-resource",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "bytes": size,
                "schema": {"fields": [{"name": field, "type": _choose_type(field)} for field in fields[name]]},
            }
            for name, size in sizes.items()
        ],
    }


def _choose_type(field: str) -> str:
    return "number" if field in NUMBERS else "integer" if field in INTEGERS else "string"
