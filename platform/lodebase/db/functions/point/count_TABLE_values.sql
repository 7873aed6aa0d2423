-- Counts the {{collection}} of a version by each combination of the fields that are counted by value, and by each field.
CREATE OR REPLACE FUNCTION lode.count_{{table}}_values(v integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = lode, pg_temp
SET work_mem = '128MB'
AS $$
BEGIN
  CREATE TEMP TABLE changed_values AS
    SELECT {{counted}}, sum(n) AS n
    FROM (
      SELECT {{counted}}, 1 AS n
      FROM {{table}} WHERE since_version = v
      UNION ALL
      SELECT {{counted}}, -1
      FROM lode_history.{{table}} WHERE until_version = v
    ) c
    GROUP BY {{counted}} HAVING sum(n) <> 0;

  -- a hash is the key, as nulls and long lists make none
  INSERT INTO {{table}}_combination AS c (
    key, {{counted}}, n
  )
  SELECT
    md5(ROW({{counted}})::text)::uuid,
    {{counted}}, n
  FROM pg_temp.changed_values
  ON CONFLICT (key) DO UPDATE SET n = c.n + excluded.n;
  DELETE FROM {{table}}_combination WHERE n = 0;

  INSERT INTO facet_count AS f (collection, field, value, n)
  SELECT '{{collection}}', x.field, x.value, sum(c.n)
  FROM pg_temp.changed_values c CROSS JOIN LATERAL (
    {{each_value}}
  ) x (field, value)
  GROUP BY 2, 3 HAVING sum(c.n) <> 0
  ON CONFLICT (collection, field, value) DO UPDATE SET n = f.n + excluded.n;
  DELETE FROM facet_count WHERE collection = '{{collection}}' AND n = 0;

  DROP TABLE pg_temp.changed_values;
END $$;
REVOKE EXECUTE ON FUNCTION lode.count_{{table}}_values(integer) FROM PUBLIC;
