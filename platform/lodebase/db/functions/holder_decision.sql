-- Decisions on whether a holder's name is that of a body or of a natural person, with what undid them and
-- the codes of the person.
CREATE OR REPLACE VIEW lode.holder_decision AS
SELECT d.id, d.number, d.subject ->> 'key' AS key, d.detail ->> 'name' AS name, d.decision AS holder_kind, d.reason,
  d.account AS decided_by, d.at AS decided_at, u.account AS undone_by, u.at AS undone_at,
  d.outcome IS NOT NULL AND (u.id IS NULL OR u.outcome IS NOT NULL) AS applied,
  ARRAY(SELECT jsonb_array_elements_text(d.outcome -> 'codes')) AS codes
FROM lode.decision d LEFT JOIN lode.decision u ON u.undoes = d.id
WHERE d.kind = 'holder_decision' AND d.undoes IS NULL;
GRANT SELECT ON lode.holder_decision TO lode_desk, lode_import;
