-- Copies the rows that a statement changed or deleted to lode_history, with the version at which they ended.
CREATE OR REPLACE FUNCTION lode.keep_history() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = lode, lode_history, public, pg_temp
AS $$
BEGIN
  IF EXISTS (SELECT FROM gone) THEN
    EXECUTE format('INSERT INTO lode_history.%I SELECT $1, o.* FROM gone o WHERE o.since_version < $1', TG_TABLE_NAME)
      USING current_version();
  END IF;
  RETURN NULL;
END $$;
