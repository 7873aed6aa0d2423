-- Notes a decision on a name of a holder, or that one is undone, and wakes the process that applies it; it has no name.
CREATE OR REPLACE FUNCTION lode.note_unserved_holder() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = lode, pg_temp
AS $$
BEGIN
  INSERT INTO unserved (what, subject, source, key) VALUES ('holder', 'holder ' || NEW.number, '', '');
  PERFORM pg_notify('lode_unserved', '');
  RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION lode.note_unserved_holder() FROM PUBLIC;

CREATE TRIGGER note_unserved AFTER INSERT OR UPDATE OF undone_at ON lode.holder_decision
FOR EACH ROW EXECUTE FUNCTION lode.note_unserved_holder();
