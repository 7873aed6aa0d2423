"""Links between records of different kinds or sizes, between the records that are served."""

from typing import Any

from psycopg import Connection

SOURCE = "lode"
"""Who says so of a link that was found by comparing."""

# Of pairs of the records that were looked at, the likeliest of those that come to join the same two served records.
WANTED = """
CREATE TEMP TABLE wanted_link ON COMMIT DROP AS
SELECT DISTINCT ON (from_id, relation, to_id) from_kind, from_id, relation, to_kind, to_id, reason FROM (
  SELECT a.kind AS from_kind, coalesce(ta.served_id, p.a_id) AS from_id, p.relation, b.kind AS to_kind,
    coalesce(tb.served_id, p.b_id) AS to_id, p.reasons::text AS reason, p.probability, p.a_id, p.b_id
  FROM (SELECT q.* FROM near_link n JOIN match_pair q ON q.a_id = n.id
        UNION SELECT q.* FROM near_link n JOIN match_pair q ON q.b_id = n.id) p
  JOIN member a ON a.record_id = p.a_id AND a.leads JOIN member b ON b.record_id = p.b_id AND b.leads
  LEFT JOIN testimony ta ON ta.record_id = p.a_id LEFT JOIN testimony tb ON tb.record_id = p.b_id
  WHERE p.relation IN ('works', 'became', 'contains') AND p.probability >= %(from)s
    AND NOT EXISTS (SELECT FROM judged j WHERE (j.a_id, j.b_id) IN ((p.a_id, p.b_id), (p.b_id, p.a_id)))
  UNION ALL
  SELECT j.a_kind, coalesce(ta.served_id, j.a_id), j.relation, j.b_kind, coalesce(tb.served_id, j.b_id),
    jsonb_build_array(jsonb_build_object('comparison', 'judgement', 'en', coalesce(j.reason, 'judged by an expert'),
      'zh', coalesce(j.reason, '由专家判定')))::text, 2, j.a_id, j.b_id
  FROM judged j LEFT JOIN testimony ta ON ta.record_id = j.a_id LEFT JOIN testimony tb ON tb.record_id = j.b_id
  WHERE j.verdict = 'linked' AND (j.a_id IN (SELECT id FROM near_link) OR j.b_id IN (SELECT id FROM near_link))
) l WHERE from_id <> to_id ORDER BY from_id, relation, to_id, probability DESC, a_id, b_id
"""
# Whoever was looked at, and all that is served with one of them.
NEAR = """
CREATE TEMP TABLE near_link ON COMMIT DROP AS
SELECT record_id AS id FROM reached
UNION SELECT m.record_id FROM reached r JOIN testimony t USING (record_id) JOIN testimony m ON m.served_id = t.served_id
"""
DROP = """
DELETE FROM link l WHERE l.source = %(source)s
  AND (l.from_id IN (SELECT id FROM near_link) OR l.to_id IN (SELECT id FROM near_link))
  AND NOT EXISTS (SELECT FROM wanted_link w WHERE w.from_id = l.from_id AND w.relation = l.relation AND w.to_id = l.to_id)
"""
WRITE = """
INSERT INTO link AS l (from_kind, from_id, relation, to_kind, to_id, source, reason)
SELECT from_kind, from_id, relation, to_kind, to_id, %(source)s, reason FROM wanted_link
ON CONFLICT (from_id, relation, to_id) DO UPDATE SET from_kind = excluded.from_kind, to_kind = excluded.to_kind,
  reason = excluded.reason WHERE l.source = excluded.source
"""


def refresh(connection: Connection[Any], accept: float) -> None:
    """Make the links of the records that were reached what their pairs tell that are as likely as ``accept``."""
    for statement in (NEAR, "ANALYZE near_link", WANTED, DROP, WRITE, "DROP TABLE wanted_link, near_link"):
        connection.execute(statement, {"source": SOURCE, "from": accept})
