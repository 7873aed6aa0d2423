"""Operations on statistics: commodities at a glance, countries, companies by capacity, pipelines, supply, prices."""

from collections.abc import Callable
from functools import partial

from lodebase.operations.formats import CSV, HTML, JSON, OperationFormat
from lodebase.operations.operation import Operation
from lodebase.operations.workbooks import WORKBOOK
from lodebase.series import observation_files
from lodebase.series.observation_files import Rows
from lodebase.topics.stats.areas import AreaFigure, AreaParameters, AreaReport, show_area
from lodebase.topics.stats.changes import ChangesParameters, LoadedObservation, StatisticsChanges, find_changes
from lodebase.topics.stats.commodities import CommodityFigures, CommodityOverview, OverviewParameters, show_commodities
from lodebase.topics.stats.league import LeagueParameters, LeagueRow, LeagueTable, find_league
from lodebase.topics.stats.national import (
    ApparentConsumption,
    CapacityReport,
    CountryReserves,
    CountryShares,
    PlanTargets,
    compare_capacity,
    list_reserves,
    list_targets,
    measure_consumption,
    measure_shares,
)
from lodebase.topics.stats.prices import PricePoint, Prices, PricesParameters, find_prices_of
from lodebase.topics.stats.publishers import (
    DifferencesParameters,
    FigureDifference,
    FigureDifferences,
    find_differences,
)
from lodebase.topics.stats.series import (
    ObservationsOfQuery,
    PackedSeries,
    SeriesOfQuery,
    list_observations,
    list_series,
    pack_series,
)
from lodebase.topics.stats.series_parameters import (
    ConcentrationParameters,
    ConsumptionParameters,
    CoverageParameters,
    ObservationsParameters,
    ReleasesParameters,
    ReservesParameters,
    SeriesParameters,
    TargetsParameters,
)
from lodebase.topics.stats.supply import (
    Pipeline,
    PipelineParameters,
    PipelineRow,
    StopParameters,
    SupplyWithout,
    find_pipeline,
    find_supply_without,
)
from lodedata.messages import msg


def _write_observations(query: ObservationsOfQuery, _language: str, write: Callable[[Rows], bytes]) -> bytes:
    return write(query.rows)


OVERVIEW = Operation(
    "stats.overview",
    "/api/statistics/overview",
    msg("Statistics"),
    msg("World output, leading countries, concentration and price of each commodity and stage, by the newest edition"),
    OverviewParameters,
    run=show_commodities,
    result=CommodityOverview,
    formats=(JSON, HTML, CSV, WORKBOOK),
    rows=lambda result: result.commodities,
    row=CommodityFigures,
    varies_by=("version", "day"),
    page="/statistics",
    command=True,
)
LEAGUE = Operation(
    "stats.league",
    "/api/statistics/league",
    msg("Companies by capacity"),
    msg("Companies by operating capacity for a product, with shares and concentration by company: a model"),
    LeagueParameters,
    run=find_league,
    result=LeagueTable,
    formats=(JSON, HTML, CSV, WORKBOOK),
    rows=lambda result: result.companies,
    row=LeagueRow,
    varies_by=("version",),
    page="/statistics/league/<product>",
    command=True,
)
AREA = Operation(
    "stats.area",
    "/api/statistics/area",
    msg("Statistics of a country"),
    msg("What a country mines, refines, holds and builds, with its share and rank, by the newest editions"),
    AreaParameters,
    run=show_area,
    result=AreaReport,
    formats=(JSON, HTML, CSV, WORKBOOK),
    rows=lambda result: result.figures,
    row=AreaFigure,
    varies_by=("version", "day"),
    page="/statistics/areas/<area>",
    command=True,
)
SUPPLY_WITHOUT = Operation(
    "stats.supply_without",
    "/api/statistics/supply-without",
    msg("Supply without one country"),
    msg("The supply of a stage if one country stopped: what is missing, concentration, idle and coming capacity elsewhere"),
    StopParameters,
    run=find_supply_without,
    result=SupplyWithout,
    formats=(JSON, HTML, CSV, WORKBOOK),
    rows=lambda result: (result,),
    row=SupplyWithout,
    varies_by=("version", "day"),
    page="/statistics/supply-without",
    command=True,
)
PIPELINE = Operation(
    "stats.pipeline",
    "/api/statistics/pipeline",
    msg("Capacity to come"),
    msg("Capacity that is not built yet by start year and status"),
    PipelineParameters,
    run=find_pipeline,
    result=Pipeline,
    formats=(JSON, HTML, CSV, WORKBOOK),
    rows=lambda result: result.rows,
    row=PipelineRow,
    varies_by=("version",),
    page="/statistics/pipeline/<product>",
    command=True,
)
PRICES = Operation(
    "stats.prices",
    "/api/statistics/prices",
    msg("Prices"),
    msg("Prices with specification, market, unit, currency, basis and publisher, and several metals on one index"),
    PricesParameters,
    run=find_prices_of,
    result=Prices,
    formats=(JSON, HTML, CSV, WORKBOOK),
    rows=lambda result: [point for price_series in result.series for point in price_series.points],
    row=PricePoint,
    varies_by=("version",),
    page="/statistics/prices",
    command=True,
)
CHANGES = Operation(
    "stats.changes",
    "/api/statistics/changes",
    msg("Changes of statistics"),
    msg("Releases of statistics that were loaded after a version, and their observations with the values that they revise"),
    ChangesParameters,
    run=find_changes,
    result=StatisticsChanges,
    formats=(JSON, HTML, CSV, WORKBOOK),
    rows=lambda result: result.observations,
    row=LoadedObservation,
    varies_by=("version",),
    command=True,
)
DIFFERENCES = Operation(
    "stats.differences",
    "/api/statistics/differences",
    msg("Differences between publishers"),
    msg("Figures of several publishers of the same area and year that differ, by how much, and what their flags say about it"),
    DifferencesParameters,
    run=find_differences,
    result=FigureDifferences,
    formats=(JSON, HTML, CSV, WORKBOOK),
    rows=lambda result: result.differences,
    row=FigureDifference,
    varies_by=("version",),
    command=True,
)
ZIP = OperationFormat("zip", "application/zip", "file", suffix=".zip")
OBSERVATION_FILES = {
    OperationFormat(name, file_format.media_type, "file", suffix=f".{file_format.suffix}"): file_format.write
    for name, file_format in observation_files.FORMATS.items()
}
SERIES = Operation(
    "stats.series",
    "/api/statistics/series",
    msg("Series of statistics"),
    msg("The series that match, with the number by value of each dimension"),
    SeriesParameters,
    run=list_series,
    result=SeriesOfQuery,
    varies_by=("version",),
    command=True,
)
OBSERVATIONS = Operation(
    "stats.observations",
    "/api/statistics/observations",
    msg("Observations"),
    msg("The observations that match, with the text that was printed and its flags"),
    ObservationsParameters,
    run=list_observations,
    result=ObservationsOfQuery,
    varies_by=("version",),
    formats=(JSON, HTML, *OBSERVATION_FILES),
    writers={
        operation_format: partial(_write_observations, write=write) for operation_format, write in OBSERVATION_FILES.items()
    },
    file_name="observations",
    command=True,
)
CONCENTRATION = Operation(
    "stats.concentration",
    "/api/statistics/concentration",
    msg("Concentration"),
    msg("The shares of countries by year, with the Herfindahl-Hirschman index as a range"),
    ConcentrationParameters,
    run=measure_shares,
    result=CountryShares,
    varies_by=("version",),
    command=True,
)
RESERVES = Operation(
    "stats.national_reserves",
    "/api/statistics/reserves",
    msg("Reserves"),
    msg("Reserves by country and their ratio to production, which is no lifetime"),
    ReservesParameters,
    run=list_reserves,
    result=CountryReserves,
    varies_by=("version",),
    command=True,
)
COVERAGE = Operation(
    "stats.coverage",
    "/api/statistics/coverage",
    msg("Capacity and output"),
    msg("The capacity of Lode's projects next to the output of an area; without parameters the sums of all countries"),
    CoverageParameters,
    run=compare_capacity,
    result=CapacityReport,
    varies_by=("version",),
    command=True,
)
CONSUMPTION = Operation(
    "stats.consumption",
    "/api/statistics/consumption",
    msg("Apparent consumption"),
    msg("Apparent consumption and net import reliance by year, from output, trade and stocks of one stage and basis"),
    ConsumptionParameters,
    run=measure_consumption,
    result=ApparentConsumption,
    varies_by=("version",),
    command=True,
)
PACKAGE = Operation(
    "stats.package",
    "/api/statistics/package",
    msg("Statistics over time"),
    msg("All series and observations, or those that match, as a Data Package"),
    ReleasesParameters,
    run=pack_series,
    result=PackedSeries,
    varies_by=("version",),
    formats=(ZIP,),
    file_name="lode-statistics",
)
TARGETS = Operation(
    "stats.targets",
    "/api/statistics/targets",
    msg("Targets"),
    msg("The targets of plans, each met, on track, behind or without data, with the reason"),
    TargetsParameters,
    run=list_targets,
    result=PlanTargets,
    varies_by=("version",),
    command=True,
)
OPERATIONS = (
    OVERVIEW,
    LEAGUE,
    AREA,
    SUPPLY_WITHOUT,
    PIPELINE,
    PRICES,
    CHANGES,
    DIFFERENCES,
    SERIES,
    OBSERVATIONS,
    CONCENTRATION,
    RESERVES,
    COVERAGE,
    CONSUMPTION,
    PACKAGE,
    TARGETS,
)
