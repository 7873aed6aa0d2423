-- Counts the zones of a version by each value of their kind, country, sources and flags.
CREATE OR REPLACE FUNCTION lode.count_zone_values(v integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = lode, pg_temp
AS $$
BEGIN
  INSERT INTO facet_count AS f (collection, field, value, n)
  SELECT 'zones', x.field, x.value, sum(c.n)
  FROM (
    SELECT zone_kind, country, sources, flags, 1 AS n FROM zone WHERE since_version = v
    UNION ALL
    SELECT zone_kind, country, sources, flags, -1 FROM lode_history.zone WHERE until_version = v
  ) c CROSS JOIN LATERAL (
    VALUES ('zone_kind', coalesce(zone_kind, '')), ('country', coalesce(country, ''))
    UNION ALL SELECT 'sources', unnest(CASE WHEN cardinality(sources) = 0 THEN ARRAY[''] ELSE sources END)
    UNION ALL SELECT 'flags', unnest(CASE WHEN cardinality(flags) = 0 THEN ARRAY[''] ELSE flags END)
  ) x (field, value)
  GROUP BY 2, 3 HAVING sum(c.n) <> 0
  ON CONFLICT (collection, field, value) DO UPDATE SET n = f.n + excluded.n;
  DELETE FROM facet_count WHERE collection = 'zones' AND n = 0;
END $$;
REVOKE EXECUTE ON FUNCTION lode.count_zone_values(integer) FROM PUBLIC;
