-- Writes the outputs of the projects that this version changed: one row for each phase with a product, then for each
-- product and facility type that only the project names.
CREATE OR REPLACE FUNCTION lode.refresh_outputs() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = lode, public, pg_temp
SET work_mem = '128MB'
AS $$
DECLARE
  v integer := NEW.version;
BEGIN
  CREATE TEMP TABLE changed_output AS
    SELECT id FROM project WHERE since_version = v
    UNION SELECT project_id FROM phase WHERE since_version = v
    UNION SELECT id FROM lode_history.project WHERE until_version = v
    UNION SELECT project_id FROM lode_history.phase WHERE until_version = v
    UNION SELECT unnest(ARRAY[from_id, to_id]) FROM link WHERE since_version = v AND relation = 'contains'
    UNION SELECT unnest(ARRAY[from_id, to_id]) FROM lode_history.link WHERE until_version = v AND relation = 'contains';
  ANALYZE pg_temp.changed_output;
  DELETE FROM project_output o USING pg_temp.changed_output c WHERE o.id = c.id;
  INSERT INTO project_output (
    term, morton_code, id, origin, lon, lat, accuracy_m, country, division, status, basis, capacity_tpa
  )
  WITH changed AS MATERIALIZED (
    SELECT p.*, ST_X(p.geom) AS lon, ST_Y(p.geom) AS lat FROM project p
    WHERE p.geom IS NOT NULL AND p.id IN (SELECT c.id FROM pg_temp.changed_output c)
  )
  SELECT * FROM (
    SELECT f.product AS term, p.morton_code, p.id, 'phase', p.lon, p.lat, p.position_accuracy_m, p.country, p.division,
      f.status, f.basis, f.summed_tpa
    FROM changed p JOIN countable_phase f ON f.project_id = p.id
    WHERE f.product IS NOT NULL
    UNION ALL
    SELECT DISTINCT w.term, p.morton_code, p.id, 'product', p.lon, p.lat, p.position_accuracy_m, p.country, p.division,
      p.status, NULL, NULL::double precision
    FROM changed p CROSS JOIN unnest(p.products) w (term)
    WHERE NOT EXISTS (SELECT FROM phase f WHERE f.project_id = p.id AND f.product = w.term)
    UNION ALL
    SELECT DISTINCT w.term, p.morton_code, p.id, 'facility', p.lon, p.lat, p.position_accuracy_m, p.country, p.division,
      p.status, NULL, NULL::double precision
    FROM changed p CROSS JOIN unnest(p.facility_types) w (term)
  ) output
  ORDER BY term, morton_code, id;
  DROP TABLE pg_temp.changed_output;
  RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION lode.refresh_outputs() FROM PUBLIC;

CREATE CONSTRAINT TRIGGER refresh_outputs AFTER INSERT ON lode.dataset_version
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION lode.refresh_outputs();
