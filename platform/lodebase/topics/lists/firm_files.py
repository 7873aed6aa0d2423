"""Results for a table of firms as files: a CSV with a row for each firm and list, a workbook with a row for each firm."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

import xlsxwriter

from lodebase.topics.lists.firm_results import FirmResult, FirmResults
from lodebase.topics.lists.firm_table import INPUT
from lodebase.topics.lists.list_labels import STATUS_LABELS
from lodebase.topics.lists.parameters import MAX_FIRMS_AT_ONCE
from lodedata.messages import Message, in_language, msg
from lodedata.topics.lists import ListResult
from lodedata.vocab import label
from lodedata.write.formula import guard_cell

OUTPUT = (
    *("list_checked", "status", "state", "since", "act", "batch", "entry_name", "entry_province", "method", "score", "site"),
    *("firm_status", "complete_up_to", "last_known_date", "last_known_state", "candidates", "reason", "data_version"),
)
MAX_NAMED_CANDIDATES = 5
"""Entries that may be meant, of which a cell has the names."""
ALL_LISTS, LISTS_WITH_AN_ENTRY = msg("All lists"), msg("Lists with an entry")
COLUMNS: Sequence[Message] = (
    *(msg("Firm"), msg("Unified social credit code"), msg("Date"), msg("Result"), msg("List"), msg("Reason"), msg("Entry")),
    *(msg("Batch"), msg("Act"), msg("Grade of the source"), msg("Other lists"), msg("Data version")),
)
COLUMNS_OF_LISTS: Sequence[Message] = (msg("Firm"), msg("List"), msg("Result"), msg("Reason"), msg("Entry"), msg("Batch"))


def write_table(firm_results: FirmResults, language: str) -> bytes:
    """Return a CSV with the result for each row and list; a row that can't be read has its sentence as the reason."""
    stream = io.StringIO(newline="")
    # a spreadsheet reads UTF-8 only with this mark
    stream.write("\ufeff")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow((*INPUT, *OUTPUT))
    for firm in firm_results.firms:
        input_cells = [guard_cell(firm.row[name]) for name in INPUT]
        if firm.wrong is not None:
            cells = ["", "bad-input", *[""] * 14, in_language(firm.wrong, language)]
            writer.writerow((*input_cells, *cells, firm_results.dataset_version))
        for result in firm.by_list:
            writer.writerow((*input_cells, *_list_cells(result, language), firm_results.dataset_version))
    return stream.getvalue().encode()


def _list_cells(result: ListResult, language: str) -> list[object]:
    match, entry_state, last = result.match, result.state, result.last_known
    entry = match.history.entry if match is not None else None
    return [
        result.list,
        result.status,
        entry_state.state if entry_state is not None else "",
        entry_state.since or "" if entry_state is not None else "",
        entry_state.act or "" if entry_state is not None else "",
        entry.batch or "" if entry is not None else "",
        guard_cell(entry.name) if entry is not None else "",
        entry.province or "" if entry is not None else "",
        match.method if match is not None else "",
        match.score if match is not None else "",
        result.site or "",
        result.firm_status or "",
        result.coverage.complete_up_to or "",
        last[0] if last is not None else "",
        last[1].state if last is not None else "",
        "; ".join(
            f"{guard_cell(candidate.history.entry.name)} ({candidate.method})"
            for candidate in result.candidates[:MAX_NAMED_CANDIDATES]
        ),
        result.message.in_language(language),
    ]


def write_workbook(firm_results: FirmResults, language: str) -> bytes:
    """Return a workbook with a row for each firm, and a second sheet with a row for each firm and list.

    Of more firms than are checked at once, the second sheet has only the lists with an entry that is or may be the firm's.
    """
    every = len(firm_results.firms) <= MAX_FIRMS_AT_ONCE
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheets = (
        (msg("Firms"), COLUMNS, (_build_row(firm, firm_results.dataset_version, language) for firm in firm_results.firms)),
        (ALL_LISTS if every else LISTS_WITH_AN_ENTRY, COLUMNS_OF_LISTS, _list_all_rows(firm_results, language, every)),
    )
    for title, columns, rows in sheets:
        sheet = book.add_worksheet(title.in_language(language))
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(columns) - 1, 24)
        sheet.write_row(0, 0, [column.in_language(language) for column in columns], bold)
        for number, row in enumerate(rows, 1):
            for place, cell in enumerate(row):
                sheet.write_string(number, place, str(cell), wrapped)
    book.close()
    return stream.getvalue()


def _build_row(firm_result: FirmResult, version: int, language: str) -> list[object]:
    first = firm_result.first
    if first is None:
        reason = "" if firm_result.wrong is None else in_language(firm_result.wrong, language)
        shown = firm_result.status.in_language(language)
        return [
            firm_result.firm,
            firm_result.row["uscc"],
            firm_result.row["date"],
            shown,
            "",
            reason,
            "",
            "",
            "",
            "",
            "",
            version,
        ]
    entry = first.match.history.entry if first.match is not None else None
    batch = first.match.history.batch if first.match is not None else None
    return [
        *(firm_result.firm, firm_result.row["uscc"], first.on.isoformat(), firm_result.status.in_language(language)),
        *(firm_result.list_name.in_language(language), firm_result.message.in_language(language)),
        *("" if entry is None else entry.name, "" if entry is None or entry.batch is None else entry.batch),
        *("" if batch is None else batch.act or "", _describe_grade(first, language), firm_result.others(language), version),
    ]


def _describe_grade(result: ListResult, language: str) -> str:
    code = None if result.match is None else result.match.history.entry.grade
    return "" if code is None else label("list-source-grade", code).in_language(language)


def _list_all_rows(firm_results: FirmResults, language: str, every: bool) -> Iterator[list[object]]:
    for firm in firm_results.firms:
        yield from _list_rows(firm, [result for result in firm.results if every or result.match or result.candidates], language)


def _list_rows(firm_result: FirmResult, results: Iterable[ListResult], language: str) -> Iterator[list[object]]:
    for result in results:
        entry = None if result.match is None else result.match.history.entry
        yield [
            *(firm_result.firm, result.coverage.name.in_language(language), STATUS_LABELS[result.status].in_language(language)),
            result.message.in_language(language),
            *("" if entry is None else entry.name, "" if entry is None or entry.batch is None else entry.batch),
        ]
