-- The value that holds for each field of a record among those that people decided on: the one decided last and not undone.
CREATE OR REPLACE VIEW lode.current_override AS
SELECT (d.detail ->> 'proposal')::bigint AS number, d.subject ->> 'record_id' AS record_id, d.detail ->> 'source' AS source,
  d.detail ->> 'key' AS key, d.subject ->> 'field' AS field, d.detail -> 'value' AS value, d.detail ->> 'cited' AS cited,
  d.reason, d.at
FROM lode.current_decision d WHERE d.kind IN ('value', 'position');
GRANT SELECT ON lode.current_override TO lode_site, lode_import, lode_desk;
