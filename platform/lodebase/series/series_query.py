"""Queries of series and observations: filters by dimension, a range of periods, and the releases known on a day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, func, or_, select, true
from sqlalchemy.dialects.postgresql import distinct_on

from lodebase.db.statistics_tables import observation, series, vintage
from lodebase.query.reading import dataset_version, reading
from lodedata.statistics.periods import written
from lodedata.statistics.series import DIMENSIONS, VOCABULARIES, base_unit
from lodedata.vocab import fold, vocabulary

FILTERS = ("source", "indicator", "commodity", "stage", "basis", "area", "freq", "transformation", "unit")
FACETS = ("source", "indicator", "commodity", "stage", "area", "freq")
MOST_OBSERVATIONS = 100_000
MOST_SERIES = 10_000


@dataclass(frozen=True, slots=True)
class SeriesQuery:
    """A query of series: codes by dimension, periods, the day on which releases were known, and a text to search."""

    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    begin: date | None = None
    end: date | None = None
    as_of: date | None = None
    all_releases: bool = False
    text: str | None = None
    limit: int = MOST_OBSERVATIONS


@dataclass(frozen=True, slots=True)
class SeriesPage:
    """Series that match, the number of all of them, and the counts by value of each facet."""

    dataset_version: int
    series: tuple[Mapping[str, Any], ...]
    matched: int
    facets: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Observations:
    """Observations that match in the order of series and period; ``complete`` is False if the limit left some out."""

    dataset_version: int
    rows: tuple[Mapping[str, Any], ...]
    complete: bool


def find_series(engine: Engine, query: SeriesQuery) -> SeriesPage:
    """Return the series of a query with the first and last period of each."""
    wanted = _conditions(query)
    chosen = select(series).where(*wanted).order_by(*(series.c[name] for name in DIMENSIONS)).limit(query.limit).subquery()
    # lateral, so that the observations of other series are not read
    spans = (
        select(
            func.min(observation.c.period).label("first"),
            func.max(observation.c.period).label("last"),
            func.count().label("observations"),
        )
        .where(observation.c.series == chosen.c.id)
        .group_by(observation.c.series)
        .lateral()
    )
    listed = select(chosen, spans.c.first, spans.c.last, spans.c.observations).join(spans, true())
    with reading(engine) as connection:
        rows = connection.execute(listed.order_by(*(chosen.c[name] for name in DIMENSIONS))).mappings().all()
        matched = connection.scalar(select(func.count()).select_from(series).where(*wanted)) or 0
        facets = {
            name: {
                str(value): int(count)
                for value, count in connection.execute(
                    select(series.c[name], func.count()).where(*wanted).group_by(series.c[name]).order_by(func.count().desc())
                )
            }
            for name in FACETS
        }
        version = dataset_version(connection)
    found = tuple(
        {
            **{name: row[name] for name in DIMENSIONS},
            "key": ".".join(str(row[name]) for name in DIMENSIONS),
            "first": written(row["freq"], row["first"]),
            "last": written(row["freq"], row["last"]),
            "observations": row["observations"],
        }
        for row in rows
    )
    return SeriesPage(version, found, matched, facets)


def find_observations(engine: Engine, query: SeriesQuery) -> Observations:
    """Return the observations of a query, of each series and period that of the latest release known on ``as_of``."""
    with reading(engine) as connection:
        rows = connection.execute(_statement(query)).mappings().all()
        version = dataset_version(connection)
    return Observations(version, tuple(_as_row(dict(row)) for row in rows[: query.limit]), len(rows) <= query.limit)


def _statement(query: SeriesQuery) -> Select[Any]:
    columns = (
        *(series.c[name] for name in DIMENSIONS),
        *(c for c in observation.c if c.name not in ("series", "vintage")),
        vintage.c.source.label("data_set"),
        vintage.c.release,
        vintage.c.released_on,
    )
    statement = (
        select(*columns)
        .join(observation, observation.c.series == series.c.id)
        .join(vintage, vintage.c.id == observation.c.vintage)
        .where(*_conditions(query))
        .order_by(series.c.id, observation.c.period, vintage.c.released_on.desc(), vintage.c.id.desc())
        .limit(query.limit + 1)
    )
    if not query.all_releases:
        statement = statement.ext(distinct_on(series.c.id, observation.c.period))
    if query.begin is not None:
        statement = statement.where(observation.c.period >= query.begin)
    if query.end is not None:
        statement = statement.where(observation.c.period <= query.end)
    if query.as_of is not None:
        statement = statement.where(vintage.c.released_on <= query.as_of)
    return statement


def _conditions(query: SeriesQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [series.c[name].in_(codes) for name, codes in query.filters.items() if codes]
    if query.text:
        found.append(_matches(query.text))
    return found


def _matches(text: str) -> ColumnElement[bool]:
    """Return the condition that a term of a series has the text in a label, a code or an alias."""
    wanted = fold(text)
    conditions = [series.c.source.contains(wanted, autoescape=True)]
    for name in ("indicator", "commodity", "stage", "area"):
        codes = [
            term.code
            for of in VOCABULARIES[name]
            for term in vocabulary(of)
            if any(wanted in fold(label) for label in (term.code, term.label_en, term.label_zh, *term.aliases))
        ]
        conditions.append(series.c[name].in_(codes))
    return or_(*conditions)


def _as_row(row: Mapping[str, Any]) -> dict[str, Any]:
    unit = base_unit(row["unit"], row["unit_mult"])
    value = row["value"]
    return {
        **{name: row[name] for name in DIMENSIONS},
        "period": written(row["freq"], row["period"]),
        "value": value,
        "value_raw": row["value_raw"],
        "bound": row["bound"],
        "obs_status": row["obs_status"],
        "conf_status": row["conf_status"],
        "base_value": None if unit is None or unit.factor is None or value is None else value * unit.factor,
        "base_unit": None if unit is None else unit.code,
        "release": row["release"],
        "released_on": row["released_on"].isoformat(),
        "data_set": row["data_set"],
        "note": row["note"],
        "source_row": row["source_row"],
    }
