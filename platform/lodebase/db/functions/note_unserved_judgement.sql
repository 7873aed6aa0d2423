-- Marks the source records of a new judgement as not served yet and wakes the process that serves them.
CREATE OR REPLACE FUNCTION lode.note_unserved_judgement() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = lode, pg_temp
AS $$
BEGIN
  INSERT INTO unserved (what, subject, source, key)
  VALUES ('judgement', coalesce(NEW.undoes, NEW.id)::text, NEW.a_source, NEW.a_key),
         ('judgement', coalesce(NEW.undoes, NEW.id)::text, NEW.b_source, NEW.b_key);
  PERFORM pg_notify('lode_unserved', '');
  RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION lode.note_unserved_judgement() FROM PUBLIC;

CREATE TRIGGER note_unserved AFTER INSERT ON lode.judgement
FOR EACH ROW EXECUTE FUNCTION lode.note_unserved_judgement();
