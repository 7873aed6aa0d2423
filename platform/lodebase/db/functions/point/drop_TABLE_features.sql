-- Deletes the finished features of changed and deleted rows at once, so that every feature that exists is true.
CREATE OR REPLACE FUNCTION lode.drop_{{table}}_features() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = lode, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
  DELETE FROM {{table}}_feature f USING gone o WHERE f.morton_code = o.morton_code AND f.id = o.id;
  PERFORM set_config('lode.featured_{{table}}', '', true);
  RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION lode.drop_{{table}}_features() FROM PUBLIC;

CREATE TRIGGER drop_features_update AFTER UPDATE ON lode.{{table}} REFERENCING OLD TABLE AS gone
FOR EACH STATEMENT EXECUTE FUNCTION lode.drop_{{table}}_features();
CREATE TRIGGER drop_features_delete AFTER DELETE ON lode.{{table}} REFERENCING OLD TABLE AS gone
FOR EACH STATEMENT EXECUTE FUNCTION lode.drop_{{table}}_features();
