"""Plants and mines near a place that has coordinates and no geometry of its own."""

from typing import Any

from sqlalchemy import Connection

MOST = 5
WITHIN_KM = 100
NEAREST = """
SELECT id, name_en, name_zh, main_commodity, facility_types, round(metres / 1000) AS km FROM (
  SELECT p.*, ST_Distance(p.geom::geography, ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326)::geography) AS metres
  FROM project p WHERE p.geom IS NOT NULL AND p.geom && ST_Expand(ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326), 2)
) near WHERE metres <= %(within)s * 1000 ORDER BY metres, id LIMIT %(most)s
"""


def plants_nearby(connection: Connection, lon: float, lat: float) -> list[dict[str, Any]]:
    """Return up to five projects within 100 km of a position in WGS 84 degrees, the nearest first, with the distance."""
    about = {"lon": lon, "lat": lat, "within": WITHIN_KM, "most": MOST}
    return [dict(row) for row in connection.exec_driver_sql(NEAREST, about).mappings()]
