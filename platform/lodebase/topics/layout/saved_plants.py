"""Saved reports of the layout check: grouped under private links, and compared with one another or with the current result.

There is no session (decision 026), so anyone with the link of a group can read it and add reports.
"""

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Annotated

from pydantic import Field

from lodebase.desk.writing import open_write_transaction
from lodebase.field_types import AnyText, ExactText, FieldType, Version
from lodebase.layout.planned.areas import read_candidate
from lodebase.layout.planned.candidate import Candidate
from lodebase.layout.recheck import recheck_planned_plant
from lodebase.layout.reports import saved_reports
from lodebase.layout.reports.comparison import ReportComparison, compare
from lodebase.layout.reports.report import LayoutReport, write_report
from lodebase.layout.reports.saved_reports import MAX_NOTE_CHARACTERS, SavedReport, SavedReportSummary
from lodebase.layout.rulebook import load_rulebook
from lodebase.operations.formats import NOT_IN_DATA
from lodebase.operations.operation import OperationServices
from lodebase.operations.parameters import Parameters
from lodebase.topics.layout.plant import PLANTS
from lodedata.messages import msg

NOW = "now"
"""The value in place of the number of a second report: the data and rules of today."""
MAX_LINK_CHARACTERS = 100
MAX_NUMBER_DIGITS = 18


def _parse_number(value: str) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > MAX_NUMBER_DIGITS:
        raise ValueError
    return int(value)


def _parse_second(value: str) -> int | None:
    return None if value == NOW else _parse_number(value)


COLLECTION = AnyText(MAX_LINK_CHARACTERS, msg("The collection of reports."))
NUMBER = FieldType(
    _parse_number,
    {"type": "integer", "minimum": 1},
    msg("There is no saved report %(value)s under this link."),
    msg("Enter the number of a report."),
    msg("The number of a report."),
)
SECOND = FieldType(
    _parse_second,
    {"type": "string", "maxLength": MAX_NUMBER_DIGITS},
    msg('"%(value)s" is not the number of a report. Enter a number, or now.'),
    msg("Enter a number, or now."),
    msg("The number of another report of the collection, or now."),
)


class SaveParameters(Parameters):
    """A planned plant as the body of a request, and where its report is saved."""

    plant: Annotated[object, PLANTS]
    version: Version | None = None
    collection: (
        Annotated[str, AnyText(MAX_LINK_CHARACTERS, msg("The collection of reports to save it to; by default a new one."))]
        | None
    ) = None
    note: Annotated[str, ExactText(MAX_NOTE_CHARACTERS, msg("A note to store with the report."))] | None = None


class CollectionParameters(Parameters):
    """A collection of reports."""

    collection: Annotated[str, COLLECTION]


class SavedReportParameters(CollectionParameters):
    """A saved report."""

    number: Annotated[int, NUMBER]


class SavedComparisonParameters(SavedReportParameters):
    """A saved report, and the one that it is compared with."""

    second: Annotated[int | None, SECOND, Field(alias="with")] = None


@dataclass(frozen=True, slots=True)
class SavedPlace:
    """Where a report was saved."""

    collection: str
    number: int


@dataclass(frozen=True, slots=True)
class SavedReports:
    """The reports of a collection, latest first."""

    collection: str
    reports: tuple[SavedReportSummary, ...]


@dataclass(frozen=True, slots=True)
class ReportMark:
    """A saved report as comparisons name it."""

    number: int
    saved_at: datetime
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedComparison(ReportComparison):
    """The differences between a saved report and another of its collection, or today."""

    first: ReportMark
    second: ReportMark | None
    disclaimer_en: str
    disclaimer_zh: str
    collection: str = field(metadata=NOT_IN_DATA)
    before: LayoutReport = field(metadata=NOT_IN_DATA)
    later: LayoutReport = field(metadata=NOT_IN_DATA)


def save_plant(services: OperationServices, parameters: SaveParameters) -> SavedPlace:
    """Save the report on the planned plant that is sent, in a new or a given collection."""
    version = parameters.version
    candidate = read_candidate(services.engine, parameters.plant, services.today, version)
    return save_candidate(services, candidate, version, parameters.collection, parameters.note)


def save_candidate(
    services: OperationServices, candidate: Candidate, version: int | None, collection: str | None, note: str | None
) -> SavedPlace:
    """Save the report on a planned plant. Raises TooManyTries, BadQuery, and NotFound for an unknown collection."""
    visitor = services.require_visitor()
    saved_reports.require_may_save(visitor.engine, visitor.client)
    report = write_report(services.engine, services.figures, candidate, load_rulebook(services.settings), version)
    with open_write_transaction(visitor.engine) as connection:
        return SavedPlace(*saved_reports.save_report(connection, candidate, report, collection, (note or "").strip() or None))


def list_saved_reports(services: OperationServices, parameters: CollectionParameters) -> SavedReports:
    """Return the reports of a collection, latest first."""
    with open_write_transaction(services.require_visitor().engine) as connection:
        return SavedReports(parameters.collection, tuple(saved_reports.list_reports(connection, parameters.collection)))


def read_saved_report(services: OperationServices, parameters: SavedReportParameters) -> SavedReport:
    """Return a saved report, unchanged."""
    with open_write_transaction(services.require_visitor().engine) as connection:
        return saved_reports.read_report(connection, parameters.collection, parameters.number)


def compare_saved_reports(services: OperationServices, parameters: SavedComparisonParameters) -> SavedComparison:
    """Return the differences between a saved report and another of its collection, or the result of today."""
    with open_write_transaction(services.require_visitor().engine) as connection:
        first = saved_reports.read_report(connection, parameters.collection, parameters.number)
        if parameters.second is None:
            second = None
        else:
            second = saved_reports.read_report(connection, parameters.collection, parameters.second)
    if second is None:
        rules = load_rulebook(services.settings)
        later = recheck_planned_plant(services.engine, services.figures, first.candidate, rules, services.today)
    else:
        later = second.report
    before = first.report
    comparison = compare(before, later)
    return SavedComparison(
        **{comparison_field.name: getattr(comparison, comparison_field.name) for comparison_field in fields(ReportComparison)},
        first=_mark(first),
        second=None if second is None else _mark(second),
        disclaimer_en=later.summary.disclaimer_en,
        disclaimer_zh=later.summary.disclaimer_zh,
        collection=first.collection,
        before=before,
        later=later,
    )


def _mark(report: SavedReport) -> ReportMark:
    return ReportMark(report.number, report.at, report.note)
