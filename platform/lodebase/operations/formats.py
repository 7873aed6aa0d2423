"""Formats of results: JSON of its dataclass, a table of its rows as CSV, a page from a template."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, get_args, get_type_hints

import orjson
import xlsxwriter

from lodedata.messages import Translatable, languages
from lodedata.write.formula import guarded_cell

NOT_IN_DATA: Mapping[str, bool] = MappingProxyType({"not_in_data": True})
"""The metadata of a field that is no part of the data, such as the version of a header: ``field(metadata=NOT_IN_DATA)``."""


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
    """A link of a response besides those to itself: the path at this site, the relation and the media type."""

    path: str
    rel: str
    media_type: str


def result_data(result: object) -> Any:
    """Return a result as data of JSON: of a dataclass its fields, of a text each language, of a day its ISO form."""
    return orjson.loads(result_json(result))


def result_json(result: object) -> bytes:
    """Return a result as JSON."""
    # column names are a subclass of str, which orjson accepts as keys only with this option
    return orjson.dumps(result, default=_plain, option=orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_NON_STR_KEYS)


def write_csv(row: type[Any], rows: Sequence[Any]) -> bytes:
    """Return rows as CSV (RFC 4180) with a byte order mark, so that spreadsheets read Chinese; texts have both languages."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow([title for name, kind in get_type_hints(row).items() for title in _titles(name, kind)])
    names = [one.name for one in fields(row)]
    texts = {name for name, kind in get_type_hints(row).items() if _is_text_of_languages(kind)}
    writer.writerows([cell for name in names for cell in _cells(getattr(one, name), name in texts)] for one in rows)
    return ("\ufeff" + stream.getvalue()).encode()


def write_xlsx(row: type[Any], rows: Sequence[Any]) -> bytes:
    """Return rows as a workbook with one sheet; texts have both languages, and none is read as a formula or a link."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    hints = get_type_hints(row)
    texts = {name for name, kind in hints.items() if _is_text_of_languages(kind)}
    sheet.write_row(
        0, 0, [title for name, kind in hints.items() for title in _titles(name, kind)], book.add_format({"bold": True})
    )
    sheet.freeze_panes(1, 0)
    for number, one in enumerate(rows, 1):
        cells = [cell for name in hints for cell in _cells(getattr(one, name), name in texts)]
        sheet.write_row(number, 0, ["" if cell is None else cell for cell in cells])
    book.close()
    return stream.getvalue()


def _titles(name: str, kind: Any) -> list[str]:
    return [f"{name}_{lang}" for lang in languages()] if _is_text_of_languages(kind) else [name]


def _is_text_of_languages(kind: Any) -> bool:
    return any(isinstance(one, type) and issubclass(one, Translatable) for one in (kind, *get_args(kind)))


def _cells(value: Any, in_each_language: bool) -> list[Any]:
    if in_each_language:
        return [None if value is None else guarded_cell(value.in_language(lang)) for lang in languages()]
    if isinstance(value, date):
        return [value.isoformat()]
    if isinstance(value, list | tuple):
        return [guarded_cell(" ".join(map(str, value)))]
    return [guarded_cell(value) if isinstance(value, str) else value]


def _plain(value: object) -> Any:
    if isinstance(value, Translatable):
        return {lang: value.in_language(lang) for lang in languages()}
    if is_dataclass(value):
        return {one.name: getattr(value, one.name) for one in fields(value) if not one.metadata.get("not_in_data")}
    raise TypeError(f"{type(value).__name__} is no data")


ICALENDAR = OperationFormat("ics", "text/calendar", "file")
ATOM = OperationFormat("atom", "application/atom+xml", "file")
XLSX = OperationFormat(
    *("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "file"),
    write_rows=write_xlsx,
    suffix=".xlsx",
)
JSON = OperationFormat("json", "application/json", "object", ("geojson",))
HTML = OperationFormat("html", "text/html", "page")
CSV = OperationFormat("csv", "text/csv", "file", write_rows=write_csv, suffix=".csv")
