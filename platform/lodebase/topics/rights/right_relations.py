"""What belongs to one right: what lies inside, overlaps, events, sales and disclosures; and the rights over one record."""

from datetime import date
from typing import Any

from sqlalchemy import Connection

from lodebase.topics.rights.register import STATUS_ON, read_rows

_SAME_HOLDER = """EXISTS (
    SELECT FROM organisation_mention a JOIN organisation_mention b USING (organisation_id)
    WHERE a.record_kind = 'mining_right' AND a.record_id = {right} AND b.record_kind = {kind} AND b.record_id = {record}
  ) AS same_holder"""
"""Whether a record names an organisation that holds a right; what is named is matched anew by each import."""
INSIDE = f"""
SELECT c.kind, c.record_id AS id, c.certainty, p.name_en, p.name_zh, p.main_commodity,
  {_SAME_HOLDER.format(right="c.right_id", kind="c.kind", record="c.record_id")}
FROM right_cover c
JOIN (
  SELECT id, name_en, name_zh, main_commodity FROM deposit
  UNION ALL SELECT id, name_en, name_zh, main_commodity FROM discovery
  UNION ALL SELECT id, name_en, name_zh, main_commodity FROM project
) p ON p.id = c.record_id
WHERE c.right_id = %(id)s ORDER BY c.certainty DESC, c.kind, 4, 5, 2 LIMIT 500
"""
OVERLAPS = f"""
SELECT r.id, r.right_no, r.name_en, r.name_zh, r.holder, r.right_kind, o.area_km2, o.depth,
  {_SAME_HOLDER.format(right="o.right_id", kind="'mining_right'", record="o.other_id")}
FROM right_overlap o JOIN mining_right r ON r.id = CASE WHEN o.right_id = %(id)s THEN o.other_id ELSE o.right_id END
WHERE %(id)s IN (o.right_id, o.other_id) ORDER BY o.area_km2 DESC, 1 LIMIT 200
"""
OVER = f"""
SELECT r.id, r.right_no, r.name_en, r.name_zh, r.holder, r.holder_kind, r.right_kind, r.valid_from, r.valid_to, c.certainty,
  {STATUS_ON} AS status_on,
  {_SAME_HOLDER.format(right="c.right_id", kind="c.kind", record="c.record_id")}
FROM right_cover c JOIN mining_right r ON r.id = c.right_id WHERE c.record_id = %(id)s
ORDER BY c.certainty DESC, r.valid_to DESC NULLS FIRST, r.valid_from DESC, r.id LIMIT 200
"""
BY_NUMBER = {
    "events": "SELECT * FROM right_event WHERE right_no = ANY(%(numbers)s) ORDER BY event_date NULLS LAST, id",
    "sales": "SELECT * FROM right_sale WHERE right_no = ANY(%(numbers)s) ORDER BY notice_date NULLS LAST, id",
    "disclosures": "SELECT * FROM right_disclosure WHERE right_no = ANY(%(numbers)s) ORDER BY year, id",
}
GROUND = f"""
SELECT ST_AsBinary(geom) AS wkb, corners_reported, corners_crs,
  {STATUS_ON} AS status_on
FROM mining_right WHERE id = %(id)s
"""


def read_right_relations(connection: Connection, identity: str, numbers: list[str]) -> dict[str, list[dict[str, Any]]]:
    """Return what lies inside a right, its overlaps, and its events, sales and disclosures by its numbers."""
    relations = {
        name: read_rows(connection, sql, {"id": identity}) for name, sql in (("inside", INSIDE), ("overlaps", OVERLAPS))
    }
    return relations | {name: read_rows(connection, sql, {"numbers": numbers}) for name, sql in BY_NUMBER.items()}


def find_rights_over_record(connection: Connection, identity: str, day: date) -> list[dict[str, Any]]:
    """Return the rights whose ground surely or possibly has a record in it, each with its status on a day."""
    return read_rows(connection, OVER, {"id": identity, "on": day.isoformat()})


def read_right_ground(connection: Connection, identity: str, day: date) -> dict[str, Any]:
    """Return the ground of a right as WKB, its corners as printed with their system, and its status on a day."""
    return read_rows(connection, GROUND, {"id": identity, "on": day.isoformat()})[0]
