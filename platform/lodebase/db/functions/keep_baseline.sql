-- Refuses to overwrite the baseline of a milestone: another date needs the next number and a reason. Earlier ones are in
-- lode_history, where nobody changes them.
CREATE OR REPLACE FUNCTION lode.keep_baseline() RETURNS trigger
LANGUAGE plpgsql
SET search_path = lode, lode_history, pg_temp
AS $$
DECLARE
  earlier lode.milestone;
  broken text;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    earlier := OLD;
  ELSIF EXISTS (SELECT FROM milestone WHERE id = NEW.id) THEN
    -- INSERT ... ON CONFLICT: the update that follows is checked
    RETURN NEW;
  ELSE
    SELECT h.baseline_no, h.baseline_date, h.baseline_reason, h.agreed_by
    INTO earlier.baseline_no, earlier.baseline_date, earlier.baseline_reason, earlier.agreed_by
    FROM lode_history.milestone h WHERE h.id = NEW.id ORDER BY h.until_version DESC LIMIT 1;
  END IF;
  IF earlier.baseline_no IS NULL THEN
    RETURN NEW;
  END IF;
  broken := CASE
    WHEN NEW.baseline_no IS NULL THEN 'baseline_removed'
    -- what was left open may be completed
    WHEN NEW.baseline_no = earlier.baseline_no THEN CASE WHEN NEW.baseline_date IS DISTINCT FROM earlier.baseline_date
      OR NEW.baseline_reason IS DISTINCT FROM coalesce(earlier.baseline_reason, NEW.baseline_reason)
      OR NEW.agreed_by IS DISTINCT FROM coalesce(earlier.agreed_by, NEW.agreed_by) THEN 'baseline_overwritten' END
    WHEN NEW.baseline_no <> earlier.baseline_no + 1 THEN 'baseline_skipped'
    WHEN coalesce(trim(NEW.baseline_reason), '') = '' THEN 'baseline_without_reason'
    WHEN TG_OP = 'UPDATE' AND OLD.since_version = current_version() THEN 'baseline_twice'
  END;
  IF broken IS NOT NULL THEN
    RAISE EXCEPTION 'milestone %: baseline % of % can''t become % of %', NEW.id, earlier.baseline_no, earlier.baseline_date,
      NEW.baseline_no, NEW.baseline_date
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = broken, TABLE = 'milestone', DETAIL = concat_ws(' · ',
        coalesce(NEW.name_zh, NEW.name_en, NEW.project), NEW.milestone_type, earlier.baseline_date);
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER keep_baseline BEFORE INSERT OR UPDATE ON lode.milestone
FOR EACH ROW EXECUTE FUNCTION lode.keep_baseline();
