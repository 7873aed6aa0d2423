"""The positions and years of the deposits of a type, and the land of all countries."""

from collections.abc import Collection
from pathlib import Path

import numpy as np
import shapely
from sqlalchemy import Connection, text

from lodebase.db.boundaries import read_boundary_file
from lodebase.topics.prospectivity.result import TypedDeposits

ANTARCTICA = "ATA"
DEPOSITS = text("""
SELECT ST_X(geom) AS lon, ST_Y(geom) AS lat, discovery_year FROM lode.deposit
WHERE deposit_model = ANY(:models) AND geom IS NOT NULL
  AND (CAST(:commodity AS text) IS NULL OR :commodity = ANY(commodities))
ORDER BY id
""")
WITHOUT_POSITION = text("""
SELECT count(*) FROM lode.deposit WHERE deposit_model = ANY(:models) AND geom IS NULL
  AND (CAST(:commodity AS text) IS NULL OR :commodity = ANY(commodities))
""")
LAND = text("""
SELECT ST_AsBinary(ST_SimplifyPreserveTopology(geom, 0.02)) FROM lode.zone
WHERE zone_kind = 'country' AND code <> :antarctica AND geom IS NOT NULL AND valid_to IS NULL ORDER BY code, id
""")
"""The countries but Antarctica."""


def read_typed_deposits(connection: Connection, models: Collection[str], commodity: str | None) -> TypedDeposits:
    """Return the deposits of some types that have a position, of one commodity if it is named."""
    values = {"models": list(models), "commodity": commodity}
    rows = connection.execute(DEPOSITS, values).all()
    deposit_rows = np.array([(row.lon, row.lat, row.discovery_year) for row in rows], dtype=np.float64).reshape(-1, 3)
    return TypedDeposits(
        deposit_rows[:, 0],
        deposit_rows[:, 1],
        deposit_rows[:, 2],
        int(connection.execute(WITHOUT_POSITION, values).scalar_one()),
    )


def read_land(connection: Connection, fallback: Path) -> shapely.Geometry | None:
    """Return the polygons of the countries of the store, else those of a TopoJSON file; None without any."""
    shapes = [shapely.from_wkb(bytes(row[0])) for row in connection.execute(LAND, {"antarctica": ANTARCTICA})]
    if not shapes and fallback.is_file():
        shapes = [area.polygon for area in read_boundary_file(fallback).areas if area.code != ANTARCTICA]
    parts = [part for shape in shapes for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return shapely.multipolygons(parts) if parts else None
