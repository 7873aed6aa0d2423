"""Operations of data quality: completeness, flags, ageing, conflicts, reports, and the pairs of record matching."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated
from urllib.parse import quote

from lodebase.desk.decisions import open_pairs
from lodebase.field_types import Choice, PageLength, WholeNumber
from lodebase.operations.formats import HTML, JSON, NOT_IN_DATA
from lodebase.operations.operation import Operation, OperationServices
from lodebase.operations.parameters import NoParameters, Parameters
from lodebase.query.reading import open_reading, read_dataset_version
from lodebase.statistics import quality
from lodebase.statistics.quality import Desk, Number, Quality
from lodebase.topics.lists.list_overview import ListQuality, measure_quality
from lodedata.matching import get_model_version
from lodedata.matching.measurements import Measurement, load_measurements
from lodedata.messages import Translatable, msg, wrap_foreign_text
from lodedata.problems import list_flag_titles

PAGE_PAIRS, MAX_PAIRS = 100, 1_000
MAX_OFFSET = 1_000_000
WAITING = "waiting"


def _parse_offset(value: str) -> int:
    # no more digits are read than the largest number has
    digits = value.lstrip("0")[: len(str(MAX_OFFSET)) + 1] or "0"
    if not value.isascii() or not value.isdigit() or int(digits) > MAX_OFFSET:
        raise ValueError
    return int(digits)


OFFSET = replace(WholeNumber(0, MAX_OFFSET, msg("The number to skip.")), parse=_parse_offset, reads_empty=True)


class SourcePairsParameters(Parameters):
    """The state of the pairs, and the page."""

    state: Annotated[
        str, Choice(open_pairs.STATES, msg("The state of the pairs; by default those that wait for review."), WAITING)
    ] = WAITING
    limit: Annotated[int, PageLength(MAX_PAIRS, PAGE_PAIRS, msg("The maximum number to return."))] = PAGE_PAIRS
    offset: Annotated[int, OFFSET] = 0


@dataclass(frozen=True, slots=True)
class FieldCompleteness:
    """The records of a source that have a field, their share, and the address of the records."""

    field: str
    share: float
    collection: str
    records: int
    href: str


@dataclass(frozen=True, slots=True)
class SourceCompleteness:
    """A source in a collection: its records, and for each field those that have it."""

    source: str
    collection: str
    records: int
    href: str
    fields: tuple[FieldCompleteness, ...]


@dataclass(frozen=True, slots=True)
class FlaggedRecords:
    """The records of a collection with a flag."""

    flag: str
    title: Translatable
    collection: str
    records: int
    href: str


@dataclass(frozen=True, slots=True)
class InferredRecords:
    """Records whose status is so old that another is inferred."""

    inferred_status: str
    years: int
    until: int | None
    collection: str
    records: int
    href: str


@dataclass(frozen=True, slots=True)
class LastKnownRecords:
    """Records whose status is only the last known one."""

    status: str
    collection: str
    records: int
    href: str


@dataclass(frozen=True, slots=True)
class UnnamedRecords:
    """The records of a collection, of which ``of`` there are, without a name in a language."""

    field: str
    of: int
    collection: str
    records: int
    href: str


@dataclass(frozen=True, slots=True)
class OpenReports:
    """The number of open reports of errors."""

    open: int
    href: str


@dataclass(frozen=True, slots=True)
class PairCount:
    """A number of pairs of source rows."""

    records: int
    href: str


@dataclass(frozen=True, slots=True)
class VerdictCount:
    """The number of pairs with a verdict."""

    verdict: str
    records: int
    href: str


@dataclass(frozen=True, slots=True)
class MatchingMeasurement:
    """A measurement of record matching, and whether it is of the model in use."""

    day: str
    of: str
    model: str
    accept: float
    pairs: int
    precision: float
    recall: float
    model_in_use: bool


@dataclass(frozen=True, slots=True)
class MatchingQuality:
    """Pairs that wait, verdicts, and the measurements of record matching."""

    uncertain_pairs: int
    uncertain: PairCount
    judged: Mapping[str, int]
    verdicts: tuple[VerdictCount, ...]
    labelled: str
    """The address of the labelled pairs."""
    measured: tuple[MatchingMeasurement, ...]


@dataclass(frozen=True, slots=True)
class DataQuality:
    """The quality of the data on a day; each number has the address of its records."""

    day: date
    dataset_version: int
    sources: tuple[SourceCompleteness, ...]
    flags: tuple[FlaggedRecords, ...]
    conflicts: tuple[FlaggedRecords, ...]
    ageing: tuple[InferredRecords, ...]
    last_known: tuple[LastKnownRecords, ...]
    missing_names: tuple[UnnamedRecords, ...]
    lists: tuple[ListQuality, ...]
    reports: OpenReports
    resolution: MatchingQuality


@dataclass(frozen=True, slots=True)
class PairSide:
    """A source row of a pair."""

    source: str
    key: str
    href: str


@dataclass(frozen=True, slots=True)
class SourcePair:
    """A pair of source rows."""

    a: PairSide
    b: PairSide
    relation: str | None
    probability: float | None
    verdict: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class SourcePairs:
    """Pairs of a state, the most probable first."""

    state: str
    numberMatched: int
    numberReturned: int
    pairs: tuple[SourcePair, ...]
    next_offset: int | None = field(metadata=NOT_IN_DATA)


def measure_data_quality(services: OperationServices, _parameters: NoParameters) -> DataQuality:
    """Return the quality of the data today: completeness, flags, ageing, conflicts, reports, record matching."""
    today, settings = services.today, services.settings
    with open_reading(services.engine) as connection:
        version = read_dataset_version(connection)
        measured = services.figures.at(version, ("quality", today), lambda: quality.compute_quality_figures(connection, today))
        people = quality.count_desk_judgements(connection, settings.review_from, settings.review_to)
    return DataQuality(
        day=today,
        dataset_version=version,
        sources=tuple(_describe_sources(measured)),
        flags=tuple(_describe_flag(*pair) for pair in measured.flags),
        conflicts=tuple(_describe_flag(*pair) for pair in measured.conflicts),
        ageing=tuple(
            InferredRecords(
                aged_records.age.status, aged_records.age.years, aged_records.age.until, *_describe_number(aged_records.number)
            )
            for aged_records in measured.ageing
        ),
        last_known=tuple(LastKnownRecords(status, *_describe_number(number)) for status, number in measured.last_known),
        missing_names=tuple(
            UnnamedRecords(name.field, name.of, *_describe_number(name.number)) for name in measured.missing_names
        ),
        lists=tuple(measure_quality(services.engine, services.figures)),
        reports=OpenReports(people.open_reports, "/reports?state=open,looking&f=json"),
        resolution=_describe_matching(people),
    )


def list_pairs(services: OperationServices, parameters: SourcePairsParameters) -> SourcePairs:
    """Return the pairs of source rows behind the figures of record matching: waiting, judged or labelled."""
    between = (services.settings.review_from, services.settings.review_to)
    with open_reading(services.engine) as connection:
        rows, matched = open_pairs.read_source_pairs(connection, parameters.state, between, parameters.limit, parameters.offset)
    end = parameters.offset + len(rows)
    pairs = tuple(
        SourcePair(
            a=_describe_side(row["a"]),
            b=_describe_side(row["b"]),
            relation=row["relation"],
            probability=row["probability"],
            verdict=row["verdict"],
            reason=row["reason"],
        )
        for row in rows
    )
    return SourcePairs(parameters.state, matched, len(rows), pairs, end if rows and end < matched else None)


def _describe_sources(measured: Quality) -> Iterator[SourceCompleteness]:
    for source in measured.sources:
        fields = tuple(
            FieldCompleteness(name, round(number.records / source.whole.records, 4), *_describe_number(number))
            for name, number in source.fields
        )
        yield SourceCompleteness(source.source, *_describe_number(source.whole), fields)


def _describe_flag(rule: str, number: Number) -> FlaggedRecords:
    return FlaggedRecords(rule, list_flag_titles().get(rule, wrap_foreign_text(rule)), *_describe_number(number))


def _describe_matching(people: Desk) -> MatchingQuality:
    return MatchingQuality(
        uncertain_pairs=people.uncertain_pairs,
        uncertain=PairCount(people.uncertain_pairs, _build_pairs_address(WAITING)),
        judged=dict(people.verdicts),
        verdicts=tuple(VerdictCount(verdict, n, _build_pairs_address(verdict)) for verdict, n in people.verdicts.items()),
        labelled=_build_pairs_address("labelled"),
        measured=tuple(map(_describe_measurement, load_measurements())),
    )


def _describe_measurement(measurement: Measurement) -> MatchingMeasurement:
    return MatchingMeasurement(
        measurement.day,
        measurement.of,
        measurement.model,
        measurement.accept,
        measurement.pairs,
        measurement.precision,
        measurement.recall,
        measurement.model == get_model_version(),
    )


def _describe_number(of: Number) -> tuple[str, int, str]:
    """Return the collection of a number, the number, and the address of its records."""
    query = "&".join(f"{name}={_quote(value)}" for name, value in of.condition.items())
    return of.collection, of.records, f"/api/collections/{of.collection}/items?{query}"


def _describe_side(row: Mapping[str, str]) -> PairSide:
    return PairSide(row["source"], row["key"], f"/api/sources/{_quote(row['source'])}/records/{_quote(row['key'])}")


def _build_pairs_address(state: str) -> str:
    return f"/api/quality/pairs?state={state}"


def _quote(text: str) -> str:
    return quote(text, safe=",:")


DATA = Operation(
    "quality.data",
    "/api/quality",
    msg("Data quality"),
    msg("The quality of the data: completeness, flags, ageing, conflicts, reports, record matching"),
    NoParameters,
    run=measure_data_quality,
    result=DataQuality,
    formats=(JSON, HTML),
    aliases=("/quality",),
)
PAIRS = Operation(
    "quality.pairs",
    "/api/quality/pairs",
    msg("Data quality"),
    msg("The pairs of source rows behind the figures of record matching: waiting, judged or labelled"),
    SourcePairsParameters,
    run=list_pairs,
    result=SourcePairs,
    formats=(JSON, HTML),
)
OPERATIONS = (DATA, PAIRS)
