-- Copies a changed description of a source to lode_history, with the version until which it holds.
CREATE OR REPLACE FUNCTION lode.keep_source() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = lode, lode_history, pg_temp
AS $$
BEGIN
  INSERT INTO lode_history.source SELECT coalesce(nullif(current_setting('lode.version', true), '')::integer,
    (SELECT coalesce(max(version), 0) + 1 FROM dataset_version)), OLD.*;
  RETURN NULL;
END $$;

CREATE TRIGGER keep_source AFTER UPDATE ON lode.source
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION lode.keep_source();
