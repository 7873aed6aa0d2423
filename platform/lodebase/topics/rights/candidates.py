"""Deposits and prospects of the six metals with what is known of rights over them on a day: findings, no recommendations.

Whether a right covers a deposit has three values: yes, surely or possibly by the accuracy of its position; no right known
here, where a register of the country or division is loaded; and not known.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from lodebase.topics.rights.register import IN_FORCE, IN_SCOPE, compute_year_after, read_rows

COVERED = ("surely", "possibly", "once", "none-known", "not-known")
MAX_RIGHTS = 10_000
RESTRICTIONS = ("protected-area", "key-air-region")

NEAR_DEGREES = 0.02
"""Difference of longitude and of latitude within which rows of one name are one place, about two kilometres."""
CANDIDATES = f"""
WITH place AS MATERIALIZED (
  SELECT 'deposit' AS kind, 'deposits' AS collection, id, name_en, name_zh, country, division, main_commodity, commodities,
    position_accuracy_m, geom, exploration_stage FROM deposit WHERE commodities && %(in_scope)s AND geom IS NOT NULL
  UNION ALL
  SELECT 'discovery', 'discoveries', id, name_en, name_zh, country, division, main_commodity, commodities,
    position_accuracy_m, geom, exploration_stage FROM discovery WHERE commodities && %(in_scope)s AND geom IS NOT NULL
),
single AS MATERIALIZED (
  -- a discovery that became a deposit, and the rows of one name and metal at one place, are one candidate
  SELECT p.* FROM place p WHERE NOT EXISTS (
    SELECT FROM place q WHERE q.id <> p.id AND q.country IS NOT DISTINCT FROM p.country
      AND lower(coalesce(q.name_en, q.name_zh)) = lower(coalesce(p.name_en, p.name_zh))
      AND q.main_commodity = p.main_commodity AND (q.kind, q.id) < (p.kind, p.id)
      AND abs(ST_X(q.geom) - ST_X(p.geom)) < {NEAR_DEGREES} AND abs(ST_Y(q.geom) - ST_Y(p.geom)) < {NEAR_DEGREES}
  )
),
over AS MATERIALIZED (
  SELECT c.record_id,
    bool_or(c.certainty = 'surely' AND r.in_force) AS surely, bool_or(r.in_force) AS possibly,
    count(*) FILTER (WHERE r.in_force) AS rights,
    min(r.valid_to) FILTER (WHERE r.in_force AND left(r.valid_to, 10) < %(next_year)s) AS ends,
    array_agg(DISTINCT r.holder) FILTER (WHERE r.in_force AND r.holder IS NOT NULL) AS holders,
    array_agg(DISTINCT r.holder_kind) FILTER (WHERE r.in_force AND r.holder_kind IS NOT NULL) AS holder_kinds
  FROM right_cover c JOIN (
    SELECT id, valid_to, holder, holder_kind, {IN_FORCE} AS in_force FROM mining_right WHERE status <> 'applied'
  ) r ON r.id = c.right_id GROUP BY c.record_id
),
register AS MATERIALIZED (
  SELECT country, division, max(information_date) AS register_as_of FROM mining_right GROUP BY 1, 2
),
found AS (
  SELECT p.*, coalesce(o.rights, 0) AS rights, o.ends, o.holders, o.holder_kinds, g.register_as_of, CASE
      WHEN o.surely THEN 'surely' WHEN o.possibly THEN 'possibly' WHEN o.record_id IS NOT NULL THEN 'once'
      WHEN g.country IS NOT NULL THEN 'none-known' ELSE 'not-known' END AS covered
  FROM single p LEFT JOIN over o ON o.record_id = p.id
  LEFT JOIN register g ON g.country = p.country AND g.division IS NOT DISTINCT FROM p.division
),
chosen AS MATERIALIZED (
  SELECT f.*, count(*) OVER () AS matched FROM found f
  WHERE (%(covered)s::text IS NULL OR covered = %(covered)s)
    AND (%(commodity)s::text IS NULL OR %(commodity)s = ANY(commodities))
    AND (%(country)s::text IS NULL OR country = %(country)s)
    AND (NOT %(ending)s OR ends IS NOT NULL)
  ORDER BY country, division, coalesce(name_en, name_zh), id LIMIT %(limit)s OFFSET %(skip)s
)
SELECT c.kind, c.collection, c.id, c.name_en, c.name_zh, c.country, c.division, c.main_commodity, c.position_accuracy_m,
  c.exploration_stage, c.covered, c.rights, c.ends, c.holders, c.holder_kinds, c.register_as_of, c.matched,
  ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat,
  e.classes, z.zones, n.id AS plant_id, n.name_en AS plant_en, n.name_zh AS plant_zh, n.km AS plant_km
FROM chosen c
LEFT JOIN LATERAL (
  SELECT array_agg(e.category || ': ' || coalesce(round(e.ore_t)::text || ' t', '–') ORDER BY e.category, e.ordinal) AS classes
  FROM estimate e WHERE c.id IN (e.deposit_id, e.discovery_id)
) e ON true
LEFT JOIN LATERAL (
  SELECT array_agg(coalesce(z.name_zh, z.name_en) ORDER BY z.id) AS zones FROM zone z
  WHERE z.zone_kind = ANY(%(restrictions)s) AND ST_Intersects(z.geom, c.geom)
) z ON true
LEFT JOIN LATERAL (
  SELECT p.id, p.name_en, p.name_zh, round((ST_Distance(p.geom::geography, c.geom::geography) / 1000)::numeric)::integer AS km
  FROM project p WHERE p.geom IS NOT NULL AND c.main_commodity = ANY(p.commodities) AND p.products <> '{{}}'
  ORDER BY p.geom <-> c.geom LIMIT 1
) n ON %(plants)s
ORDER BY c.country, c.division, coalesce(c.name_en, c.name_zh), c.id
"""


@dataclass(frozen=True, slots=True)
class CandidateQuery:
    """A day, and which candidates: by coverage, mineral, country, or only those under a right that ends within a year."""

    on: date
    covered: str | None = None
    commodity: str | None = None
    country: str | None = None
    ending: bool = False
    limit: int = 100
    skip: int = 0
    plants: bool = True


COUNTRIES = """
SELECT DISTINCT country FROM (
  SELECT country FROM deposit WHERE commodities && %(in_scope)s AND geom IS NOT NULL
  UNION ALL SELECT country FROM discovery WHERE commodities && %(in_scope)s AND geom IS NOT NULL
) AS every WHERE country IS NOT NULL ORDER BY country
"""


@dataclass(frozen=True, slots=True)
class CoverageFindings:
    """The rows of a query, and how many there are in all."""

    rows: list[dict[str, Any]]
    matched: int


def list_countries(connection: Connection) -> list[str]:
    """Return the codes of the countries that have candidates."""
    return [row["country"] for row in read_rows(connection, COUNTRIES, {"in_scope": list(IN_SCOPE)})]


def find_right_candidates(connection: Connection, query: CandidateQuery) -> CoverageFindings:
    """Return the deposits and prospects of a query, in order of country, division and name."""
    values = {
        "in_scope": list(IN_SCOPE),
        "on": query.on.isoformat(),
        "next_year": compute_year_after(query.on),
        "covered": query.covered,
        "commodity": query.commodity,
        "country": query.country,
        "ending": query.ending,
        "limit": min(query.limit, MAX_RIGHTS),
        "skip": query.skip,
        "restrictions": list(RESTRICTIONS),
        "plants": query.plants,
    }
    candidates = read_rows(connection, CANDIDATES, values)
    return CoverageFindings(candidates, candidates[0]["matched"] if candidates else 0)
