"""Queries of a layout report as plain SQL over the rows, to compare reports with."""

from lodebase.layout.statements import AROUND, DISTANCE

# The sites of a product: one row for each site and group of statuses. A metal's steps at one site (smelting, then refining)
# produce the same metal, so the largest step counts and not their sum. A site that is known only by its facility type has no
# figure. The spatial index filters by bounding box first; the distance on the ellipsoid decides. Accuracy is the uncertainty of
# the position, and stays NULL if the source does not give it.
UNITS = """
WITH made AS MATERIALIZED (
  SELECT code, stage FROM unnest(%(codes)s::text[], %(stages)s::integer[]) m (code, stage)
), grouped AS MATERIALIZED (
  SELECT status, grp FROM unnest(%(statuses)s::text[], %(groups)s::text[]) g (status, grp)
), site AS MATERIALIZED (
  SELECT p.id, p.country, p.division, p.status, {distance} AS distance_m,
    CASE WHEN p.position_accuracy_m > %(widest)s THEN %(widest)s ELSE p.position_accuracy_m END AS accuracy_m
  FROM project p
  WHERE (p.products && %(codes)s::text[] OR p.facility_types && %(facilities)s::text[]) AND {where}
), step AS MATERIALIZED (
  SELECT s.id, coalesce(g.grp, 'unknown') AS grp, m.stage, sum(f.summed_tpa) AS tpa
  FROM site s JOIN countable_phase f ON f.project_id = s.id JOIN made m ON m.code = f.product
  LEFT JOIN grouped g ON g.status = f.status
  GROUP BY 1, 2, 3
), unit AS MATERIALIZED (
  SELECT id, grp, max(tpa) AS tpa FROM step GROUP BY 1, 2
  UNION ALL
  SELECT s.id, coalesce(g.grp, 'unknown'), NULL FROM site s LEFT JOIN grouped g ON g.status = s.status
  WHERE NOT EXISTS (SELECT FROM step t WHERE t.id = s.id)
)
"""
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

# What mines in an area could feed, in tonnes of the plant's product. Of the steps of one mine the largest counts, as ore and
# its concentrate are the same metal. A figure that can't be converted is counted, not estimated.
SUPPLY_OF = """
WITH output AS MATERIALIZED (
  SELECT * FROM unnest(%(outputs)s::text[], %(bases)s::text[], %(lows)s::double precision[], %(highs)s::double precision[])
    o (mined, basis, low, high)
), step AS (
  SELECT p.id, p.division, f.product, sum(f.summed_tpa / o.high) AS low, sum(f.summed_tpa / o.low) AS high
  FROM project p JOIN countable_phase f ON f.project_id = p.id AND f.product = ANY(%(mined)s::text[])
  JOIN unnest(%(statuses)s::text[], %(groups)s::text[]) g (status, grp) ON g.status = f.status
  LEFT JOIN output o ON o.mined = f.product AND o.basis = coalesce(f.basis, %(unstated)s)
  WHERE p.products && %(mined)s::text[] AND g.grp = ANY(%(live)s::text[]) AND {where}
  GROUP BY 1, 2, 3
), mine AS (
  SELECT id, division, max(low) AS low, max(high) AS high FROM step GROUP BY 1, 2
)
SELECT division, count(*) AS mines, count(*) FILTER (WHERE high IS NULL) AS without_figure,
  coalesce(sum(low), 0) AS low, coalesce(sum(high), 0) AS high
FROM mine GROUP BY 1 ORDER BY 1
"""
SUPPLY_NEAR = SUPPLY_OF.format(where=f"{AROUND} AND {DISTANCE} <= %(farthest)s")

# Sites, supply and the usual size in a country or a polygon.
_THERE = """p.geom IS NOT NULL AND CASE WHEN %(wkt)s::text IS NULL THEN p.country = %(country)s
  ELSE ST_Intersects(p.geom, ST_SetSRID(ST_GeomFromText(%(wkt)s), 4326)) END"""
_UNITS_THERE = UNITS.format(distance="NULL::double precision", where=_THERE)
EVERY_SITE = (
    _UNITS_THERE
    + """
SELECT p.id, p.name_en, p.name_zh, p.division, p.sources, p.position_accuracy_m AS accuracy_m, ST_X(p.geom) AS lon,
  ST_Y(p.geom) AS lat, (SELECT json_object_agg(u.grp, u.tpa) FROM unit u WHERE u.id = s.id) AS groups
FROM site s JOIN project p ON p.id = s.id
ORDER BY (SELECT max(u.tpa) FROM unit u WHERE u.id = s.id) DESC NULLS LAST, s.id
"""
)
USUAL_SIZE = (
    _UNITS_THERE
    + """
SELECT count(*) AS sites, percentile_disc(0.5) WITHIN GROUP (ORDER BY tpa) AS tpa FROM unit WHERE grp = 'operating' AND tpa > 0
"""
)
SUPPLY_THERE = SUPPLY_OF.format(where=_THERE)

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
