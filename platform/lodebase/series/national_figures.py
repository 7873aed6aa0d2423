"""Figures of a commodity over the years: shares and concentration, reserves and their ratio, targets, coverage by Lode."""

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Engine, bindparam, text

from lodebase.query.reading import open_reading
from lodebase.series.series_query import SeriesQuery, find_observations
from lodedata.figures.national_output import UNLIKE_CONTENT, load_output_stages
from lodedata.statistics import derived
from lodedata.statistics.derived import Concentration, Derived
from lodedata.statistics.series import WORLD
from lodedata.statistics.targets import Progress, TargetFigure, evaluate_progress, list_plan_targets
from lodedata.statistics.totals import TOTALS

COMPARABLE = ("source", "basis", "base_unit", "area")
"""What reserves and the production that they are divided by have in common."""
OPERATING = ("operating", "commissioning", "intermittent")
COMING = ("construction", "permitted", "pre-permit", "announced")
CAPACITIES = text(
    "SELECT p.country, f.status, sum(f.capacity_tpa) FILTER (WHERE c.counts OR c.reason = 'not-built') AS tpa,"
    " count(DISTINCT p.id) AS sites, count(*) FILTER (WHERE c.reason = 'no-figure') AS without_figure,"
    " count(*) FILTER (WHERE c.reason IN ('held', 'doubtful')) AS left_out"
    " FROM lode.phase f JOIN lode.project p ON p.id = f.project_id JOIN lode.countable_phase c ON c.phase_id = f.id"
    " WHERE f.product IN :products AND (:area = 'WLD' OR p.country = :area)"
    " AND (f.capacity_basis IS NULL OR NOT f.capacity_basis = ANY(:unlike)) GROUP BY 1, 2"
).bindparams(bindparam("products", expanding=True))


@dataclass(frozen=True, slots=True)
class YearFigures:
    """The values of all areas in one year in the base unit, their concentration, and the total as it is printed."""

    year: str
    values: Mapping[str, float | None]
    concentration: Concentration | None
    printed_total: float | None


@dataclass(frozen=True, slots=True)
class NationalCoverage:
    """Capacity in Lode and national output of one year, in tonnes a year, with the two ratios.

    A capacity is 0 without sites, and None where no site states a figure. Capacities that are held, or left out of an over-full
    sum as doubtful, are not summed, but counted in ``left_out``.
    """

    year: str | None
    output: float | None
    operating: float | None
    coming: float | None
    sites: int
    without_figure: int
    left_out: int
    coverage: Derived
    utilisation: Derived


def collect_year_figures(rows: Sequence[Mapping[str, Any]]) -> tuple[YearFigures, ...]:
    """Return the figures of each year of annual observations of one source and series but for the area."""
    by_year: dict[str, dict[str, float | None]] = defaultdict(dict)
    for row in rows:
        by_year[row["period"]][row["area"]] = row["base_value"]
    year_figures = []
    for year, values in sorted(by_year.items()):
        totals = [values.pop(area) for area in TOTALS if area in values]
        year_figures.append(YearFigures(year, values, derived.derive_concentration(values), next(iter(totals), None)))
    return tuple(year_figures)


def list_reserves(engine: Engine, commodity: str, as_of: date | None = None) -> list[dict[str, Any]]:
    """Return reserves and the ratio to production by area in the latest year of reserves, the largest first."""
    filters = {"commodity": (commodity,), "indicator": ("reserves", "production"), "freq": ("A",), "transformation": ("level",)}
    return select_latest_reserves(find_observations(engine, SeriesQuery(filters, as_of=as_of)).rows)


def select_latest_reserves(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the reserves of the latest year, each with its ratio to the production that its own source has on its basis."""
    reserve_rows = [row for row in rows if row["indicator"] == "reserves" and row["base_value"] is not None]
    year = max((row["period"] for row in reserve_rows), default=None)
    produced = {
        tuple(row[name] for name in COMPARABLE): row["base_value"]
        for row in rows
        if row["indicator"] == "production" and row["stage"] == "mine" and row["period"] == year
    }
    latest_reserves = []
    for row in reserve_rows:
        if row["period"] == year:
            production = produced.get(tuple(row[name] for name in COMPARABLE))
            ratio = derived.compute_reserve_years(row["base_value"], production, row["bound"] == ">")
            latest_reserves.append({**row, "ratio": ratio.low, "at_least": ratio.open_end, "production": production})
    return sorted(latest_reserves, key=lambda row: -row["base_value"])


def read_target_progress(engine: Engine, as_of: date | None = None) -> tuple[int, tuple[Progress, ...]]:
    """Return the dataset version and the progress of every target, by the observations known on a day."""
    progresses = []
    version = 0
    for target in list_plan_targets():
        filters = {name: (getattr(target, name),) for name in ("indicator", "commodity", "stage", "area")} | {"freq": ("A",)}
        observations = find_observations(engine, SeriesQuery(filters, as_of=as_of))
        version = observations.dataset_version
        levels = _index_by_year(observations.rows, "level")
        growth = _index_by_year(observations.rows, "yoy-published")
        progresses.append(evaluate_progress(target, levels, growth))
    return version, tuple(progresses)


def _index_by_year(rows: Sequence[Mapping[str, Any]], transformation: str) -> dict[int, TargetFigure]:
    """Return the figures by year; of several sources that of the latest release."""
    latest: dict[int, Mapping[str, Any]] = {}
    for row in rows:
        if row["transformation"] == transformation and row["base_value"] is not None:
            year = int(row["period"])
            if year not in latest or row["released_on"] >= latest[year]["released_on"]:
                latest[year] = row
    return {
        year: TargetFigure(year, row["base_value"], row["obs_status"], row["data_set"], row["release"])
        for year, row in latest.items()
    }


def compare_coverage(
    engine: Engine, commodity: str, stage: str, area: str, as_of: date | None = None
) -> NationalCoverage | None:
    """Return the capacity in Lode next to the output of an area; None for a stage without a product here."""
    compared = load_output_stages().get((commodity, stage))
    if compared is None:
        return None
    year, output = _read_latest_output(engine, commodity, stage, area, as_of)
    unlike = sorted(UNLIKE_CONTENT) if compared.counts_content else []
    parameters = {"products": sorted(compared.products), "area": area, "unlike": unlike}
    with open_reading(engine, "one") as connection:
        rows = [dict(row) for row in connection.execute(CAPACITIES, parameters).mappings()]
    operating, coming = (sum_status_capacity(rows, statuses) for statuses in (OPERATING, COMING))
    return NationalCoverage(
        year,
        output,
        operating,
        coming,
        sum(row["sites"] for row in rows),
        sum(row["without_figure"] for row in rows),
        sum(row["left_out"] for row in rows),
        derived.derive_ratio(operating or None, output, derived.COVERAGE_FORMULA, ("capacity", "output")),
        derived.derive_ratio(output, operating or None, derived.UTILISATION_FORMULA, ("output", "capacity")),
    )


def sum_status_capacity(rows: Sequence[Mapping[str, Any]], statuses: Container[str]) -> float | None:
    """Return the capacity of some statuses: 0 without sites, None where no site states a figure."""
    stated = [row["tpa"] for row in rows if row["status"] in statuses]
    figures = [tpa for tpa in stated if tpa is not None]
    return sum(figures, 0.0) if figures or not stated else None


def _read_latest_output(
    engine: Engine, commodity: str, stage: str, area: str, as_of: date | None
) -> tuple[str | None, float | None]:
    areas = TOTALS if area == WORLD else (area,)
    filters = {"commodity": (commodity,), "stage": (stage,), "indicator": ("production",), "area": areas}
    query = SeriesQuery({**filters, "freq": ("A",), "transformation": ("level",)})
    rows = find_observations(engine, replace(query, as_of=as_of)).rows
    valued_rows = [row for row in rows if row["base_value"] is not None]
    if not valued_rows:
        return None, None
    last = max(valued_rows, key=lambda row: (row["period"], row["released_on"]))
    return last["period"], last["base_value"]


RECYCLED_WITHIN = frozenset({"copper", "tin"})
"""Commodities whose secondary metal is within the output of their last stage; that of the others is in addition to it."""
LAST_STAGES = {commodity: stage for commodity, stage in load_output_stages() if stage != "secondary"} | {"lithium": "refinery"}


@dataclass(frozen=True, slots=True)
class RecycledShare:
    """The recycled metal of one area and year, all metal of that year, and the share."""

    year: str
    recycled: float
    total: float | None
    share: Derived


def compute_recycled_shares(engine: Engine, commodity: str, area: str, as_of: date | None = None) -> tuple[RecycledShare, ...]:
    """Return the recycled share of an area by year; without the output of the year the share has a reason instead."""
    filters = {"commodity": (commodity,), "area": (area,), "indicator": ("production",), "freq": ("A",)}
    rows = find_observations(engine, SeriesQuery({**filters, "transformation": ("level",)}, as_of=as_of)).rows
    by_stage: dict[str, dict[int, TargetFigure]] = {}
    for stage in {row["stage"] for row in rows}:
        by_stage[stage] = _index_by_year([row for row in rows if row["stage"] == stage], "level")
    primary = by_stage.get(LAST_STAGES.get(commodity, ""), {})
    shares = []
    for year, recycled in sorted(by_stage.get("secondary", {}).items()):
        total = primary[year].value if year in primary else None
        if total is not None and commodity not in RECYCLED_WITHIN:
            total += recycled.value
        share = derived.derive_ratio(recycled.value, total, derived.RECYCLED_FORMULA, ("recycled", "total"))
        shares.append(RecycledShare(str(year), recycled.value, total, share))
    return tuple(shares)
