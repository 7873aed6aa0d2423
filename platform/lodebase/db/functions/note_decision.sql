-- Writes a decision to the audit trail, marks what it concerns as not served yet, and wakes the process that serves it.
CREATE OR REPLACE FUNCTION lode.note_decision() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = lode, pg_temp
AS $$
DECLARE
  decided decision := NEW;
  masked text[] := CASE NEW.kind
  {{decision_masks}} ELSE '{}' END;
  details jsonb;
  named jsonb;
BEGIN
  IF NEW.undoes IS NOT NULL THEN
    SELECT * INTO decided FROM decision WHERE id = NEW.undoes;
  END IF;
  SELECT jsonb_object_agg(key, CASE WHEN key = ANY (masked) THEN '"***"'::jsonb ELSE value END) INTO details
  FROM jsonb_each(NEW.subject || NEW.detail || jsonb_build_object('decision', NEW.decision, 'reason', NEW.reason,
    'account', NEW.account, 'at', NEW.at, 'number', NEW.number, 'undoes', NEW.undoes)) WHERE value <> 'null';
  INSERT INTO audit (account, action, subject, detail, operator) VALUES (NEW.account,
    NEW.kind || CASE WHEN NEW.undoes IS NULL THEN ' insert' ELSE ' undo' END,
    CASE NEW.kind
    {{decision_trails}} END,
    details, nullif(current_setting('lode.operator', true), ''));
  named := decided.subject || decided.detail;
  INSERT INTO unserved (what, subject, source, key)
  SELECT NEW.kind, decided.id::text, coalesce(named ->> r.source, ''), coalesce(named ->> r.key, '')
  FROM (VALUES
    {{decision_rows}}
  ) r (kind, source, key) WHERE r.kind = NEW.kind;
  PERFORM pg_notify('lode_unserved', '');
  RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION lode.note_decision() FROM PUBLIC;

CREATE TRIGGER note_decision AFTER INSERT ON lode.decision
FOR EACH ROW EXECUTE FUNCTION lode.note_decision();
