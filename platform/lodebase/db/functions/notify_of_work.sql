-- Wakes the process that runs the work of a table. Argument: the channel it listens on.
CREATE OR REPLACE FUNCTION lode.notify_of_work() RETURNS trigger
LANGUAGE plpgsql
SET search_path = lode, pg_temp
AS $$
BEGIN
  PERFORM pg_notify(TG_ARGV[0], '');
  RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION lode.notify_of_work() FROM PUBLIC;

CREATE TRIGGER notify_of_work AFTER INSERT OR UPDATE OF state ON lode.process_job
FOR EACH STATEMENT EXECUTE FUNCTION lode.notify_of_work('lode_jobs');
CREATE TRIGGER notify_of_work AFTER INSERT OR UPDATE OF state ON lode.import_request
FOR EACH STATEMENT EXECUTE FUNCTION lode.notify_of_work('lode_imports');
CREATE TRIGGER notify_of_work AFTER INSERT OR UPDATE OF state ON lode.act_entry
FOR EACH STATEMENT EXECUTE FUNCTION lode.notify_of_work('lode_imports');
CREATE TRIGGER notify_of_work AFTER INSERT OR UPDATE OF state ON lode.record_entry
FOR EACH STATEMENT EXECUTE FUNCTION lode.notify_of_work('lode_imports');
