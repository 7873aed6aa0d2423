-- {{collection}} as their sources give them: records of one source as they are served, joined ones as each source has them.
CREATE OR REPLACE VIEW lode_reported.{{table}} AS
SELECT {{columns}}
FROM lode.{{table}} d
WHERE NOT EXISTS (SELECT FROM lode.reported_record x WHERE x.record_id = d.id)
UNION ALL
SELECT {{of_reported_record}}
FROM lode.reported_record t CROSS JOIN LATERAL jsonb_populate_record(NULL::lode.{{table}}, t.row) r
WHERE t.kind = '{{table}}';
GRANT SELECT ON lode_reported.{{table}} TO lode_import, lode_site;
