"""The operation of metals contained in the ore of another, and of deposits of low-grade ore."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Annotated, Any

from lodebase.field_types import Choice
from lodebase.operations.formats import CSV, HTML, JSON, NOT_IN_DATA
from lodebase.operations.operation import Operation, OperationServices
from lodebase.operations.parameters import Parameters
from lodebase.operations.workbooks import WORKBOOK
from lodebase.query import read_page
from lodebase.query.collections_ import find_collection
from lodebase.query.pages import Counts
from lodebase.query.parameters import query_parser
from lodebase.query.parameters.arguments import Arguments
from lodebase.query.reading import open_reading, read_dataset_version
from lodebase.statistics.contained_figures import ContainedFigure
from lodebase.topics.by_products.store import ByProducts, ClassTotal, HostDeposit, OreTypeTotal, read_all_pairs
from lodedata.figures.by_products import FORMULA, PAIRS
from lodedata.figures.low_grade import load_low_grade_rules
from lodedata.messages import Label, Message, msg
from lodedata.vocab import load_vocabulary

NOT_ADDED = msg(
    "A sum is of one class and one pair: classes are not added, and a deposit may be in several pairs. Of several figures of a "
    "class in one deposit the latest counts, of one date the largest."
)


class PairParameters(Parameters):
    """The pair of metals."""

    pair: Annotated[str, Choice(tuple(PAIRS), msg("The metal and its ore."))] = next(iter(PAIRS))


@dataclass(frozen=True, slots=True)
class PairReport:
    """A pair with its totals over all types of ore."""

    pair: str
    host: str
    by_product: str
    ore_type: str | None
    deposits: int
    without_figure: int
    classes: tuple[ClassTotal, ...]


@dataclass(frozen=True, slots=True)
class LowGradeReport:
    """A rule of low-grade ore with the number of deposits that it selects."""

    rule: str
    label_en: str
    label_zh: str
    cut_off_pct: float
    industrial_pct: float
    note: str
    condition: str
    deposits: int


@dataclass(frozen=True, slots=True)
class ContainedMetalRow:
    """The metal in one class of a deposit as a row of a table; of a deposit without a figure the class is empty."""

    id: str
    name: Label
    country: str | None
    ore_type: str | None
    lon: float | None
    lat: float | None
    category: str | None
    ore_t: float | None
    grade_pct: float | None
    grade_basis: str | None
    metal_t: float | None
    as_reported: bool | None
    counted_in: str | None
    effective_date: str | None
    source: str | None


@dataclass(frozen=True, slots=True)
class ByProductReport:
    """The totals of every pair by class, and one pair by type of ore and deposit."""

    dataset_version: int = field(metadata=NOT_IN_DATA)
    found: Mapping[str, ByProducts] = field(metadata=NOT_IN_DATA)
    pairs: tuple[PairReport, ...]
    pair: str
    ore_types: tuple[OreTypeTotal, ...]
    deposits: tuple[HostDeposit, ...]
    formula: Message
    note: Message
    low_grade: tuple[LowGradeReport, ...]


def report_pair(services: OperationServices, parameters: PairParameters) -> ByProductReport:
    """Return the totals of every pair, and the deposits of one."""

    def count_low_grade(code: str) -> LowGradeReport:
        return _report_low_grade(services, code)

    with open_reading(services.engine) as connection:
        version = read_dataset_version(connection)
    all_pairs: Mapping[str, ByProducts] = services.figures.at(version, "by-products", lambda: read_all_pairs(services.engine))
    low_grade = services.figures.at(version, "low-grade", lambda: tuple(map(count_low_grade, load_low_grade_rules())))
    chosen = all_pairs[parameters.pair]
    return ByProductReport(
        dataset_version=chosen.dataset_version,
        found=all_pairs,
        pairs=tuple(_build_pair_report(code, pair_content) for code, pair_content in all_pairs.items()),
        pair=parameters.pair,
        ore_types=chosen.ore_types,
        deposits=chosen.deposits,
        formula=FORMULA,
        note=NOT_ADDED,
        low_grade=low_grade,
    )


def list_figures(report: ByProductReport) -> list[ContainedMetalRow]:
    """Return the figures of the deposits of the pair, one in each row, those with the most metal first."""
    return [_build_row(deposit, figure) for deposit in report.deposits for figure in deposit.figures or (None,)]


def _build_pair_report(code: str, pair_content: ByProducts) -> PairReport:
    total = pair_content.total
    counts = (total.ore_type, total.deposits, total.without_figure)
    return PairReport(code, pair_content.pair.host, pair_content.pair.by_product, *counts, total.classes)


def _build_row(host_deposit: HostDeposit, figure: ContainedFigure | None) -> ContainedMetalRow:
    values: dict[str, Any] = {} if figure is None else asdict(figure)
    return ContainedMetalRow(
        id=host_deposit.id,
        name=Label(host_deposit.name_en, host_deposit.name_zh),
        country=host_deposit.country,
        ore_type=host_deposit.ore_type,
        lon=host_deposit.lon,
        lat=host_deposit.lat,
        category=values.get("category"),
        ore_t=values.get("ore_t"),
        grade_pct=values.get("grade_pct"),
        grade_basis=values.get("grade_basis"),
        metal_t=values.get("metal_t"),
        as_reported=values.get("reported"),
        counted_in=values.get("counted_in"),
        effective_date=values.get("effective_date"),
        source=values.get("source"),
    )


def _report_low_grade(services: OperationServices, code: str) -> LowGradeReport:
    rule, term = load_low_grade_rules()[code], load_vocabulary("low-grade")[code]
    query = query_parser.parse_query_arguments(find_collection("deposits"), Arguments([("low_grade", code), ("limit", "1")]))
    matched = read_page(services.engine, query, Counts()).matched
    grades = (rule.cut_off_pct, rule.industrial_pct)
    return LowGradeReport(code, term.label_en, term.label_zh, *grades, term.note, rule.condition, matched)


PAIRS_REPORT = Operation(
    "by_products.pairs",
    "/api/by-products",
    msg("Co-occurring metals"),
    msg("Metals contained in the ore of another, by class of estimate and type of ore; classes are not added"),
    PairParameters,
    run=report_pair,
    result=ByProductReport,
    formats=(JSON, HTML, CSV, WORKBOOK),
    rows=list_figures,
    row=ContainedMetalRow,
    varies_by=("version",),
    page="/by-products",
    command=True,
)
OPERATIONS = (PAIRS_REPORT,)
