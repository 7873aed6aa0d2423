-- Reports as everybody may read them: the text only where the desk shows it, without who answered.
CREATE OR REPLACE VIEW lode.report_public AS
SELECT r.number, r.at, r.collection, r.record_id, r.record_name, CASE WHEN s.shows_text THEN r.text END AS text,
  coalesce(s.state, 'open') AS state, s.answer, s.at AS answered_at
FROM lode.report r
LEFT JOIN LATERAL (
  SELECT t.at, t.state, t.answer, t.shows_text FROM lode.report_step t WHERE t.number = r.number ORDER BY t.id DESC LIMIT 1
) s ON true;
GRANT SELECT ON lode.report_public TO lode_site, lode_desk;
