"""The estimates of deposits over time, of every source that reports them: statements of reports, and estimates of compilations.

A deposit is served under the id of its leading source; estimates of all its sources are listed, each with its own source.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Engine, select

from lodebase.query import expression, version_views
from lodebase.query.collections_ import find_collection
from lodebase.query.query import Query, Shape
from lodebase.query.reading import PreparedStatement, compile_for_psycopg, open_reading, read_dataset_version
from lodedata.choice.owner_changes import OwnerChange, StatedOwner, find_owner_changes

STATED = ("whole", "part", "total")
"""Roles of what a report states; the other role is that of sensitivity tables."""
FIELDS = (
    *("deposit_id", "deposit_name_en", "deposit_name_zh", "id", "source", "report", "document", "page", "also_on"),
    *("report_date", "effective_date", "code", "competent_person_statement", "category", "category_reported"),
    *("estimate_kind", "combined", "estimate_role", "zone", "cut_off", "cut_off_unit", "commodity"),
    *("ore_t", "ore_reported", "ore_unit", "ore_unit_ground"),
    *("grade_pct", "grade_reported", "grade_unit", "grade_basis", "grade_unit_ground"),
    *("metal_t", "metal_derived", "sum_confirmed", "extracted_by_machine", "confidence"),
)
"""The fields of a row, in the order of files."""
PAGE_ROWS = 1_000
MAX_PAGE_ROWS = 10_000
# A statement belongs to the record of its report's row, a compilation's estimate to the record of its source.
_ROWS = """
WITH chosen AS MATERIALIZED ({chosen}),
given AS (
  SELECT c.id AS deposit_id, s.id, s.sources[1] AS source, s.report, s.document, s.page, s.also_on, s.report_date,
    s.effective_date, s.code, s.competent_person_statement, s.category, s.category_reported, s.estimate_kind, s.combined,
    s.estimate_role, s.zone, s.cut_off::text AS cut_off, s.cut_off_unit, s.commodity, s.ore_t, s.ore_reported, s.ore_unit,
    s.ore_unit_ground, s.grade_pct, s.grade_reported, s.grade_unit, s.grade_basis, s.grade_unit_ground, s.metal_t,
    s.metal_derived, s.sum_confirmed, s.extracted_by_machine, s.confidence
  FROM lode.reference r JOIN chosen c ON c.id = r.to_id JOIN lode.estimate_statement s ON s.id = r.from_id
  WHERE r.from_kind = 'estimate_statement' AND r.to_kind = 'deposit'
), compiled AS (
  SELECT c.id AS served_id, e.*, x.commodity, x.grade_pct, x.grade_reported, x.grade_unit, x.grade_basis, x.contained_t,
    x.contained_derived
  FROM chosen c JOIN lode.estimate e ON e.deposit_id = c.id LEFT JOIN lode.estimate_measure x ON x.estimate_id = e.id
  WHERE NOT EXISTS (SELECT FROM lode.reported_record t WHERE t.record_id = c.id)
  UNION ALL
  SELECT c.id, e.*, x.commodity, x.grade_pct, x.grade_reported, x.grade_unit, x.grade_basis, x.contained_t, x.contained_derived
  FROM chosen c JOIN lode.reported_record t ON t.served_id = c.id
  CROSS JOIN LATERAL jsonb_populate_recordset(NULL::lode.estimate, t.parts -> 'estimate') e
  LEFT JOIN LATERAL jsonb_populate_recordset(NULL::lode.estimate_measure, t.parts -> 'estimate_measure') x
    ON x.estimate_id = e.id
), listed AS (
  SELECT * FROM given
  UNION ALL
  SELECT served_id, id || ':' || coalesce(commodity, ''), source, coalesce(citation, source), NULL, NULL, '{{}}', NULL,
    effective_date, code, CASE WHEN competent_person IS NOT NULL THEN true END, category, category_reported, kind, combined,
    CASE WHEN zone IS NULL THEN 'whole' ELSE 'part' END, zone, cut_off, NULL, commodity, ore_t, ore_reported, ore_unit,
    CASE WHEN ore_t IS NOT NULL THEN 'stated' END, grade_pct, grade_reported, grade_unit, grade_basis,
    CASE WHEN grade_pct IS NOT NULL THEN 'stated' END, contained_t, contained_derived, NULL, false, NULL
  FROM compiled
)
SELECT l.deposit_id, d.name_en AS deposit_name_en, d.name_zh AS deposit_name_zh, {fields}
FROM listed l JOIN lode.deposit d ON d.id = l.deposit_id
WHERE (%(roles)s::text[] IS NULL OR l.estimate_role = ANY(%(roles)s))
  AND (%(commodity)s::text IS NULL OR l.commodity = %(commodity)s)
  AND (%(after_deposit)s::text IS NULL OR (l.deposit_id, l.id) > (%(after_deposit)s, %(after_id)s))
ORDER BY l.deposit_id, l.id LIMIT %(most)s
"""
_OF_ONE = "SELECT %(id)s::text AS id"
_COUNTS = """
SELECT count(*) AS statements, count(DISTINCT s.report) AS reports
FROM lode.reference r JOIN lode.estimate_statement s ON s.id = r.from_id
WHERE r.from_kind = 'estimate_statement' AND r.to_kind = 'deposit' AND r.to_id = %(id)s
"""


_STARTS = """
SELECT DISTINCT p.start_date, j.name_en, j.name_zh
FROM lode.link l JOIN lode.phase p ON p.project_id = l.from_id JOIN lode.project j ON j.id = l.from_id
WHERE l.relation = 'works' AND l.to_kind = 'deposit' AND l.to_id = %(id)s AND p.start_date IS NOT NULL
ORDER BY p.start_date, j.name_en
"""


# What each source states of the owners of the projects that mine a deposit, as long as it states a date.
_OWNERS = """
SELECT j.id, j.name_en, j.name_zh, o ->> 'source', o ->> 'information_date', o ->> 'name_en', o ->> 'name_zh'
FROM lode.link l JOIN lode.project j ON j.id = l.from_id JOIN lode.reported_record t ON t.served_id = j.id
CROSS JOIN LATERAL jsonb_array_elements(t.parts -> 'owner') o
WHERE l.relation = 'works' AND l.to_kind = 'deposit' AND l.to_id = %(id)s
  AND o ->> 'role' = 'owner' AND o ->> 'information_date' IS NOT NULL
ORDER BY j.name_en, j.id
"""


@dataclass(frozen=True, slots=True)
class ProjectOwnerChange:
    """A change of the owners of a project that mines a deposit."""

    name_en: str | None
    name_zh: str | None
    change: OwnerChange


@dataclass(frozen=True, slots=True)
class ProjectStart:
    """The day, month or year in which a phase of a project that mines a deposit started, as its source states it."""

    date: str
    name_en: str | None
    name_zh: str | None


@dataclass(frozen=True, slots=True)
class EstimateChoice:
    """Which rows of the chosen deposits: those of some roles, or None for all, and of one commodity, or None for all."""

    roles: tuple[str, ...] | None = STATED
    commodity: str | None = None
    after: tuple[str, str] | None = None
    """The deposit and the id of the row after which the rows begin."""
    limit: int = PAGE_ROWS


@dataclass(frozen=True, slots=True)
class EstimatePage:
    """Rows of deposits in the order of their ids, and whether more follow."""

    rows: list[dict[str, Any]]
    has_more: bool
    dataset_version: int


def read_deposit_estimates(engine: Engine, identity: str, choice: EstimateChoice) -> EstimatePage:
    """Return the estimates of one deposit, by its served id; an unknown id has none."""
    with open_reading(engine) as connection:
        return _read_page(connection, _OF_ONE, {"id": identity}, choice)


def read_query_estimates(engine: Engine, query: Query, choice: EstimateChoice) -> EstimatePage:
    """Return the estimates of the deposits that a query selects."""
    with open_reading(engine) as connection:
        settled, earlier = version_views.settle_query_version(connection, query.same_rows())
        shape = settled.shape(earlier)
        statement = _prepare_chosen(shape)
        values = {**statement.constants, **expression.bind_query(connection, settled, shape.earlier)}
        return _read_page(connection, statement.sql, values, choice)


def read_estimate_pages(engine: Engine, query: Query, choice: EstimateChoice) -> Iterator[dict[str, Any]]:
    """Yield the estimates of all deposits that a query selects, page by page."""
    after = choice.after
    while True:
        page = read_query_estimates(engine, query, EstimateChoice(choice.roles, choice.commodity, after, MAX_PAGE_ROWS))
        yield from page.rows
        if not page.has_more:
            return
        after = page.rows[-1]["deposit_id"], page.rows[-1]["id"]


def list_starts(engine: Engine, identity: str) -> list[ProjectStart]:
    """Return the starts of the projects that mine a deposit, the first one first; a project without a date has none."""
    with open_reading(engine) as connection:
        return [ProjectStart(*row) for row in connection.exec_driver_sql(_STARTS, {"id": identity})]


def list_owner_changes(engine: Engine, identity: str) -> list[ProjectOwnerChange]:
    """Return the changes of owner of the projects that mine a deposit, the first one first."""
    with open_reading(engine) as connection:
        rows = connection.exec_driver_sql(_OWNERS, {"id": identity}).all()
    projects = {row[0]: (row[1], row[2]) for row in rows}
    changes = [
        ProjectOwnerChange(*names, change)
        for project, names in projects.items()
        for change in find_owner_changes(StatedOwner(*row[3:]) for row in rows if row[0] == project)
    ]
    return sorted(changes, key=lambda change: change.change.by)


def counts(connection: Connection, identity: str) -> tuple[int, int]:
    """Return the numbers of statements and of reports that a machine read about a deposit."""
    row = connection.exec_driver_sql(_COUNTS, {"id": identity}).one()
    return int(row[0]), int(row[1])


@lru_cache(maxsize=256)
def _prepare_chosen(shape: Shape) -> PreparedStatement:
    table = find_collection(shape.collection).table
    return compile_for_psycopg(select(table.c.id).where(expression.build_where_condition(shape, table)), shape.earlier)


def _read_page(connection: Connection, chosen: str, values: Mapping[str, Any], choice: EstimateChoice) -> EstimatePage:
    fields = ", ".join(f"l.{name}" for name in FIELDS if not name.startswith("deposit_"))
    sql = _ROWS.format(chosen=chosen, fields=fields)
    after_deposit, after_id = choice.after or (None, None)
    own = {
        "roles": None if choice.roles is None else list(choice.roles),
        "commodity": choice.commodity,
        "after_deposit": after_deposit,
        "after_id": after_id,
        "most": choice.limit + 1,
    }
    rows = [dict(row) for row in connection.exec_driver_sql(sql, {**values, **own}).mappings()]
    return EstimatePage(rows[: choice.limit], len(rows) > choice.limit, read_dataset_version(connection))
