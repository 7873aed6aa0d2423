ALTER TABLE lode.decision DROP CONSTRAINT ck_decision_kind;
ALTER TABLE lode.decision ADD CONSTRAINT ck_decision_kind CHECK (CASE kind WHEN 'judgement' THEN undoes IS NOT NULL OR (decision IN ('same', 'different', 'linked', 'unsure') AND subject ?& ARRAY['a_source', 'a_key', 'b_source', 'b_key']) WHEN 'holder_decision' THEN undoes IS NOT NULL OR (decision IN ('organisation', 'natural-person') AND subject ?& ARRAY['key'] AND trim(coalesce(reason, '')) <> '') WHEN 'organisation_decision' THEN undoes IS NOT NULL OR (decision IN ('means') AND subject ?& ARRAY['comparable', 'country']) WHEN 'list_entry_project' THEN undoes IS NOT NULL OR (decision IN ('covers', 'none-here') AND subject ?& ARRAY['entry_id'] AND trim(coalesce(reason, '')) <> '') WHEN 'value' THEN undoes IS NOT NULL OR (decision IN ('is') AND subject ?& ARRAY['record_id', 'field'] AND trim(coalesce(reason, '')) <> '') WHEN 'position' THEN undoes IS NOT NULL OR (decision IN ('lies-at') AND subject ?& ARRAY['record_id', 'field'] AND trim(coalesce(reason, '')) <> '') ELSE false END);
ALTER TABLE lode.decision ADD CONSTRAINT ck_decision_value CHECK (kind <> 'value' OR undoes IS NOT NULL OR subject ->> 'field' <> 'position' AND coalesce(jsonb_typeof(detail -> 'value') IN ('string', 'number'), false));
ALTER TABLE lode.decision ADD CONSTRAINT ck_decision_value_detail CHECK (kind <> 'value' OR undoes IS NOT NULL OR detail ?& ARRAY['value', 'cited', 'source', 'key', 'proposal']);
ALTER TABLE lode.decision ADD CONSTRAINT ck_decision_position CHECK (kind <> 'position' OR undoes IS NOT NULL OR subject ->> 'field' = 'position' AND coalesce(detail ->> 'crs' = 'OGC:CRS84', false) AND coalesce(jsonb_path_match(detail, '$.value.size() == 2 && $.value[0] >= -180 && $.value[0] <= 180 && $.value[1] >= -90 && $.value[1] <= 90', '{}', true), false));
ALTER TABLE lode.decision ADD CONSTRAINT ck_decision_position_detail CHECK (kind <> 'position' OR undoes IS NOT NULL OR detail ?& ARRAY['value', 'cited', 'source', 'key', 'proposal']);
CREATE INDEX ix_decision_proposal ON lode.decision (((detail ->> 'proposal')::bigint)) WHERE detail ? 'proposal';

-- a step that repeats the state before it, as two stores that exchange values may have, decided nothing
CREATE TEMP TABLE step ON COMMIT DROP AS
SELECT s.*, gen_random_uuid() AS decided FROM (
  SELECT t.*, lag(t.state) OVER (PARTITION BY t.number ORDER BY t.id) AS state_before FROM lode.proposal_step t
) s WHERE s.state IN ('accepted', 'withdrawn') AND s.state IS DISTINCT FROM s.state_before;
INSERT INTO lode.decision (id, kind, subject, decision, detail, reason, account, at)
SELECT s.decided, CASE p.field WHEN 'position' THEN 'position' ELSE 'value' END,
  jsonb_build_object('record_id', p.record_id, 'field', p.field), CASE p.field WHEN 'position' THEN 'lies-at' ELSE 'is' END,
  jsonb_strip_nulls(jsonb_build_object('value', p.value, 'cited', p.cited, 'collection', p.collection, 'source', p.source,
    'key', p.key, 'proposal', p.number, 'note', s.words,
    'crs', CASE p.field WHEN 'position' THEN 'OGC:CRS84' END, 'unit', CASE p.field WHEN 'position_accuracy_m' THEN 'm' END)),
  p.reason, s.account, s.at
FROM step s JOIN lode.proposal p USING (number) WHERE s.state = 'accepted' ORDER BY s.id;
INSERT INTO lode.decision (kind, subject, decision, reason, account, at, undoes)
SELECT d.kind, d.subject, 'withdrawn', w.words, w.account, w.at, d.id
FROM step w JOIN LATERAL (
  SELECT a.decided FROM step a WHERE a.number = w.number AND a.state = 'accepted' AND a.id < w.id ORDER BY a.id DESC LIMIT 1
) a ON true JOIN lode.decision d ON d.id = a.decided
WHERE w.state = 'withdrawn' ORDER BY w.id;
UPDATE lode.unserved u SET what = d.kind, subject = d.id::text
FROM (SELECT DISTINCT ON (detail ->> 'proposal') id, kind, detail ->> 'proposal' AS proposal FROM lode.decision
  WHERE detail ? 'proposal' ORDER BY detail ->> 'proposal', at DESC, number DESC) d
WHERE u.what = 'value' AND u.subject = 'value ' || d.proposal;
DELETE FROM lode.proposal_step WHERE state <> 'declined';
ALTER TABLE lode.proposal_step DROP CONSTRAINT ck_proposal_step_state;
ALTER TABLE lode.proposal_step ADD CONSTRAINT ck_proposal_step_state CHECK (state IN ('declined'));
COMMENT ON TABLE lode.proposal_step IS 'Proposals that were declined, by whom and why; an accepted one is a row of the table of decisions.';

-- a mirror has no proposals any more, and reads all decisions anew: those written here have other ids than at the site
DELETE FROM lode.proposal WHERE EXISTS (SELECT FROM lode.mirror);
UPDATE lode.mirror m SET files = coalesce((SELECT jsonb_object_agg(f.key, f.value) FROM jsonb_each(m.files) f
  WHERE f.key !~ '^state/lode\.(decision|proposal|proposal_step)/'), '{}');
