-- Marks the source record of a decided proposal as not served yet and wakes the process that serves it.
CREATE OR REPLACE FUNCTION lode.note_unserved_value() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = lode, pg_temp
AS $$
BEGIN
  INSERT INTO unserved (what, subject, source, key)
  SELECT 'value', 'value ' || NEW.number, source, key FROM proposal WHERE number = NEW.number;
  PERFORM pg_notify('lode_unserved', '');
  RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION lode.note_unserved_value() FROM PUBLIC;

CREATE TRIGGER note_unserved AFTER INSERT ON lode.proposal_step
FOR EACH ROW WHEN (NEW.state <> 'declined') EXECUTE FUNCTION lode.note_unserved_value();
