-- Brings the relations of mining rights up to a new dataset version at commit: of the records that changed in it only.
CREATE OR REPLACE FUNCTION lode.relate_rights() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = lode, public, pg_temp
SET work_mem = '128MB'
SET jit = off
AS $$
DECLARE
  v CONSTANT integer := NEW.version;
  -- without it, each version would look at every point of the store
  of_rights CONSTANT boolean := EXISTS (SELECT FROM mining_right WHERE since_version = NEW.version);
BEGIN
  DELETE FROM right_cover c USING lode_history.mining_right h WHERE h.until_version = v AND c.right_id = h.id;
  DELETE FROM right_overlap o USING lode_history.mining_right h WHERE h.until_version = v AND h.id IN (o.right_id, o.other_id);
  DELETE FROM right_cover c USING (
    SELECT id FROM lode_history.deposit WHERE until_version = v
    UNION ALL SELECT id FROM lode_history.discovery WHERE until_version = v
    UNION ALL SELECT id FROM lode_history.project WHERE until_version = v
  ) h WHERE c.record_id = h.id;
  IF NOT EXISTS (SELECT FROM mining_right) THEN
    RETURN NULL;
  END IF;
  INSERT INTO right_cover (right_id, kind, record_id, certainty)
  SELECT id, kind, record_id, certainty FROM (
    SELECT p.*, r.id, certainty_inside(r.geom, coalesce(r.position_accuracy_m, 0), p.geom, p.accuracy_m) AS certainty
    FROM located_point p JOIN mining_right r ON r.geom && p.reach
    WHERE p.since_version = v OR of_rights AND r.since_version = v
  ) found WHERE certainty IS NOT NULL
  ON CONFLICT (right_id, record_id) DO UPDATE SET certainty = excluded.certainty;
  INSERT INTO right_overlap (right_id, other_id, area_km2, depth)
  SELECT least(a.id, b.id), greatest(a.id, b.id), common.km2, CASE
      WHEN num_nulls(a.elevation_top_m, a.elevation_bottom_m, b.elevation_top_m, b.elevation_bottom_m) > 0 THEN 'not-known'
      WHEN a.elevation_top_m <= b.elevation_bottom_m OR b.elevation_top_m <= a.elevation_bottom_m THEN 'apart'
      ELSE 'shared' END
  FROM mining_right a JOIN mining_right b ON a.geom && b.geom AND a.id <> b.id AND (b.since_version <> v OR a.id < b.id)
  CROSS JOIN LATERAL (
    SELECT ST_Area(ST_CollectionExtract(ST_Intersection(a.geom, b.geom), 3)::geography) / 1e6 AS km2
    WHERE ST_Intersects(a.geom, b.geom) AND NOT ST_Touches(a.geom, b.geom)
  ) common
  -- neighbours whose common boundary was digitised twice are no overlap
  WHERE a.since_version = v AND common.km2 > 0.01 * least(a.area_km2_computed, b.area_km2_computed)
  ON CONFLICT (right_id, other_id) DO UPDATE SET area_km2 = excluded.area_km2, depth = excluded.depth;
  -- mentions of organisations are matched before the commit; an organisation may change without a right or a project
  UPDATE mining_right r SET holder_projects = found.projects
  FROM (
    SELECT id, (
      SELECT array_agg(DISTINCT c.record_id ORDER BY c.record_id)
      FROM right_cover c JOIN organisation_mention a ON a.record_kind = 'mining_right' AND a.record_id = c.right_id
      JOIN organisation_mention b ON b.organisation_id = a.organisation_id
        AND b.record_kind = 'project' AND b.record_id = c.record_id
      WHERE c.right_id = m.id AND c.kind = 'project'
    ) AS projects
    FROM mining_right m
    WHERE holder_projects IS NOT NULL OR id IN (SELECT right_id FROM right_cover WHERE kind = 'project')
  ) found
  WHERE found.id = r.id AND r.holder_projects IS DISTINCT FROM found.projects;
  RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION lode.relate_rights() FROM PUBLIC;

CREATE CONSTRAINT TRIGGER relate_rights AFTER INSERT ON lode.dataset_version
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION lode.relate_rights();
