"""What names an organisation: projects and their capacity, organisations above and below it, records of other kinds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from lodebase.db.schema.organisation_tables import ABOVE
from lodedata.kinds import PUBLIC
from lodedata.messages import Label

MAX_READ_RECORDS = 500
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


@dataclass(frozen=True, slots=True)
class RelatedOrganisation:
    """An organisation above or below another one, with the share of the upper in the lower in per cent, and its date."""

    id: str
    name: Label
    role: str
    share_percent: float | None
    share_date: str | None


@dataclass(frozen=True, slots=True)
class NamingProject:
    """A project that names an organisation: the organisation's roles, and its share in per cent with the date."""

    id: str
    name: Label
    country: str | None
    division: str | None
    status: str | None
    main_commodity: str | None
    products: tuple[str, ...]
    lon: float | None
    lat: float | None
    roles: tuple[str, ...]
    former: bool
    share_percent: float | None
    share_date: str | None
    in_or_before: bool
    """Whether the share is that of the date or of a time before it."""


@dataclass(frozen=True, slots=True)
class ProductCapacity:
    """The capacity of projects in full, in tonnes a year, for a product, a basis and a status."""

    product: str
    capacity_basis: str | None
    status: str | None
    built_tpa: float | None
    coming_tpa: float | None
    """What is not built yet."""
    phases_without_capacity: int
    phases_not_counted: int
    """Phases whose figures are totals with others, parts of a complex, or doubtful."""


@dataclass(frozen=True, slots=True)
class NamingRecord:
    """A record that names an organisation, with the organisation's roles."""

    id: str
    name: Label
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NamingRecords:
    """The first records of a kind that name an organisation, and how many there are."""

    kind: str
    matched: int
    records: tuple[NamingRecord, ...]


@dataclass(frozen=True, slots=True)
class NamingProjects:
    """The first projects that name an organisation, and how many there are."""

    matched: int
    records: tuple[NamingProject, ...]


def find_subsidiaries(connection: Connection, identity: str) -> Sequence[str]:
    """Return the ids of an organisation and of all that are under it."""
    return [row["id"] for row in _read_rows(connection, UNDER, {"id": identity, "above": list(ABOVE)})]


def find_owners(connection: Connection, identity: str) -> tuple[RelatedOrganisation, ...]:
    """Return the organisations right above one."""
    return _find_related(connection, identity, other="m.organisation_id", one="m.record_id")


def find_holdings(connection: Connection, identity: str) -> tuple[RelatedOrganisation, ...]:
    """Return the organisations right below one."""
    return _find_related(connection, identity, other="m.record_id", one="m.organisation_id")


def find_projects(connection: Connection, ids: Sequence[str]) -> NamingProjects:
    """Return the first projects that name organisations, those of today before former ones."""
    rows = _read_rows(connection, PROJECTS, {"ids": list(ids), "most": MAX_READ_RECORDS})
    return NamingProjects(_count(rows), tuple(map(_read_project, rows)))


def measure_capacity(connection: Connection, ids: Sequence[str]) -> tuple[ProductCapacity, ...]:
    """Return the capacity of all projects that name organisations today."""
    return tuple(
        ProductCapacity(
            product=row["product"],
            capacity_basis=row["capacity_basis"],
            status=row["status"],
            built_tpa=row["built_tpa"],
            coming_tpa=row["coming_tpa"],
            phases_without_capacity=row["without"],
            phases_not_counted=row["left_out"],
        )
        for row in _read_rows(connection, CAPACITY, {"ids": list(ids)})
    )


def find_other_records(connection: Connection, ids: Sequence[str]) -> Iterator[NamingRecords]:
    """Yield the records of each other kind that name organisations."""
    for name, kind in PUBLIC.items():
        if not kind.names_organisations or name in ("project", "organisation"):
            continue
        en, zh = kind.name_fields
        order = f"t.{kind.date_field} DESC NULLS LAST, t.id" if kind.date_field else "t.id"
        has_names = kind.field(en) is not None and kind.field(zh) is not None
        statement = RECORDS.format(table=name, order=order, en=en if has_names else "id", zh=zh if has_names else "id")
        rows = _read_rows(connection, statement, {"kind": name, "ids": list(ids), "most": MAX_READ_RECORDS})
        if rows:
            yield NamingRecords(name, _count(rows), tuple(map(_read_record, rows)))


def _find_related(connection: Connection, identity: str, other: str, one: str) -> tuple[RelatedOrganisation, ...]:
    rows = _read_rows(connection, RELATED.format(other=other, one=one), {"id": identity, "above": list(ABOVE)})
    return tuple(
        RelatedOrganisation(
            row["id"], Label(row["name_en"], row["name_zh"]), row["role"], row["share_pct"], _write_date(row["share_date"])
        )
        for row in rows
    )


def _read_project(row: Mapping[str, Any]) -> NamingProject:
    return NamingProject(
        id=row["id"],
        name=Label(row["name_en"], row["name_zh"]),
        country=row["country"],
        division=row["division"],
        status=row["status"],
        main_commodity=row["main_commodity"],
        products=tuple(row["products"] or ()),
        lon=row["lon"],
        lat=row["lat"],
        roles=tuple(row["roles"]),
        former=row["former"],
        share_percent=row["share_pct"],
        share_date=_write_date(row["share_date"]),
        in_or_before=bool(row["or_before"]),
    )


def _read_record(row: Mapping[str, Any]) -> NamingRecord:
    return NamingRecord(row["id"], Label(row["name_en"], row["name_zh"]), tuple(row["roles"]))


def _write_date(value: object) -> str | None:
    return None if value is None else str(value)


def _count(rows: Sequence[Mapping[str, Any]]) -> int:
    return rows[0]["matched"] if rows else 0


def _read_rows(connection: Connection, statement: str, values: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return [dict(row) for row in connection.exec_driver_sql(statement, dict(values)).mappings()]
