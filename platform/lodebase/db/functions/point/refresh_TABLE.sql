-- Brings what is prepared of {{collection}} up to a new dataset version at commit.
CREATE OR REPLACE FUNCTION lode.refresh_{{table}}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = lode, public, pg_temp
AS $$
BEGIN
  PERFORM write_{{table}}_features();
  IF (SELECT count(*) FROM {{table}} WHERE since_version = NEW.version)
     <> current_setting('lode.featured_{{table}}_rows')::bigint THEN
    -- some rows took the place of earlier ones in the table: look for every row without a feature
    PERFORM set_config('lode.featured_{{table}}', '', true);
    PERFORM write_{{table}}_features();
  END IF;
  PERFORM count_{{table}}_cells(NEW.version);
  PERFORM count_{{table}}_values(NEW.version);
  PERFORM measure_{{table}}(NEW.version);
  RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION lode.refresh_{{table}}() FROM PUBLIC;

CREATE CONSTRAINT TRIGGER refresh_{{table}} AFTER INSERT ON lode.dataset_version
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION lode.refresh_{{table}}();
