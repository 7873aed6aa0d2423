-- Derives the status of a project that is written, and refuses any other.
CREATE OR REPLACE FUNCTION lode.set_status() RETURNS trigger
LANGUAGE plpgsql
SET search_path = lode, pg_temp
AS $$
DECLARE
  derived record;
BEGIN
  SELECT * INTO derived FROM derived_status(NEW.id);
  IF (TG_OP = 'INSERT' AND NEW.status IS NOT NULL AND NEW.status IS DISTINCT FROM derived.status)
     OR (TG_OP = 'UPDATE' AND NEW.status IS DISTINCT FROM OLD.status AND NEW.status IS DISTINCT FROM derived.status)
  THEN
    RAISE EXCEPTION 'the status of project % lives on its phases; write it there', NEW.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  NEW.status := derived.status;
  NEW.status_date := derived.status_date;
  RETURN NEW;
END $$;

CREATE TRIGGER set_status BEFORE INSERT OR UPDATE ON lode.project
FOR EACH ROW EXECUTE FUNCTION lode.set_status();
