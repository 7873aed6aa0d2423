-- Brings what is prepared of zones up to a new dataset version at commit.
CREATE OR REPLACE FUNCTION lode.refresh_zone() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = lode, public, pg_temp
AS $$
BEGIN
  PERFORM count_zone_values(NEW.version);
  PERFORM measure_zone(NEW.version);
  RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION lode.refresh_zone() FROM PUBLIC;

CREATE CONSTRAINT TRIGGER refresh_zone AFTER INSERT ON lode.dataset_version
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION lode.refresh_zone();
