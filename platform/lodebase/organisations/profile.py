"""An organisation with what records name it: projects and their capacity, sites, and records of other kinds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from lodebase.db.schema.organisation_tables import ABOVE
from lodedata.kinds import PUBLIC
from lodedata.messages import Label

MOST = 500
"""The most projects, and records of another kind, that are read."""
UNDER = """
WITH RECURSIVE under (id) AS (
  SELECT CAST(%(id)s AS text)
  UNION
  SELECT m.record_id FROM under u JOIN lode.organisation_mention m ON m.organisation_id = u.id
  WHERE m.record_kind = 'organisation' AND m.role = ANY(%(above)s)
)
SELECT id FROM under
"""
RELATED = """
SELECT o.id, o.name_en, o.name_zh, m.role, child.parent_share_pct AS share_pct, child.parent_date AS share_date
FROM lode.organisation_mention m JOIN lode.organisation o ON o.id = {other}
JOIN lode.organisation child ON child.id = m.record_id
WHERE m.record_kind = 'organisation' AND m.role = ANY(%(above)s) AND {one} = %(id)s ORDER BY 3, 2, 1
"""
PROJECTS = """
SELECT p.id, p.name_en, p.name_zh, p.country, p.division, p.status, p.main_commodity, p.products, ST_X(p.geom) AS lon,
  ST_Y(p.geom) AS lat, array_agg(DISTINCT m.role) AS roles, bool_and(m.role LIKE 'former-%%') AS former,
  count(*) OVER () AS matched, (array_agg(w.share_pct) FILTER (WHERE w.share_pct IS NOT NULL))[1] AS share_pct,
  max(w.information_date) AS share_date, bool_or(w.date_basis = 'in-or-before') AS or_before
FROM lode.organisation_mention m JOIN lode.project p ON p.id = m.record_id
LEFT JOIN lode.owner w ON w.project_id = p.id AND w.role = m.role
  AND coalesce(nullif(btrim(w.name_zh), ''), btrim(w.name_en)) = m.name
WHERE m.record_kind = 'project' AND m.organisation_id = ANY(%(ids)s)
GROUP BY p.id ORDER BY former, p.country, coalesce(p.name_en, p.name_zh), p.id LIMIT %(most)s
"""
CAPACITY = """
SELECT c.product, c.basis AS capacity_basis, c.status, sum(c.capacity_tpa) FILTER (WHERE c.counts) AS built_tpa,
  sum(c.capacity_tpa) FILTER (WHERE c.reason = 'not-built') AS coming_tpa,
  count(*) FILTER (WHERE c.reason = 'no-figure') AS without,
  count(*) FILTER (WHERE c.reason NOT IN ('not-built', 'no-figure', 'gone')) AS left_out
FROM lode.countable_phase c WHERE c.product IS NOT NULL AND c.project_id IN (
  SELECT m.record_id FROM lode.organisation_mention m WHERE m.record_kind = 'project' AND m.organisation_id = ANY(%(ids)s)
    AND m.role NOT LIKE 'former-%%')
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
RECORDS = """
SELECT t.id, t.{en} AS name_en, t.{zh} AS name_zh, array_agg(DISTINCT m.role) AS roles, count(*) OVER () AS matched
FROM lode.organisation_mention m JOIN lode.{table} t ON t.id = m.record_id
WHERE m.record_kind = %(kind)s AND m.organisation_id = ANY(%(ids)s)
GROUP BY t.id ORDER BY {order} LIMIT %(most)s
"""
NAMED_IN = """
SELECT m.name, m.other_name, m.organisation_id
FROM lode.organisation_mention m WHERE m.record_kind = %(kind)s AND m.record_id = %(id)s AND m.organisation_id IS NOT NULL
"""


NAMES_OF = "SELECT o.id, o.name_en, o.name_zh FROM lode.organisation o WHERE o.id = ANY(%(ids)s)"


@dataclass(frozen=True, slots=True)
class NamingRecords:
    """The first records of a kind that name an organisation, and how many there are."""

    kind: str
    records: Sequence[Mapping[str, Any]]
    matched: int


@dataclass(frozen=True, slots=True)
class Profile:
    """What names an organisation: the first projects of all that match, their capacity in full, records of other kinds."""

    above: Sequence[Mapping[str, Any]]
    below: Sequence[Mapping[str, Any]]
    projects: NamingRecords
    capacity: Sequence[Mapping[str, Any]]
    others: Sequence[NamingRecords]


def profile(connection: Connection, identity: str, include_subsidiaries: bool) -> Profile:
    """Return the profile of an organisation, with its subsidiaries if they are included."""
    above = {"id": identity, "above": list(ABOVE)}
    ids = [row["id"] for row in _rows(connection, UNDER, above)] if include_subsidiaries else [identity]
    return Profile(
        above=_rows(connection, RELATED.format(other="m.organisation_id", one="m.record_id"), above),
        below=_rows(connection, RELATED.format(other="m.record_id", one="m.organisation_id"), above),
        projects=_naming(connection, "project", PROJECTS, ids),
        capacity=_rows(connection, CAPACITY, {"ids": ids}),
        others=tuple(_others(connection, ids)),
    )


def named_in(connection: Connection, kind: str, identity: str) -> Mapping[str, str]:
    """Return the organisations that a record names, by each printed name."""
    found: dict[str, str] = {}
    for row in _rows(connection, NAMED_IN, {"kind": kind, "id": identity}):
        found |= {name: row["organisation_id"] for name in (row["name"], row["other_name"]) if name}
    return found


def find_names(connection: Connection, ids: Sequence[str]) -> Mapping[str, Label]:
    """Return the names of organisations by id."""
    return {row["id"]: Label(row["name_en"], row["name_zh"]) for row in _rows(connection, NAMES_OF, {"ids": list(ids)})}


def _others(connection: Connection, ids: Sequence[str]) -> Iterator[NamingRecords]:
    for name, kind in PUBLIC.items():
        if kind.names_organisations and name not in ("project", "organisation"):
            en, zh = kind.name_fields
            order = f"t.{kind.date_field} DESC NULLS LAST, t.id" if kind.date_field else "t.id"
            declared = kind.field(en) is not None and kind.field(zh) is not None
            statement = RECORDS.format(table=name, order=order, en=en if declared else "id", zh=zh if declared else "id")
            found = _naming(connection, name, statement, ids)
            if found.records:
                yield found


def _naming(connection: Connection, kind: str, statement: str, ids: Sequence[str]) -> NamingRecords:
    rows = _rows(connection, statement, {"kind": kind, "ids": ids, "most": MOST})
    return NamingRecords(kind, rows, rows[0]["matched"] if rows else 0)


def _rows(connection: Connection, statement: str, values: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return [dict(row) for row in connection.exec_driver_sql(statement, dict(values)).mappings()]
