-- The record that each source's key is served under.
CREATE OR REPLACE VIEW lode.keyed_record AS
SELECT s.source, s.key, m.kind, t.served_id AS id
FROM lode.reported_record t
JOIN lode.member m ON m.record_id = t.record_id AND m.leads
JOIN lode.source_record s ON s.id = m.source_record_id
UNION ALL
SELECT s.source, s.key, m.kind, m.record_id
FROM lode.member m JOIN lode.source_record s ON s.id = m.source_record_id
WHERE m.leads AND NOT EXISTS (SELECT FROM lode.reported_record t WHERE t.record_id = m.record_id);
GRANT SELECT ON lode.keyed_record TO lode_site, lode_import, lode_desk;
