"""The supply of a stage if one country stopped, and the pipeline of capacity that is not built yet."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any

from sqlalchemy import text

from lodebase.errors import BadQuery
from lodebase.field_types import Code, Commodity, Country, Description, PartialDay
from lodebase.operations.formats import NOT_IN_DATA
from lodebase.operations.operation import OperationServices
from lodebase.operations.parameters import Parameters
from lodebase.query.reading import open_reading, read_dataset_version
from lodebase.series.overview import LatestShares, compute_latest_shares
from lodebase.topics.stats.commodities import AS_OF, AreaShare
from lodebase.topics.stats.league import PRODUCT
from lodebase.topics.stats.series_labels import label_of, stage_of
from lodedata.figures.leading_figures import list_coming_statuses, list_statuses_counted_as
from lodedata.messages import Label, Message, msg
from lodedata.statistics.derived import derive_concentration
from lodedata.statistics.leagues import League, list_leagues
from lodedata.vocab import label as vocabulary_label

LISTED = 5
PHASES = text(
    "SELECT c.project_id, p.country, c.product, c.basis, c.capacity_tpa, c.status, c.reason, f.start_date"
    " FROM lode.countable_phase c JOIN lode.phase f ON f.id = c.phase_id JOIN lode.project p ON p.id = c.project_id"
    " WHERE c.product = ANY(:products) AND c.status = ANY(:statuses)"
)
STOP_NOTE = msg(
    "What is missing in the year of the figures if the country produced nothing and no other country more. Idle and coming "
    "capacity of other countries is that of Lode's projects; it is not added to the supply."
)
PIPELINE_NOTE = msg(
    "Capacity of phases that are not built, as announced; a phase without a capacity is counted, not estimated. A start that "
    "no source states is not assumed."
)


class StopParameters(Parameters):
    """A commodity, its stage, and the country that stops."""

    commodity: Commodity
    stage: Annotated[str, Code("processing-stage")]
    area: Annotated[Country, Description(msg("The country that produces nothing."))]
    as_of: Annotated[PartialDay | None, AS_OF] = None

    @property
    def day(self) -> date | None:
        """The last day of ``as_of``."""
        return None if self.as_of is None else self.as_of.last


@dataclass(frozen=True, slots=True)
class SupplyWithout:
    """The supply of a stage with and without a country, in tonnes of its newest year; the index is in points of 10,000.

    Capacities are tonnes a year of Lode's projects in other countries, None for a stage that no product is compared with.
    """

    dataset_version: int = field(metadata=NOT_IN_DATA)
    commodity: str
    label: Label
    stage: str
    stage_label: Label
    area: str
    area_label: Label
    year: str
    supply_t: float
    lost_t: float
    lost_percent: float
    left_t: float
    hhi_low: float
    hhi_high: float
    hhi_without_low: float | None
    hhi_without_high: float | None
    leaders_without: tuple[AreaShare, ...]
    idle_elsewhere_tpa: float | None
    coming_elsewhere_tpa: float | None
    phases_without_figure: int
    withheld: tuple[str, ...]
    source: str
    release: str
    note: Message


def find_supply_without(services: OperationServices, parameters: StopParameters) -> SupplyWithout:
    """Return the supply without a country. Raises BadQuery for a stage without figures, or a country without one."""
    latest = compute_latest_shares(services.engine, parameters.day, parameters.commodity)
    latest_shares = next((latest_shares for latest_shares in latest if latest_shares.stage == parameters.stage), None)
    if latest_shares is None:
        stages = [latest_shares.stage for latest_shares in latest]
        sentence = msg('No production of the stage "%(value)s" is stored. Stages here: %(stages)s.', stages=stages or ["–"])
        raise BadQuery("stage", parameters.stage, sentence)
    lost = latest_shares.figures.values.get(parameters.area)
    if lost is None:
        largest_producers = [area for area, _ in _compute_shares(latest_shares)[:LISTED]]
        sentence = msg(
            'No figure of "%(value)s" is stored for this stage. Largest producers: %(areas)s.', areas=largest_producers
        )
        raise BadQuery("area", parameters.area, sentence)
    return _compute_supply_without(services, parameters, latest_shares, lost)


def _compute_shares(latest_shares: LatestShares) -> tuple[tuple[str, float], ...]:
    return () if latest_shares.figures.concentration is None else latest_shares.figures.concentration.shares


def _compute_supply_without(
    services: OperationServices, of: StopParameters, latest_shares: LatestShares, lost: float
) -> SupplyWithout:
    now = latest_shares.figures.concentration
    assert now is not None
    rest = derive_concentration({area: value for area, value in latest_shares.figures.values.items() if area != of.area})
    league = next(
        (
            candidate
            for candidate in list_leagues().values()
            if (candidate.commodity, candidate.stage) == (of.commodity, of.stage)
        ),
        None,
    )
    idle, coming, without = (None, None, 0) if league is None else _sum_capacity_elsewhere(services, league, of.area)
    with open_reading(services.engine) as connection:
        version = read_dataset_version(connection)
    return SupplyWithout(
        dataset_version=version,
        commodity=of.commodity,
        label=label_of("commodity", of.commodity),
        stage=of.stage,
        stage_label=stage_of(of.commodity, of.stage),
        area=of.area,
        area_label=label_of("area", of.area),
        year=latest_shares.figures.year,
        supply_t=now.total,
        lost_t=lost,
        lost_percent=100 * lost / now.total,
        left_t=now.total - lost,
        hhi_low=now.hhi_low,
        hhi_high=now.hhi_high,
        hhi_without_low=None if rest is None else rest.hhi_low,
        hhi_without_high=None if rest is None else rest.hhi_high,
        leaders_without=()
        if rest is None
        else tuple(AreaShare(area, label_of("area", area), share) for area, share in rest.shares[:LISTED]),
        idle_elsewhere_tpa=idle,
        coming_elsewhere_tpa=coming,
        phases_without_figure=without,
        withheld=now.withheld,
        source=latest_shares.source,
        release=latest_shares.release,
        note=STOP_NOTE,
    )


def _sum_capacity_elsewhere(services: OperationServices, league: League, area: str) -> tuple[float, float, int]:
    """Return the idle and the coming capacity of other countries, and the number of their phases without a figure."""
    idle, coming = list_statuses_counted_as("idle"), list_coming_statuses()
    rows = [row for row in _read_phases(services, league, [*idle, *coming]) if row["country"] != area]
    sums = [
        sum(
            _compute_tonnes(league, row) or 0.0
            for row in rows
            if row["status"] in statuses and row["reason"] in (None, "not-built")
        )
        for statuses in (idle, coming)
    ]
    return sums[0], sums[1], sum(row["reason"] == "no-figure" for row in rows)


def _read_phases(services: OperationServices, league: League, statuses: Sequence[str]) -> list[Mapping[str, Any]]:
    with open_reading(services.engine, "one") as connection:
        values = {"products": list(league.factors), "statuses": list(statuses)}
        return [dict(row) for row in connection.execute(PHASES, values).mappings()]


def _compute_tonnes(league: League, row: Mapping[str, Any]) -> float | None:
    tpa = row["capacity_tpa"]
    return None if tpa is None else league.tonnes(row["product"], row["basis"], tpa)


class PipelineParameters(Parameters):
    """A product, and a country."""

    product: Annotated[str, PRODUCT]
    area: Annotated[Country | None, Description(msg("The country of the projects; all by default."))] = None


@dataclass(frozen=True, slots=True)
class PipelineRow:
    """Capacity to come by start year and status, in tonnes a year; ``start`` is None where no source states it."""

    start: str | None
    status: str
    status_label: Label
    capacity_tpa: float
    projects: int
    phases_without_figure: int


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Phases that are not built yet, by start year and status, the first start first."""

    dataset_version: int = field(metadata=NOT_IN_DATA)
    product: str
    label: Message
    unit: Label
    area: str | None
    capacity_tpa: float
    phases_left_out: int
    note: Message
    rows: tuple[PipelineRow, ...]


def find_pipeline(services: OperationServices, parameters: PipelineParameters) -> Pipeline:
    """Return the capacity to come of a product by start year and status."""
    league = list_leagues()[parameters.product]
    rows = _read_phases(services, league, list_coming_statuses())
    rows = [row for row in rows if parameters.area in (None, row["country"]) and row["reason"] in ("not-built", "no-figure")]
    groups: dict[tuple[str | None, str], list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[None if row["start_date"] is None else str(row["start_date"])[:4], row["status"]].append(row)
    order = sorted(groups.items(), key=lambda pair: (pair[0][0] is None, pair[0][0] or "", pair[0][1]))
    pipeline_rows = tuple(_build_pipeline_row(*key, of, league) for key, of in order)
    with open_reading(services.engine) as connection:
        version = read_dataset_version(connection)
    left_out = sum(row["reason"] == "not-built" and _compute_tonnes(league, row) is None for row in rows)
    total = sum(pipeline_row.capacity_tpa for pipeline_row in pipeline_rows)
    return Pipeline(
        version, league.code, league.label, league.unit, parameters.area, total, left_out, PIPELINE_NOTE, pipeline_rows
    )


def _build_pipeline_row(start: str | None, status: str, rows: Sequence[Mapping[str, Any]], league: League) -> PipelineRow:
    return PipelineRow(
        start=start,
        status=status,
        status_label=vocabulary_label("status", status),
        capacity_tpa=sum(_compute_tonnes(league, row) or 0.0 for row in rows),
        projects=len({row["project_id"] for row in rows}),
        phases_without_figure=sum(row["reason"] == "no-figure" for row in rows),
    )
