-- Grades and contained amounts of estimates as the sources of their records give them.
CREATE OR REPLACE VIEW lode_reported.estimate_measure AS
SELECT {{estimate_measure_columns}}
FROM lode.estimate_measure m JOIN (SELECT id, coalesce(deposit_id, discovery_id) AS record_id FROM lode.estimate) e
  ON e.id = m.estimate_id
WHERE NOT EXISTS (SELECT FROM lode.reported_record x WHERE x.record_id = e.record_id)
UNION ALL
SELECT {{estimate_measure_of_reported_record}}
FROM lode.reported_record t
CROSS JOIN LATERAL jsonb_populate_recordset(NULL::lode.estimate_measure, t.parts -> 'estimate_measure') r;
GRANT SELECT ON lode_reported.estimate_measure TO lode_import, lode_site;
