-- Rows of {{table}} as the sources of their records give them.
CREATE OR REPLACE VIEW lode_reported.{{table}} AS
SELECT {{columns}}
FROM lode.{{table}} c
WHERE NOT EXISTS (SELECT FROM lode.reported_record x WHERE x.record_id = {{record_id}})
UNION ALL
SELECT {{of_reported_record}}
FROM lode.reported_record t CROSS JOIN LATERAL jsonb_populate_recordset(NULL::lode.{{table}}, t.parts -> '{{table}}') r;
GRANT SELECT ON lode_reported.{{table}} TO lode_import, lode_site;
