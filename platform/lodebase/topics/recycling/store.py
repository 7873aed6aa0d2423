"""Recycling plants with the streams that they take, what is known of each stream, and what is in reach of a place."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection, Engine, RowMapping, text

from lodebase.operations.formats import NOT_IN_DATA
from lodebase.query.reading import open_reading, read_dataset_version
from lodebase.series.series_query import SeriesQuery, find_observations
from lodedata.messages import Label, Message
from lodedata.topics.recycling import streams
from lodedata.topics.recycling.reach import ARISING_MODEL, DISTANCE_MODEL, ORIGINS, RATIO, ReachModel, ShareOrigin
from lodedata.vocab import load_vocabulary

MAX_PLANTS = 5_000
MAX_DRAWN_PLANTS = 12
"""Plants of a chart; the others are drawn as one."""
DEFAULT_AREA = "CHN"
OTHERS = ""
IN_SCOPE = frozenset(term.code for term in load_vocabulary("commodity") if term.extra["scope"] == "in")
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
LEFT JOIN lode.keyed_record served
  ON served.source = plant.project_source AND served.key = plant.project AND served.kind = 'project'
LEFT JOIN lode.project p ON p.id = served.id
ORDER BY p.id IS NULL, design_output_tpa DESC NULLS LAST, permitted_input_tpa DESC NULLS LAST, plant
""")

POINT = "ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)"
WITHIN = text(f"""
SELECT id FROM lode.project
WHERE id = ANY(:ids) AND geom IS NOT NULL AND ST_DWithin(geom::geography, {POINT}::geography, :radius_km * 1000)
""")
PLACED = text("SELECT count(*) FROM lode.project WHERE id = ANY(:ids) AND geom IS NOT NULL")
COUNTRY = text(f"SELECT country FROM lode.zone WHERE zone_kind = 'country' AND ST_Covers(geom, {POINT}) ORDER BY id LIMIT 1")
SHARE = text(f"""
SELECT 100 * sum(ST_Area(ST_Intersection(geom, ST_Buffer({POINT}::geography, :radius_km * 1000)::geometry)::geography))
  / nullif(sum(ST_Area(geom::geography)), 0)
FROM lode.zone WHERE zone_kind = 'country' AND country = :country
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
    label_en: str
    label_zh: str
    plants: int
    without_figure: int
    permitted_input_tpa: float | None
    design_output_tpa: float | None
    input_t: float | None
    share_percent: float | None
    """Design output by the recycled output of the country, for a stream of one metal; None for plants of all countries."""
    recycled_output: tuple[StreamSupply, ...]


@dataclass(frozen=True, slots=True)
class PlantStream:
    """A stream that a plant takes: its latest figures in tonnes a year, and the project that the plant is served as."""

    plant: str
    stream: str
    id: str
    name_en: str | None
    name_zh: str | None
    country: str | None
    division: str | None
    project_source: str | None
    project: str | None
    permitted_input_tpa: float | None
    permitted_basis: str | None
    design_output_tpa: float | None
    year: int | None
    input_t: float | None
    input_basis: str | None
    metals: tuple[str, ...]
    information_date: date | None
    source: str | None
    served_project: str | None

    @property
    def name(self) -> Label:
        """The name of the plant."""
        return Label(self.name_en, self.name_zh)

    @property
    def recovered_metals(self) -> tuple[str, ...]:
        """The metals that the plant states, else those of its stream."""
        return tuple(self.metals or streams.list_metals(self.stream))

    @property
    def drawn_tpa(self) -> float | None:
        """The tonnes a year that a chart draws: the permitted input, else the design output."""
        return self.permitted_input_tpa or self.design_output_tpa

    @property
    def is_drawn(self) -> bool:
        """Whether a chart draws it: it has tonnes and a metal in scope."""
        return self.drawn_tpa is not None and not IN_SCOPE.isdisjoint(self.recovered_metals)


@dataclass(frozen=True, slots=True)
class StreamFlow:
    """A flow of a stream through a plant to metals, in tonnes a year; small plants are one, named OTHERS."""

    stream: str
    plant: str
    metals: tuple[str, ...]
    tonnes: float


@dataclass(frozen=True, slots=True)
class RecyclingPlants:
    """The plants of an area by stream, the totals of streams, and the area of the figures of recycled metal."""

    dataset_version: int = field(metadata=NOT_IN_DATA)
    area: str
    streams: tuple[StreamTotal, ...]
    plants: tuple[PlantStream, ...]
    flows: tuple[StreamFlow, ...]


@dataclass(frozen=True, slots=True)
class ReachedStream:
    """A stream in reach of a place: its plants, their capacity in tonnes a year, and the metal that arises by the model."""

    stream: str
    label_en: str
    label_zh: str
    plants: int
    without_figure: int
    permitted_input_tpa: float | None
    design_output_tpa: float | None
    supply_t: float | None
    supply_year: str | None
    supply_source: str | None
    share_pct: float | None
    arising_t: float | None
    ratio: float | None


@dataclass(frozen=True, slots=True)
class RecyclingReach:
    """The streams in reach of a place, with the country whose metal is spread, the model, and the origin of the share."""

    country: str
    lon: float
    lat: float
    radius_km: float
    plants_without_position: int
    model: tuple[Message, ...]
    share_origin: ShareOrigin
    share_origin_label: Message
    streams: tuple[ReachedStream, ...]


def read_plants(engine: Engine, country: str = "", division: str = "") -> RecyclingPlants:
    """Return the plants of a country and division, projects first, then by size, and the totals of their streams."""
    area = country or DEFAULT_AREA
    with open_reading(engine) as connection:
        rows = connection.execute(PLANTS, {"country": country, "division": division, "most": MAX_PLANTS}).mappings()
        plants = [_build_plant_stream(row) for row in rows]
        version = read_dataset_version(connection)
    supply = _read_supply(engine, area)
    by_stream: dict[str, list[PlantStream]] = defaultdict(list)
    for plant in plants:
        by_stream[plant.stream].append(plant)
    order = {term.code: number for number, term in enumerate(load_vocabulary("stream"))}
    totals = [
        _sum_stream(stream, by_stream[stream], supply, bool(country)) for stream in sorted(by_stream, key=order.__getitem__)
    ]
    return RecyclingPlants(version, area, tuple(totals), tuple(plants), tuple(sum_flows(plants)))


def _build_plant_stream(row: RowMapping) -> PlantStream:
    values = {name: row[name] for name in PlantStream.__dataclass_fields__}
    names = {name: row[f"project_{name}"] or row[name] for name in ("name_en", "name_zh")}
    return PlantStream(**{**values, **names, "metals": tuple(row["metals"])})


def _read_supply(engine: Engine, area: str) -> dict[str, StreamSupply]:
    filters = {"indicator": ("production",), "stage": ("secondary",), "area": (area,), "freq": ("A",)}
    latest: dict[str, StreamSupply] = {}
    for row in find_observations(engine, SeriesQuery({**filters, "transformation": ("level",)})).rows:
        earlier = latest.get(row["commodity"])
        if row["base_value"] and (earlier is None or row["period"] > earlier.year):
            latest[row["commodity"]] = StreamSupply(row["commodity"], area, row["period"], row["base_value"], row["data_set"])
    return latest


def _sum_stream(
    stream: str, plants: Sequence[PlantStream], supply: Mapping[str, StreamSupply], of_country: bool
) -> StreamTotal:
    metals = streams.list_metals(stream)
    supplied = tuple(supply[metal] for metal in metals if metal in supply)
    designed = _sum_figures(plant.design_output_tpa for plant in plants)
    comparable = of_country and designed is not None and len(metals) == len(supplied) == 1
    term = load_vocabulary("stream")[stream]
    return StreamTotal(
        stream=stream,
        label_en=term.label_en,
        label_zh=term.label_zh,
        plants=len(plants),
        without_figure=sum(plant.drawn_tpa is None for plant in plants),
        permitted_input_tpa=_sum_figures(plant.permitted_input_tpa for plant in plants),
        design_output_tpa=designed,
        input_t=_sum_figures(plant.input_t for plant in plants),
        share_percent=100 * designed / supplied[0].output_t if comparable and designed is not None else None,
        recycled_output=supplied,
    )


def _sum_figures(values: Iterable[float | None]) -> float | None:
    stated_figures = [value for value in values if value is not None]
    return sum(stated_figures) if stated_figures else None


def sum_flows(plants: Sequence[PlantStream]) -> list[StreamFlow]:
    """Return the flows of stream to plant to metal, the largest first."""
    drawn = [plant for plant in plants if plant.is_drawn]
    size: dict[str, float] = defaultdict(float)
    for plant in drawn:
        size[plant.plant] += plant.drawn_tpa or 0.0
    largest = set(sorted(size, key=lambda name: (-size[name], name))[:MAX_DRAWN_PLANTS])
    sums: dict[tuple[str, str, tuple[str, ...]], float] = defaultdict(float)
    for plant in drawn:
        name = plant.plant if plant.plant in largest else OTHERS
        sums[plant.stream, name, plant.recovered_metals] += plant.drawn_tpa or 0.0
    return [StreamFlow(*key, tonnes) for key, tonnes in sorted(sums.items(), key=lambda pair: -pair[1])]


def read_reach(
    engine: Engine, lon: float, lat: float, radius_km: float, country: str = "", share_pct: float | None = None
) -> RecyclingReach:
    """Return what is in reach of a place; a share that is given takes the place of the share of the area."""
    place = {"lon": lon, "lat": lat, "radius_km": radius_km}
    with open_reading(engine) as connection:
        country = country or str(connection.scalar(COUNTRY, place) or "")
    # one connection at a time, as a command has no other
    stored = read_plants(engine, country)
    with open_reading(engine) as connection:
        ids = sorted({plant.served_project for plant in stored.plants if plant.served_project is not None})
        near = set(connection.execute(WITHIN, {**place, "ids": ids}).scalars())
        placed = int(connection.scalar(PLACED, {"ids": ids}) or 0)
        share, origin = _find_share(connection, {**place, "country": stored.area}, share_pct)
    return RecyclingReach(
        country=stored.area,
        lon=lon,
        lat=lat,
        radius_km=radius_km,
        plants_without_position=len({plant.plant for plant in stored.plants}) - placed,
        model=(DISTANCE_MODEL, ARISING_MODEL, RATIO),
        share_origin=origin,
        share_origin_label=ORIGINS[origin],
        streams=tuple(_stream_in_reach(total, stored, near, share) for total in stored.streams),
    )


def _find_share(connection: Connection, place: Mapping[str, object], stated: float | None) -> tuple[float | None, ShareOrigin]:
    if stated is not None:
        return stated, "stated"
    share = connection.scalar(SHARE, place)
    return (None, "unknown") if share is None else (float(share), "area")


def _stream_in_reach(total: StreamTotal, stored: RecyclingPlants, near: set[str], share: float | None) -> ReachedStream:
    plants = [plant for plant in stored.plants if plant.stream == total.stream and plant.served_project in near]
    # a stream of several metals has no one supply to compare with
    supply = total.recycled_output[0] if len(total.recycled_output) == 1 else None
    supply_t, capacity = None if supply is None else supply.output_t, _sum_figures(plant.design_output_tpa for plant in plants)
    model = ReachModel(supply_t, share, capacity)
    return ReachedStream(
        stream=total.stream,
        label_en=total.label_en,
        label_zh=total.label_zh,
        plants=len(plants),
        without_figure=sum(plant.permitted_input_tpa is None and plant.design_output_tpa is None for plant in plants),
        permitted_input_tpa=_sum_figures(plant.permitted_input_tpa for plant in plants),
        design_output_tpa=capacity,
        supply_t=supply_t,
        supply_year=None if supply is None else supply.year,
        supply_source=None if supply is None else supply.data_set,
        share_pct=share,
        arising_t=model.arising_t,
        ratio=model.ratio,
    )
