"""Report of the resolution: records before and after, joined pairs by sources, pairs for review."""

from dataclasses import dataclass
from typing import Any

from psycopg import Connection

KINDS = """
SELECT m.kind, count(*), count(t.record_id), count(DISTINCT t.served_id),
  count(*) - count(t.record_id) + count(DISTINCT t.served_id)
FROM member m LEFT JOIN (
  SELECT record_id, served_id FROM reported_record t
  WHERE EXISTS (SELECT FROM reported_record o WHERE o.served_id = t.served_id AND o.record_id <> t.record_id)
) t USING (record_id) WHERE m.leads AND m.kind <> 'zone' GROUP BY 1 ORDER BY 1
"""
SOURCES = """
SELECT a.kind, least(a.source, b.source), greatest(a.source, b.source), count(*) FROM reported_record a
JOIN reported_record b ON b.served_id = a.served_id AND a.record_id < b.record_id
GROUP BY 1, 2, 3 ORDER BY 1, 4 DESC, 2, 3
"""
PAIRS = """
SELECT relation, count(*) FILTER (WHERE probability >= %(accept)s), count(*) FILTER (WHERE probability < %(accept)s)
FROM match_pair WHERE probability >= %(queue)s AND relation <> 'different' GROUP BY 1 ORDER BY 1
"""
SIZES = """
SELECT n, count(*) FROM (SELECT count(*) AS n FROM reported_record GROUP BY served_id HAVING count(*) > 1) g
GROUP BY 1 ORDER BY 1
"""
LARGEST_GROUPS = """
SELECT served_id, kind, n, names, sources FROM (
  SELECT served_id, min(kind) AS kind, count(*) AS n,
    array_agg(DISTINCT coalesce(row ->> 'name_en', row ->> 'name_zh', '–')) AS names, array_agg(DISTINCT source) AS sources
  FROM reported_record GROUP BY 1) g ORDER BY n DESC, served_id LIMIT 10
"""
CONFLICTS = """
SELECT flag, count(*) FROM (
  SELECT unnest(flags) AS flag FROM deposit UNION ALL SELECT unnest(flags) FROM discovery
  UNION ALL SELECT unnest(flags) FROM project
) f WHERE flag LIKE 'sources-differ%%' GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class ReportTable:
    """One table of the report with its title and column heads."""

    title: str
    heads: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def report(connection: Connection[Any], queue: float, accept: float) -> list[ReportTable]:
    """Return the tables of the report; pairs are reviewed from the probability ``queue`` and accepted from ``accept``."""
    parameters = {"accept": accept, "queue": queue}
    queries = (
        ("Records", ("kind", "source records", "joined", "into", "served"), KINDS),
        ("Joined pairs by sources", ("kind", "source", "source", "pairs"), SOURCES),
        (
            f"Compared pairs: accepted from {accept}, reviewed from {queue}",
            ("relation", "accepted", "for review"),
            PAIRS,
        ),
        ("Groups by size", ("records", "groups"), SIZES),
        ("Conflicts", ("flag", "records"), CONFLICTS),
        ("The ten largest groups", ("served as", "kind", "records", "names", "sources"), LARGEST_GROUPS),
    )
    return [ReportTable(title, heads, connection.execute(sql, parameters).fetchall()) for title, heads, sql in queries]


def write_linking_markdown(tables: list[ReportTable]) -> str:
    """Return the report in Markdown."""
    parts = []
    for table in tables:
        rows = [table.heads, tuple("---" for _ in table.heads), *(tuple(map(_format_cell, row)) for row in table.rows)]
        parts.append(f"## {table.title}\n\n" + "\n".join(f"| {' | '.join(row)} |" for row in rows))
    return "\n\n".join(parts) + "\n"


def _format_cell(value: Any) -> str:
    text = "; ".join(map(str, value)) if isinstance(value, list) else f"{value:,}" if isinstance(value, int) else str(value)
    return text.replace("|", "/")
