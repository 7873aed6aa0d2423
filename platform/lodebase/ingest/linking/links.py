"""Links between served records of different kinds or extents."""

from typing import Any

from psycopg import Connection

SOURCE = "lode"
"""Source of links that were computed."""

MIN_MEAN = 0.5
"""Least mean probability of the pairs of two served records' rows for a link; chosen on the tuning halves."""

# Of the pairs that join the same two served records, the most probable one. Of rows that probably match but are not served
# as one, because a source lists both, the one with more names contains the other.
WANTED = """
CREATE TEMP TABLE wanted_link ON COMMIT DROP AS
SELECT DISTINCT ON (least(from_id, to_id), greatest(from_id, to_id), relation)
  from_kind, from_id, relation, to_kind, to_id, reason, judged
FROM (
  SELECT a.kind AS from_kind, coalesce(ta.served_id, p.a_id) AS from_id, p.relation, b.kind AS to_kind,
    coalesce(tb.served_id, p.b_id) AS to_id, p.reasons::text AS reason, p.probability, p.a_id, p.b_id,
    p.unjoined, false AS judged
  FROM ({near}) p
  JOIN member a ON a.record_id = p.a_id AND a.leads JOIN member b ON b.record_id = p.b_id AND b.leads
  LEFT JOIN reported_record ta ON ta.record_id = p.a_id LEFT JOIN reported_record tb ON tb.record_id = p.b_id
  WHERE NOT EXISTS (SELECT FROM judged j WHERE (j.a_id, j.b_id) IN ((p.a_id, p.b_id), (p.b_id, p.a_id)))
  UNION ALL
  SELECT j.a_kind, coalesce(ta.served_id, j.a_id), j.relation, j.b_kind, coalesce(tb.served_id, j.b_id),
    jsonb_build_array(jsonb_build_object('comparison', 'judgement', 'en', coalesce(j.reason, 'judged by an expert'),
      'zh', coalesce(j.reason, '由专家判定')))::text, 2, j.a_id, j.b_id, false, true
  FROM judged j LEFT JOIN reported_record ta ON ta.record_id = j.a_id LEFT JOIN reported_record tb ON tb.record_id = j.b_id
  WHERE j.verdict = 'linked' AND (j.a_id IN (SELECT id FROM near_link) OR j.b_id IN (SELECT id FROM near_link))
) l WHERE from_id <> to_id
ORDER BY least(from_id, to_id), greatest(from_id, to_id), relation, unjoined, probability DESC, a_id, b_id
"""
# Nearness is no reason to say that a plant processes the ore of a deposit, only reviewed rows are.
PAIRS = """
WITH likely AS (
  SELECT q.* FROM near_link n JOIN match_pair q ON q.a_id = n.id WHERE q.probability >= %(from)s
  UNION SELECT q.* FROM near_link n JOIN match_pair q ON q.b_id = n.id WHERE q.probability >= %(from)s
)
SELECT a_id, b_id, relation, probability, reasons, false AS unjoined FROM likely
WHERE relation IN ('works', 'became', 'contains') OR relation = 'processes_ore_of' AND probability = 1
UNION ALL
SELECT CASE WHEN broader THEN a_id ELSE b_id END, CASE WHEN broader THEN b_id ELSE a_id END, 'contains', probability,
  reasons, true
FROM (
  SELECT l.*, {first} >= {second} AS broader FROM likely l
  JOIN match_side sa ON sa.id = l.a_id JOIN match_side sb ON sb.id = l.b_id WHERE l.relation = 'same'
) s
"""
NAMES = "length(concat({side}.facts -> 'names' ->> 0, {side}.facts ->> 'aliases'))"
# Reviewed pairs decide, if at least twice as many are for the link as against it: a part may differ from another part that is
# served with the whole. Else the mean decides.
UNLIKELY = """
DELETE FROM wanted_link w WHERE NOT judged AND (
  SELECT CASE WHEN bool_or(p.probability IN (0, 1))
    THEN count(*) FILTER (WHERE p.probability = 1) < 2 * count(*) FILTER (WHERE p.probability = 0)
    ELSE coalesce(sum(p.probability), 0) / count(*) < %(mean)s END
  FROM ({of_from}) f CROSS JOIN ({of_to}) t
  LEFT JOIN match_pair p ON (p.a_id, p.b_id) = (f.id, t.id) OR (p.a_id, p.b_id) = (t.id, f.id)
)
"""
ROWS_OF = "SELECT w.{end} AS id UNION SELECT record_id FROM reported_record WHERE served_id = w.{end}"
# The reached records, and all that are served with one of them.
NEAR = """
CREATE TEMP TABLE near_link ON COMMIT DROP AS
SELECT record_id AS id FROM reached
UNION
SELECT m.record_id FROM reached r JOIN reported_record t USING (record_id) JOIN reported_record m ON m.served_id = t.served_id
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
    """Replace the links of the reached records by those of their pairs with at least the probability ``accept``."""
    pairs = PAIRS.format(first=NAMES.format(side="sa"), second=NAMES.format(side="sb"))
    unlikely = UNLIKELY.format(of_from=ROWS_OF.format(end="from_id"), of_to=ROWS_OF.format(end="to_id"))
    parameters = {"source": SOURCE, "from": accept, "mean": MIN_MEAN}
    for statement in (NEAR, "ANALYZE near_link", WANTED.format(near=pairs), unlikely, DROP, WRITE):
        connection.execute(statement, parameters)
    connection.execute("DROP TABLE wanted_link, near_link")
