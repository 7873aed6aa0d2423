-- Writes the finished features of {{collection}} anew if their properties are no longer those that the kind declares.
CREATE OR REPLACE FUNCTION lode.rewrite_{{table}}_features() RETURNS void
LANGUAGE plpgsql
SET search_path = lode, public, pg_temp
AS $$
DECLARE
  written text[] := (
    SELECT array(SELECT json_object_keys(f.feature::json -> 'properties'))
    FROM (SELECT feature FROM {{table}}_feature LIMIT 1) f
  );
BEGIN
  IF written IS NULL OR written = ARRAY[{{property_names}}] THEN
    RETURN;
  END IF;
  UPDATE {{table}}_feature f SET feature = made.feature
  FROM (
    SELECT t.morton_code, t.id,
      '{"type":"Feature","id":"' || t.id || '","geometry":' || coalesce(ST_AsGeoJSON(t.geom, 7), 'null')
      || ',"properties":' || row_to_json(properties) || '}' AS feature
    FROM {{table}} t,
    LATERAL (
      SELECT
      {{properties}}
    ) properties
  ) made
  WHERE f.morton_code = made.morton_code AND f.id = made.id;
END $$;
