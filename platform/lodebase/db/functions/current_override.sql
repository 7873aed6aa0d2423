-- The value that holds for each field of a record among those that people proposed: the one accepted last.
CREATE OR REPLACE VIEW lode.current_override AS
SELECT DISTINCT ON (p.record_id, p.field) p.number, p.record_id, p.source, p.key, p.field, p.value, p.was, p.cited,
  p.reason, s.at
FROM lode.proposal p
JOIN LATERAL (
  SELECT t.id, t.at, t.state FROM lode.proposal_step t WHERE t.number = p.number ORDER BY t.id DESC LIMIT 1
) s ON s.state = 'accepted'
ORDER BY p.record_id, p.field, s.id DESC;
GRANT SELECT ON lode.current_override TO lode_site, lode_import, lode_desk;
