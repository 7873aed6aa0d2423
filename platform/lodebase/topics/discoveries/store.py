"""The deposits of a query with year of discovery, group and metal."""

from collections.abc import Mapping
from functools import lru_cache

from sqlalchemy import Connection, TextClause, select, text

from lodebase.query import expression, version_views
from lodebase.query.collections_ import find_collection
from lodebase.query.query import Query, Shape
from lodebase.query.reading import PreparedStatement, compile_for_psycopg
from lodebase.query.version_views import AS_OF
from lodebase.statistics.contained_figures import FIGURES
from lodedata.topics.discoveries.curve import Find


def _select_finds_by(column: str) -> str:
    return f"""
WITH wanted AS (
  SELECT id AS deposit_id, CAST(:metal AS text) AS commodity FROM lode.deposit WHERE id = ANY(:ids)
), {FIGURES}, largest AS (
  SELECT deposit_id, max(contained_t) AS metal_t FROM figure WHERE contained_t > 0 GROUP BY deposit_id
)
SELECT d.id, {column}, d.discovery_year, l.metal_t
FROM lode.deposit d LEFT JOIN largest l ON l.deposit_id = d.id WHERE d.id = ANY(:ids) ORDER BY d.id
"""


FINDS_BY: Mapping[str, str] = {
    "none": _select_finds_by("NULL"),
    "country": _select_finds_by("d.country"),
    "deposit_model": _select_finds_by("d.deposit_model"),
    "commodity": _select_finds_by("d.main_commodity"),
}
"""The statement for each choice of groups; the metal of a deposit is that of its largest single estimate of any source."""


def read_finds(connection: Connection, query: Query, metal: str | None, by: str) -> list[Find]:
    """Return the deposits that a query matches at its version, each with its largest figure of a metal if one is named."""
    settled, earlier = version_views.settle_query_version(connection, query.same_rows())
    statement = _prepare_ids(settled.shape(earlier))
    values = expression.bind_query(connection, settled, earlier)
    ids = [row[0] for row in connection.exec_driver_sql(statement.sql, {**statement.constants, **values})]
    return [Find(*row) for row in connection.execute(_statement(by, earlier), {"ids": ids, "metal": metal})]


@lru_cache(maxsize=2 * len(FINDS_BY))
def _statement(by: str, earlier: bool) -> TextClause:
    # every relation is versioned; the types of jsonb_populate_recordset are the same in both schemas
    sql = FINDS_BY[by]
    return text(sql.replace("FROM lode.", f"FROM {AS_OF}.").replace("JOIN lode.", f"JOIN {AS_OF}.") if earlier else sql)


@lru_cache(maxsize=64)
def _prepare_ids(shape: Shape) -> PreparedStatement:
    table = find_collection(shape.collection).table
    return compile_for_psycopg(select(table.c.id).where(expression.build_where_condition(shape, table)), shape.earlier)
