-- Derives the status of the projects whose phases a statement changed.
CREATE OR REPLACE FUNCTION lode.refresh_status() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = lode, pg_temp
AS $$
BEGIN
  UPDATE project SET status = derived.status, status_date = derived.status_date
  FROM (SELECT DISTINCT project_id FROM touched) t, LATERAL derived_status(t.project_id) AS derived
  WHERE project.id = t.project_id
    AND (project.status, project.status_date) IS DISTINCT FROM (derived.status, derived.status_date);
  RETURN NULL;
END $$;

CREATE TRIGGER refresh_status_insert AFTER INSERT ON lode.phase REFERENCING NEW TABLE AS touched
FOR EACH STATEMENT EXECUTE FUNCTION lode.refresh_status();
CREATE TRIGGER refresh_status_update AFTER UPDATE ON lode.phase REFERENCING NEW TABLE AS touched
FOR EACH STATEMENT EXECUTE FUNCTION lode.refresh_status();
CREATE TRIGGER refresh_status_delete AFTER DELETE ON lode.phase REFERENCING OLD TABLE AS touched
FOR EACH STATEMENT EXECUTE FUNCTION lode.refresh_status();
