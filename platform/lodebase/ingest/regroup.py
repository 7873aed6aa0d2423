"""Serve records of one thing as one, with the values that people gave: what changed is grouped anew at once.

Records that an import doesn't touch, and that aren't in a group with one that it touches, are not looked at.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from lodebase.ingest import judged, links, one_record, testimony
from lodebase.ingest.apart import apart
from lodebase.ingest.merge import AT_ONCE
from lodebase.resolve.groups import Bond, groups
from lodebase.resolve.pairs import Progress, find
from lodedata.choice.ranks import SEVERAL_ROWS, SOMETIMES_TWICE, rank

LISTED_TWICE = 0.85
"""How likely two rows of a source that lists some things twice are one, for them to be; chosen on the tuning halves."""
FEW = 50
"""Of so many records at least one has to change for all to be compared anew, where they are not too many. Who is compared with
whom hangs on all records around, so that what one import finds after another is a little less than what is found at once."""
EVERY = "SELECT record_id FROM member WHERE leads AND kind <> 'zone' ORDER BY record_id"
CHANGED = "SELECT record_id FROM changed LIMIT %s"
LEAVE_ZONES = "DELETE FROM changed c USING member m WHERE m.record_id = c.record_id AND m.kind = 'zone'"
LEAVE_ALONE = "DELETE FROM changed c WHERE NOT EXISTS (SELECT FROM testimony t WHERE t.record_id = c.record_id)"
# Whoever can be reached over bonds and present groups, each a walk of an index.
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
    UNION ALL SELECT m.record_id FROM testimony t JOIN testimony m USING (served_id) WHERE t.record_id = n.id
  ) o
)
SELECT id FROM near
"""
# Pairs within what was reached, the unlikely ones too: they part groups.
BONDS = """
SELECT p.a_id, p.b_id, p.probability, sa.source, sb.source
FROM reached r JOIN match_pair p ON p.a_id = r.record_id JOIN reached o ON o.record_id = p.b_id
JOIN member a ON a.record_id = p.a_id AND a.leads JOIN member b ON b.record_id = p.b_id AND b.leads
JOIN source_record sa ON sa.id = a.source_record_id JOIN source_record sb ON sb.id = b.source_record_id
WHERE p.relation = 'same' AND a.kind = b.kind
"""
STANDING = """
SELECT m.record_id, s.source, s.key FROM member m JOIN source_record s ON s.id = m.source_record_id
WHERE m.leads AND m.record_id = ANY(%s)
"""
BEFORE = "SELECT record_id, served_id FROM testimony JOIN reached USING (record_id)"
ANALYZE = "SELECT lode.analyze_matches()"
MOVE = "UPDATE testimony SET served_id = %s WHERE record_id = %s"


@dataclass(frozen=True, slots=True)
class Regrouped:
    """What became of groups: records that joined one, that left theirs, and how many were looked at."""

    looked_at: int
    joined: int
    left: int


def regroup(connection: Connection[Any], accept: float) -> Regrouped | None:
    """Find what the changed records are one with, and serve each group as one record; pairs as likely as ``accept`` are.

    None where they are too many; then those that are in a group already are served as their sources tell them now.
    """
    if len(connection.execute(CHANGED, (AT_ONCE + 1,)).fetchall()) > AT_ONCE:
        if testimony.any_kept(connection):
            connection.execute(LEAVE_ALONE)
            connection.execute(ANALYZE)
            settle(connection, accept)
        return None
    connection.execute(LEAVE_ZONES)
    changed = sorted({row[0] for row in connection.execute(CHANGED, (AT_ONCE,))})
    compared = _compared(connection)
    if compared < AT_ONCE and len(changed) * FEW > compared > 0:
        compare_all(connection)
    elif changed:
        compare(connection, changed)
    connection.execute(ANALYZE)
    return settle(connection, accept)


def _compared(connection: Connection[Any]) -> int:
    row = connection.execute("SELECT count(*) FROM match_side").fetchone()
    assert row is not None
    return int(row[0])


def compare_all(connection: Connection[Any], progress: Progress | None = None) -> None:
    """Look for the pairs of all records anew, and count all as changed: whom they are one with may be another then."""
    connection.execute("TRUNCATE match_side, match_key, match_pair")
    compare(connection, [row[0] for row in connection.execute(EVERY)], progress)
    connection.execute(f"INSERT INTO changed {EVERY}")


def compare(connection: Connection[Any], ids: list[str], progress: Progress | None = None) -> None:
    """Look for the pairs of these records, each compared as its source tells it."""
    find(connection, ids, progress, apart)


def settle(connection: Connection[Any], accept: float, subjects: Collection[str] | None = None) -> Regrouped:
    """Serve the groups that follow from the pairs of the changed records and of whoever they reach.

    What people judged and is not served yet is seen to as well; of the ``subjects`` alone, where they are given.
    """
    connection.execute("TRUNCATE reached")
    judged.prepare(connection, subjects)
    reached = connection.execute(REACH, {"from": accept}).rowcount
    connection.execute("ANALYZE reached")
    after = _served(connection, _groups(connection, accept))
    # a record with a value by a person is made of its testimony too, though no other source tells of it
    after = {one: one for one in testimony.given(connection)} | after
    before: dict[str, str] = dict(connection.execute(BEFORE).fetchall())
    changed = {row[0] for row in connection.execute("SELECT record_id FROM changed")}
    joined = {one: served for one, served in after.items() if one not in before}
    moved = {one: served for one, served in after.items() if before.get(one, served) != served}
    left = sorted(before.keys() - after.keys())
    testimony.enter(connection, joined)
    with connection.cursor() as cursor:
        cursor.executemany(MOVE, [(served, one) for one, served in moved.items()])
    testimony.give(connection)
    one_record.part(connection, left)
    again = {before.get(one) for one in (*moved, *left)} | {after.get(one) for one in (*joined, *moved, *changed)}
    one_record.serve(connection, sorted(one for one in set(after.values()) if one in again))
    links.refresh(connection, accept)
    return Regrouped(reached, len(joined), len(left))


def _groups(connection: Connection[Any], accept: float) -> tuple[frozenset[str], ...]:
    """The groups of what was reached."""
    rows = connection.execute(BONDS).fetchall()
    source_of = {a: source for a, _, _, source, _ in rows} | {b: source for _, b, _, _, source in rows}

    twice = {frozenset(row[:2]) for row in rows if row[2] >= LISTED_TWICE and row[3] in SOMETIMES_TWICE}

    def told_apart(a: str, b: str) -> bool:
        one_source = a in source_of and source_of[a] == source_of.get(b)
        return one_source and source_of[a] not in SEVERAL_ROWS and frozenset((a, b)) not in twice

    return groups((Bond(*row[:3]) for row in rows), accept, judged.among_reached(connection), told_apart)


def _served(connection: Connection[Any], found: Iterable[frozenset[str]]) -> dict[str, str]:
    """The id under which each grouped record is served: that of its source that ranks first, then of the least key."""
    listed = list(found)
    of = [one for group in listed for one in group]
    standing: Mapping[str, tuple[int, str, str, str]] = {
        identity: (rank(source), source, key, identity)
        for identity, source, key in connection.execute(STANDING, (of,)).fetchall()
    }
    served: dict[str, str] = defaultdict(str)
    for group in listed:
        served |= dict.fromkeys(group, min(group, key=lambda one: standing[one]))
    return dict(served)
