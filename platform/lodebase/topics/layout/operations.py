"""Operations of the layout check: its rules, pairs of existing sites, siting of a plant on a grid, and reports on plants."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import orjson

from lodebase.errors import BadCandidate, BadQuery
from lodebase.layout import pairs, siting
from lodebase.layout.pairs import ClusterQuery, SitePairs, find_pairs
from lodebase.layout.planned.candidate import MAX_PLANTS
from lodebase.layout.reports.formats.report_formats import REPORT_FORMATS
from lodebase.layout.reports.saved_reports import SavedReport
from lodebase.layout.rulebook import load_rulebook
from lodebase.layout.siting import SitingGrid, SitingQuery, compute_siting_grid
from lodebase.operations.formats import CSV, GEOJSON, HTML, JSON, OperationFormat
from lodebase.operations.operation import Operation, OperationProcess, OperationServices
from lodebase.topics.layout.parameters import PairsParameters, RulesParameters, SitingParameters
from lodebase.topics.layout.plant import (
    MAX_PLANTS_AT_ONCE,
    PLANTS_PROCESS,
    DaysParameters,
    FindingsOfDays,
    PlantDataParameters,
    PlantInput,
    PlantReport,
    PlantReports,
    PlantsDataParameters,
    SentPlantsParameters,
    check_plant,
    check_plant_data,
    check_plants,
    check_plants_data,
    compare_days,
    order_plant_checks,
)
from lodebase.topics.layout.saved_plants import (
    CollectionParameters,
    SavedComparison,
    SavedComparisonParameters,
    SavedPlace,
    SavedReportParameters,
    SavedReports,
    SaveParameters,
    compare_saved_reports,
    list_saved_reports,
    read_saved_report,
    save_plant,
)
from lodebase.topics.layout.sites import SiteRanking, SitesParameters, count_sites, rank_sites, write_sites
from lodedata.messages import msg
from lodedata.rules import Instrument, determine_legal_status


@dataclass(frozen=True, slots=True)
class RulesOfDay:
    """The instruments with rules, each rule with its legal status on a day, as they are declared."""

    on: date
    product: str | None
    rules_sha256: str
    instruments: tuple[Mapping[str, object], ...]


def list_rules(services: OperationServices, parameters: RulesParameters) -> RulesOfDay:
    """Return the instruments and their rules, each rule with its legal status on a day."""
    on, rulebook = parameters.on or services.today, load_rulebook(services.settings)
    instruments = (_describe(instrument, on, parameters.product) for instrument in rulebook.instruments)
    return RulesOfDay(
        on, parameters.product, rulebook.sha256, tuple(instrument for instrument in instruments if instrument["rules"])
    )


def _describe(instrument: Instrument, on: date, product: str | None) -> Mapping[str, object]:
    rules = [rule for rule in instrument.rules if product is None or product in rule.products]
    described = [rule.model_dump(mode="json") | {"standing": determine_legal_status(instrument, rule, on)} for rule in rules]
    return instrument.model_dump(mode="json", exclude={"rules"}) | {"rules": described}


def find_overlaps(services: OperationServices, parameters: PairsParameters) -> SitePairs:
    """Return pairs and clusters of sites of one product, provinces ranked, and H3 cells."""
    query = ClusterQuery(parameters.product, parameters.within_km, parameters.country, parameters.within, parameters.resolution)
    return find_pairs(services.engine, query, parameters.version)


def count_findings(services: OperationServices, parameters: SitingParameters) -> SitingGrid:
    """Return the number of rules that a plant would meet and not meet in each cell. Raises BadQuery."""
    query = SitingQuery(
        parameters.product,
        parameters.on or services.today,
        parameters.capacity_tpa,
        parameters.country,
        parameters.within,
        parameters.resolution,
    )
    try:
        return compute_siting_grid(
            services.engine, services.figures, query, load_rulebook(services.settings), parameters.version
        )
    except BadCandidate as refused:
        capacity = "" if parameters.capacity_tpa is None else f"{parameters.capacity_tpa:g}"
        raise BadQuery("capacity_tpa", capacity, refused.wrong[0].message) from None


RULES = Operation(
    "layout.rules",
    "/api/layout/rules",
    msg("Rules of the layout check"),
    msg("The rules of the layout check, each with its legal status on a date"),
    RulesParameters,
    run=list_rules,
    result=RulesOfDay,
    varies_by=("day", "rules"),
    page="/layout/rules",
    command=True,
)
PAIRS = Operation(
    "layout.pairs",
    "/api/layout/pairs",
    msg("Existing clusters"),
    msg("Pairs and clusters of sites of one product, provinces ranked, and H3 cells; as GeoJSON the map's layers"),
    PairsParameters,
    run=find_overlaps,
    result=SitePairs,
    formats=(JSON, GEOJSON, HTML),
    writers={GEOJSON: lambda site_pairs, _language: orjson.dumps(pairs.draw_layers(site_pairs))},
    varies_by=("version",),
    cost="heavy",
    page="/layout/pairs",
    command=True,
)
SITING = Operation(
    "layout.siting",
    "/api/layout/siting",
    msg("Clauses compared over the country"),
    msg("The number of rules that a plant would meet, not meet or lack data for in each H3 cell: counts, never a verdict"),
    SitingParameters,
    run=count_findings,
    result=SitingGrid,
    formats=(JSON, GEOJSON, HTML),
    writers={GEOJSON: lambda siting_grid, _language: orjson.dumps(siting.draw_layers(siting_grid))},
    varies_by=("version", "day", "rules"),
    cost="heavy",
    page="/layout/siting",
    command=True,
)
REPORT_FILES = tuple(
    OperationFormat(report_format.name, report_format.media_type, "object" if report_format.name == "geojson" else "file")
    for report_format in REPORT_FORMATS.values()
)
CHECK = Operation(
    "layout.check",
    "/api/layout/check",
    msg("Layout check"),
    msg("The report on the planned plant in the query string: findings with rule, figure and source, never an approval"),
    PlantInput,
    run=check_plant,
    result=PlantReport,
    formats=(JSON, HTML, *REPORT_FILES),
    varies_by=("version", "day", "rules"),
    cost="heavy",
    processes=(
        OperationProcess(
            "layout-check",
            msg("Layout check"),
            msg("The figures around a planned plant, and the findings by the rules in force on its day."),
            msg("The report on the planned plant"),
            "report",
            parameters=PlantDataParameters,
            run=check_plant_data,
        ),
    ),
)
CHECK_PLANTS = Operation(
    "layout.check_plants",
    "/api/layout/check",
    msg("Layout check"),
    msg(
        "The report on each planned plant of the body, a Feature or a FeatureCollection of up to %(most)s; for more than "
        "%(at_once)s plants the job that makes them",
        most=MAX_PLANTS,
        at_once=MAX_PLANTS_AT_ONCE,
    ),
    SentPlantsParameters,
    run=check_plants,
    result=PlantReports,
    formats=(JSON, HTML, *REPORT_FILES),
    cost="heavy",
    method="POST",
    file_parameter="plants",
    job=order_plant_checks,
    processes=(
        OperationProcess(
            PLANTS_PROCESS,
            msg("Layout checks of several plants"),
            msg("The report of the layout check on each of several planned plants."),
            msg("The reports, in the order of the plants"),
            "reports",
            takes_long=True,
            parameters=PlantsDataParameters,
            run=check_plants_data,
        ),
    ),
)
BY_DAY = Operation(
    "layout.by_day",
    "/api/layout/by-day",
    msg("The same site under the rules of other dates"),
    msg("The findings on a planned plant under the rules of several dates"),
    DaysParameters,
    run=compare_days,
    result=FindingsOfDays,
    varies_by=("version", "day", "rules"),
    cost="heavy",
    command=True,
)
SITES = Operation(
    "layout.sites",
    "/api/layout/sites",
    msg("Sites side by side"),
    msg("The same plant at several sites, ranked by criteria with weights; a rank is no decision on a site"),
    SitesParameters,
    run=rank_sites,
    result=SiteRanking,
    formats=(JSON, HTML, CSV),
    writers={CSV: write_sites},
    cost="heavy",
    count=count_sites,
    command=True,
    process=True,
    file_name="lode-sites",
)
_READS = "reads what is saved under an address that can't be guessed"
SAVED_REPORTS = "/layout/reports"
"""The address of the page about saved reports; that of their data begins with /api."""
_ONE_COLLECTION = f"{SAVED_REPORTS}/<collection>"
_ONE_REPORT = f"{_ONE_COLLECTION}/<number>"
_COMPARISON = f"{_ONE_REPORT}/compare"
SAVE_REPORT = Operation(
    "layout.save_report",
    f"/api{SAVED_REPORTS}",
    msg("Saved report"),
    msg("Save the report on the planned plant of the body, under a URL that nobody can guess"),
    SaveParameters,
    run=save_plant,
    result=SavedPlace,
    cost="heavy",
    primary=True,
    method="POST",
    file_parameter="plant",
    for_visitors="saves a report under an address that can't be guessed; counted by client",
    address_of=lambda saved: f"/api{SAVED_REPORTS}/{saved.collection}/{saved.number}",
)
COLLECTION = Operation(
    "layout.saved_reports",
    f"/api{_ONE_COLLECTION}",
    msg("Saved reports"),
    msg("The saved reports of a collection"),
    CollectionParameters,
    run=list_saved_reports,
    result=SavedReports,
    cost="heavy",
    primary=True,
    for_visitors=_READS,
    aliases=(_ONE_COLLECTION,),
)
SAVED_REPORT = Operation(
    "layout.saved_report",
    f"/api{_ONE_REPORT}",
    msg("Saved report"),
    msg("A saved report, unchanged"),
    SavedReportParameters,
    run=read_saved_report,
    result=SavedReport,
    formats=(JSON, HTML, *REPORT_FILES),
    cost="heavy",
    primary=True,
    for_visitors=_READS,
    aliases=(_ONE_REPORT,),
)
COMPARISON = Operation(
    "layout.compare_saved_reports",
    f"/api{_COMPARISON}",
    msg("Changes"),
    msg("The differences between a saved report and another one, or today"),
    SavedComparisonParameters,
    run=compare_saved_reports,
    result=SavedComparison,
    cost="heavy",
    primary=True,
    for_visitors=_READS,
    aliases=(_COMPARISON,),
)
OPERATIONS = (RULES, PAIRS, SITING, CHECK, CHECK_PLANTS, BY_DAY, SITES, SAVE_REPORT, COLLECTION, SAVED_REPORT, COMPARISON)
