"""Checks of a table of firms: for each firm its result on every list, the one that matters first."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Engine

from lodebase.errors import BadQuery
from lodebase.layout.state import state
from lodebase.statistics.figures import Known
from lodebase.topics.lists.firm_table import Row
from lodebase.topics.lists.list_labels import STATUS_LABELS
from lodebase.topics.lists.list_query import ListQuery, make_query, make_subject, require_lists
from lodebase.topics.lists.parameters import FirmParameters
from lodebase.topics.lists.store import ListsState, compute_lists_state, names_of_codes, read_list_checker, read_owned_projects
from lodedata.messages import Translatable, msg, wrap_foreign_text
from lodedata.topics.lists import Checker, ListResult

ORDER = ("listed", "under-rectification", "not-known", "proposed", "withdrawn", "not-listed")
"""Statuses by how much they matter, where an entry of the list names the firm."""
BAD_INPUT = msg("Not checked")


@dataclass(frozen=True, slots=True)
class FirmResult:
    """A row of a table of firms with its results, the list that matters first; or what is wrong with the row."""

    row: Row
    results: tuple[ListResult, ...]
    by_list: tuple[ListResult, ...] = ()
    """The same in the order of the lists."""
    wrong: BadQuery | None = None

    @property
    def firm(self) -> str:
        """Return the name of the firm, else its code, else its project."""
        return self.row["name"] or self.row["uscc"] or self.row["project"]

    @property
    def first(self) -> ListResult | None:
        """Return the result that matters, None for a row that could not be checked."""
        return self.results[0] if self.results else None

    @property
    def named(self) -> ListResult | None:
        """Return the result that matters if its list has an entry that is or may be the firm's, else None."""
        return self.first if self.first is not None and (self.first.match or self.first.candidates) else None

    @property
    def list_name(self) -> Translatable:
        """Return the name of the list of the result; without an entry on any list, how many lists were checked."""
        if self.first is None:
            return wrap_foreign_text("")
        if self.named is not None or len(self.results) == 1:
            return self.first.coverage.name
        return msg("%(count)s lists, none with an entry of this name or code", count=len(self.results))

    @property
    def message(self) -> Translatable:
        """Return the reason of the result; without an entry on any list, what that means."""
        if self.first is None:
            return wrap_foreign_text("") if self.wrong is None else self.wrong
        if self.named is not None or len(self.results) == 1:
            return self.first.message
        negative_count = sum(result.on_list == "no" for result in self.results)
        if negative_count:
            return msg(
                "Not on %(known)s lists, which are complete here on %(on)s; %(unknown)s are not, so they say nothing.",
                known=negative_count,
                unknown=len(self.results) - negative_count,
                on=self.first.on.isoformat(),
            )
        return msg("No list is complete here on %(on)s, so that says nothing about the firm.", on=self.first.on.isoformat())

    @property
    def status(self) -> Translatable:
        """Return the label of the result."""
        return BAD_INPUT if self.first is None else STATUS_LABELS[self.first.status]

    def others(self, language: str) -> str:
        """Return how many of the other lists have each status."""
        statuses = [list_result.status for list_result in (self.results if self.named is None else self.results[1:])]
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
    def dataset_version(self) -> int:
        """Return the version of the data."""
        return self.read.version


def find_firm_results(
    engine: Engine,
    figures: Known,
    rows: list[Row],
    today: date,
    version: int | None = None,
    progress: Callable[[int, int], None] = lambda done, number: None,
) -> FirmResults:
    """Return the results of each row of a table of firms, or what is wrong with it. Raises NotFound for no such version."""
    parsed = [_parse_row(row, today) for row in rows]
    queries = [row for row in parsed if isinstance(row, ListQuery)]
    with state(engine, version) as seen:
        lists, read = read_list_checker(seen, figures), compute_lists_state(seen, figures)
        sites = read_owned_projects(seen, sorted({query.project for query in queries if query.project}))
        names = names_of_codes(seen, sorted({query.uscc for query in queries if query.uscc}))

    def check_all() -> Iterator[FirmResult]:
        for number, (row, query) in enumerate(zip(rows, parsed, strict=True)):
            progress(number, len(rows))
            yield _check_row(row, query, lists, sites, names)

    return FirmResults(read, tuple(check_all()))


def _parse_row(row: Row, today: date) -> ListQuery | BadQuery:
    try:
        return make_query(FirmParameters.parse(row), today)
    except BadQuery as wrong:
        return wrong


def _check_row(
    row: Row, query: ListQuery | BadQuery, lists: Checker, sites: Mapping[str, Any], names: Mapping[str, Any]
) -> FirmResult:
    if isinstance(query, BadQuery):
        return FirmResult(row, (), wrong=query)
    try:
        codes = require_lists(query, lists, strict=False)
        subject = make_subject(query, sites, names)
    except BadQuery as wrong:
        return FirmResult(row, (), wrong=wrong)
    by_list = tuple(lists.check(code, subject, query.on) for code in codes)
    return FirmResult(row, tuple(sorted(by_list, key=_rank)), by_list)


def _rank(result: ListResult) -> tuple[bool, bool, int, bool]:
    """Return the place of a result: an entry of the firm first, then entries that may be meant, then lists without any."""
    named = result.match is not None
    return (not named, not result.candidates, ORDER.index(result.status), result.reason == "not-collected")
