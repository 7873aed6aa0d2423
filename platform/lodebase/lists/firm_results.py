"""One result for each firm of a table: the list that matters first, then the others; and the workbook of the results."""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import xlsxwriter
from sqlalchemy import Engine

from lodebase.errors import BadQuery
from lodebase.lists.list_labels import STATUS_LABELS
from lodebase.lists.list_table import Row, check_firms
from lodebase.lists.stored_lists import ListsState
from lodebase.statistics.figures import Known
from lodedata.lists import ListResult
from lodedata.messages import Message, Translatable, in_language, msg
from lodedata.vocab import label

ORDER = ("listed", "under-rectification", "not-known", "proposed", "withdrawn", "not-listed")
"""Statuses by how much they matter, where an entry of the list names the firm."""
ALL_LISTS, LISTS_WITH_AN_ENTRY = msg("All lists"), msg("Lists with an entry")
BAD_INPUT = msg("Not checked")
COLUMNS: Sequence[Message] = (
    *(msg("Firm"), msg("Unified social credit code"), msg("Date"), msg("Result"), msg("List"), msg("Reason"), msg("Entry")),
    *(msg("Batch"), msg("Act"), msg("Grade of the source"), msg("Other lists"), msg("Data version")),
)
COLUMNS_OF_LISTS: Sequence[Message] = (msg("Firm"), msg("List"), msg("Result"), msg("Reason"), msg("Entry"), msg("Batch"))


@dataclass(frozen=True, slots=True)
class FirmResult:
    """A row of a table of firms with its results, the list that matters first; or what is wrong with the row."""

    row: Row
    results: tuple[ListResult, ...]
    wrong: BadQuery | None = None

    @property
    def first(self) -> ListResult | None:
        """Return the result that matters, None for a row that could not be checked."""
        return self.results[0] if self.results else None

    @property
    def status(self) -> Translatable:
        """Return the label of the result."""
        return BAD_INPUT if self.first is None else STATUS_LABELS[self.first.status]

    def others(self, language: str) -> str:
        """Return how many of the other lists have each status."""
        statuses = [one.status for one in self.results[1:]]
        counted = ((status, statuses.count(status)) for status in ORDER)
        texts = (
            msg("%(status)s: %(count)s", status=STATUS_LABELS[status], count=count).in_language(language)
            for status, count in counted
            if count
        )
        return ("；" if language == "zh" else "; ").join(texts)


@dataclass(frozen=True, slots=True)
class FirmResults:
    """The results for a table of firms at a version of the data."""

    read: ListsState
    firms: tuple[FirmResult, ...]

    @property
    def version(self) -> int:
        """Return the version of the data."""
        return self.read.version


def find_firm_results(engine: Engine, figures: Known, rows: list[Row], today: date, version: int | None = None) -> FirmResults:
    """Return one result for each row of a table of firms."""
    read, checked = check_firms(engine, figures, rows, today, version)
    return FirmResults(read, tuple(_of_rows(checked)))


def _of_rows(checked: Iterable[tuple[Row, list[ListResult] | BadQuery]]) -> Iterator[FirmResult]:
    for row, results in checked:
        if isinstance(results, BadQuery):
            yield FirmResult(row, (), results)
        else:
            yield FirmResult(row, tuple(sorted(results, key=_rank)))


def _rank(result: ListResult) -> tuple[bool, bool, int, bool]:
    """Return the place of a result: an entry of the firm first, then entries that may be meant, then lists without any."""
    named = result.match is not None
    return (not named, not result.candidates, ORDER.index(result.status), result.reason == "not-collected")


def write_workbook(found: FirmResults, language: str, every: bool = True) -> bytes:
    """Return a workbook with a row for each firm, and a second sheet with a row for each firm and list.

    Unless ``every`` row of the second sheet is wanted, it has only those of lists with an entry that is or may be the firm's.
    """
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheets = (
        (msg("Firms"), COLUMNS, (_row(one, found.version, language) for one in found.firms)),
        (ALL_LISTS if every else LISTS_WITH_AN_ENTRY, COLUMNS_OF_LISTS, _all_rows_of_lists(found, language, every)),
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


def _firm(one: FirmResult) -> str:
    return one.row["name"] or one.row["uscc"] or one.row["project"]


def _row(one: FirmResult, version: int, language: str) -> list[object]:
    first = one.first
    if first is None:
        reason = "" if one.wrong is None else in_language(one.wrong, language)
        shown = one.status.in_language(language)
        return [_firm(one), one.row["uscc"], one.row["date"], shown, "", reason, "", "", "", "", "", version]
    entry = first.match.history.entry if first.match is not None else None
    batch = first.match.history.batch if first.match is not None else None
    return [
        *(_firm(one), one.row["uscc"], first.on.isoformat(), one.status.in_language(language)),
        *(first.coverage.name.in_language(language), first.message.in_language(language)),
        *("" if entry is None else entry.name, "" if entry is None or entry.batch is None else entry.batch),
        *("" if batch is None else batch.act or "", _grade(first, language), one.others(language), version),
    ]


def _grade(result: ListResult, language: str) -> str:
    code = None if result.match is None else result.match.history.entry.grade
    return "" if code is None else label("list-source-grade", code).in_language(language)


def _all_rows_of_lists(found: FirmResults, language: str, every: bool) -> Iterator[list[object]]:
    for one in found.firms:
        yield from _rows_of_lists(
            one, [result for result in one.results if every or result.match or result.candidates], language
        )


def _rows_of_lists(one: FirmResult, results: Iterable[ListResult], language: str) -> Iterator[list[object]]:
    for result in results:
        entry = None if result.match is None else result.match.history.entry
        yield [
            *(_firm(one), result.coverage.name.in_language(language), STATUS_LABELS[result.status].in_language(language)),
            result.message.in_language(language),
            *("" if entry is None else entry.name, "" if entry is None or entry.batch is None else entry.batch),
        ]
