-- Sets the version from which an updated row holds; skips an update that changes nothing. Argument: the Morton code, if any.
CREATE OR REPLACE FUNCTION lode.begin_span() RETURNS trigger
LANGUAGE plpgsql
SET search_path = lode, public, pg_temp
AS $$
BEGIN
  NEW.since_version := OLD.since_version;
  IF TG_NARGS > 0 THEN
    -- a generated column has no value yet
    NEW.morton_code := OLD.morton_code;
  END IF;
  IF NEW IS NOT DISTINCT FROM OLD THEN
    RETURN NULL;
  END IF;
  NEW.since_version := current_version();
  RETURN NEW;
END $$;
