-- The judgement that applies to each pair of source records.
CREATE OR REPLACE VIEW lode.current_judgement AS
SELECT d.id, d.number, d.subject ->> 'a_source' AS a_source, d.subject ->> 'a_key' AS a_key,
  d.subject ->> 'b_source' AS b_source, d.subject ->> 'b_key' AS b_key, d.decision AS verdict,
  d.detail ->> 'relation' AS relation, d.reason, d.account, d.at, d.subject_key AS pair
FROM lode.current_decision d WHERE d.kind = 'judgement';
GRANT SELECT ON lode.current_judgement TO lode_desk, lode_import;
-- all but who judged
GRANT SELECT (id, number, a_source, a_key, b_source, b_key, verdict, relation, reason, at, pair)
ON lode.current_judgement TO lode_site;
