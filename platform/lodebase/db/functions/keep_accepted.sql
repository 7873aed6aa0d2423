-- Refuses to change an accepted progress report, and steps between states that leave one out.
CREATE OR REPLACE FUNCTION lode.keep_accepted() RETURNS trigger
LANGUAGE plpgsql
SET search_path = lode, pg_temp
AS $$
DECLARE
  broken text;
BEGIN
  broken := CASE
    WHEN OLD.report_state = 'accepted' AND to_jsonb(NEW) - '{since_version,sources,flags}'::text[]
      <> to_jsonb(OLD) - '{since_version,sources,flags}'::text[] THEN 'report_accepted'
    WHEN NEW.report_state <> OLD.report_state AND (OLD.report_state, NEW.report_state) NOT IN (
      ('draft', 'submitted'), ('submitted', 'returned'), ('submitted', 'accepted'), ('returned', 'submitted'))
      THEN 'report_step'
    WHEN NEW.report_state IN ('returned', 'accepted') AND NEW.report_state <> OLD.report_state
      AND coalesce(NEW.checker, NEW.reporter) IS NOT DISTINCT FROM NEW.reporter THEN 'report_checker'
  END;
  IF broken IS NOT NULL THEN
    RAISE EXCEPTION 'progress report %: % can''t become %', NEW.id, OLD.report_state, NEW.report_state
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = broken, TABLE = 'progress_report',
        DETAIL = concat_ws(' · ', coalesce(NEW.name_zh, NEW.name_en, NEW.project), NEW.month, OLD.report_state);
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER keep_accepted BEFORE UPDATE ON lode.progress_report
FOR EACH ROW EXECUTE FUNCTION lode.keep_accepted();
