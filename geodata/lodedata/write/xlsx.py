"""Excel workbooks: the data with typed cells, a field dictionary, sources, licences and citation; in constant memory.

Every text is written as a text, so that none is a formula or a link.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC
from pathlib import Path
from typing import Any

import pyarrow as pa
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from lodedata import licences
from lodedata.ageing import LAST_KNOWN_YEARS, is_last_known
from lodedata.messages import Message, Translatable, msg
from lodedata.write import csv_, plain
from lodedata.write.content import SEPARATOR, FileContent, Rows, Table, format_caption
from lodedata.write.figure_count import FigureCount

MAX_SHEET_ROWS = 1_048_576
MAX_CELL_CHARACTERS = 32_767
TITLES = {"notes": msg("Notes"), "fields": msg("Fields"), "licences": msg("Licences"), "citation": msg("Citation")}
ANY_COLUMN = "id"
NOTES: Mapping[str, Translatable] = {
    ANY_COLUMN: msg("An empty cell is a value that no source states. It is never a zero."),
    "status": (
        OLD := msg(
            "A status in grey was reported %(years)s years ago or earlier. It is the last one known, and may have changed.",
            years=LAST_KNOWN_YEARS,
        )
    ),
    "mine_status": OLD,
    "figure_ore_t": msg(
        "Ore, grade and metal of a deposit are those of one estimate of its main commodity, of the class and date in the next "
        "columns. Classes and sources are never added up; all estimates are in a sheet of their own."
    ),
    "figure_contained_derived": msg(
        "Where the metal is marked as derived, it is ore times grade, as the source of the estimate states no metal."
    ),
    "figure_capacity_tpa": msg(
        "The built capacity of a project is that of its phases that are built, for its leading product on the basis in the "
        "next columns: tonnes of ore, concentrate, contained metal or product. Other products are in the sheet of phases."
    ),
    "figure_coming_tpa": msg(
        "Capacity that is announced, permitted or under construction is never part of the built capacity."
    ),
    "owner_names": msg("Owners and operators are those of the latest source; former ones are in the sheet of owners."),
    "position_accuracy_m": msg("The accuracy of a position is the distance in metres within which the true place lies."),
}
"""What a column of the first sheet counts, by its name; the first is for every file."""
FIELDS = (
    msg("Column"),
    msg("Name"),
    *(msg("Title in English"), msg("Title in Chinese")),
    msg("Type"),
    msg("Unit"),
    msg("Codes of the vocabulary"),
)
LICENCES = (
    *(msg("Licence"), msg("Name"), msg("Terms"), msg("Sources"), msg("Attribution")),
    *(licences.TERM_TITLES[name] for name in licences.TERMS),
)
ABOUT = (
    msg("Title"),
    msg("Version of the data"),
    msg("Date"),
    msg("Filter"),
    msg("The same file again"),
    msg("Citation"),
)
TYPES = {
    "string": msg("text"),
    "number": msg("number"),
    "integer": msg("integer"),
    "boolean": msg("true or false"),
    "date": msg("date"),
    "array": msg('texts separated by "; "'),
}
WIDTH = 18


def write(content: FileContent, rows: Rows, path: Path) -> None:
    """Write the workbook of the records of one kind."""
    write_kinds([(content, rows)], path)


def write_kinds(kinds: Sequence[tuple[FileContent, Rows]], path: Path) -> None:
    """Write one workbook of the records of several kinds: their sheets first, then those that describe them."""
    content = kinds[0][0]
    options = {"constant_memory": True, "tmpdir": str(path.parent), "default_date_format": "yyyy-mm-dd"}
    with xlsxwriter.Workbook(path, options) as book:
        book.use_zip64()
        book.set_properties({"title": content.title, "comments": content.citation, "created": content.moment})
        sheets = _Sheets(book, content)
        # one snapshot after the other, as each has to be read in the order of its tables
        for n, (of, rows) in enumerate(kinds):
            sheets.table(of.table, rows, of)
            if n == 0:
                sheets.listed("fields", FIELDS, (line for each, _ in kinds for line in _describe_fields(each)))
            for table in of.tables[1:]:
                sheets.table(table, rows, of)
        sheets.listed("notes", (), (*_write_notes([of.table for of, _ in kinds]), *_write_figure_notes(sheets.figures)))
        sheets.listed("licences", LICENCES, _describe_licences(content, sheets.sources))
        sheets.listed("citation", (), _describe_file(content))


class _Sheets:
    """A workbook that is filled sheet by sheet."""

    def __init__(self, book: xlsxwriter.Workbook, content: FileContent) -> None:
        self._book, self._content = book, content
        self.sources: set[str] = set()
        """The names of the sources that the file has."""
        self.figures: dict[str, FigureCount] = {}
        """The records of each kind with figures, by the name of its table."""
        self._bold = book.add_format({"bold": True, "bottom": 1})
        self._date = book.add_format({"num_format": "yyyy-mm-dd"})
        self._old = book.add_format({"font_color": "#6b7280", "italic": True})

    def table(self, table: Table, rows: Rows, content: FileContent) -> None:
        """A table of a content, going on on further sheets where one is full."""
        lang = content.lang
        where = table.geometry == "point"
        titles = csv_.write_csv_header(content, table, lang)
        titles = titles if where else titles[: len(table.columns)]
        kinds = [column.type for column in table.columns] + (["number", "number"] if where else [])
        name, number = table.title(lang) if lang else table.name, 1
        dates = _find_status_dates(table)
        sheet, at = self._begin_sheet(name, titles), 1
        counted = FigureCount.of(table) if table is content.table else None
        for batch in plain.build_plain_batches(content, rows, table):
            if counted is not None:
                self.figures[name] = counted = counted.add_rows(batch)
            if table.name == "sources":
                self.sources.update(batch.column(0).to_pylist())
            offset = 0
            while offset < batch.num_rows:
                if at == MAX_SHEET_ROWS:
                    sheet.autofilter(0, 0, at - 1, len(titles) - 1)
                    number += 1
                    sheet, at = self._begin_sheet(f"{name} {number}", titles), 1
                part = batch.slice(offset, min(MAX_SHEET_ROWS - at, batch.num_rows - offset))
                self._fill_rows(sheet, at, part, kinds, dates)
                at, offset = at + part.num_rows, offset + part.num_rows
        sheet.autofilter(0, 0, at - 1, len(titles) - 1)

    def listed(self, name: str, head: Sequence[Message], lines: Iterable[Sequence[object]]) -> None:
        """A sheet of texts."""
        sheet = self._begin_sheet(self._format_text(TITLES[name]), [self._format_text(title) for title in head])
        for row, line in enumerate(lines, start=1 if head else 0):
            for column, value in enumerate(line):
                sheet.write_string(row, column, self._format_text(value)[:MAX_CELL_CHARACTERS])

    def _format_text(self, value: object) -> str:
        return format_caption(value, self._content.lang, " ") if isinstance(value, Translatable) else str(value)

    def _begin_sheet(self, name: str, titles: Sequence[str]) -> Worksheet:
        sheet = self._book.add_worksheet(name[:31])
        sheet.set_column(0, max(len(titles) - 1, 5), WIDTH)
        for n, title in enumerate(titles):
            sheet.write_string(0, n, title, self._bold)
        if titles:
            sheet.freeze_panes(1, 1)
        return sheet

    def _fill_rows(
        self, sheet: Worksheet, first: int, part: pa.RecordBatch, kinds: Sequence[str], dates: Mapping[int, int]
    ) -> None:
        """Fill the cells of some rows; ``dates`` has the columns of statuses with those of their dates."""
        writers = [_choose_writer(sheet, kind, self._date) for kind in kinds]
        columns = [values.to_pylist() for values in part.columns[: len(kinds)]]
        filled = [(n, writers[n], values) for n, values in enumerate(columns) if part.column(n).null_count < part.num_rows]
        for row in range(part.num_rows):
            for n, put, values in filled:
                if (value := values[row]) is None:
                    continue
                if n in dates and is_last_known(columns[dates[n]][row], self._content.moment.date()):
                    sheet.write_string(first + row, n, value, self._old)
                else:
                    put(first + row, n, value)


def _choose_writer(sheet: Worksheet, kind: str, date: Format) -> Callable[[int, int, Any], Any]:
    plainly: dict[str, Callable[[int, int, Any], Any]] = {
        "number": sheet.write_number,
        "integer": sheet.write_number,
        "boolean": sheet.write_boolean,
    }
    if kind in plainly:
        return plainly[kind]
    if kind == "date":
        return lambda row, column, value: sheet.write_datetime(row, column, value, date)

    def text(row: int, column: int, value: str) -> None:
        sheet.write_string(row, column, value if len(value) <= MAX_CELL_CHARACTERS else f"{value[: MAX_CELL_CHARACTERS - 1]}…")

    return text


def _find_status_dates(table: Table) -> Mapping[int, int]:
    """Return the columns of statuses with the columns of their dates, which make a status the last one known."""
    at = {column.name: n for n, column in enumerate(table.columns) if column.type == "date"}
    return {n: at[dated] for n, column in enumerate(table.columns) if (dated := f"{column.name}_date") in at}


def _write_notes(tables: Sequence[Table]) -> Iterable[Sequence[object]]:
    """What the columns of the first sheets count."""
    names = {column.name for table in tables for column in table.columns} | {ANY_COLUMN}
    notes: list[Translatable] = []
    for name, note in NOTES.items():
        if name in names and note not in notes:
            notes.append(note)
    return [(note,) for note in notes]


def _write_figure_notes(figures: Mapping[str, FigureCount]) -> Iterator[Sequence[object]]:
    """Yield for each kind with figures how many of its records have none."""
    for name, count in figures.items():
        yield (count.sentence(name),)


def _describe_fields(content: FileContent) -> Iterable[Sequence[object]]:
    number = 0
    for table in content.tables:
        for column in table.columns:
            number += 1
            yield (
                *(f"{table.name}.{column.name}", column.name, column.title("en"), column.title("zh")),
                *(TYPES[column.type], column.unit or "", column.vocabulary or ""),
            )


def _describe_licences(content: FileContent, sources: set[str]) -> Iterable[Sequence[object]]:
    """The licences of the file's sources with what they allow, then what follows for the use of the file."""
    by_licence: dict[tuple[str, str], list[Any]] = {}
    for origin in content.origins:
        if origin.name in sources:
            by_licence.setdefault((origin.licence, origin.licence_name), []).append(origin)
    for (licence, name), origins in by_licence.items():
        names = SEPARATOR.join(origin.name for origin in origins)
        attributions = "\n".join(dict.fromkeys(origin.attribution or origin.citation for origin in origins))
        allowed = [licences.VALUES[getattr(licences.find_licence_terms(licence), term)] for term in licences.TERMS]
        yield licence, name, origins[0].licence_url or "", names, attributions, *allowed
    for sentence in licences.describe_consequences(licence for licence, _ in by_licence):
        yield ("", sentence)


def _describe_file(content: FileContent) -> Iterable[Sequence[object]]:
    values = (
        content.title,
        content.version,
        f"{content.moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        content.filter,
        content.address,
        content.citation,
    )
    yield from zip(ABOUT, values, strict=True)
