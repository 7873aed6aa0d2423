-- Deletes the tries to send a report, to save a layout report or to subscribe, and the jobs of processes, that are more than
-- a day old.
CREATE OR REPLACE FUNCTION lode.forget_tries() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = lode, pg_temp
AS $$
BEGIN
  EXECUTE format('DELETE FROM %I WHERE at < now() - interval ''1 day''', TG_TABLE_NAME);
  RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION lode.forget_tries() FROM PUBLIC;

CREATE TRIGGER forget_tries AFTER INSERT ON lode.report_try
FOR EACH STATEMENT EXECUTE FUNCTION lode.forget_tries();
CREATE TRIGGER forget_tries AFTER INSERT ON lode.saved_report_try
FOR EACH STATEMENT EXECUTE FUNCTION lode.forget_tries();
CREATE TRIGGER forget_tries AFTER INSERT ON lode.process_job
FOR EACH STATEMENT EXECUTE FUNCTION lode.forget_tries();
CREATE TRIGGER forget_tries AFTER INSERT ON lode.subscription_try
FOR EACH STATEMENT EXECUTE FUNCTION lode.forget_tries();
