"""Recycling plants with the streams that they take, and what is known of each stream: capacity, throughput, supply."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, text

from lodebase.query.reading import dataset_version, reading
from lodebase.series.series_query import SeriesQuery, find_observations
from lodedata.recycling import streams
from lodedata.vocab import vocabulary

MOST = 5_000
MOST_DRAWN = 12
"""Plants of a chart; the others are drawn as one."""
DEFAULT_AREA = "CHN"
OTHERS = ""
IN_SCOPE = frozenset(term.code for term in vocabulary("commodity") if term.extra["scope"] == "in")
# one row for each plant and stream: a permit and a design are repeated on the rows of its metals and years
PLANTS = text("""
WITH plant AS (
  SELECT coalesce(project_source || '/' || project, sources[1] || '/' || coalesce(name_zh, name_en, id)) AS plant, stream,
    min(id) AS id, min(name_en) AS name_en, min(name_zh) AS name_zh, min(country) AS country, min(division) AS division,
    min(project_source) AS project_source, min(project) AS project, max(permitted_input_tpa) AS permitted_input_tpa,
    min(permitted_basis) AS permitted_basis, max(design_output_tpa) AS design_output_tpa, max(year) AS year,
    (array_agg(input_t ORDER BY year DESC NULLS LAST))[1] AS input_t,
    (array_agg(input_basis ORDER BY year DESC NULLS LAST))[1] AS input_basis,
    array_remove(array_agg(DISTINCT metal), NULL) AS metals, max(information_date) AS information_date,
    min(sources[1]) AS source
  FROM lode.plant_stream WHERE (:country = '' OR country = :country) AND (:division = '' OR division = :division)
  GROUP BY 1, 2
)
SELECT plant.*, served.id AS served_project, p.name_en AS project_name_en, p.name_zh AS project_name_zh
FROM (
  SELECT * FROM plant ORDER BY permitted_input_tpa DESC NULLS LAST, design_output_tpa DESC NULLS LAST, plant LIMIT :most
) plant
LEFT JOIN LATERAL (
  SELECT coalesce(t.served_id, o.record_id) AS id
  FROM lode.source_record s JOIN lode.member o ON o.source_record_id = s.id AND o.leads AND o.kind = 'project'
  LEFT JOIN lode.testimony t ON t.record_id = o.record_id
  WHERE s.source = plant.project_source AND s.key = plant.project LIMIT 1
) served ON true
LEFT JOIN lode.project p ON p.id = served.id
ORDER BY p.id IS NULL, design_output_tpa DESC NULLS LAST, permitted_input_tpa DESC NULLS LAST, plant
""")


@dataclass(frozen=True, slots=True)
class StreamSupply:
    """Recycled output of one metal in an area in its latest year, in tonnes, with its data set."""

    metal: str
    area: str
    year: str
    output_t: float
    data_set: str


@dataclass(frozen=True, slots=True)
class StreamTotal:
    """A stream: its plants, what they may take and make in tonnes a year, and the recycled metal of the area."""

    stream: str
    plants: int
    without_figure: int
    permitted_input_tpa: float | None
    design_output_tpa: float | None
    input_t: float | None
    supply: tuple[StreamSupply, ...]
    share_percent: float | None
    """Design output by the recycled output of the country, for a stream of one metal; None for plants of all countries."""


@dataclass(frozen=True, slots=True)
class RecyclingPlants:
    """The plants of an area by stream, the totals of streams, and the area of the figures of recycled metal."""

    dataset_version: int
    area: str
    plants: tuple[Mapping[str, Any], ...]
    streams: tuple[StreamTotal, ...]


def recycling_plants(engine: Engine, country: str = "", division: str = "") -> RecyclingPlants:
    """Return the plants of a country and division, projects first, then by size, and the totals of their streams."""
    area = country or DEFAULT_AREA
    with reading(engine) as connection:
        given = {"country": country, "division": division, "most": MOST}
        rows = [dict(row) for row in connection.execute(PLANTS, given).mappings()]
        version = dataset_version(connection)
    for row in rows:
        for lang in ("en", "zh"):
            row[f"name_{lang}"] = row.pop(f"project_name_{lang}") or row[f"name_{lang}"]
    supply = _supply(engine, area)
    by_stream: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_stream[row["stream"]].append(row)
    order = {term.code: number for number, term in enumerate(vocabulary("stream"))}
    totals = [
        _total(stream, of, supply, bool(country)) for stream, of in sorted(by_stream.items(), key=lambda pair: order[pair[0]])
    ]
    return RecyclingPlants(version, area, tuple(rows), tuple(totals))


def _supply(engine: Engine, area: str) -> dict[str, StreamSupply]:
    filters = {"indicator": ("production",), "stage": ("secondary",), "area": (area,), "freq": ("A",)}
    found: dict[str, StreamSupply] = {}
    for row in find_observations(engine, SeriesQuery({**filters, "transformation": ("level",)})).rows:
        known = found.get(row["commodity"])
        if row["base_value"] and (known is None or row["period"] > known.year):
            found[row["commodity"]] = StreamSupply(row["commodity"], area, row["period"], row["base_value"], row["data_set"])
    return found


def _total(stream: str, rows: Sequence[Mapping[str, Any]], supply: Mapping[str, StreamSupply], of_country: bool) -> StreamTotal:
    metals = streams.metals(stream)
    known = tuple(supply[metal] for metal in metals if metal in supply)
    designed = _sum(row["design_output_tpa"] for row in rows)
    comparable = of_country and designed is not None and len(metals) == len(known) == 1
    return StreamTotal(
        stream,
        len(rows),
        sum(flow_t(row) is None for row in rows),
        _sum(row["permitted_input_tpa"] for row in rows),
        designed,
        _sum(row["input_t"] for row in rows),
        known,
        100 * designed / known[0].output_t if comparable and designed is not None else None,
    )


def _sum(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def flow_t(row: Mapping[str, Any]) -> float | None:
    """Return the tonnes a year that a chart draws for a plant: its permitted input, else its design output."""
    found: float | None = row["permitted_input_tpa"] or row["design_output_tpa"]
    return found


def drawn(row: Mapping[str, Any]) -> bool:
    """Return whether a chart draws a plant: it has tonnes and a metal in scope."""
    return flow_t(row) is not None and not IN_SCOPE.isdisjoint(_metals(row))


def _metals(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(row["metals"] or streams.metals(row["stream"]))


def flows(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the flows of stream to plant to metal in tonnes a year; small plants are one, named OTHERS."""
    rows = [row for row in rows if drawn(row)]
    size: dict[str, float] = defaultdict(float)
    for row in rows:
        size[row["plant"]] += flow_t(row) or 0.0
    largest = set(sorted(size, key=lambda plant: (-size[plant], plant))[:MOST_DRAWN])
    found: dict[tuple[str, str, tuple[str, ...]], float] = defaultdict(float)
    for row in rows:
        plant = row["plant"] if row["plant"] in largest else OTHERS
        found[row["stream"], plant, _metals(row)] += flow_t(row) or 0.0
    return [
        {"stream": stream, "plant": plant, "metals": metals, "tonnes": tonnes}
        for (stream, plant, metals), tonnes in sorted(found.items(), key=lambda pair: -pair[1])
    ]
