-- Public rows and those that only people with a role read.
CREATE OR REPLACE VIEW lode_all.{{table}} AS
SELECT * FROM lode.{{table}}
UNION ALL
SELECT r.* FROM lode.internal_row i CROSS JOIN LATERAL jsonb_populate_record(NULL::lode.{{table}}, i."row") r
WHERE i.table_name = '{{table}}';
GRANT SELECT ON lode_all.{{table}} TO lode_desk;
