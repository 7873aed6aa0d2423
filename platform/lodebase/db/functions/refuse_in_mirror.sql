-- Refuses decisions of people in a store that mirrors another site; the message is the address of that site.
CREATE OR REPLACE FUNCTION lode.refuse_in_mirror() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = lode, pg_temp
AS $$
DECLARE
  site text := (SELECT origin FROM mirror LIMIT 1);
BEGIN
  IF site IS NOT NULL THEN
    RAISE EXCEPTION '%', site USING ERRCODE = 'LDM01';
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION lode.refuse_in_mirror() FROM PUBLIC;

CREATE TRIGGER refuse_in_mirror BEFORE INSERT OR UPDATE OR DELETE ON lode.act_entry
FOR EACH ROW EXECUTE FUNCTION lode.refuse_in_mirror();
CREATE TRIGGER refuse_in_mirror BEFORE INSERT OR UPDATE OR DELETE ON lode.act_part
FOR EACH ROW EXECUTE FUNCTION lode.refuse_in_mirror();
CREATE TRIGGER refuse_in_mirror BEFORE INSERT OR UPDATE OR DELETE ON lode.baseline_entry
FOR EACH ROW EXECUTE FUNCTION lode.refuse_in_mirror();
CREATE TRIGGER refuse_in_mirror BEFORE INSERT OR UPDATE OR DELETE ON lode.decision
FOR EACH ROW EXECUTE FUNCTION lode.refuse_in_mirror();
CREATE TRIGGER refuse_in_mirror BEFORE INSERT OR UPDATE OR DELETE ON lode.import_request
FOR EACH ROW EXECUTE FUNCTION lode.refuse_in_mirror();
CREATE TRIGGER refuse_in_mirror BEFORE INSERT OR UPDATE OR DELETE ON lode.monthly_report_step
FOR EACH ROW EXECUTE FUNCTION lode.refuse_in_mirror();
CREATE TRIGGER refuse_in_mirror BEFORE INSERT OR UPDATE OR DELETE ON lode.proposal
FOR EACH ROW EXECUTE FUNCTION lode.refuse_in_mirror();
CREATE TRIGGER refuse_in_mirror BEFORE INSERT OR UPDATE OR DELETE ON lode.proposal_step
FOR EACH ROW EXECUTE FUNCTION lode.refuse_in_mirror();
CREATE TRIGGER refuse_in_mirror BEFORE INSERT OR UPDATE OR DELETE ON lode.record_entry
FOR EACH ROW EXECUTE FUNCTION lode.refuse_in_mirror();
