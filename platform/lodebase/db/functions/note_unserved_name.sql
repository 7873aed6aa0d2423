-- Notes a decision on a name of organisations and wakes the process that applies it; no source record is concerned.
CREATE OR REPLACE FUNCTION lode.note_unserved_name() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = lode, pg_temp
AS $$
BEGIN
  INSERT INTO unserved (what, subject, source, key)
  VALUES ('organisation', 'organisation ' || NEW.country || '/' || NEW.comparable, '', '');
  PERFORM pg_notify('lode_unserved', '');
  RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION lode.note_unserved_name() FROM PUBLIC;

CREATE TRIGGER note_unserved AFTER INSERT OR UPDATE ON lode.organisation_decision
FOR EACH ROW EXECUTE FUNCTION lode.note_unserved_name();
