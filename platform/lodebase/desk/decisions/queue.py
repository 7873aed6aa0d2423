"""Pairs waiting for judgement that nobody has judged yet.

They have a probability between the thresholds, or are likely and yet apart, as a guard holds between other members of their
groups.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, text

from lodebase.desk.decisions.judgements import JudgementRow
from lodebase.errors import NotFound
from lodedata.messages import msg

# A record is represented by its leading source row: judgements reference rows, as only those survive every re-run.
_PAIRS = """
SELECT p.a_id, p.b_id, p.relation, p.probability, p.reasons, sa.source AS a_source, sa.key AS a_key,
       sb.source AS b_source, sb.key AS b_key
FROM lode.match_pair p
JOIN lode.member ma ON ma.record_id = p.a_id AND ma.leads JOIN lode.source_record sa ON sa.id = ma.source_record_id
JOIN lode.member mb ON mb.record_id = p.b_id AND mb.leads JOIN lode.source_record sb ON sb.id = mb.source_record_id
"""
WAITING = f"""
WITH pair AS (
  {_PAIRS}
  LEFT JOIN lode.reported_record ra ON ra.record_id = p.a_id LEFT JOIN lode.reported_record rb ON rb.record_id = p.b_id
  WHERE p.probability >= :from AND (p.probability < :to OR p.relation = 'same' AND p.probability < 1
    AND coalesce(ra.served_id, p.a_id) <> coalesce(rb.served_id, p.b_id))
), waiting AS (
  SELECT p.* FROM pair p WHERE NOT EXISTS (
    SELECT FROM lode.current_judgement j
    WHERE j.pair = CASE WHEN (p.a_source, p.a_key) < (p.b_source, p.b_key)
      THEN p.a_source || chr(31) || p.a_key || chr(31) || p.b_source || chr(31) || p.b_key
      ELSE p.b_source || chr(31) || p.b_key || chr(31) || p.a_source || chr(31) || p.a_key END)
)
"""
# Uncertainty ranks first, and a likely pair that stays apart is as uncertain as any; then the size of the deposit: of two
# equally uncertain pairs the larger deposit comes first.
_VALUED = text(
    WAITING
    + """
SELECT w.*, count(*) OVER () AS waiting
FROM waiting w LEFT JOIN lode.deposit a ON a.id = w.a_id LEFT JOIN lode.deposit b ON b.id = w.b_id
ORDER BY CASE WHEN w.probability >= :to THEN 1 ELSE 1 - abs(2 * w.probability - 1) END * CASE
  WHEN 'large' IN (a.size_class, b.size_class) THEN 3 WHEN 'medium' IN (a.size_class, b.size_class) THEN 2 ELSE 1 END DESC,
  w.a_id, w.b_id
LIMIT :most
"""
)
_OF_ROWS = text(_PAIRS + "WHERE sa.source = :a_source AND sa.key = :a_key AND sb.source = :b_source AND sb.key = :b_key")
_RECORD_OF = text(
    "SELECT m.record_id FROM lode.member m JOIN lode.source_record s ON s.id = m.source_record_id "
    "WHERE m.leads AND m.kind <> 'zone' AND s.source = :source AND s.key = :key ORDER BY 1 LIMIT 1"
)
_ONE = text(_PAIRS + "WHERE p.a_id IN (:a, :b) AND p.b_id IN (:a, :b)")
_LEADING = text(
    "SELECT m.record_id, s.source, s.key FROM lode.member m JOIN lode.source_record s ON s.id = m.source_record_id "
    "WHERE m.leads AND m.kind <> 'zone' AND m.record_id IN (:a, :b) ORDER BY s.id DESC"
)
_SERVED_WITH = text(
    "SELECT o.record_id FROM lode.reported_record t JOIN lode.reported_record o USING (served_id) "
    "WHERE t.record_id = :id ORDER BY 1"
)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may be the same: the predicted relation, its probability, and the reasons.

    The relation is None for two that were not compared, or whose probability was too low to be stored.
    """

    a_id: str
    b_id: str
    a: JudgementRow
    b: JudgementRow
    relation: str | None
    probability: float
    reasons: list[Mapping[str, Any]]


def list_waiting(connection: Connection, least: float, most: float, limit: int) -> tuple[list[Pair], int]:
    """Return the most valuable pairs that wait, best first, and the total number."""
    rows = connection.execute(_VALUED, {"from": least, "to": most, "most": limit}).mappings().all()
    return [_build_pair(row) for row in rows], int(rows[0]["waiting"]) if rows else 0


def read_record_pair(connection: Connection, a_id: str, b_id: str) -> Pair:
    """Return the pair of any two records, in the stored order, whether it waits or not. Raise NotFound if one is missing."""
    row = connection.execute(_ONE, {"a": a_id, "b": b_id}).mappings().first()
    if row is not None and a_id != b_id:
        return _build_pair(row)
    leading = {row.record_id: JudgementRow(row.source, row.key) for row in connection.execute(_LEADING, {"a": a_id, "b": b_id})}
    if len(leading) < 2:
        raise NotFound(msg("There is no pair of %(a)r and %(b)r.", a=a_id, b=b_id))
    return Pair(a_id, b_id, leading[a_id], leading[b_id], None, 0.0, [])


def find_merged_records(connection: Connection, identity: str) -> list[str]:
    """Return the source records that are merged with this one, including itself; none if it is not merged."""
    return list(connection.execute(_SERVED_WITH, {"id": identity}).scalars())


def find_pair_of_rows(connection: Connection, a: JudgementRow, b: JudgementRow) -> Pair | None:
    """Return the pair of two source rows, in the stored order; None if a row no longer exists."""
    for x, y in ((a, b), (b, a)):
        rows_of_pair = {"a_source": x.source, "a_key": x.key, "b_source": y.source, "b_key": y.key}
        row = connection.execute(_OF_ROWS, rows_of_pair).mappings().first()
        if row is not None:
            return _build_pair(row)
    a_id, b_id = (
        connection.scalar(_RECORD_OF, {"source": judgement_row.source, "key": judgement_row.key}) for judgement_row in (a, b)
    )
    return Pair(a_id, b_id, a, b, None, 0.0, []) if a_id and b_id else None


def _build_pair(row: RowMapping) -> Pair:
    a, b = (JudgementRow(row[f"{side}_source"], row[f"{side}_key"]) for side in "ab")
    return Pair(row["a_id"], row["b_id"], a, b, row["relation"], row["probability"], list(row["reasons"]))
