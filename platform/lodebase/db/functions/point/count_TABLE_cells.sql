-- Counts the located {{collection}} of a version by tile cell: levels 5, 7 and 9 by what changed, cells of level 11 in which
-- something changed anew, with the longitudes and latitudes of their records in order.
CREATE OR REPLACE FUNCTION lode.count_{{table}}_cells(v integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = lode, public, pg_temp
SET work_mem = '128MB'
AS $$
BEGIN
  -- a table of its own is made by several processes
  CREATE TEMP TABLE changed_cell AS
    SELECT place >> 30 AS cell, commodity_group, main_commodity, country, commodities, sum(n) AS n
    FROM (
      SELECT place, geom, commodity_group, main_commodity, country, commodities, 1 AS n
      FROM {{table}} WHERE since_version = v AND geom IS NOT NULL
      UNION ALL
      SELECT place, geom, commodity_group, main_commodity, country, commodities, -1
      FROM lode_history.{{table}} WHERE until_version = v AND geom IS NOT NULL
    ) c
    GROUP BY place, geom, commodity_group, main_commodity, country, commodities HAVING sum(n) <> 0;

  WITH l11 AS (
    SELECT cell, commodity_group, main_commodity, country, sum(n)::integer AS n FROM (
      SELECT cell, commodity_group, main_commodity, coalesce(country, '') AS country, n FROM pg_temp.changed_cell
    ) c
    GROUP BY cell, commodity_group, main_commodity, country HAVING sum(n) <> 0
  ), l9 AS (
    SELECT cell >> 4 AS cell, commodity_group, main_commodity, country, sum(n)::integer AS n FROM l11
    GROUP BY cell >> 4, commodity_group, main_commodity, country HAVING sum(n) <> 0
  ), l7 AS (
    SELECT cell >> 4 AS cell, commodity_group, main_commodity, country, sum(n)::integer AS n FROM l9
    GROUP BY cell >> 4, commodity_group, main_commodity, country HAVING sum(n) <> 0
  ), l5 AS (
    SELECT cell >> 4 AS cell, commodity_group, main_commodity, country, sum(n)::integer AS n FROM l7
    GROUP BY cell >> 4, commodity_group, main_commodity, country HAVING sum(n) <> 0
  )
  INSERT INTO place_count AS p (collection, level, cell, commodity_group, main_commodity, country, n)
  SELECT '{{collection}}', c.* FROM (
    SELECT 5 AS level, * FROM l5 UNION ALL SELECT 7, * FROM l7 UNION ALL SELECT 9, * FROM l9
  ) c ORDER BY level, cell, commodity_group, main_commodity, country
  ON CONFLICT (collection, level, cell, commodity_group, main_commodity, country) DO UPDATE SET n = p.n + excluded.n;
  DELETE FROM place_count WHERE collection = '{{collection}}' AND level < 11 AND n = 0;

  WITH l11 AS (
    SELECT cell, commodity, sum(n)::integer AS n FROM (
      SELECT cell, unnest(commodities) AS commodity, n FROM pg_temp.changed_cell
    ) c
    GROUP BY cell, commodity HAVING sum(n) <> 0
  ), l9 AS (
    SELECT cell >> 4 AS cell, commodity, sum(n)::integer AS n FROM l11 GROUP BY cell >> 4, commodity HAVING sum(n) <> 0
  ), l7 AS (
    SELECT cell >> 4 AS cell, commodity, sum(n)::integer AS n FROM l9 GROUP BY cell >> 4, commodity HAVING sum(n) <> 0
  ), l5 AS (
    SELECT cell >> 4 AS cell, commodity, sum(n)::integer AS n FROM l7 GROUP BY cell >> 4, commodity HAVING sum(n) <> 0
  )
  INSERT INTO place_commodity_count AS p (collection, level, cell, commodity, n)
  SELECT '{{collection}}', c.* FROM (
    SELECT 5 AS level, * FROM l5 UNION ALL SELECT 7, * FROM l7 UNION ALL SELECT 9, * FROM l9
  ) c ORDER BY level, cell, commodity
  ON CONFLICT (collection, level, cell, commodity) DO UPDATE SET n = p.n + excluded.n;
  DELETE FROM place_commodity_count WHERE collection = '{{collection}}' AND level < 11 AND n = 0;

  WITH l9 AS (
    SELECT cell >> 4 AS cell, sum(n)::integer AS n FROM pg_temp.changed_cell GROUP BY cell >> 4 HAVING sum(n) <> 0
  ), l7 AS (
    SELECT cell >> 4 AS cell, sum(n)::integer AS n FROM l9 GROUP BY cell >> 4 HAVING sum(n) <> 0
  ), l5 AS (
    SELECT cell >> 4 AS cell, sum(n)::integer AS n FROM l7 GROUP BY cell >> 4 HAVING sum(n) <> 0
  )
  INSERT INTO place_total_count AS p (collection, level, cell, n)
  SELECT '{{collection}}', c.* FROM (
    SELECT 5 AS level, * FROM l5 UNION ALL SELECT 7, * FROM l7 UNION ALL SELECT 9, * FROM l9
  ) c ORDER BY level, cell
  ON CONFLICT (collection, level, cell) DO UPDATE SET n = p.n + excluded.n;
  DELETE FROM place_total_count WHERE collection = '{{collection}}' AND level < 11 AND n = 0;

  DELETE FROM place_count WHERE collection = '{{collection}}' AND level = 11
    AND cell = ANY (ARRAY(SELECT DISTINCT cell FROM pg_temp.changed_cell));
  INSERT INTO place_count (collection, level, cell, commodity_group, main_commodity, country, n, lons, lats)
  SELECT '{{collection}}', 11, place >> 30, commodity_group, main_commodity, coalesce(country, ''), count(*),
    array_agg(lon ORDER BY lon), array_agg(lat ORDER BY lat)
  FROM (SELECT DISTINCT cell FROM pg_temp.changed_cell) c
  -- OFFSET keeps it a subquery, which looks each cell up by the key
  CROSS JOIN LATERAL (
    SELECT place, lon, lat, commodity_group, main_commodity, country, commodities FROM {{table}}_feature
    WHERE place BETWEEN c.cell << 30 AND (c.cell + 1 << 30) - 1 OFFSET 0
  ) f
  GROUP BY place >> 30, commodity_group, main_commodity, coalesce(country, '')
  ORDER BY place >> 30, commodity_group, main_commodity, coalesce(country, '');
  DELETE FROM place_commodity_count WHERE collection = '{{collection}}' AND level = 11
    AND cell = ANY (ARRAY(SELECT DISTINCT cell FROM pg_temp.changed_cell));
  INSERT INTO place_commodity_count (collection, level, cell, commodity, n, lons, lats)
  SELECT '{{collection}}', 11, place >> 30, unnest(commodities), count(*),
    array_agg(lon ORDER BY lon), array_agg(lat ORDER BY lat)
  FROM (SELECT DISTINCT cell FROM pg_temp.changed_cell) c
  -- OFFSET keeps it a subquery, which looks each cell up by the key
  CROSS JOIN LATERAL (
    SELECT place, lon, lat, commodity_group, main_commodity, country, commodities FROM {{table}}_feature
    WHERE place BETWEEN c.cell << 30 AND (c.cell + 1 << 30) - 1 OFFSET 0
  ) f
  GROUP BY place >> 30, unnest(commodities) ORDER BY place >> 30, unnest(commodities);
  DELETE FROM place_total_count WHERE collection = '{{collection}}' AND level = 11
    AND cell = ANY (ARRAY(SELECT DISTINCT cell FROM pg_temp.changed_cell));
  INSERT INTO place_total_count (collection, level, cell, n, lons, lats)
  SELECT '{{collection}}', 11, place >> 30, count(*),
    array_agg(lon ORDER BY lon), array_agg(lat ORDER BY lat)
  FROM (SELECT DISTINCT cell FROM pg_temp.changed_cell) c
  -- OFFSET keeps it a subquery, which looks each cell up by the key
  CROSS JOIN LATERAL (
    SELECT place, lon, lat, commodity_group, main_commodity, country, commodities FROM {{table}}_feature
    WHERE place BETWEEN c.cell << 30 AND (c.cell + 1 << 30) - 1 OFFSET 0
  ) f
  GROUP BY place >> 30 ORDER BY place >> 30;

  DROP TABLE pg_temp.changed_cell;
END $$;
REVOKE EXECUTE ON FUNCTION lode.count_{{table}}_cells(integer) FROM PUBLIC;
