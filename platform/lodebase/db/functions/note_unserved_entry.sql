-- Notes an entry at the desk and wakes the process that applies it. Argument: the column that names the row.
CREATE OR REPLACE FUNCTION lode.note_unserved_entry() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = lode, pg_temp
AS $$
BEGIN
  INSERT INTO unserved (what, subject, source, key)
  VALUES (TG_TABLE_NAME, TG_TABLE_NAME || ' ' || (to_jsonb(NEW) ->> TG_ARGV[0]), '', '');
  PERFORM pg_notify('lode_unserved', '');
  RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION lode.note_unserved_entry() FROM PUBLIC;

CREATE TRIGGER note_unserved AFTER INSERT ON lode.baseline_entry
FOR EACH ROW EXECUTE FUNCTION lode.note_unserved_entry('number');
