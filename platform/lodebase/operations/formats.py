"""Formats of results: JSON of its dataclass, a table of its rows as CSV, a page from a template."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from types import MappingProxyType
from typing import Any, get_args, get_type_hints

from lodedata import plain_data
from lodedata.messages import Message, Translatable, list_languages
from lodedata.write.formula import guard_cell

NOT_IN_DATA = plain_data.NOT_IN_DATA
"""The metadata of a field that is no part of the data, such as the version of a header: ``field(metadata=NOT_IN_DATA)``."""
NOT_IN_TABLE: Mapping[str, bool] = MappingProxyType({"not_in_table": True})
"""The metadata of a field of a row that only JSON has, such as a list of rows of its own."""
named = plain_data.name_field


@dataclass(frozen=True, slots=True)
class OperationFormat:
    """A format: the value of the parameter ``f``, its media type, and how a table is written in it."""

    name: str
    media_type: str
    schema: str
    """The schema of the description of the API."""
    aliases: tuple[str, ...] = ()
    """Further values of ``f``."""
    write_rows: Callable[[type[Any], Sequence[Any]], bytes] | None = None
    """Write rows of a dataclass. None for a format that is no table."""
    suffix: str = ""
    """The suffix of a file that a browser saves; empty for a response that it shows."""


@dataclass(frozen=True, slots=True)
class ResultLink:
    """A link of a response besides those to itself: the path at this site, the relation, the media type and the title."""

    path: str
    rel: str
    media_type: str
    title: Message | None = None


def convert_result_to_data(result: object) -> Any:
    """Return a result as data of JSON: of a dataclass its fields, of a text each language, of a day its ISO form."""
    return plain_data.convert_to_plain_data(result)


def format_result_as_json(result: object) -> bytes:
    """Return a result as JSON."""
    return plain_data.encode_plain_json(result)


def write_csv(row: type[Any], rows: Sequence[Any]) -> bytes:
    """Return rows as CSV (RFC 4180) with a byte order mark, so that spreadsheets read Chinese; texts have both languages."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(list_table_columns(row))
    writer.writerows(format_table_cells(row, rows))
    return ("\ufeff" + stream.getvalue()).encode()


def list_table_columns(row: type[Any]) -> list[str]:
    """Return the names of the columns of rows of a dataclass; a text has a column for each language."""
    return [title for name, kind in _list_columns(row).items() for title in _list_titles(name, kind)]


def format_table_cells(row: type[Any], rows: Sequence[Any]) -> Iterator[list[Any]]:
    """Yield the cells of each row; texts that a spreadsheet would take for a formula are guarded."""
    columns = _list_columns(row)
    texts = {name for name, kind in columns.items() if _is_text_of_languages(kind)}
    for record in rows:
        yield [cell for name in columns for cell in _format_cells(getattr(record, name), name in texts)]


def _list_columns(row: type[Any]) -> Mapping[str, Any]:
    """Return the type of each field that is part of a table."""
    hints = get_type_hints(row)
    return {column.name: hints[column.name] for column in fields(row) if not column.metadata.get("not_in_table")}


def _list_titles(name: str, kind: Any) -> list[str]:
    return [f"{name}_{lang}" for lang in list_languages()] if _is_text_of_languages(kind) else [name]


def _is_text_of_languages(kind: Any) -> bool:
    return any(isinstance(part, type) and issubclass(part, Translatable) for part in (kind, *get_args(kind)))


def _format_cells(value: Any, in_each_language: bool) -> list[Any]:
    if in_each_language:
        return [None if value is None else guard_cell(value.in_language(lang)) for lang in list_languages()]
    if isinstance(value, date):
        return [value.isoformat()]
    if isinstance(value, list | tuple):
        return [guard_cell(" ".join(map(str, value)))]
    return [guard_cell(value) if isinstance(value, str) else value]


ICALENDAR = OperationFormat("ics", "text/calendar", "file")
ATOM = OperationFormat("atom", "application/atom+xml", "file")
XLSX = OperationFormat(
    "xlsx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "file",
    suffix=".xlsx",
)
JSON = OperationFormat("json", "application/json", "object", ("geojson",))
GEOJSON = OperationFormat("geojson", "application/geo+json", "object")
HTML = OperationFormat("html", "text/html", "page")
PDF = OperationFormat("pdf", "application/pdf", "file", suffix=".pdf")
SVG = OperationFormat("svg", "image/svg+xml", "file", suffix=".svg")
PNG = OperationFormat("png", "image/png", "file", suffix=".png")
SIGNED = OperationFormat("signed", "application/json", "object", suffix="-signed.json")
"""JSON with the signature of the site, as a file."""
CSV = OperationFormat("csv", "text/csv", "file", write_rows=write_csv, suffix=".csv")
