"""Checks of a table: a CSV of organisations in, the result for each row and list out."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Engine

from lodebase.errors import BadQuery
from lodebase.layout.state import state
from lodebase.lists.list_query import ListQuery, parse, require_lists, subject
from lodebase.lists.stored_lists import ListsState, checker, lists_state, names_of_codes, projects
from lodebase.statistics.figures import Known
from lodedata.lists import Checker, ListResult
from lodedata.messages import in_language, msg
from lodedata.write.formula import guarded_cell

CSV = "text/csv"
MOST_ROWS, MOST_BYTES = 10_000, 1 << 20
INPUT = ("name", "uscc", "project", "province", "date", "list")
OUTPUT = (
    *("list_checked", "status", "state", "since", "act", "batch", "entry_name", "entry_province", "method", "score", "site"),
    *("firm_status", "complete_up_to", "last_known_date", "last_known_state", "candidates", "reason", "data_version"),
)
Row = dict[str, str]


def decoded(content: bytes) -> str:
    """Return the text of a CSV in UTF-8 or GB 18030. Raises BadQuery for what is no text."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")
    if "\0" in text:
        raise BadQuery("body", "", msg("This is no CSV. Save the workbook as CSV (UTF-8), and send that."))
    return text


def rows_of(text: str, given: Mapping[str, str]) -> list[Row]:
    """Return the rows of a CSV; values ``given`` for all rows fill empty cells. Raises BadQuery."""
    try:
        return list(_rows(csv.DictReader(io.StringIO(text, newline="")), given))
    except csv.Error:
        wrong = msg("The CSV can't be read: a quotation mark is left open, or a cell is too long. Correct it.")
        raise BadQuery("body", "", wrong) from None


def _rows(reader: "csv.DictReader[str]", given: Mapping[str, str]) -> Iterator[Row]:
    names = [name.strip() for name in reader.fieldnames or ()]
    if not {"name", "uscc", "project"} & set(names):
        raise BadQuery(
            "body", "", msg("The CSV needs a column name, uscc or project. It may have province, date and list, too.")
        )
    for number, row in enumerate(reader, 1):
        if number > MOST_ROWS:
            raise BadQuery("body", "", msg("The CSV has more than %(most)s rows. Divide it.", most=MOST_ROWS))
        cells = {(name or "").strip(): value or "" for name, value in row.items() if isinstance(value, str | None)}
        yield {name: cells.get(name, "").strip() or given.get(name, "") for name in INPUT}


def check_rows(
    engine: Engine,
    figures: Known,
    rows: list[Row],
    today: date,
    language: str,
    version: int | None = None,
    progress: Callable[[int, int], None] = lambda done, number: None,
) -> str:
    """Return a CSV with the result for each row and list; a row that can't be read has its sentence as the reason."""
    read, checked = check_firms(engine, figures, rows, today, version)
    stream = io.StringIO(newline="")
    # a spreadsheet reads UTF-8 only with this mark
    stream.write("\ufeff")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow((*INPUT, *OUTPUT))
    for number, (row, results) in enumerate(checked):
        progress(number, len(rows))
        given = [guarded_cell(row[name]) for name in INPUT]
        if isinstance(results, BadQuery):
            cells = ["", "bad-input", *[""] * 14, in_language(results, language)]
            writer.writerow((*given, *cells, read.version))
            continue
        for result in results:
            writer.writerow((*given, *_cells(result, language), read.version))
    return stream.getvalue()


def check_firms(
    engine: Engine, figures: Known, rows: list[Row], today: date, version: int | None = None
) -> tuple[ListsState, Iterator[tuple[Row, list[ListResult] | BadQuery]]]:
    """Return the version of the data, and for each row its results by list or what is wrong with it."""
    parsed = [_parsed(row, today) for row in rows]
    queries = [one for one in parsed if isinstance(one, ListQuery)]
    with state(engine, version) as seen:
        lists, read = checker(seen, figures), lists_state(seen, figures)
        sites = projects(seen, sorted({one.project for one in queries if one.project}))
        names = names_of_codes(seen, sorted({one.uscc for one in queries if one.uscc}))
    checked = ((row, _results(lists, query, sites, names)) for row, query in zip(rows, parsed, strict=True))
    return read, checked


def _parsed(row: Row, today: date) -> ListQuery | BadQuery:
    try:
        return parse(row, today)
    except BadQuery as wrong:
        return wrong


def _results(
    lists: Checker, query: ListQuery | BadQuery, sites: Mapping[str, Any], names: Mapping[str, Any]
) -> list[ListResult] | BadQuery:
    if isinstance(query, BadQuery):
        return query
    try:
        codes = require_lists(query, lists, strict=False)
        wanted = subject(query, sites, names)
    except BadQuery as wrong:
        return wrong
    return [lists.check(code, wanted, query.on) for code in codes]


def _cells(result: ListResult, language: str) -> list[Any]:
    match, found, last = result.match, result.state, result.last_known
    entry = match.history.entry if match is not None else None
    return [
        result.list,
        result.status,
        found.state if found is not None else "",
        found.since or "" if found is not None else "",
        found.act or "" if found is not None else "",
        entry.batch or "" if entry is not None else "",
        guarded_cell(entry.name) if entry is not None else "",
        entry.province or "" if entry is not None else "",
        match.method if match is not None else "",
        match.score if match is not None else "",
        result.site or "",
        result.firm_status or "",
        result.coverage.complete_up_to or "",
        last[0] if last is not None else "",
        last[1].state if last is not None else "",
        "; ".join(f"{guarded_cell(one.history.entry.name)} ({one.method})" for one in result.candidates[:5]),
        result.message.in_language(language),
    ]
