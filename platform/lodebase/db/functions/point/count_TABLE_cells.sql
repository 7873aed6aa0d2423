-- Counts the located {{collection}} of a version by tile cell at zoom levels 11, 9, 8, 7, 6, 5 and 3, each from the finer.
CREATE OR REPLACE FUNCTION lode.count_{{table}}_cells(v integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = lode, public, pg_temp
SET work_mem = '128MB'
AS $$
BEGIN
  -- a table of its own is made by several processes
  CREATE TEMP TABLE changed_cell AS
    SELECT morton_code >> 30 AS cell, commodity_group, main_commodity, country, commodities, sum(n) AS n
    FROM (
      SELECT morton_code, commodity_group, main_commodity, coalesce(country, '') AS country, commodities, 1 AS n
      FROM {{table}} WHERE since_version = v AND geom IS NOT NULL
      UNION ALL
      SELECT morton_code, commodity_group, main_commodity, coalesce(country, ''), commodities, -1
      FROM lode_history.{{table}} WHERE until_version = v AND geom IS NOT NULL
    ) c
    GROUP BY morton_code >> 30, commodity_group, main_commodity, country, commodities HAVING sum(n) <> 0;

  WITH l9 AS (
    SELECT cell >> 4 AS cell, commodity_group, main_commodity, country, commodities, sum(n) AS n FROM pg_temp.changed_cell
    GROUP BY cell >> 4, commodity_group, main_commodity, country, commodities HAVING sum(n) <> 0
  ), l8 AS (
    SELECT cell >> 2 AS cell, commodity_group, main_commodity, country, commodities, sum(n) AS n FROM l9
    GROUP BY cell >> 2, commodity_group, main_commodity, country, commodities HAVING sum(n) <> 0
  ), l7 AS (
    SELECT cell >> 2 AS cell, commodity_group, main_commodity, country, commodities, sum(n) AS n FROM l8
    GROUP BY cell >> 2, commodity_group, main_commodity, country, commodities HAVING sum(n) <> 0
  ), l6 AS (
    SELECT cell >> 2 AS cell, commodity_group, main_commodity, country, commodities, sum(n) AS n FROM l7
    GROUP BY cell >> 2, commodity_group, main_commodity, country, commodities HAVING sum(n) <> 0
  ), l5 AS (
    SELECT cell >> 2 AS cell, commodity_group, main_commodity, country, commodities, sum(n) AS n FROM l6
    GROUP BY cell >> 2, commodity_group, main_commodity, country, commodities HAVING sum(n) <> 0
  ), l3 AS (
    SELECT cell >> 4 AS cell, commodity_group, main_commodity, country, commodities, sum(n) AS n FROM l5
    GROUP BY cell >> 4, commodity_group, main_commodity, country, commodities HAVING sum(n) <> 0
  )
  INSERT INTO cell_count AS p (collection, level, cell, commodity_group, main_commodity, country, commodities, n)
  SELECT '{{collection}}', c.* FROM (
    SELECT 3 AS level, * FROM l3 UNION ALL SELECT 5, * FROM l5 UNION ALL SELECT 6, * FROM l6 UNION ALL SELECT 7, * FROM l7
    UNION ALL SELECT 8, * FROM l8 UNION ALL SELECT 9, * FROM l9 UNION ALL SELECT 11, * FROM pg_temp.changed_cell
  ) c ORDER BY level, cell, commodity_group, main_commodity, country, commodities
  ON CONFLICT (collection, level, cell, commodity_group, main_commodity, country, commodities)
  DO UPDATE SET n = p.n + excluded.n;
  DELETE FROM cell_count WHERE collection = '{{collection}}' AND n = 0;

  DROP TABLE pg_temp.changed_cell;
END $$;
REVOKE EXECUTE ON FUNCTION lode.count_{{table}}_cells(integer) FROM PUBLIC;
