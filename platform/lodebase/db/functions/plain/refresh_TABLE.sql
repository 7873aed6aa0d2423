-- Brings what is prepared of {{collection}} up to a new dataset version at commit.
CREATE OR REPLACE FUNCTION lode.refresh_{{table}}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = lode, public, pg_temp
AS $$
BEGIN
  PERFORM count_{{table}}_values(NEW.version);
  PERFORM measure_{{table}}(NEW.version);
  RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION lode.refresh_{{table}}() FROM PUBLIC;

CREATE CONSTRAINT TRIGGER refresh_{{table}} AFTER INSERT ON lode.dataset_version
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION lode.refresh_{{table}}();
