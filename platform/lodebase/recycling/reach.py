"""Recycling plants within a distance of a place, and the metal that arises there by the model of lodedata.recycling.reach."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, text

from lodebase.query.reading import reading
from lodebase.recycling.plants import RecyclingPlants, StreamTotal, recycling_plants
from lodedata.recycling.reach import ShareOrigin, StreamReach

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
class RecyclingReach:
    """The streams in reach of a place, with the country whose metal is spread and the origin of its share in reach."""

    country: str
    lon: float
    lat: float
    radius_km: float
    share_origin: ShareOrigin
    without_position: int
    streams: tuple[StreamReach, ...]


def recycling_reach(
    engine: Engine, lon: float, lat: float, radius_km: float, country: str = "", share_pct: float | None = None
) -> RecyclingReach:
    """Return what is in reach of a place; a share that is given takes the place of the share of the area."""
    place: Mapping[str, Any] = {"lon": lon, "lat": lat, "radius_km": radius_km}
    with reading(engine) as connection:
        country = country or str(connection.scalar(COUNTRY, place) or "")
        found = recycling_plants(engine, country)
        ids = sorted({row["served_project"] for row in found.plants if row["served_project"] is not None})
        near = set(connection.execute(WITHIN, {**place, "ids": ids}).scalars())
        placed = int(connection.scalar(PLACED, {"ids": ids}) or 0)
        share, origin = _share(connection, {**place, "country": found.area}, share_pct)
    all_plants = {row["plant"] for row in found.plants}
    streams = tuple(_stream(total, found, near, share) for total in found.streams)
    return RecyclingReach(found.area, lon, lat, radius_km, origin, len(all_plants) - placed, streams)


def _share(connection: Connection, given: Mapping[str, Any], stated: float | None) -> tuple[float | None, ShareOrigin]:
    if stated is not None:
        return stated, "stated"
    share = connection.scalar(SHARE, given)
    return (None, "unknown") if share is None else (float(share), "area")


def _stream(total: StreamTotal, found: RecyclingPlants, near: set[str], share: float | None) -> StreamReach:
    sums: dict[str, list[float]] = defaultdict(list)
    rows = [row for row in found.plants if row["stream"] == total.stream and row["served_project"] in near]
    for row in rows:
        for name in ("permitted_input_tpa", "design_output_tpa"):
            if row[name] is not None:
                sums[name].append(row[name])
    # a stream of several metals has no one supply to compare with
    supply = total.supply[0] if len(total.supply) == 1 else None
    return StreamReach(
        total.stream,
        len(rows),
        sum(row["permitted_input_tpa"] is None and row["design_output_tpa"] is None for row in rows),
        sum(sums["permitted_input_tpa"]) if sums["permitted_input_tpa"] else None,
        sum(sums["design_output_tpa"]) if sums["design_output_tpa"] else None,
        None if supply is None else supply.output_t,
        None if supply is None else supply.year,
        None if supply is None else supply.data_set,
        share,
    )
