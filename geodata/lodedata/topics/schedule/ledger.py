"""The workbook of a ledger: a sheet for each kind, with the fields that are declared; written and read without loss."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from lodedata.kinds import KINDS, Field, Kind
from lodedata.mapping.model import TableSpec
from lodedata.vocab import load_vocabulary

SHEETS: Mapping[str, str] = {
    "milestone": "节点 milestones",
    "schedule_entry": "台账 entries",
    "progress_report": "月报 reports",
}
"""The sheet of each kind."""
KEY = "键 Key"
PLACES = ("country", "division")


def list_ledger_fields(kind: Kind) -> Sequence[Field]:
    """Return the fields of a kind that a ledger holds, in order."""
    return [field for field in kind.fields if field.imported]


def format_ledger_header(field: Field) -> str:
    """Return the title of a field's column, in both languages."""
    return f"{field.title_zh} {field.title_en}"


def write(
    path: Path | BinaryIO,
    rows: Mapping[str, Iterable[tuple[str, Mapping[str, Any]]]],
    language: str,
    kinds: Collection[str] = tuple(SHEETS),
) -> None:
    """Write the sheets of some kinds, with their rows and the key of each; codes become labels in a language."""
    with xlsxwriter.Workbook(path) as book:
        bold = book.add_format({"bold": True})
        for name, title in SHEETS.items():
            if name not in kinds:
                continue
            of_kind = list_ledger_fields(KINDS[name])
            sheet = book.add_worksheet(title)
            sheet.freeze_panes(1, 1)
            for column, text in enumerate((KEY, *map(format_ledger_header, of_kind))):
                sheet.write_string(0, column, text, bold)
            for number, (key, values) in enumerate(rows.get(name, ()), 1):
                cells = [_format_value(field, values.get(field.name), language) for field in of_kind]
                for column, value in enumerate((key, *cells)):
                    _write(sheet, number, column, value)


def build_ledger_specs() -> list[TableSpec]:
    """Return the mapping of each sheet."""
    return [_build_spec(KINDS[name], title) for name, title in SHEETS.items()]


def _build_spec(kind: Kind, title: str) -> TableSpec:
    cells = {field.name: {"column": format_ledger_header(field)} for field in list_ledger_fields(kind)}
    settings = {"part": title, "header_row": 1, "header_lines": 1, "nulls": ("",), "key": f"{{{KEY}}}"}
    return TableSpec.model_validate({**settings, "kind": {"const": kind.name}, **cells})


def _format_value(field: Field, value: Any, language: str) -> Any:
    if value is None or field.vocabulary is None:
        return value
    terms = load_vocabulary(field.vocabulary)
    return terms[value].label(language) if value in terms else value


def _write(sheet: Worksheet, row: int, column: int, value: Any) -> None:
    """Write a cell; a text is a text, whatever it looks like, and so is a number with more digits than a cell holds."""
    if isinstance(value, float) and float(f"{value:.15g}") != value:
        value = repr(value)
    if isinstance(value, str):
        sheet.write_string(row, column, value)
    elif value is not None:
        sheet.write_number(row, column, value)
