-- The decisions that apply on the project that an entry of a list covers, none known here if it is null; and those that were
-- undone, until an import took their projects out of the entries.
CREATE OR REPLACE VIEW lode.list_entry_project AS
SELECT d.id, d.number, d.subject ->> 'entry_id' AS entry_id, d.detail ->> 'project_id' AS project_id, d.account AS decided_by,
  d.at AS decided_at, d.reason, false AS reopened
FROM lode.current_decision d WHERE d.kind = 'list_entry_project'
UNION ALL
SELECT d.id, d.number, d.subject ->> 'entry_id', d.detail ->> 'project_id', u.account, u.at, u.reason,
  true
FROM lode.decision d JOIN lode.decision u ON u.undoes = d.id AND u.outcome IS NULL
WHERE d.kind = 'list_entry_project' AND NOT EXISTS (
  SELECT FROM lode.current_decision c WHERE c.kind = d.kind AND c.subject_key = d.subject_key)
  AND NOT EXISTS (SELECT FROM lode.decision l WHERE l.kind = d.kind AND l.subject_key = d.subject_key AND l.number > d.number
    AND l.undoes IS NULL);
GRANT SELECT ON lode.list_entry_project TO lode_desk, lode_import;
GRANT SELECT (entry_id, project_id, reopened) ON lode.list_entry_project TO lode_site;
