"""SQL of the layout check. Table names are not qualified: the search path selects the state of the store."""

from lodebase.query.morton import NOWHERE

DISTANCE = "ST_DistanceSpheroid(p.geom, ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326))"
AROUND = """(p.geom && ST_MakeEnvelope(%(w0)s, %(s0)s, %(e0)s, %(n0)s, 4326)
  OR p.geom && ST_MakeEnvelope(%(w1)s, %(s1)s, %(e1)s, %(n1)s, 4326))"""

# Outputs of the sites in reach, an array for each column, all in the same row order (see _RUNS): the current version from data
# prepared by imports, an earlier version from the rows themselves. The caller measures distances. A plane that is nowhere wider
# than the ellipsoid excludes most of what lies in the box but not in reach: a degree of latitude has its shortest length, and
# one of longitude its length at the edge of the box towards the pole. OFFSET makes the planner scan each range of places
# instead of all rows of a term.
_OUTPUT_RUNS = """
SELECT string_agg(o.id, E'\\n') AS ids, string_agg(float8send(o.lon), '') AS lon, string_agg(float8send(o.lat), '') AS lat,
  string_agg(float8send(coalesce(o.accuracy_m, 'NaN')), '') AS accuracy_m,
  string_agg(int4send((array_position(%(terms)s::text[], o.term) - 1) * 1000
    + CASE o.origin WHEN 'phase' THEN 0 WHEN 'product' THEN 100 ELSE 200 END
    + coalesce(array_position(%(statuses)s::text[], o.status), 0)), '') AS coded,
  string_agg(coalesce(o.basis, ''), E'\\n') AS bases,
  string_agg(float8send(coalesce(o.capacity_tpa, 'NaN')), '') AS tpa
"""
_WITH_DIVISIONS = f"{_OUTPUT_RUNS}, string_agg(coalesce(o.division, ''), E'\\n') AS divisions"
_IN_REACH = """((o.lat - %(lat)s) * 110574) ^ 2
  + (least(abs(o.lon - %(lon)s), 360 - abs(o.lon - %(lon)s)) * %(degree_m)s) ^ 2
  <= (%(farthest)s + %(reach)s + least(coalesce(o.accuracy_m, 0), %(widest)s)) ^ 2"""
OUTPUTS_NOW = (
    _OUTPUT_RUNS
    + f"""
FROM unnest(%(firsts)s::bigint[], %(lasts)s::bigint[]) r (first, last) CROSS JOIN LATERAL (
  SELECT * FROM project_output o WHERE o.term = ANY(%(terms)s::text[]) AND o.morton_code BETWEEN r.first AND r.last OFFSET 0
) o
WHERE {_IN_REACH}
"""
)
# A site without a position has NaN coordinates, so that all arrays have the same length.
_SITE = """p.id, coalesce(ST_X(p.geom), 'NaN') AS lon, coalesce(ST_Y(p.geom), 'NaN') AS lat,
  p.position_accuracy_m AS accuracy_m, p.division"""
_OF_ROWS = f"""
  SELECT f.product AS term, 'phase' AS origin, {_SITE}, f.status, f.basis, f.summed_tpa AS capacity_tpa
  FROM near p JOIN countable_phase f ON f.project_id = p.id
  UNION ALL
  SELECT DISTINCT w.term, 'product', {_SITE}, p.status, NULL, NULL::double precision FROM near p, unnest(p.products) w (term)
  WHERE NOT EXISTS (SELECT FROM phase f WHERE f.project_id = p.id AND f.product = w.term)
  UNION ALL
  SELECT DISTINCT w.term, 'facility', {_SITE}, p.status, NULL, NULL::double precision
  FROM near p, unnest(p.facility_types) w (term)
"""
_NEAR = f"WITH near AS MATERIALIZED (SELECT * FROM project p WHERE {AROUND})"
_OF_TERMS = f"FROM ({_OF_ROWS}) o WHERE o.term = ANY(%(terms)s::text[])"
OUTPUTS_AS_OF = f"{_NEAR} {_OUTPUT_RUNS} {_OF_TERMS} AND {_IN_REACH}"
# All outputs in a box, at any distance.
OUTPUTS_BOXED_AS_OF = f"{_NEAR} {_WITH_DIVISIONS} {_OF_TERMS}"
OUTPUTS_BOXED_NOW = f"""{_WITH_DIVISIONS}
FROM project_output o WHERE o.term = ANY(%(terms)s::text[])
  AND (o.lon BETWEEN %(w0)s AND %(e0)s AND o.lat BETWEEN %(s0)s AND %(n0)s
    OR o.lon BETWEEN %(w1)s AND %(e1)s AND o.lat BETWEEN %(s1)s AND %(n1)s)
"""
# All outputs of a country, including those without a position, which are not prepared and follow all places.
_OF_COUNTRY = f"""
WITH near AS MATERIALIZED (
  SELECT * FROM project p WHERE p.country = %(country)s AND {{which}}
    AND (p.products && %(terms)s::text[] OR p.facility_types && %(terms)s::text[])
)
{_WITH_DIVISIONS}
FROM ({{also}} {_OF_ROWS}) o WHERE o.term = ANY(%(terms)s::text[])
"""
OUTPUTS_OF_COUNTRY_AS_OF = _OF_COUNTRY.format(which="true", also="")
OUTPUTS_OF_COUNTRY_NOW = _OF_COUNTRY.format(
    which=f"p.morton_code = {NOWHERE} AND p.geom IS NULL",
    also="""
  SELECT o.term, o.origin, o.id, o.lon, o.lat, o.accuracy_m, o.division, o.status, o.basis, o.capacity_tpa
  FROM project_output o WHERE o.term = ANY(%(terms)s::text[]) AND o.country = %(country)s
  UNION ALL""",
)

# The details of the sites that are listed, in the same order.
LISTED = """
SELECT p.id, p.name_en, p.name_zh, p.aliases, p.country, p.division, p.information_date, p.sources, p.flags, p.facility_types,
  p.position_accuracy_m AS accuracy_m, ST_X(p.geom) AS lon, ST_Y(p.geom) AS lat,
  (SELECT json_agg(json_build_object('product', f.product, 'capacity_tpa', f.capacity_tpa, 'status', f.status,
      'status_date', f.status_date, 'status_inferred', f.status_inferred, 'source', f.source, 'citation', f.citation)
      ORDER BY f.ordinal, f.id)::text
    FROM phase f WHERE f.project_id = p.id AND f.product = ANY(%(codes)s::text[])) AS phases,
  (SELECT json_agg(coalesce(o.name_zh, o.name_en) ORDER BY o.ordinal)::text FROM owner o
    WHERE o.project_id = p.id AND o.role IN ('owner', 'operator')) AS owners
FROM unnest(%(ids)s::text[]) WITH ORDINALITY n (id, place) JOIN project p ON p.id = n.id ORDER BY n.place
"""

# Capacity by holder: each site counts for its first owner; a site without an owner is its own holder.
HOLDERS = """
SELECT coalesce(w.name, u.id) AS holder, sum(u.tpa ORDER BY u.id) AS tpa
FROM unnest(%(ids)s::text[], %(tpas)s::double precision[]) u (id, tpa)
LEFT JOIN LATERAL (SELECT coalesce(o.name_zh, o.name_en) AS name FROM owner o
  WHERE o.project_id = u.id AND o.role IN ('owner', 'operator') ORDER BY (o.role = 'owner') DESC, o.ordinal LIMIT 1) w ON true
GROUP BY 1 ORDER BY 2 DESC, 1
"""
# Capacities of a country's sites that are held, or left out of an over-full sum as doubtful.
LEFT_OUT = """
SELECT count(*) AS capacities FROM countable_phase f JOIN project p ON p.id = f.project_id
WHERE p.country = %(country)s AND f.product = ANY(%(codes)s::text[]) AND f.reason IN ('held', 'doubtful')
"""
# The sources of a country's sites of a product, and all its records by division; for the current version from their
# combinations of values.
_OF_SOURCES = """
SELECT DISTINCT unnest(p.sources) AS name FROM {table} p
WHERE p.country = %(country)s AND (p.products && %(codes)s::text[] OR p.facility_types && %(facilities)s::text[]) ORDER BY 1
"""
OF_SOURCES_NOW, OF_SOURCES_AS_OF = _OF_SOURCES.format(table="project_combination"), _OF_SOURCES.format(table="project")
_RECORDS = "SELECT p.division, {sites} AS sites FROM {table} p WHERE p.country = %(country)s GROUP BY 1 ORDER BY 1"
RECORDS_NOW = _RECORDS.format(sites="sum(p.n)::bigint", table="project_combination")
RECORDS_AS_OF = _RECORDS.format(sites="count(*)", table="project")

# Deposits in reach, each with its distance, and the mines among the nearest places of ore.
DEPOSITS = f"""
SELECT p.id, 'deposit' AS kind, p.name_en, p.name_zh, p.size_class, p.mine_status AS status, p.country, p.sources,
  p.position_accuracy_m AS accuracy_m, {DISTANCE} AS distance_m, ST_X(p.geom) AS lon, ST_Y(p.geom) AS lat
FROM deposit p WHERE p.commodities && %(ores)s::text[] AND {AROUND} AND {DISTANCE} <= %(farthest)s
ORDER BY distance_m, id LIMIT %(most)s
"""
MINES = f"""
SELECT p.id, 'mine' AS kind, p.name_en, p.name_zh, NULL AS size_class, p.status, p.country, p.sources,
  p.position_accuracy_m AS accuracy_m, {DISTANCE} AS distance_m, ST_X(p.geom) AS lon, ST_Y(p.geom) AS lat
FROM project p WHERE p.id = ANY(%(ids)s::text[])
"""
# The latest figure of each class in each deposit, by class. Classes are never added up together (GB/T 17766-2020, 5.2 and 5.3).
CLASSES = f"""
WITH near AS MATERIALIZED (
  SELECT p.id FROM deposit p WHERE p.commodities && %(ores)s::text[] AND {AROUND} AND {DISTANCE} <= %(farthest)s
), latest AS (
  SELECT DISTINCT ON (e.deposit_id, e.category) e.category, e.kind, e.combined, e.ore_t, m.contained_t
  FROM near n JOIN estimate e ON e.deposit_id = n.id
  LEFT JOIN estimate_measure m ON m.estimate_id = e.id AND m.commodity = ANY(%(ores)s::text[])
  WHERE e.ore_t IS NOT NULL OR m.contained_t IS NOT NULL
  ORDER BY e.deposit_id, e.category, e.effective_date DESC NULLS LAST, m.contained_t DESC NULLS LAST, e.id
)
SELECT category, kind, combined, count(*) AS deposits, sum(ore_t) AS ore_t, sum(contained_t) AS contained_t
FROM latest GROUP BY 1, 2, 3 ORDER BY 2, 1
"""
CLASSES_OF = """
WITH near AS MATERIALIZED (SELECT unnest(%(ids)s::text[]) AS id), latest AS (
  SELECT DISTINCT ON (e.deposit_id, e.category) e.category, e.kind, e.combined, e.ore_t, m.contained_t
  FROM near n JOIN estimate e ON e.deposit_id = n.id
  LEFT JOIN estimate_measure m ON m.estimate_id = e.id AND m.commodity = ANY(%(ores)s::text[])
  WHERE e.ore_t IS NOT NULL OR m.contained_t IS NOT NULL
  ORDER BY e.deposit_id, e.category, e.effective_date DESC NULLS LAST, m.contained_t DESC NULLS LAST, e.id
)
SELECT category, kind, combined, count(*) AS deposits, sum(ore_t) AS ore_t, sum(contained_t) AS contained_t
FROM latest GROUP BY 1, 2, 3 ORDER BY 2, 1
"""
# Zones that contain the site, or whose edge is near. The distance to the edge is measured on the ellipsoid.
ZONES = """
WITH site AS (SELECT ST_SetSRID(ST_GeomFromText(%(wkt)s), 4326) AS geom)
SELECT z.id, z.zone_kind, z.code, z.name_en, z.name_zh, z.country, z.parent, z.accuracy_m, z.valid_from, z.valid_to, z.sources,
  z.note_en, z.note_zh, ST_Intersects(z.geom, a.geom) AS inside, ST_Covers(z.geom, a.geom) AS covered,
  ST_Distance(ST_Boundary(z.geom)::geography, a.geom::geography) AS edge_m
FROM zone z, site a
WHERE z.geom && ST_Expand(a.geom, %(around_lon)s, %(around_lat)s)
  AND (z.valid_from IS NULL OR z.valid_from <= %(on)s)
  AND (z.valid_to IS NULL OR z.valid_to >= left(%(on)s, length(z.valid_to)))
ORDER BY z.zone_kind, edge_m, z.id
"""
# The zone that a planned plant names as its place, with those that contain it by their codes.
AREA_CHAIN = """
WITH RECURSIVE chain AS (
  (SELECT z.id, z.zone_kind, z.code, z.name_en, z.name_zh, z.country, z.parent, z.accuracy_m, z.valid_from, z.valid_to,
    z.sources, z.note_en, z.note_zh, 0 AS step
  FROM zone z WHERE z.zone_kind = %(kind)s AND z.code = %(code)s AND z.geom IS NOT NULL
  ORDER BY (z.valid_to IS NULL) DESC, z.id LIMIT 1)
  UNION ALL
  SELECT z.id, z.zone_kind, z.code, z.name_en, z.name_zh, z.country, z.parent, z.accuracy_m, z.valid_from, z.valid_to,
    z.sources, z.note_en, z.note_zh, c.step + 1
  FROM chain c JOIN zone z ON z.code = c.parent AND z.zone_kind = ANY(%(places)s::text[]) AND z.zone_kind <> c.zone_kind
  WHERE c.step < 4
)
SELECT DISTINCT ON (zone_kind) * FROM chain ORDER BY zone_kind, step, (valid_to IS NULL) DESC, id
"""
# Zones of other kinds that the named zone touches or that are near it; a distance is from its nearest point.
ZONES_OF_AREA = """
WITH site AS (SELECT geom FROM zone WHERE id = %(id)s)
SELECT z.id, z.zone_kind, z.code, z.name_en, z.name_zh, z.country, z.parent, z.accuracy_m, z.valid_from, z.valid_to, z.sources,
  z.note_en, z.note_zh, ST_Intersects(z.geom, a.geom) AS inside, ST_Covers(z.geom, a.geom) AS covered,
  CASE WHEN ST_Intersects(z.geom, a.geom) THEN 0 ELSE ST_Distance(z.geom::geography, a.geom::geography) END AS edge_m
FROM zone z, site a
WHERE z.zone_kind <> ALL(%(places)s::text[]) AND z.geom && ST_Expand(a.geom, %(around_lon)s, %(around_lat)s)
  AND (z.valid_from IS NULL OR z.valid_from <= %(on)s)
  AND (z.valid_to IS NULL OR z.valid_to >= left(%(on)s, length(z.valid_to)))
ORDER BY z.zone_kind, edge_m, z.id
"""
KINDS = "SELECT DISTINCT zone_kind FROM zone ORDER BY 1"
INTERNAL_SOURCES = "SELECT name FROM internal_source ORDER BY name"
INTERNAL_RECORDS = "SELECT DISTINCT record_id FROM internal_row WHERE table_name IN ('deposit', 'project')"
SOURCES = "SELECT name, title_en, title_zh, licence_name, citation, as_of FROM source ORDER BY name"

# The sites of pairs, in the order of their ids.
SITES = """
SELECT p.id, p.name_en, p.name_zh, p.division, p.sources, p.position_accuracy_m AS accuracy_m, ST_X(p.geom) AS lon,
  ST_Y(p.geom) AS lat
FROM unnest(%(ids)s::text[]) WITH ORDINALITY n (id, place) JOIN project p ON p.id = n.id ORDER BY n.place
"""
# Places of ore in a country or a polygon.
EVERY_ORE = """
SELECT p.id, p.division, ST_X(p.geom) AS lon, ST_Y(p.geom) AS lat
FROM deposit p WHERE p.commodities && %(ores)s::text[] AND p.geom IS NOT NULL
  AND CASE WHEN %(wkt)s::text IS NULL THEN p.country = %(country)s
  ELSE ST_Intersects(p.geom, ST_SetSRID(ST_GeomFromText(%(wkt)s), 4326)) END
ORDER BY p.id LIMIT 10 * %(most)s
"""

# The snapshot of a what-if run. Each column is returned as one array of big-endian numbers, to avoid an object per row.
_RUNS = """string_agg(float8send(lon), '' ORDER BY id) AS lon, string_agg(float8send(lat), '' ORDER BY id) AS lat,
  string_agg(float8send(coalesce(accuracy_m, 'NaN')), '' ORDER BY id) AS accuracy_m,
  string_agg(float8send(live_tpa), '' ORDER BY id) AS live_tpa, string_agg(boolsend(coming), '' ORDER BY id) AS coming"""
_PLACE = """ST_X(p.geom) AS lon, ST_Y(p.geom) AS lat, 0::double precision AS accuracy_m, 0::double precision AS live_tpa,
  false AS coming"""
DEPOSIT_PLACES = f"""
SELECT count(*) AS sites, {_RUNS}
FROM (SELECT p.id, {_PLACE} FROM deposit p WHERE p.commodities && %(ores)s::text[] AND {AROUND}) place
"""
_VALID = """(z.valid_from IS NULL OR z.valid_from <= %(on)s)
  AND (z.valid_to IS NULL OR z.valid_to >= left(%(on)s, length(z.valid_to)))"""
AREA = f"""
SELECT ST_AsBinary(z.geom) AS geom FROM zone z WHERE z.zone_kind = 'country' AND z.code = %(country)s AND {_VALID} ORDER BY z.id
"""
ZONES_AROUND = f"""
SELECT z.zone_kind, z.code, z.name_en, z.name_zh, z.accuracy_m, ST_AsBinary(z.geom) AS geom
FROM zone z WHERE z.geom && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326) AND {_VALID}
ORDER BY z.zone_kind, z.id
"""
