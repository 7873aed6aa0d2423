"""Workbooks of condition lists: sheets of lists, batches, entries and events, and annexes as published."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from lodedata.cells import convert_cell_to_text
from lodedata.errors import FileRefused
from lodedata.kinds import KINDS
from lodedata.mapping import Reading, Source, Tally
from lodedata.mapping.column_usage import ColumnUsage
from lodedata.mapping.generic import read_generic
from lodedata.mapping.model import TableSpec
from lodedata.mapping.reading import ReadingExtension
from lodedata.mapping.tables import find_workbook
from lodedata.messages import msg
from lodedata.read import InputTable, open_tables
from lodedata.topics.lists.reading_checks import check_list_readings
from lodedata.topics.lists.workbook import SHEETS, Sheet, find_sheet_by_title, list_sheet_titles, parse_annex_title
from lodedata.vocab import load_vocabulary

KEY = "#key"
NOTES = frozenset({"说明", "notes"})
SEPARATORS = ["、", ",", "，", ";", "；", "/", "+", "|"]
ARRAYS = frozenset({"entry_kind", "kinds_covered", "provinces_covered"})
ENTRIES = next(sheet for sheet in SHEETS if sheet.kind == "list_entry")


def read(source: Source, path: Path, tally: Tally) -> Iterator[Reading]:
    """Yield lists, batches, entries and events. Raises FileRefused for a batch without the rows that its act states."""
    # lists are checked as a whole before their cells are counted
    readings = list(_read_sheets(path, Tally(decided=tally.decided)))
    if not readings:
        raise FileRefused(
            msg("%(file)s: has no rows; fill in the sheets %(sheets)s", file=path.name, sheets=list(list_sheet_titles()))
        )
    list_readings = check_list_readings(readings)
    yield from _read_sheets(path, tally, ReadingExtension((), lambda reading, cells: next(list_readings)))


def _read_sheets(path: Path, tally: Tally, extension: ReadingExtension | None = None) -> Iterator[Reading]:
    for table in open_tables(find_workbook(path)):
        title = table.part or next(iter(list_sheet_titles()))
        if title.casefold() not in NOTES:
            yield from _read_sheet(title, table, tally, extension)


def _read_sheet(title: str, table: InputTable, tally: Tally, extension: ReadingExtension | None) -> Iterator[Reading]:
    sheet, annex = find_sheet_by_title(title), parse_annex_title(title)
    if sheet is None and annex is None:
        raise FileRefused(
            msg(
                '%(file)s: the sheet "%(title)s" is not known. Name it %(sheets)s, or after a list and a batch such as '
                "battery-recycling 5.",
                file=table.file,
                title=title,
                sheets=list(list_sheet_titles()),
            )
        )
    used = sheet or ENTRIES
    named = tuple(used.field_of(column) or column for column in table.columns)
    usage = tally.usage[table.name] = ColumnUsage(named, (KEY,))
    for counts, printed in zip(usage.columns, table.columns, strict=True):
        counts.name = printed
    table = _add_key(used, replace(table, columns=named), annex)
    return read_generic(KINDS[used.kind], _build_mapping(used, table, annex), table, tally, extension)


def _build_mapping(sheet: Sheet, table: InputTable, annex: tuple[str, int] | None) -> TableSpec:
    """Return the mapping of a sheet, whose columns are named after the fields."""
    there = [column.field for column in sheet.columns if column.field in table.columns]
    cells: dict[str, object] = {name: {"column": name} for name in there if name not in ("new_province", "provinces_covered")}
    for name in ARRAYS & set(there):
        cells[name] = {"column": name, "split": SEPARATORS}
    if "provinces_covered" in there:
        cells["provinces_covered"] = {"column": "provinces_covered", "split": SEPARATORS, "map": _load_provinces()}
    if "new_province" in there:
        cells["new_province"] = {"column": "new_province", "map": _load_provinces()}
    if sheet.kind == "list_entry" and "province_as_printed" in there:
        cells |= {"country": {"const": "CHN"}, "division": {"column": "province_as_printed"}}
    if annex is not None:
        cells |= {"list": {"const": annex[0]}, "batch": {"const": annex[1]}}
    return TableSpec.model_validate({"key": f"{{{KEY}}}", "kind": {"const": sheet.kind}, **cells})


def _add_key(sheet: Sheet, table: InputTable, annex: tuple[str, int] | None) -> InputTable:
    """Return the table with a column of keys: the values that identify a record, as far as they are filled."""
    places = [table.columns.index(name) for name in sheet.key if name in table.columns]
    own = (sheet.kind,) if annex is None else (sheet.kind, *map(str, annex))

    def key(cells: Sequence[Any]) -> str | None:
        values = [convert_cell_to_text(cells[place]) for place in places if cells[place] not in (None, "")]
        return "/".join((*own, *values)) if values else None

    rows = (replace(row, cells=(*row.cells, key(row.cells))) for row in table.rows)
    return replace(table, columns=(*table.columns, KEY), rows=rows)


def _load_provinces() -> dict[str, str]:
    """Return the codes of provinces by their names and codes."""
    terms = [term for term in load_vocabulary("division") if term.extra.get("country") == "CHN"]
    return {name: term.code for term in terms for name in (term.code, term.label_zh, term.label_en, *term.aliases)}
