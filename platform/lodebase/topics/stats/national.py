"""Figures of countries derived from series: shares, reserves, capacity and output, consumption, and targets of plans."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lodebase.history import dataset_state
from lodebase.operations.formats import NOT_IN_DATA
from lodebase.operations.operation import OperationServices
from lodebase.series import national_figures
from lodebase.series.balances import YearBalance, compute_year_balances
from lodebase.series.national_figures import YearFigures
from lodebase.series.national_sums import NationalFigures, read_national_figures, sum_data
from lodebase.series.series_query import SeriesQuery, find_observations
from lodebase.topics.stats.series import describe_flags
from lodebase.topics.stats.series_labels import label_codes
from lodebase.topics.stats.series_parameters import (
    ConcentrationParameters,
    ConsumptionParameters,
    CoverageParameters,
    ReservesParameters,
    TargetsParameters,
    require_one,
)
from lodedata.figures.national_output import MAX_OUTPUT_RATIO
from lodedata.messages import Message, Translatable
from lodedata.statistics import derived
from lodedata.statistics.series import WORLD
from lodedata.statistics.targets import Progress, TargetFigure
from lodedata.vocab import load_vocabulary

Formulas = Mapping[str, Translatable]


@dataclass(frozen=True, slots=True)
class AreaValueShare:
    """The value of an area and its share in per cent."""

    area: str
    label_en: str
    label_zh: str
    value: float | None
    share_percent: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SharesOfYear:
    """The shares of countries in a year with the Herfindahl-Hirschman index as a range; None where no value is known."""

    year: str
    sum: float | None
    printed_total: float | None
    hhi_low: float | None
    hhi_high: float | None
    top_three_percent: float | None
    withheld: tuple[str, ...]
    rest_percent: float | None
    areas: tuple[AreaValueShare, ...]


@dataclass(frozen=True, slots=True)
class CountryShares:
    """The shares of countries by year."""

    dataset_version: int = field(metadata=NOT_IN_DATA)
    formula: Formulas
    unit: str | None
    years: tuple[SharesOfYear, ...]


@dataclass(frozen=True, slots=True)
class CountryReserves:
    """Reserves by country and their ratio to the production of the year, which is no lifetime."""

    dataset_version: int = field(metadata=NOT_IN_DATA)
    formula: Translatable
    reserves: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class CapacityReport:
    """Capacities of Lode's projects next to outputs."""

    dataset_version: int = field(metadata=NOT_IN_DATA)


@dataclass(frozen=True, slots=True)
class NationalSums(CapacityReport):
    """The sums of all countries and stages, and the figures that are held."""

    bound_percent: float
    sums: tuple[Mapping[str, Any], ...]
    held: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageOfArea:
    """The capacity of the projects of an area next to its output, in tonnes a year."""

    area: str
    label_en: str
    label_zh: str
    year: str | None
    output_t: float | None
    operating_tpa: float | None
    coming_tpa: float | None
    sites: int
    without_figure: int
    left_out: int
    coverage_percent: float | None
    utilisation_percent: float | None


@dataclass(frozen=True, slots=True)
class AreaCoverages(CapacityReport):
    """The coverage of areas, and the formulas of the two ratios."""

    formula: Formulas
    areas: tuple[CoverageOfArea, ...]


@dataclass(frozen=True, slots=True)
class ConsumptionOfYear:
    """Apparent consumption and net import reliance of a year with the inputs, or the reason why they are not known."""

    year: str
    basis: str
    inputs: Mapping[str, float]
    stocks_known: bool
    consumption: float | None
    net_import_reliance_percent: float | None
    reason: Translatable | None


@dataclass(frozen=True, slots=True)
class ApparentConsumption:
    """Apparent consumption and net import reliance of an area by year."""

    dataset_version: int = field(metadata=NOT_IN_DATA)
    formula: Formulas
    years: tuple[ConsumptionOfYear, ...]


@dataclass(frozen=True, slots=True)
class FigureOfTarget:
    """A figure that the state of a target rests on."""

    year: int
    value: float
    source: str
    release: str
    obs_status: str
    obs_status_label_en: str
    obs_status_label_zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetProgress:
    """The target of a plan with its progress and the reason."""

    id: str
    title_en: str
    title_zh: str
    kind: str
    value: float
    unit: str
    base_year: int | None
    deadline: int
    clause: str | None
    mark: str
    instrument_en: str
    instrument_zh: str
    note_en: str
    note_zh: str
    state: str
    state_label_en: str
    state_label_zh: str
    reason_en: str
    reason_zh: str
    year: int | None
    latest: float | None
    needed: float | None
    share_percent: float | None
    figures: tuple[FigureOfTarget, ...]


@dataclass(frozen=True, slots=True)
class PlanTargets:
    """The targets of plans."""

    dataset_version: int = field(metadata=NOT_IN_DATA)
    targets: tuple[TargetProgress, ...]


def measure_shares(services: OperationServices, parameters: ConcentrationParameters) -> CountryShares:
    """Return the shares of countries by year with the Herfindahl-Hirschman index as a range."""
    filters = {
        "indicator": parameters.indicator,
        "commodity": (parameters.commodity,),
        "stage": (parameters.stage,),
        "source": (parameters.source,),
        "freq": ("A",),
        "transformation": ("level",),
    }
    observations = find_observations(services.engine, SeriesQuery(filters, as_of=parameters.as_of))
    unit = observations.rows[0]["base_unit"] if observations.rows else None
    years = tuple(_describe_year(year_figure) for year_figure in national_figures.collect_year_figures(observations.rows))
    formulas: dict[str, Message] = {"share": derived.SHARE_FORMULA, "hhi": derived.HHI_FORMULA}
    return CountryShares(observations.dataset_version, formulas, unit, years)


def _describe_year(year_figures: YearFigures) -> SharesOfYear:
    concentration = year_figures.concentration
    return SharesOfYear(
        year=year_figures.year,
        sum=None if concentration is None else concentration.total,
        printed_total=year_figures.printed_total,
        hhi_low=None if concentration is None else concentration.hhi_low,
        hhi_high=None if concentration is None else concentration.hhi_high,
        top_three_percent=None if concentration is None else concentration.top_three,
        withheld=() if concentration is None else tuple(concentration.withheld),
        rest_percent=None if concentration is None else concentration.rest_share,
        areas=()
        if concentration is None
        else tuple(
            AreaValueShare(area, **label_codes("area", area), value=year_figures.values[area], share_percent=share)
            for area, share in concentration.shares
        ),
    )


def list_reserves(services: OperationServices, parameters: ReservesParameters) -> CountryReserves:
    """Return reserves by country and their ratio to the production of the year, which is no lifetime."""
    rows = national_figures.list_reserves(services.engine, parameters.commodity, parameters.as_of)
    described = tuple({**row, **label_codes("area", row["area"]), **describe_flags(row)} for row in rows)
    return CountryReserves(dataset_state.read_version(services.engine).number, derived.RP_FORMULA, described)


def compare_capacity(services: OperationServices, parameters: CoverageParameters) -> CapacityReport:
    """Return the capacity of Lode's projects next to the output of areas; without parameters the sums of all countries."""
    commodity, stage, day = parameters.commodity, parameters.stage, parameters.as_of
    if commodity is None and stage is None and not parameters.area and day is None:
        version, figures = find_national_figures(services)
        return NationalSums(version, MAX_OUTPUT_RATIO * 100, tuple(map(sum_data, figures.sums)), figures.held)
    commodity = require_one("commodity", () if commodity is None else (commodity,))
    stage = require_one("stage", () if stage is None else (stage,))
    areas = (_cover(services, commodity, stage, area, parameters) for area in parameters.area or (WORLD,))
    formulas: dict[str, Message] = {"coverage": derived.COVERAGE_FORMULA, "utilisation": derived.UTILISATION_FORMULA}
    coverages = tuple(area for area in areas if area is not None)
    return AreaCoverages(dataset_state.read_version(services.engine).number, formulas, coverages)


def _cover(
    services: OperationServices, commodity: str, stage: str, area: str, parameters: CoverageParameters
) -> CoverageOfArea | None:
    coverage = national_figures.compare_coverage(services.engine, commodity, stage, area, parameters.as_of)
    if coverage is None:
        return None
    return CoverageOfArea(
        area=area,
        **label_codes("area", area),
        year=coverage.year,
        output_t=coverage.output,
        operating_tpa=coverage.operating,
        coming_tpa=coverage.coming,
        sites=coverage.sites,
        without_figure=coverage.without_figure,
        left_out=coverage.left_out,
        coverage_percent=coverage.coverage.low,
        utilisation_percent=coverage.utilisation.low,
    )


def find_national_figures(services: OperationServices) -> tuple[int, NationalFigures]:
    """Return the dataset version, and the sums of capacities and the held figures of it."""
    version = dataset_state.read_version(services.engine).number
    figures: NationalFigures = services.figures.at(version, "national-sums", lambda: read_national_figures(services.engine))
    return version, figures


def measure_consumption(services: OperationServices, parameters: ConsumptionParameters) -> ApparentConsumption:
    """Return apparent consumption and net import reliance of an area by year, each with its inputs or its reason."""
    year_balances = compute_year_balances(
        services.engine, parameters.commodity, parameters.stage, parameters.area, parameters.as_of
    )
    formulas: dict[str, Message] = {"consumption": derived.CONSUMPTION_FORMULA, "reliance": derived.RELIANCE_FORMULA}
    version = dataset_state.read_version(services.engine).number
    return ApparentConsumption(version, formulas, tuple(_describe_balance(year_balance) for year_balance in year_balances))


def _describe_balance(year_balance: YearBalance) -> ConsumptionOfYear:
    reason = year_balance.consumption.reason or year_balance.reliance.reason
    return ConsumptionOfYear(
        year_balance.year,
        year_balance.basis,
        year_balance.inputs,
        year_balance.stocks_known,
        year_balance.consumption.low,
        year_balance.reliance.low,
        reason,
    )


def list_targets(services: OperationServices, parameters: TargetsParameters) -> PlanTargets:
    """Return the targets of plans, each with its progress and the reason."""
    version, progresses = national_figures.read_target_progress(services.engine, parameters.as_of)
    return PlanTargets(version, tuple(_describe_target(progress) for progress in progresses))


def _describe_target(progress: Progress) -> TargetProgress:
    target = progress.target
    return TargetProgress(
        id=target.id,
        **_translate_text("title", target.title),
        kind=target.kind,
        value=target.base_value,
        unit=target.unit,
        base_year=target.base_year,
        deadline=target.deadline,
        clause=target.clause,
        mark=target.mark,
        **_translate_text("instrument", target.instrument),
        **_translate_text("note", target.note),
        state=progress.state,
        **_translate_text("state_label", progress.label),
        **_translate_text("reason", progress.reason),
        year=progress.year,
        latest=progress.value,
        needed=progress.needed,
        share_percent=progress.share,
        figures=tuple(_describe_figure(figure) for figure in progress.figures),
    )


def _translate_text(name: str, text: Translatable) -> Mapping[str, Any]:
    return {f"{name}_{lang}": text.in_language(lang) for lang in ("en", "zh")}


def _describe_figure(figure: TargetFigure) -> FigureOfTarget:
    term = load_vocabulary("observation-status")[figure.status]
    return FigureOfTarget(figure.year, figure.value, figure.source, figure.release, figure.status, term.label_en, term.label_zh)
