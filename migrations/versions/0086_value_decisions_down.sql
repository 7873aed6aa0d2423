ALTER TABLE lode.proposal_step DROP CONSTRAINT ck_proposal_step_state;
ALTER TABLE lode.proposal_step ADD CONSTRAINT ck_proposal_step_state CHECK (state IN ('accepted', 'declined', 'withdrawn'));
COMMENT ON TABLE lode.proposal_step IS 'What became of a proposal; the last step is its state.';

-- a mirror has the decisions only
INSERT INTO lode.proposal (number, at, collection, record_id, record_name, source, key, field, value, cited, reason, account)
SELECT DISTINCT ON ((d.detail ->> 'proposal')::bigint) (d.detail ->> 'proposal')::bigint, '-infinity', '',
  d.subject ->> 'record_id', '', d.detail ->> 'source', d.detail ->> 'key', d.subject ->> 'field', d.detail -> 'value',
  d.detail ->> 'cited', d.reason, ''
FROM lode.decision d WHERE d.kind IN ('value', 'position') AND d.undoes IS NULL
  AND NOT EXISTS (SELECT FROM lode.proposal p WHERE p.number = (d.detail ->> 'proposal')::bigint)
ORDER BY (d.detail ->> 'proposal')::bigint, d.at DESC;
INSERT INTO lode.proposal_step (number, at, account, state, words)
SELECT s.proposal, s.at, s.account, s.state, s.words FROM (
  SELECT (d.detail ->> 'proposal')::bigint AS proposal, d.at, d.account, 'accepted' AS state, d.detail ->> 'note' AS words, d.number
  FROM lode.decision d WHERE d.kind IN ('value', 'position') AND d.undoes IS NULL
  UNION ALL
  SELECT (d.detail ->> 'proposal')::bigint, u.at, u.account, 'withdrawn', u.reason, u.number
  FROM lode.decision d JOIN lode.decision u ON u.undoes = d.id WHERE d.kind IN ('value', 'position')
) s ORDER BY s.at, s.number;
UPDATE lode.unserved u SET what = 'value', subject = 'value ' || (d.detail ->> 'proposal')
FROM lode.decision d WHERE u.what IN ('value', 'position') AND u.subject = d.id::text;
DELETE FROM lode.decision WHERE kind IN ('value', 'position') AND undoes IS NOT NULL;
DELETE FROM lode.decision WHERE kind IN ('value', 'position');
UPDATE lode.mirror m SET files = coalesce((SELECT jsonb_object_agg(f.key, f.value) FROM jsonb_each(m.files) f
  WHERE f.key !~ '^state/lode\.(decision|proposal|proposal_step)/'), '{}');
DROP INDEX lode.ix_decision_proposal;
ALTER TABLE lode.decision DROP CONSTRAINT ck_decision_value, DROP CONSTRAINT ck_decision_value_detail,
  DROP CONSTRAINT ck_decision_position, DROP CONSTRAINT ck_decision_position_detail, DROP CONSTRAINT ck_decision_kind;
ALTER TABLE lode.decision ADD CONSTRAINT ck_decision_kind CHECK (CASE kind WHEN 'judgement' THEN undoes IS NOT NULL OR (decision IN ('same', 'different', 'linked', 'unsure') AND subject ?& ARRAY['a_source', 'a_key', 'b_source', 'b_key']) WHEN 'holder_decision' THEN undoes IS NOT NULL OR (decision IN ('organisation', 'natural-person') AND subject ?& ARRAY['key'] AND trim(coalesce(reason, '')) <> '') WHEN 'organisation_decision' THEN undoes IS NOT NULL OR (decision IN ('means') AND subject ?& ARRAY['comparable', 'country']) WHEN 'list_entry_project' THEN undoes IS NOT NULL OR (decision IN ('covers', 'none-here') AND subject ?& ARRAY['entry_id'] AND trim(coalesce(reason, '')) <> '') ELSE false END);
