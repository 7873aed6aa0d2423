-- Wakes the process that runs the work of a table. Argument: the channel it listens on. Rows and not statements fire it: the
-- statement that takes the next piece of work updates no row when there is none, and would wake its own process for ever.
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
FOR EACH ROW EXECUTE FUNCTION lode.notify_of_work('lode_jobs');
CREATE TRIGGER notify_of_work AFTER INSERT OR UPDATE OF state ON lode.import_request
FOR EACH ROW EXECUTE FUNCTION lode.notify_of_work('lode_imports');
CREATE TRIGGER notify_of_work AFTER INSERT OR UPDATE OF state ON lode.act_entry
FOR EACH ROW EXECUTE FUNCTION lode.notify_of_work('lode_imports');
CREATE TRIGGER notify_of_work AFTER INSERT OR UPDATE OF state ON lode.record_entry
FOR EACH ROW EXECUTE FUNCTION lode.notify_of_work('lode_imports');
