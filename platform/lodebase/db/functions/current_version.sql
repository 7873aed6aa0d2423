-- Returns the dataset version of this transaction and begins it at the first call; versions begin one after another.
CREATE OR REPLACE FUNCTION lode.current_version() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = lode, pg_temp
AS $$
DECLARE
  v integer := nullif(current_setting('lode.version', true), '')::integer;
BEGIN
  IF v IS NULL THEN
    PERFORM pg_advisory_xact_lock(7613001);
    INSERT INTO dataset_version (version, committed_at)
      SELECT coalesce(max(version), 0) + 1, clock_timestamp() FROM dataset_version RETURNING version INTO v;
    PERFORM set_config('lode.version', v::text, true);
  END IF;
  RETURN v;
END $$;
REVOKE EXECUTE ON FUNCTION lode.current_version() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lode.current_version() TO lode_import;
