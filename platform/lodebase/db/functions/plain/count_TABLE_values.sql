-- Counts the {{collection}} of a version by each value of the fields that are counted.
CREATE OR REPLACE FUNCTION lode.count_{{table}}_values(v integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = lode, pg_temp
AS $$
BEGIN
  INSERT INTO facet_count AS f (collection, field, value, n)
  SELECT '{{collection}}', x.field, x.value, sum(c.n)
  FROM (
    SELECT {{counted}}, 1 AS n FROM {{table}} WHERE since_version = v
    UNION ALL
    SELECT {{counted}}, -1 FROM lode_history.{{table}} WHERE until_version = v
  ) c CROSS JOIN LATERAL (
    {{each_value}}
  ) x (field, value)
  GROUP BY 2, 3 HAVING sum(c.n) <> 0
  ON CONFLICT (collection, field, value) DO UPDATE SET n = f.n + excluded.n;
  DELETE FROM facet_count WHERE collection = '{{collection}}' AND n = 0;
END $$;
REVOKE EXECUTE ON FUNCTION lode.count_{{table}}_values(integer) FROM PUBLIC;
