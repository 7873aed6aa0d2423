"""Pairs that wait for a person: those whose probability lies between the thresholds and that nobody has judged yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select, text

from lodebase.db import tables
from lodebase.desk.judgements import Row
from lodebase.errors import NoSuchThing

# A record stands here for its leading source row: judgements name rows, as only those outlive every re-run.
_PAIRS = """
SELECT p.a_id, p.b_id, p.relation, p.probability, p.reasons, sa.source AS a_source, sa.key AS a_key,
       sb.source AS b_source, sb.key AS b_key
FROM lode.match_pair p
JOIN lode.member ma ON ma.record_id = p.a_id AND ma.leads JOIN lode.source_record sa ON sa.id = ma.source_record_id
JOIN lode.member mb ON mb.record_id = p.b_id AND mb.leads JOIN lode.source_record sb ON sb.id = mb.source_record_id
"""
_WAITING = f"""
WITH pair AS (
  {_PAIRS} WHERE p.probability >= :from AND p.probability < :to
), waiting AS (
  SELECT p.* FROM pair p WHERE NOT EXISTS (
    SELECT FROM lode.judgement_standing j
    WHERE j.pair = CASE WHEN (p.a_source, p.a_key) < (p.b_source, p.b_key)
      THEN p.a_source || chr(31) || p.a_key || chr(31) || p.b_source || chr(31) || p.b_key
      ELSE p.b_source || chr(31) || p.b_key || chr(31) || p.a_source || chr(31) || p.a_key END)
)
"""
# Doubt counts most, then how large a deposit is at stake: of two that are as doubtful the larger one comes first.
_VALUED = text(
    _WAITING
    + """
SELECT w.*, count(*) OVER () AS waiting
FROM waiting w LEFT JOIN lode.deposit a ON a.id = w.a_id LEFT JOIN lode.deposit b ON b.id = w.b_id
ORDER BY (1 - abs(2 * w.probability - 1)) * CASE
  WHEN 'large' IN (a.size_class, b.size_class) THEN 3 WHEN 'medium' IN (a.size_class, b.size_class) THEN 2 ELSE 1 END DESC,
  w.a_id, w.b_id
LIMIT :most
"""
)
_OF_ROWS = text(_PAIRS + "WHERE sa.source = :a_source AND sa.key = :a_key AND sb.source = :b_source AND sb.key = :b_key")
_ONE = text(_PAIRS + "WHERE p.a_id = :a AND p.b_id = :b")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may belong together: what the machine takes them for, how likely, and its reasons."""

    a_id: str
    b_id: str
    a: Row
    b: Row
    relation: str
    probability: float
    reasons: list[Mapping[str, Any]]


def waiting(connection: Connection, least: float, most: float, limit: int) -> tuple[list[Pair], int]:
    """The most valuable pairs that wait, best first, and how many wait in all."""
    rows = connection.execute(_VALUED, {"from": least, "to": most, "most": limit}).mappings().all()
    return [_pair(row) for row in rows], int(rows[0]["waiting"]) if rows else 0


def pair(connection: Connection, a_id: str, b_id: str) -> Pair:
    """One pair, whether it waits or not. Raises NoSuchThing."""
    row = connection.execute(_ONE, {"a": a_id, "b": b_id}).mappings().first()
    if row is None:
        raise NoSuchThing(f"there is no pair of {a_id!r} and {b_id!r}")
    return _pair(row)


def of_rows(connection: Connection, a: Row, b: Row) -> Pair | None:
    """The pair of two source rows, in the order in which the machine has it; None where it has none."""
    for x, y in ((a, b), (b, a)):
        told = {"a_source": x.source, "a_key": x.key, "b_source": y.source, "b_key": y.key}
        row = connection.execute(_OF_ROWS, told).mappings().first()
        if row is not None:
            return _pair(row)
    return None


def names(connection: Connection, ids: Sequence[str], lang: str) -> dict[str, str]:
    """The names of records by their ids, in a language where they have one; a record without a name has its id."""
    columns = ("name_zh", "name_en") if lang == "zh" else ("name_en", "name_zh")
    found: dict[str, str] = {}
    for kind in (tables.deposit, tables.discovery, tables.project):
        name = func.coalesce(*(kind.c[column] for column in columns), kind.c.id).label("name")
        found |= {row.id: row.name for row in connection.execute(select(kind.c.id, name).where(kind.c.id.in_(ids)))}
    return found


def _pair(row: RowMapping) -> Pair:
    a, b = (Row(row[f"{one}_source"], row[f"{one}_key"]) for one in "ab")
    return Pair(row["a_id"], row["b_id"], a, b, row["relation"], row["probability"], list(row["reasons"]))
