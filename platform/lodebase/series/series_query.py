"""Queries of series and observations: filters by dimension, a range of periods, and the releases known on a day."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Integer, Select, any_, bindparam, func, or_, select, text, true
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on

from lodebase.db.schema.statistics_tables import NEWEST_FIRST, observation, series, vintage
from lodebase.query.reading import open_reading, read_dataset_version
from lodedata.statistics.periods import format_sdmx_period
from lodedata.statistics.series import DIMENSIONS, VOCABULARIES, find_base_unit
from lodedata.vocab import fold, load_vocabulary

FILTERS = ("source", "indicator", "commodity", "stage", "basis", "area", "freq", "transformation", "unit")
FACETS = ("source", "indicator", "commodity", "stage", "area", "freq")
MAX_OBSERVATIONS = 100_000
MAX_QUERIED_SERIES = 10_000
READ_AT_ONCE = 5_000
SERVED = vintage.c.withdrawn_run.is_(None)
"""The condition of a release that was not withdrawn."""
OF_OBSERVATION = ("series", "period", "value", "value_raw", "bound", "obs_status", "conf_status", "note", "source_row")


@dataclass(frozen=True, slots=True)
class SeriesQuery:
    """A query of series: codes by dimension, periods, the day on which releases were known, and a text to search."""

    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    begin: date | None = None
    end: date | None = None
    as_of: date | None = None
    all_releases: bool = False
    text: str | None = None
    limit: int = MAX_OBSERVATIONS


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
    wanted = _list_conditions(query)
    with open_reading(engine) as connection:
        series_rows = tuple(read_series_rows(connection, query))
        matched = connection.scalar(select(func.count()).select_from(series).where(*wanted)) or 0
        facets = {
            name: {
                str(value): int(count)
                for value, count in connection.execute(
                    select(series.c[name], func.count())
                    .where(*wanted)
                    .group_by(series.c[name])
                    .order_by(func.count().desc(), series.c[name])
                )
            }
            for name in FACETS
        }
        version = read_dataset_version(connection)
    return SeriesPage(version, series_rows, matched, facets)


def read_series_rows(connection: Connection, query: SeriesQuery) -> Iterator[dict[str, Any]]:
    """Yield the series of a query in order of their dimensions, each with its first and last period."""
    order = [series.c[name] for name in DIMENSIONS]
    chosen = select(series).where(*_list_conditions(query)).order_by(*order).limit(query.limit).subquery()
    # lateral, so that the observations of other series are not read
    spans = (
        select(
            func.min(observation.c.period).label("first"),
            func.max(observation.c.period).label("last"),
            func.count().label("observations"),
        )
        .join(vintage, vintage.c.id == observation.c.vintage)
        .where(observation.c.series == chosen.c.id, SERVED)
        .group_by(observation.c.series)
        .lateral()
    )
    listed = select(chosen, spans.c.first, spans.c.last, spans.c.observations).join(spans, true())
    for row in connection.execute(listed.order_by(*(chosen.c[name] for name in DIMENSIONS))).mappings():
        yield {
            **{name: row[name] for name in DIMENSIONS},
            "key": ".".join(str(row[name]) for name in DIMENSIONS),
            "first": format_sdmx_period(row["freq"], row["first"]),
            "last": format_sdmx_period(row["freq"], row["last"]),
            "observations": row["observations"],
        }


def find_observations(engine: Engine, query: SeriesQuery) -> Observations:
    """Return the observations of a query, of each series and period that of the latest release known on ``as_of``."""
    with open_reading(engine) as connection:
        rows = tuple(read_observation_rows(connection, query, query.limit + 1))
        version = read_dataset_version(connection)
    return Observations(version, rows[: query.limit], len(rows) <= query.limit)


def read_observation_rows(connection: Connection, query: SeriesQuery, most: int | None = None) -> Iterator[dict[str, Any]]:
    """Yield the observations of a query like :func:`find_observations`; without ``most`` they are fetched as they are read.

    What all observations of a series have in common is read once for each series, not once for each observation.
    """
    heads = {
        row["id"]: _SeriesHead.of(dict(row))
        for row in connection.execute(select(series).where(*_list_conditions(query))).mappings()
    }
    options = {"yield_per": READ_AT_ONCE} if most is None else {}
    result = connection.execute(_build_statement(query, list(heads)).limit(most), execution_options=options)
    for number, period, value, raw, bound, status, confidential, note, source_row, data_set, release, released_on in result:
        head = heads[number]
        yield {
            **head.dimensions,
            "period": format_sdmx_period(head.freq, period),
            "value": value,
            "value_raw": raw,
            "bound": bound,
            "obs_status": status,
            "conf_status": confidential,
            "base_value": None if head.factor is None or value is None else value * head.factor,
            "base_unit": head.base_unit,
            "release": release,
            "released_on": released_on.isoformat(),
            "data_set": data_set,
            "note": note,
            "source_row": source_row,
        }


@dataclass(frozen=True, slots=True)
class _SeriesHead:
    """What the observations of a series have in common."""

    dimensions: Mapping[str, Any]
    freq: str
    factor: float | None
    base_unit: str | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "_SeriesHead":
        unit = find_base_unit(row["unit"], row["unit_mult"])
        dimensions = {name: row[name] for name in DIMENSIONS}
        return cls(dimensions, row["freq"], None if unit is None else unit.factor, None if unit is None else unit.code)


def _build_statement(query: SeriesQuery, identities: list[int]) -> Select[Any]:
    columns = (observation.c[name] for name in OF_OBSERVATION)
    statement = (
        select(*columns, vintage.c.source, vintage.c.release, vintage.c.released_on)
        .join(vintage, vintage.c.id == observation.c.vintage)
        .where(SERVED)
        .order_by(observation.c.series, observation.c.period, text(NEWEST_FIRST.format(v=vintage.fullname)))
    )
    if query.filters or query.text:
        statement = statement.where(observation.c.series == any_(bindparam("series", identities, ARRAY(Integer))))
    if not query.all_releases:
        statement = statement.ext(distinct_on(observation.c.series, observation.c.period))
    if query.begin is not None:
        statement = statement.where(observation.c.period >= query.begin)
    if query.end is not None:
        statement = statement.where(observation.c.period <= query.end)
    if query.as_of is not None:
        statement = statement.where(vintage.c.released_on <= query.as_of)
    return statement


def _list_conditions(query: SeriesQuery) -> list[ColumnElement[bool]]:
    of_series = select(observation.c.vintage).where(observation.c.series == series.c.id).correlate(series)
    served = of_series.join(vintage, vintage.c.id == observation.c.vintage).where(SERVED).exists()
    nodes: list[ColumnElement[bool]] = [series.c[name].in_(codes) for name, codes in query.filters.items() if codes]
    nodes.append(served)
    if query.text:
        nodes.append(_matches(query.text))
    return nodes


def _matches(text: str) -> ColumnElement[bool]:
    """Return the condition that a term of a series has the text in a label, a code or an alias."""
    wanted = fold(text)
    conditions = [series.c.source.contains(wanted, autoescape=True)]
    for name in ("indicator", "commodity", "stage", "area"):
        codes = [
            term.code
            for of in VOCABULARIES[name]
            for term in load_vocabulary(of)
            if any(wanted in fold(label) for label in (term.code, term.label_en, term.label_zh, *term.aliases))
        ]
        conditions.append(series.c[name].in_(codes))
    return or_(*conditions)
