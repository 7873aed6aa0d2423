-- Projects as their sources give them; the status is derived from the phases of the same source.
CREATE OR REPLACE VIEW lode_reported.project AS
SELECT {{project_columns}}
FROM lode.project d
WHERE NOT EXISTS (SELECT FROM lode.reported_record x WHERE x.record_id = d.id)
UNION ALL
SELECT {{project_of_reported_record}}
FROM lode.reported_record t CROSS JOIN LATERAL jsonb_populate_record(NULL::lode.project, t.row) r
LEFT JOIN LATERAL (
  SELECT p.status, p.status_date FROM jsonb_populate_recordset(NULL::lode.phase, t.parts -> 'phase') p
  WHERE p.status IS NOT NULL
  ORDER BY array_position(ARRAY['operating', 'commissioning', 'intermittent', 'construction', 'permitted', 'pre-permit',
    'announced', 'suspended', 'shelved', 'cancelled', 'closed'], p.status), p.status_date DESC NULLS LAST, p.ordinal
  LIMIT 1
) derived ON true
WHERE t.kind = 'project';
GRANT SELECT ON lode_reported.project TO lode_import, lode_site;
