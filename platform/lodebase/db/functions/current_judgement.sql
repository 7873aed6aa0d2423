-- The judgement that holds for each pair of source records: the newest that was not undone.
CREATE OR REPLACE VIEW lode.current_judgement AS
SELECT DISTINCT ON (j.pair) j.id, j.number, j.a_source, j.a_key, j.b_source, j.b_key, j.verdict, j.relation, j.reason,
  j.account, j.at, j.undoes, j.pair
FROM lode.judgement j
WHERE j.verdict <> 'withdrawn' AND NOT EXISTS (SELECT FROM lode.judgement u WHERE u.undoes = j.id)
ORDER BY j.pair, j.at DESC, j.number DESC;
GRANT SELECT ON lode.current_judgement TO lode_desk, lode_import;
-- all but who judged
GRANT SELECT (id, number, a_source, a_key, b_source, b_key, verdict, relation, reason, at, undoes, pair)
ON lode.current_judgement TO lode_site;
