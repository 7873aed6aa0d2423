-- Deletes the tries to save a layout report that are more than a day old.
CREATE OR REPLACE FUNCTION lode.forget_keep_tries() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = lode, pg_temp
AS $$
BEGIN
  DELETE FROM keep_try WHERE at < now() - interval '1 day';
  RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION lode.forget_keep_tries() FROM PUBLIC;

CREATE TRIGGER forget_tries AFTER INSERT ON lode.keep_try
FOR EACH STATEMENT EXECUTE FUNCTION lode.forget_keep_tries();
