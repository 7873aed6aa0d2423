"""What people judged of pairs of source rows, as it stands, for grouping and linking: it goes before what was computed."""

from collections.abc import Collection
from typing import Any

from psycopg import Connection

# Judgements name rows of sources; a row may lead several records. Links are told from their first record to the second.
STANDING = """
CREATE TEMP TABLE judged ON COMMIT DROP AS
SELECT CASE WHEN turned THEN b_id ELSE a_id END AS a_id, CASE WHEN turned THEN b_kind ELSE a_kind END AS a_kind,
  CASE WHEN turned THEN a_id ELSE b_id END AS b_id, CASE WHEN turned THEN a_kind ELSE b_kind END AS b_kind, verdict,
  CASE relation WHEN 'worked_by' THEN 'works' WHEN 'part_of' THEN 'contains' ELSE relation END AS relation, reason
FROM (
  SELECT a.record_id AS a_id, a.kind AS a_kind, b.record_id AS b_id, b.kind AS b_kind, j.verdict, j.relation, j.reason,
    coalesce(j.relation IN ('worked_by', 'part_of'), false) AS turned
  FROM judgement_standing j
  JOIN source_record ra ON ra.source = j.a_source AND ra.key = j.a_key
  JOIN member a ON a.source_record_id = ra.id AND a.leads
  JOIN source_record rb ON rb.source = j.b_source AND rb.key = j.b_key
  JOIN member b ON b.source_record_id = rb.id AND b.leads
  WHERE j.verdict <> 'unsure' AND a.kind <> 'zone' AND b.kind <> 'zone' AND (j.verdict <> 'same' OR a.kind = b.kind)
) j
"""
# Whoever was judged and is not served by that yet, by an undoing too.
UNSERVED = """
INSERT INTO changed (record_id) SELECT DISTINCT m.record_id
FROM unserved u JOIN source_record r USING (source, key) JOIN member m ON m.source_record_id = r.id AND m.leads
WHERE u.id = ANY(%s) AND m.kind <> 'zone'
"""
AMONG_REACHED = """
SELECT a_id, b_id, verdict = 'same' FROM judged j JOIN reached a ON a.record_id = j.a_id JOIN reached b ON b.record_id = j.b_id
"""


def prepare(connection: Connection[Any], subjects: Collection[str] | None = None) -> None:
    """Make the temporary table of standing judgements, and note as changed whoever is not served by them yet.

    What is noted counts as served when the transaction ends. Of ``subjects``, of them alone; what could not be served once is
    left out.
    """
    asked = connection.execute("SELECT id, subject FROM unserved WHERE trouble IS NULL").fetchall()
    noted = [identity for identity, subject in asked if subjects is None or subject in subjects]
    connection.execute("DROP TABLE IF EXISTS pg_temp.judged")
    # read after what is unserved, so that nothing can be taken for served that was not read
    connection.execute(STANDING)
    connection.execute("ANALYZE judged")
    connection.execute(UNSERVED, (noted,))
    connection.execute("DELETE FROM unserved WHERE id = ANY(%s)", (noted,))


def among_reached(connection: Connection[Any]) -> dict[frozenset[str], bool]:
    """Pairs of what was reached that a person held the same, or not."""
    return {frozenset((a, b)): same for a, b, same in connection.execute(AMONG_REACHED)}
