-- Writes the features of the rows that this transaction changed so far, in Morton order; an import calls it between
-- parts of its rows. The position of the last row and the number of rows are remembered in settings of the transaction.
CREATE OR REPLACE FUNCTION lode.write_{{table}}_features() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = lode, public, pg_temp
SET work_mem = '128MB'
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
  v integer := nullif(current_setting('lode.version', true), '')::integer;
  last tid := nullif(current_setting('lode.featured_{{table}}', true), '')::tid;
  first boolean := last IS NULL;
  written bigint;
BEGIN
  IF first THEN
    last := '(0,0)';
  END IF;
  INSERT INTO {{table}}_feature (
    morton_code, id, lon, lat, position_accuracy_m, country, main_commodity, commodity_group, commodities, feature
  )
  SELECT t.morton_code, t.id, ST_X(t.geom), ST_Y(t.geom), t.position_accuracy_m, t.country, t.main_commodity,
    t.commodity_group, t.commodities,
    '{"type":"Feature","id":"' || t.id || '","geometry":' || coalesce(ST_AsGeoJSON(t.geom, 7), 'null')
    || ',"properties":' || row_to_json(properties) || '}'
  FROM {{table}} t,
  LATERAL (
    SELECT
      {{properties}}
  ) properties
  WHERE t.since_version = v AND t.ctid > last
    AND (NOT first OR NOT EXISTS (SELECT FROM {{table}}_feature f WHERE f.morton_code = t.morton_code AND f.id = t.id))
  ORDER BY t.morton_code, t.id;
  GET DIAGNOSTICS written = ROW_COUNT;
  IF first THEN
    SELECT max(ctid), count(*) INTO last, written FROM {{table}} WHERE since_version = v;
  ELSE
    written := current_setting('lode.featured_{{table}}_rows')::bigint + written;
    SELECT coalesce(max(ctid), last) INTO last FROM {{table}} WHERE ctid > last;
  END IF;
  PERFORM set_config('lode.featured_{{table}}', coalesce(last::text, ''), true),
    set_config('lode.featured_{{table}}_rows', written::text, true);
END $$;
REVOKE EXECUTE ON FUNCTION lode.write_{{table}}_features() FROM PUBLIC;
