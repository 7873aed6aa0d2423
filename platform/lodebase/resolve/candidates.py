"""Candidate pairs: records that share a rare blocking key, and nearest neighbours."""

from collections.abc import Collection
from typing import Any

from psycopg import Connection

MAX_SHARING = 60
"""A key that more records have is not selective; full names and positions find their pairs."""
NEIGHBOURS = 8

# by the primary key of match_key for either side; a common key ends at its 61st record
BY_KEY = """
WITH own AS MATERIALIZED (SELECT key, id FROM match_key WHERE id = ANY(%(ids)s)),
rare AS MATERIALIZED (
  SELECT o.key FROM (SELECT DISTINCT key FROM own) o
  WHERE (SELECT count(*) FROM (SELECT FROM match_key k WHERE k.key = o.key LIMIT %(most)s + 1) n) BETWEEN 2 AND %(most)s
)
SELECT DISTINCT least(o.id, k.id), greatest(o.id, k.id)
FROM rare JOIN own o USING (key) JOIN match_key k USING (key) WHERE k.id <> o.id
"""
# nearest first along the index, within what both accuracies allow
BY_PLACE = """
SELECT least(m.id, n.id), greatest(m.id, n.id) FROM match_side m CROSS JOIN LATERAL (
  SELECT o.id FROM match_side o WHERE o.id <> m.id AND o.geom && ST_Expand(m.geom, m.reach_deg)
  ORDER BY o.geom <-> m.geom LIMIT %(neighbours)s
) n WHERE m.id = ANY(%(ids)s)
"""


def find_candidate_pairs(connection: Connection[Any], ids: Collection[str]) -> set[tuple[str, str]]:
    """Return every candidate pair with one of these ids, the lesser id first."""
    parameters = {"ids": list(ids), "most": MAX_SHARING, "neighbours": NEIGHBOURS}
    rows = set(connection.execute(BY_KEY, parameters).fetchall())
    rows.update(connection.execute(BY_PLACE, parameters).fetchall())
    return rows
