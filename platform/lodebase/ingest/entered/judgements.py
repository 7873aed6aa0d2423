"""LegalStatus judgements of people on pairs of source rows, which take precedence over computed results."""

from collections.abc import Collection
from typing import Any

from psycopg import Connection

# Judgements refer to source rows; a row may lead several records. Links are directed from the first record to the second.
CURRENT = """
CREATE TEMP TABLE judged ON COMMIT DROP AS
SELECT CASE WHEN turned THEN b_id ELSE a_id END AS a_id, CASE WHEN turned THEN b_kind ELSE a_kind END AS a_kind,
  CASE WHEN turned THEN a_id ELSE b_id END AS b_id, CASE WHEN turned THEN a_kind ELSE b_kind END AS b_kind, verdict,
  CASE relation WHEN 'worked_by' THEN 'works' WHEN 'ore_processed_by' THEN 'processes_ore_of' WHEN 'part_of' THEN 'contains'
    ELSE relation END AS relation, reason
FROM (
  SELECT a.record_id AS a_id, a.kind AS a_kind, b.record_id AS b_id, b.kind AS b_kind, j.verdict, j.relation, j.reason,
    coalesce(j.relation IN ('worked_by', 'ore_processed_by', 'part_of'), false) AS turned
  FROM current_judgement j
  JOIN source_record ra ON ra.source = j.a_source AND ra.key = j.a_key
  JOIN member a ON a.source_record_id = ra.id AND a.leads
  JOIN source_record rb ON rb.source = j.b_source AND rb.key = j.b_key
  JOIN member b ON b.source_record_id = rb.id AND b.leads
  WHERE j.verdict <> 'unsure' AND a.kind <> 'zone' AND b.kind <> 'zone' AND (j.verdict <> 'same' OR a.kind = b.kind)
) j
"""
# Records with a judgement, or its withdrawal, that is not served yet.
UNSERVED = """
INSERT INTO changed (record_id) SELECT DISTINCT m.record_id
FROM unserved u JOIN source_record r USING (source, key) JOIN member m ON m.source_record_id = r.id AND m.leads
WHERE u.id = ANY(%s) AND m.kind <> 'zone'
"""
AMONG_REACHED = """
SELECT a_id, b_id, verdict = 'same' FROM judged j JOIN reached a ON a.record_id = j.a_id JOIN reached b ON b.record_id = j.b_id
"""


def prepare(connection: Connection[Any], subjects: Collection[str] | None = None) -> None:
    """Create the temporary table of judgements in force, and mark records with an unserved judgement as changed.

    These count as served when the transaction ends. With ``subjects``, only those are considered; judgements that failed
    before are skipped.
    """
    pending = connection.execute("SELECT id, subject FROM unserved WHERE trouble IS NULL").fetchall()
    noted = [identity for identity, subject in pending if subjects is None or subject in subjects]
    connection.execute("DROP TABLE IF EXISTS pg_temp.judged")
    # read after the unserved ones, so that none counts as served without having been read
    connection.execute(CURRENT)
    connection.execute("ANALYZE judged")
    connection.execute(UNSERVED, (noted,))
    connection.execute("DELETE FROM unserved WHERE id = ANY(%s)", (noted,))


def read_reached_judgements(connection: Connection[Any]) -> dict[frozenset[str], bool]:
    """Return the judged pairs among the reached records, and whether they are the same."""
    return {frozenset((a, b)): same for a, b, same in connection.execute(AMONG_REACHED)}
