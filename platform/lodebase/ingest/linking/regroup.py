"""Regrouping of changed records: records of one site or deposit are served as one, with values of experts.

Records that an import doesn't touch, and that aren't in a group with a touched one, are not considered.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from psycopg import Connection

from lodebase.ingest.entered import judgements
from lodebase.ingest.linking import links, reported_records, served_rows
from lodebase.ingest.linking.shadowed_tables import shadow_served_tables
from lodebase.ingest.merge import MAX_CHANGED
from lodebase.resolve.groups import PairProbability, form_record_groups
from lodebase.resolve.join_guards import JoinGuards
from lodebase.resolve.pairs import ResolutionProgress, find_pairs, refresh_statistics
from lodedata.choice.ranks import rank, repeats_often, repeats_sometimes
from lodedata.kinds import KINDS
from lodedata.messages import Message, msg

DUPLICATE_PROBABILITY = 0.84
"""Least probability of duplicates within a source with occasional duplicates; chosen on the tuning halves."""
FEW = 50
"""If at least one in this many records changed, all are compared again, unless there are too many. Candidates depend on all
records nearby, so that successive imports find slightly fewer pairs than one comparison of all records."""
MERGED = [name for name, kind in KINDS.items() if kind.merged]
LEFT_CHANNEL = "lode_uncompared"
_UNMERGED = ", ".join(f"'{name}'" for name, kind in KINDS.items() if not kind.merged)
EVERY = f"SELECT record_id FROM member WHERE leads AND kind NOT IN ({_UNMERGED}) ORDER BY record_id"
CHANGED = "SELECT record_id FROM changed LIMIT %s"
LEAVE_UNMERGED = f"DELETE FROM changed c USING member m WHERE m.record_id = c.record_id AND m.kind IN ({_UNMERGED})"
LEAVE_ALONE = "DELETE FROM changed c WHERE NOT EXISTS (SELECT FROM reported_record t WHERE t.record_id = c.record_id)"
# For the background: the records that changed, as far as the import noted them, and all that were never compared.
LEAVE_UNCOMPARED = f"""
INSERT INTO uncompared (record_id, morton_code)
SELECT m.record_id, p.morton_code
FROM (SELECT DISTINCT record_id FROM member WHERE leads AND kind = ANY(%s)) m
LEFT JOIN ({" UNION ALL ".join(f"SELECT id, morton_code FROM {name}" for name in MERGED)}) p ON p.id = m.record_id
WHERE m.record_id IN (SELECT record_id FROM changed) OR NOT EXISTS (SELECT FROM match_side s WHERE s.id = m.record_id)
ON CONFLICT DO NOTHING
"""
UNCOMPARED = "SELECT count(*) FROM uncompared"
# Records that are reachable by pairs and current groups, each an index scan.
REACH = """
INSERT INTO reached (record_id)
WITH RECURSIVE near (id) AS (
  SELECT record_id FROM changed
  UNION
  SELECT o.id FROM near n CROSS JOIN LATERAL (
    SELECT b_id AS id FROM match_pair WHERE a_id = n.id AND relation = 'same' AND probability >= %(from)s
    UNION ALL SELECT a_id FROM match_pair WHERE b_id = n.id AND relation = 'same' AND probability >= %(from)s
    UNION ALL SELECT b_id FROM judged WHERE a_id = n.id AND verdict = 'same'
    UNION ALL SELECT a_id FROM judged WHERE b_id = n.id AND verdict = 'same'
    UNION ALL SELECT m.record_id FROM reported_record t JOIN reported_record m USING (served_id) WHERE t.record_id = n.id
  ) o
)
SELECT id FROM near
"""
# Pairs among the reached records, with unlikely ones, which separate groups.
BONDS = """
SELECT p.a_id, p.b_id, p.probability, sa.source, sb.source
FROM reached r JOIN match_pair p ON p.a_id = r.record_id JOIN reached o ON o.record_id = p.b_id
JOIN member a ON a.record_id = p.a_id AND a.leads JOIN member b ON b.record_id = p.b_id AND b.leads
JOIN source_record sa ON sa.id = a.source_record_id JOIN source_record sb ON sb.id = b.source_record_id
WHERE p.relation = 'same' AND a.kind = b.kind
"""
LEADING_ROWS = """
SELECT m.record_id, s.source, s.key FROM member m JOIN source_record s ON s.id = m.source_record_id
WHERE m.leads AND m.record_id = ANY(%s)
"""
BEFORE = "SELECT record_id, served_id FROM reported_record JOIN reached USING (record_id)"
MOVE = "UPDATE reported_record SET served_id = %s WHERE record_id = %s"


@dataclass(frozen=True, slots=True)
class RegroupResult:
    """The result of regrouping: numbers of records that were considered, that joined a group, and that left theirs.

    ``uncompared`` is the number of records that are left to be compared in the background.
    """

    looked_at: int
    joined: int
    left: int
    uncompared: int = 0

    def line(self) -> Message:
        """Return a line of text."""
        counted = {"looked_at": f"{self.looked_at:,}", "joined": f"{self.joined:,}", "left": f"{self.left:,}"}
        return msg("%(looked_at)s records looked at; %(joined)s joined a group, %(left)s left theirs", **counted)


def regroup(connection: Connection[Any], accept: float, compare_now: bool = True) -> RegroupResult:
    """Compare the changed records and serve each group as one record; pairs match from the probability ``accept``.

    If too many records changed, or they are not to be compared now, they are left for later
    (:mod:`lodebase.ingest.linking.uncompared`), and only those in existing groups are served anew.
    """
    if not compare_now or len(connection.execute(CHANGED, (MAX_CHANGED + 1,)).fetchall()) > MAX_CHANGED:
        connection.execute(LEAVE_UNCOMPARED, (MERGED,))
        connection.execute(f"NOTIFY {LEFT_CHANNEL}")
        waiting = count_uncompared(connection)
        if not reported_records.has_any_groups(connection):
            return RegroupResult(0, 0, 0, waiting)
        connection.execute(LEAVE_ALONE)
        refresh_statistics(connection, MAX_CHANGED)
        return replace(settle(connection, accept), uncompared=waiting)
    connection.execute(LEAVE_UNMERGED)
    changed = sorted({row[0] for row in connection.execute(CHANGED, (MAX_CHANGED,))})
    compare_changed(connection, changed)
    return settle(connection, accept)


def compare_changed(connection: Connection[Any], ids: list[str], progress: ResolutionProgress | None = None) -> None:
    """Compare these records, or all records if these are many of them, which finds a few pairs more."""
    compared = _count_compared(connection)
    if compared < MAX_CHANGED and len(ids) * FEW > compared > 0:
        compare_all(connection, progress)
    elif ids:
        compare(connection, ids, progress)


def count_uncompared(connection: Connection[Any]) -> int:
    """Return the number of records that are left to be compared in the background."""
    row = connection.execute(UNCOMPARED).fetchone()
    assert row is not None
    return int(row[0])


def _count_compared(connection: Connection[Any]) -> int:
    row = connection.execute("SELECT count(*) FROM match_side").fetchone()
    assert row is not None
    return int(row[0])


def compare_all(connection: Connection[Any], progress: ResolutionProgress | None = None) -> None:
    """Compare all records again and mark all as changed, since their groups may differ."""
    connection.execute("TRUNCATE match_side, match_key, match_pair")
    compare(connection, [row[0] for row in connection.execute(EVERY)], progress)
    connection.execute(f"INSERT INTO changed {EVERY}")


def compare(connection: Connection[Any], ids: list[str], progress: ResolutionProgress | None = None) -> None:
    """Find the pairs of these records, each compared as reported by its source."""
    find_pairs(connection, ids, progress, shadow_served_tables)


def settle(connection: Connection[Any], accept: float, subjects: Collection[str] | None = None) -> RegroupResult:
    """Serve the groups that follow from the pairs of the changed records and of all records they reach.

    Unserved judgements are applied as well, only those of ``subjects`` if given.
    """
    connection.execute("TRUNCATE reached")
    judgements.prepare(connection, subjects)
    reached = connection.execute(REACH, {"from": accept}).rowcount
    connection.execute("ANALYZE reached")
    after = _choose_served_ids(connection, _compute_groups(connection, accept))
    # a record with an expert's value has a reported record too, even without other sources
    after = {value: value for value in reported_records.find_records_with_values(connection)} | after
    before: dict[str, str] = dict(connection.execute(BEFORE).fetchall())
    changed = {row[0] for row in connection.execute("SELECT record_id FROM changed")}
    joined = {record_id: served for record_id, served in after.items() if record_id not in before}
    moved = {record_id: served for record_id, served in after.items() if before.get(record_id, served) != served}
    left = sorted(before.keys() - after.keys())
    reported_records.insert(connection, joined)
    with connection.cursor() as cursor:
        cursor.executemany(MOVE, [(served, record_id) for record_id, served in moved.items()])
    reported_records.write_values(connection)
    served_rows.serve_alone(connection, left)
    again = {before.get(record_id) for record_id in (*moved, *left)} | {
        after.get(record_id) for record_id in (*joined, *moved, *changed)
    }
    served_rows.serve_groups(connection, sorted(served_id for served_id in set(after.values()) if served_id in again))
    links.refresh(connection, accept)
    return RegroupResult(reached, len(joined), len(left))


def _compute_groups(connection: Connection[Any], accept: float) -> tuple[frozenset[str], ...]:
    """Return the groups of the reached records."""
    rows = connection.execute(BONDS).fetchall()
    source_of = {a: source for a, _, _, source, _ in rows} | {b: source for _, b, _, _, source in rows}

    twice = {frozenset(row[:2]) for row in rows if row[2] >= DUPLICATE_PROBABILITY and repeats_sometimes(row[3])}
    judged = judgements.read_reached_judgements(connection)
    pairs = [PairProbability(*row[:3]) for row in rows]
    guards = JoinGuards.load(connection, pairs, accept, judged)

    def are_distinct(a: str, b: str) -> bool:
        one_source = a in source_of and source_of[a] == source_of.get(b)
        is_listed_twice = one_source and not repeats_often(source_of[a]) and frozenset((a, b)) not in twice
        return is_listed_twice or guards.forbid(a, b)

    return form_record_groups(pairs, accept, judged, are_distinct)


def _choose_served_ids(connection: Connection[Any], groups: Iterable[frozenset[str]]) -> dict[str, str]:
    """Return the served id of each grouped record: that of the source with the first rank, then the least key."""
    listed = list(groups)
    of = [member for group in listed for member in group]
    order: Mapping[str, tuple[int, str, str, str]] = {
        identity: (rank(source), source, key, identity)
        for identity, source, key in connection.execute(LEADING_ROWS, (of,)).fetchall()
    }
    served: dict[str, str] = defaultdict(str)
    for group in listed:
        served |= dict.fromkeys(group, min(group, key=lambda member: order[member]))
    return dict(served)
