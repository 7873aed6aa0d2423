"""Drill holes of the store with their stations and intervals, which belong to a hole of their own source."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, text

from lodedata.figures.field_units import compute_factor_to_field
from lodedata.kinds import KINDS
from lodedata.topics.drilling.row_checks import has_direction
from lodedata.topics.drilling.section import SectionLine
from lodedata.topics.drilling.trace import Station, Trace, compute_trace

SEARCHED_DEGREES = 0.3
"""Degrees around a line in which collars are searched, more than the deepest hole is long."""
GRADE = KINDS["drill_interval"].field("grade_pct")
_COLUMNS = """id, sources[1] AS source, hole_id, project, deposit, country, ST_X(geom) AS lon, ST_Y(geom) AS lat, elevation_m,
  azimuth_deg, dip_deg, azimuth_reference, depth_m, drilling_type, drilled, position_accuracy_m"""
ONE = text(f"SELECT {_COLUMNS} FROM lode.drill_hole WHERE id = :id")
NEAR = text(f"""
WITH line AS (SELECT ST_SetSRID(ST_MakeLine(ST_MakePoint(:from_lon, :from_lat), ST_MakePoint(:to_lon, :to_lat)), 4326) AS geom)
SELECT {_COLUMNS} FROM lode.drill_hole h, LATERAL (SELECT line.geom AS along FROM line) l
WHERE geom && ST_Expand(along, :degrees) AND ST_DWithin(geom::geography, along::geography, :half + coalesce(depth_m, 2000))
  AND (CAST(:source AS text) IS NULL OR sources[1] = :source)
ORDER BY sources[1], hole_id, id LIMIT :most
""")
STATIONS = text("""
SELECT sources[1] AS source, hole_id, depth_m, azimuth_deg, dip_deg FROM lode.drill_survey
WHERE hole_id = ANY(:holes) AND sources[1] = ANY(:sources) ORDER BY sources[1], hole_id, depth_m, id
""")
INTERVALS = text("""
SELECT sources[1] AS source, hole_id, from_m, to_m, sample, lithology, lithology_code, analyte, grade_pct, grade_pct_qualifier,
  grade_pct_bound, grade_pct_unit
FROM lode.drill_interval WHERE hole_id = ANY(:holes) AND sources[1] = ANY(:sources)
ORDER BY sources[1], hole_id, from_m, to_m, id
""")
AT_DEPOSIT = text("""
SELECT h.id, h.hole_id, h.depth_m, h.drilled, h.trace_basis,
  (SELECT count(*) FROM lode.drill_interval i WHERE i.hole_id = h.hole_id AND i.sources[1] = h.sources[1]) AS intervals
FROM lode.deposit d JOIN lode.drill_hole h ON ST_DWithin(h.geom::geography, d.geom::geography, :radius_m)
  AND h.geom && ST_Expand(d.geom, :degrees)
WHERE d.id = :id AND lower(h.deposit) = ANY(
  SELECT lower(name) FROM unnest(array_cat(ARRAY[d.name_en, d.name_zh], d.aliases)) AS name WHERE name IS NOT NULL)
ORDER BY h.hole_id, h.id LIMIT :most
""")
DEPOSIT_RADIUS_M = 25_000
"""Metres within which holes that name a deposit are listed with it: the same name farther away is another deposit."""
MAX_LISTED_HOLES = 200


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval of rock or of a grade, in per cent and as reported."""

    from_m: float
    to_m: float
    sample: str | None
    lithology: str | None
    lithology_code: str | None
    analyte: str | None
    grade_pct: float | None
    qualifier: str | None
    bound_pct: float | None
    unit: str | None


@dataclass(frozen=True, slots=True)
class Hole:
    """The collar of a hole with its stations and intervals; angles in degrees, lengths in metres, position in WGS 84."""

    id: str
    source: str
    hole_id: str
    project: str | None
    deposit: str | None
    country: str | None
    lon: float | None
    lat: float | None
    elevation_m: float | None
    azimuth_deg: float | None
    dip_deg: float | None
    azimuth_reference: str | None
    depth_m: float | None
    drilling_type: str | None
    drilled: str | None
    position_accuracy_m: float | None
    stations: list[Station] = field(default_factory=list)
    intervals: list[Interval] = field(default_factory=list)

    @property
    def basis(self) -> str:
        """What its trace follows from, a code of ``drill-trace-basis``."""
        if self.stations:
            return "survey"
        return "collar-direction" if has_direction({"azimuth_deg": self.azimuth_deg, "dip_deg": self.dip_deg}) else "unknown"

    @property
    def end_m(self) -> float:
        """Its depth as reported, else that of its lowest interval, else of its lowest station."""
        if self.depth_m is not None:
            return self.depth_m
        lowest = [interval.to_m for interval in self.intervals] or [station.depth_m for station in self.stations]
        return max(lowest, default=0.0)

    def trace(self) -> Trace | None:
        """Return its trace, None if its direction is unknown or its stations determine none."""
        has_collar = has_direction({"azimuth_deg": self.azimuth_deg, "dip_deg": self.dip_deg})
        collar = [Station(0.0, self.azimuth_deg or 0.0, self.dip_deg)] if has_collar and self.dip_deg is not None else []
        try:
            # a station at the collar goes before the directions of the collar table
            return compute_trace([*collar, *self.stations])
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class DepositHole:
    """A hole that names a deposit, with the number of its intervals."""

    id: str
    hole_id: str
    depth_m: float | None
    drilled: str | None
    trace_basis: str | None
    intervals: int


def read_hole(connection: Connection, identity: str) -> Hole | None:
    """Return a hole with its stations and intervals, None if there is none of this id."""
    row = connection.execute(ONE, {"id": identity}).one_or_none()
    if row is None:
        return None
    hole = Hole(**row._mapping)
    _fill(connection, [hole])
    return hole


def read_near(connection: Connection, line: SectionLine, width_m: float, source: str | None, most: int) -> list[Hole]:
    """Return the holes that may come within half of a width of a line, with stations and intervals; one more than ``most``."""
    values = {
        "from_lon": line.from_lon,
        "from_lat": line.from_lat,
        "to_lon": line.to_lon,
        "to_lat": line.to_lat,
        "half": width_m / 2,
        "degrees": SEARCHED_DEGREES,
        "source": source,
        "most": most + 1,
    }
    holes = [Hole(**row._mapping) for row in connection.execute(NEAR, values)]
    if len(holes) <= most:
        _fill(connection, holes)
    return holes


def read_of_deposit(connection: Connection, identity: str) -> tuple[DepositHole, ...]:
    """Return the holes that name a deposit and lie within :data:`DEPOSIT_RADIUS_M` of it."""
    values = {"id": identity, "radius_m": DEPOSIT_RADIUS_M, "degrees": 1.0, "most": MAX_LISTED_HOLES}
    return tuple(DepositHole(**row._mapping) for row in connection.execute(AT_DEPOSIT, values))


def _fill(connection: Connection, holes: Sequence[Hole]) -> None:
    """Add the stations and intervals of holes."""
    wanted = {"holes": [hole.hole_id for hole in holes], "sources": list({hole.source for hole in holes})}
    by_hole: Mapping[tuple[str, str], list[Hole]] = defaultdict(list)
    for hole in holes:
        by_hole[hole.source, hole.hole_id].append(hole)
    for source, hole_id, depth, azimuth, dip in connection.execute(STATIONS, wanted):
        for hole in by_hole.get((source, hole_id), ()):
            hole.stations.append(Station(depth, azimuth or 0.0, dip))
    for source, hole_id, *values in connection.execute(INTERVALS, wanted):
        for hole in by_hole.get((source, hole_id), ()):
            hole.intervals.append(Interval(*values))


def convert_grade_unit(percent: float | None, unit: str) -> float | None:
    """Return a grade in per cent in another unit, without the noise of a binary fraction."""
    assert GRADE is not None
    factor = compute_factor_to_field(GRADE, unit)
    if percent is None or factor is None:
        return None
    return float(f"{percent / float(factor):.10g}")
