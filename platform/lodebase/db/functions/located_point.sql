-- Points with a position, and the box in degrees around each that its accuracy reaches.
CREATE OR REPLACE VIEW lode.located_point AS
SELECT kind, record_id, geom, accuracy_m, since_version,
  ST_Expand(
    geom, (off_m + 200) / 111000 / greatest(cos(radians(ST_Y(geom))), 0.02), (off_m + 200) / 110000
  ) AS reach
FROM (
  SELECT 'deposit' AS kind, id AS record_id, geom, position_accuracy_m AS accuracy_m, since_version,
    coalesce(position_accuracy_m, 0) AS off_m FROM lode.deposit WHERE geom IS NOT NULL
  UNION ALL
  SELECT 'discovery' AS kind, id, geom, position_accuracy_m, since_version, coalesce(position_accuracy_m, 0)
  FROM lode.discovery WHERE geom IS NOT NULL
  UNION ALL
  SELECT 'project' AS kind, id, geom, position_accuracy_m, since_version, coalesce(position_accuracy_m, 0)
  FROM lode.project WHERE geom IS NOT NULL
) point;
