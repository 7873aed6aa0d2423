-- Deletes sessions and used one-time codes that are more than a day old.
CREATE OR REPLACE FUNCTION lode.forget_sessions() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = lode, pg_temp
AS $$
BEGIN
  DELETE FROM session WHERE made < now() - interval '1 day';
  DELETE FROM used_code WHERE at < now() - interval '1 day';
  RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION lode.forget_sessions() FROM PUBLIC;

CREATE TRIGGER forget_sessions AFTER INSERT ON lode.session
FOR EACH STATEMENT EXECUTE FUNCTION lode.forget_sessions();
