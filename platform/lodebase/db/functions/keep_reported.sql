-- Refuses to change a reported value, unit or basis outside an import.
CREATE OR REPLACE FUNCTION lode.keep_reported() RETURNS trigger
LANGUAGE plpgsql
SET search_path = lode, pg_temp
AS $$
BEGIN
  IF nullif(current_setting('lode.run', true), '') IS NULL THEN
    RAISE EXCEPTION 'a reported value, unit or basis of % is changed by an import of its source only', TG_TABLE_NAME
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER keep_reported BEFORE UPDATE ON lode.estimate FOR EACH ROW WHEN (
  NEW.ore_reported IS DISTINCT FROM OLD.ore_reported
  OR NEW.ore_qualifier IS DISTINCT FROM OLD.ore_qualifier
  OR NEW.ore_upper IS DISTINCT FROM OLD.ore_upper
  OR NEW.ore_unit IS DISTINCT FROM OLD.ore_unit
) EXECUTE FUNCTION lode.keep_reported();
CREATE TRIGGER keep_reported BEFORE UPDATE ON lode.estimate_measure FOR EACH ROW WHEN (
  NEW.grade_reported IS DISTINCT FROM OLD.grade_reported
  OR NEW.grade_qualifier IS DISTINCT FROM OLD.grade_qualifier
  OR NEW.grade_upper IS DISTINCT FROM OLD.grade_upper
  OR NEW.grade_unit IS DISTINCT FROM OLD.grade_unit
  OR NEW.grade_basis IS DISTINCT FROM OLD.grade_basis
  OR NEW.contained_reported IS DISTINCT FROM OLD.contained_reported
  OR NEW.contained_qualifier IS DISTINCT FROM OLD.contained_qualifier
  OR NEW.contained_upper IS DISTINCT FROM OLD.contained_upper
  OR NEW.contained_unit IS DISTINCT FROM OLD.contained_unit
  OR NEW.contained_basis IS DISTINCT FROM OLD.contained_basis
) EXECUTE FUNCTION lode.keep_reported();
CREATE TRIGGER keep_reported BEFORE UPDATE ON lode.phase FOR EACH ROW WHEN (
  NEW.capacity_reported IS DISTINCT FROM OLD.capacity_reported
  OR NEW.capacity_qualifier IS DISTINCT FROM OLD.capacity_qualifier
  OR NEW.capacity_upper IS DISTINCT FROM OLD.capacity_upper
  OR NEW.capacity_unit IS DISTINCT FROM OLD.capacity_unit
  OR NEW.capacity_basis IS DISTINCT FROM OLD.capacity_basis
) EXECUTE FUNCTION lode.keep_reported();
