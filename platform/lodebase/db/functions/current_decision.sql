-- The decision that applies to each subject: the newest that was not undone.
CREATE OR REPLACE VIEW lode.current_decision AS
SELECT DISTINCT ON (d.kind, d.subject_key) d.id, d.number, d.kind, d.subject, d.decision, d.detail, d.reason, d.account, d.at,
  d.outcome, d.subject_key
FROM lode.decision d
WHERE d.undoes IS NULL AND NOT EXISTS (SELECT FROM lode.decision u WHERE u.undoes = d.id)
ORDER BY d.kind, d.subject_key, d.at DESC, d.number DESC;
GRANT SELECT ON lode.current_decision TO lode_desk, lode_import;
