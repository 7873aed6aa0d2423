-- What became of each proposal: declined by a step, accepted by a decision, withdrawn by undoing the decision.
CREATE OR REPLACE VIEW lode.proposal_history AS
SELECT s.number, s.at, s.account, s.state, s.words, NULL::uuid AS decision, s.id AS place FROM lode.proposal_step s
UNION ALL
SELECT (d.detail ->> 'proposal')::bigint, d.at, d.account, 'accepted', d.detail ->> 'note', d.id, d.number
FROM lode.decision d WHERE d.detail ? 'proposal'
UNION ALL
SELECT (d.detail ->> 'proposal')::bigint, u.at, u.account, 'withdrawn', u.reason, d.id, u.number
FROM lode.decision d JOIN lode.decision u ON u.undoes = d.id WHERE d.detail ? 'proposal';
GRANT SELECT ON lode.proposal_history TO lode_desk;
