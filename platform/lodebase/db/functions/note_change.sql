-- Writes a change to the audit trail. Arguments: the column that names the row, then columns whose values are masked.
CREATE OR REPLACE FUNCTION lode.note_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = lode, pg_temp
AS $$
DECLARE
  row_ jsonb := CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
  before jsonb := CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(OLD) ELSE '{}'::jsonb END;
  belongs boolean := TG_TABLE_NAME IN ('session', 'second_factor', 'recovery_code');
  failed boolean := TG_TABLE_NAME = 'sign_in' AND row_ ->> 'failed' IS NOT NULL;
  details jsonb;
BEGIN
  IF TG_OP <> 'DELETE' THEN
    SELECT jsonb_object_agg(key, CASE WHEN key = ANY (TG_ARGV[1:]) THEN '"***"'::jsonb ELSE value END) INTO details
    FROM jsonb_each(row_) WHERE before -> key IS DISTINCT FROM value AND (TG_OP = 'UPDATE' OR value <> 'null');
  END IF;
  INSERT INTO audit (account, action, subject, detail, operator) VALUES (
    coalesce(CASE WHEN NOT belongs THEN row_ ->> 'account' END, nullif(current_setting('lode.account', true), ''),
             CASE WHEN TG_TABLE_NAME = 'sign_in' AND NOT failed THEN row_ ->> 'name' END),
    TG_TABLE_NAME || ' ' || CASE WHEN failed THEN 'failed' ELSE lower(TG_OP) END, row_ ->> TG_ARGV[0], details,
    nullif(current_setting('lode.operator', true), ''));
  RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION lode.note_change() FROM PUBLIC;

CREATE TRIGGER note_change AFTER INSERT OR UPDATE ON lode.account
FOR EACH ROW EXECUTE FUNCTION lode.note_change('name', 'password_hash', 'stamp', 'subject');
-- a text of an act may be long, and the record has it
CREATE TRIGGER note_change AFTER INSERT OR UPDATE ON lode.act_entry
FOR EACH ROW EXECUTE FUNCTION lode.note_change('number', 'fields');
CREATE TRIGGER note_change AFTER INSERT OR UPDATE OF revoked_at ON lode.api_key
FOR EACH ROW EXECUTE FUNCTION lode.note_change('number', 'hash');
CREATE TRIGGER note_change AFTER INSERT ON lode.act_correction
FOR EACH ROW EXECUTE FUNCTION lode.note_change('entry', 'fields', 'subjects');
CREATE TRIGGER note_change AFTER INSERT ON lode.baseline_entry
FOR EACH ROW EXECUTE FUNCTION lode.note_change('milestone_id');
CREATE TRIGGER note_change AFTER INSERT ON lode.import_correction
FOR EACH ROW EXECUTE FUNCTION lode.note_change('request');
CREATE TRIGGER note_change AFTER INSERT ON lode.monthly_report_step
FOR EACH ROW EXECUTE FUNCTION lode.note_change('number', 'values', 'reason');
CREATE TRIGGER note_change AFTER INSERT ON lode.proposal
FOR EACH ROW EXECUTE FUNCTION lode.note_change('number');
CREATE TRIGGER note_change AFTER INSERT ON lode.proposal_step
FOR EACH ROW EXECUTE FUNCTION lode.note_change('number');
-- a holder may be a person
CREATE TRIGGER note_change AFTER INSERT OR UPDATE ON lode.record_entry
FOR EACH ROW EXECUTE FUNCTION lode.note_change('number', 'fields', 'problems');
CREATE TRIGGER note_change AFTER INSERT ON lode.record_correction
FOR EACH ROW EXECUTE FUNCTION lode.note_change('entry', 'fields');
CREATE TRIGGER note_change AFTER UPDATE ON lode.recovery_code
FOR EACH ROW EXECUTE FUNCTION lode.note_change('account', 'hash');
CREATE TRIGGER note_change AFTER INSERT ON lode.report_step
FOR EACH ROW EXECUTE FUNCTION lode.note_change('number');
CREATE TRIGGER note_change AFTER INSERT OR DELETE ON lode.second_factor
FOR EACH ROW EXECUTE FUNCTION lode.note_change('account', 'secret');
-- What expired is deleted without a line in the trail.
CREATE TRIGGER note_change AFTER DELETE ON lode.session
FOR EACH ROW WHEN (OLD.made > now() - interval '12 hours') EXECUTE FUNCTION lode.note_change('account');
CREATE TRIGGER note_change AFTER INSERT ON lode.sign_in
FOR EACH ROW WHEN (NEW.opened) EXECUTE FUNCTION lode.note_change('name', 'client');
CREATE TRIGGER note_failure AFTER INSERT ON lode.sign_in
FOR EACH ROW WHEN (NEW.failed IS NOT NULL) EXECUTE FUNCTION lode.note_change('name', 'name');
