"""What the pages of statistics show first: choices of a commodity, its latest figures, and the data sets to cite."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, func, select

from lodebase.db.schema.source_tables import source
from lodebase.db.schema.statistics_tables import observation, series, vintage
from lodebase.query.reading import open_reading
from lodebase.series.national_figures import YearFigures, collect_year_figures
from lodebase.series.series_query import SERVED, SeriesQuery, find_observations
from lodedata.messages import Label
from lodedata.vocab import load_vocabulary

RECENT_YEARS = 8
"""Years of the overview; an older figure is on the page of its commodity."""
PROVISIONAL = ("E", "P", "F", "I")
"""Observation statuses of estimates and of provisional, forecast and imputed figures."""
ANNUAL = {"indicator": ("production",), "freq": ("A",), "transformation": ("level",)}


@dataclass(frozen=True, slots=True)
class Production:
    """Production of a commodity's stage by one source: the number of areas, and the first and last year."""

    commodity: str
    stage: str
    source: str
    areas: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class LatestShares:
    """The latest figures of the areas of one commodity, stage and source, with the data set and the edition that they are from.

    ``estimated`` says that the source marks a figure of the year as an estimate or as provisional.
    """

    commodity: str
    stage: str
    source: str
    figures: YearFigures
    data_set: str
    release: str
    released_on: str
    estimated: bool


def read_productions(engine: Engine, commodity: str) -> tuple[Production, ...]:
    """Return what is known of a commodity's production: its stages by source, most areas and years first."""
    areas, first, last = (
        func.count(series.c.area.distinct()),
        func.min(observation.c.period),
        func.max(observation.c.period),
    )
    wanted: list[ColumnElement[bool]] = [series.c[name].in_(codes) for name, codes in ANNUAL.items()]
    wanted.append(series.c.commodity == commodity)
    grouped = (series.c.commodity, series.c.stage, series.c.source)
    statement = (
        select(*grouped, areas, first, last)
        .join(observation, observation.c.series == series.c.id)
        .join(vintage, vintage.c.id == observation.c.vintage)
        .where(SERVED, *wanted)
        .group_by(*grouped)
    )
    with open_reading(engine, "one") as connection:
        rows = connection.execute(statement).all()
    productions = [Production(row[0], row[1], row[2], int(row[3]), row[4].year, row[5].year) for row in rows]
    return tuple(
        sorted(
            productions,
            key=lambda production: (
                production.commodity,
                production.stage,
                -production.areas * (production.last - production.first + 1),
                production.source,
            ),
        )
    )


def compute_latest_shares(engine: Engine, as_of: date | None = None, commodity: str | None = None) -> tuple[LatestShares, ...]:
    """Return the latest shares of each commodity and stage, or of one commodity's stages.

    They are those of the source with the latest year of several areas; of several such sources the one with the most areas,
    then the latest release.
    """
    in_scope = (term.code for term in load_vocabulary("commodity") if term.extra["scope"] == "in")
    codes = tuple(in_scope) if commodity is None else (commodity,)
    begin = date((as_of or date.today()).year - RECENT_YEARS, 1, 1)
    rows = find_observations(engine, SeriesQuery({**ANNUAL, "commodity": codes}, begin, as_of=as_of)).rows
    grouped: dict[tuple[str, str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        grouped[row["commodity"], row["stage"], row["source"]].append(row)
    best: dict[tuple[str, str], tuple[tuple[str, int, str], LatestShares]] = {}
    for (of, stage, name), of_source in sorted(grouped.items()):
        last = find_last_shared_year(of_source)
        if last is None or last.concentration is None:
            continue
        rank = (last.year, len(last.concentration.shares), max(row["released_on"] for row in of_source))
        if (of, stage) not in best or rank > best[of, stage][0]:
            best[of, stage] = rank, _find_latest_shares((of, stage, name), last, of_source)
    return tuple(latest for _, latest in best.values())


def _find_latest_shares(named: tuple[str, str, str], last: YearFigures, rows: Iterable[Mapping[str, Any]]) -> LatestShares:
    of_year = [row for row in rows if row["period"] == last.year]
    newest = max(of_year, key=lambda row: str(row["released_on"]))
    estimated = any(row["obs_status"] in PROVISIONAL for row in of_year)
    return LatestShares(*named, last, newest["data_set"], newest["release"], newest["released_on"], estimated)


def find_last_shared_year(rows: Sequence[Mapping[str, Any]]) -> YearFigures | None:
    """Return the figures of the latest year with shares of several areas, None if there is none."""
    years = [
        year_figure
        for year_figure in collect_year_figures(rows)
        if year_figure.concentration is not None and len(year_figure.concentration.shares) > 1
    ]
    return years[-1] if years else None


def read_observation_citations(engine: Engine, rows: Iterable[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """Return the citation and licence of the data sets that observations are from."""
    with open_reading(engine, "one") as connection:
        return read_dataset_citations(connection, {row["data_set"] for row in rows})


def read_dataset_citations(connection: Connection, names: Iterable[str]) -> tuple[Mapping[str, Any], ...]:
    """Return the citation and licence of data sets by their names, in order of these."""
    columns = (source.c.name, source.c.title_en, source.c.title_zh, source.c.citation, source.c.licence_name, source.c.homepage)
    statement = select(*columns).where(source.c.name.in_(sorted(names))).order_by(source.c.name)
    return tuple(dict(row) for row in connection.execute(statement).mappings())


def read_series_source_titles(engine: Engine) -> Mapping[str, Label]:
    """Return the title of each source of series, that of its newest release."""
    flows = (
        select(series.c.source, vintage.c.source.label("data_set"), vintage.c.released_on)
        .join(observation, observation.c.series == series.c.id)
        .join(vintage, vintage.c.id == observation.c.vintage)
        .where(SERVED)
        .distinct()
        .subquery()
    )
    statement = select(flows.c.source, source.c.title_en, source.c.title_zh).join(source, source.c.name == flows.c.data_set)
    with open_reading(engine, "one") as connection:
        rows = connection.execute(statement.order_by(flows.c.released_on)).all()
    return {row.source: Label(row.title_en, row.title_zh) for row in rows}


def select_latest_by_series(rows: Sequence[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """Return the last observation with a value of each series, in the order of the series."""
    latest_rows: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    for row in rows:
        if row["value"] is not None:
            latest_rows[
                tuple(row[name] for name in ("source", "indicator", "commodity", "stage", "basis", "transformation"))
            ] = row
    return tuple(latest_rows.values())
