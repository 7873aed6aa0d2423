"""Queries of a layout report as plain SQL over the rows, to compare reports with."""

from lodebase.layout.statements import AROUND, DISTANCE, SUPPLY_OF, UNITS

NEAR = UNITS.format(distance=DISTANCE, where=AROUND)
# Each radius by group of statuses, and over all groups (group is null): what surely lies inside, what lies inside as
# placed, what may. An unknown accuracy is never certain, and does not extend what may.
COUNTS = (
    NEAR
    + """
SELECT r.km, u.grp,
  count(DISTINCT u.id) FILTER (WHERE s.distance_m + s.accuracy_m + %(reach)s <= r.km * 1000) AS certain,
  count(DISTINCT u.id) FILTER (WHERE s.distance_m <= r.km * 1000) AS placed,
  count(DISTINCT u.id) AS possible,
  coalesce(sum(u.tpa) FILTER (WHERE s.distance_m + s.accuracy_m + %(reach)s <= r.km * 1000), 0) AS certain_tpa,
  coalesce(sum(u.tpa) FILTER (WHERE s.distance_m <= r.km * 1000), 0) AS placed_tpa,
  coalesce(sum(u.tpa), 0) AS possible_tpa,
  count(DISTINCT u.id) FILTER (WHERE u.tpa IS NULL AND s.distance_m <= r.km * 1000) AS without_figure
FROM unit u JOIN site s ON s.id = u.id
JOIN unnest(%(radii)s::double precision[]) r (km)
  ON s.distance_m - coalesce(s.accuracy_m, 0) - %(reach)s <= r.km * 1000
GROUP BY GROUPING SETS ((r.km, u.grp), (r.km)) ORDER BY r.km, u.grp NULLS FIRST
"""
)

# The nearest sites with their phases and owners.
LISTED = (
    NEAR
    + """
, nearest AS (
  SELECT s.* FROM site s WHERE s.distance_m - coalesce(s.accuracy_m, 0) - %(reach)s <= %(farthest)s
  ORDER BY s.distance_m, s.id LIMIT %(most)s
)
SELECT p.id, p.name_en, p.name_zh, p.aliases, p.country, p.division, p.information_date, p.sources, p.flags, p.facility_types,
  p.position_accuracy_m AS accuracy_m, n.distance_m, ST_X(p.geom) AS lon, ST_Y(p.geom) AS lat,
  (SELECT json_object_agg(u.grp, u.tpa) FROM unit u WHERE u.id = n.id) AS units,
  (SELECT json_agg(json_build_object('product', f.product, 'capacity_tpa', f.capacity_tpa, 'status', f.status,
      'status_date', f.status_date, 'status_inferred', f.status_inferred, 'source', f.source, 'citation', f.citation)
      ORDER BY f.ordinal, f.id)
    FROM phase f JOIN made m ON m.code = f.product WHERE f.project_id = n.id) AS phases,
  (SELECT json_agg(coalesce(o.name_zh, o.name_en) ORDER BY o.ordinal) FROM owner o WHERE o.project_id = n.id) AS owners
FROM nearest n JOIN project p ON p.id = n.id ORDER BY n.distance_m, n.id
"""
)

# Places of ore in reach: deposits and mines, each with its distance.
ORE = f"""
SELECT p.id, 'deposit' AS kind, p.name_en, p.name_zh, p.size_class, p.mine_status AS status, p.country, p.sources,
  p.position_accuracy_m AS accuracy_m, {DISTANCE} AS distance_m, ST_X(p.geom) AS lon, ST_Y(p.geom) AS lat
FROM deposit p WHERE p.commodities && %(ores)s::text[] AND {AROUND} AND {DISTANCE} <= %(farthest)s
UNION ALL
SELECT p.id, 'mine', p.name_en, p.name_zh, NULL, p.status, p.country, p.sources, p.position_accuracy_m, {DISTANCE},
  ST_X(p.geom), ST_Y(p.geom)
FROM project p WHERE p.products && %(mined)s::text[] AND {AROUND} AND {DISTANCE} <= %(farthest)s
ORDER BY distance_m, id LIMIT %(most)s
"""
# Output of the mines in reach, by product and basis of the figure.
MINED = f"""
SELECT f.product, f.basis, coalesce(g.grp, 'unknown') AS grp, count(DISTINCT p.id) AS mines,
  count(DISTINCT p.id) FILTER (WHERE f.summed_tpa IS NULL) AS without_figure, sum(f.summed_tpa) AS tpa
FROM project p JOIN countable_phase f ON f.project_id = p.id
LEFT JOIN unnest(%(statuses)s::text[], %(groups)s::text[]) g (status, grp) ON g.status = f.status
WHERE p.products && %(mined)s::text[] AND f.product = ANY(%(mined)s::text[]) AND {AROUND} AND {DISTANCE} <= %(farthest)s
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""

SUPPLY_NEAR = SUPPLY_OF.format(where=f"{AROUND} AND {DISTANCE} <= %(farthest)s")

# A country's sites of a product by division and group; nothing of it depends on the planned plant.
_NATION = UNITS.format(distance="NULL::double precision", where="p.country = %(country)s")
NATION = (
    _NATION
    + """
SELECT s.division, u.grp, count(DISTINCT u.id) AS sites, count(DISTINCT u.id) FILTER (WHERE u.tpa IS NULL) AS without_figure,
  coalesce(sum(u.tpa), 0) AS tpa
FROM unit u JOIN site s ON s.id = u.id GROUP BY 1, 2 ORDER BY 1, 2
"""
)
# Capacity in operation by holder: each site counts to its owner named first, one without an owner for itself.
HOLDERS = (
    _NATION
    + """
SELECT coalesce(w.name, s.id) AS holder, sum(u.tpa) AS tpa
FROM unit u JOIN site s ON s.id = u.id
LEFT JOIN LATERAL (SELECT coalesce(o.name_zh, o.name_en) AS name FROM owner o WHERE o.project_id = s.id
  ORDER BY (o.role = 'owner') DESC, o.ordinal LIMIT 1) w ON true
WHERE u.grp = 'operating' AND u.tpa > 0 GROUP BY 1 ORDER BY 2 DESC, 1
"""
)
OF_SOURCES = _NATION + "SELECT DISTINCT unnest(p.sources) AS name FROM site s JOIN project p ON p.id = s.id ORDER BY 1"
RECORDS = "SELECT division, count(*) AS sites FROM project p WHERE country = %(country)s GROUP BY 1 ORDER BY 1"
