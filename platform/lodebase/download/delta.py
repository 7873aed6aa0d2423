"""The table of changes in a package of changes: records added, changed, merged or withdrawn after a version.

To update an older file, remove every record that the table names, with its related rows, and add the rows of the package. A
record is withdrawn when it no longer matches the filter.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from lodebase.download.task import TableStatement
from lodebase.query import changed_records, expression
from lodebase.query.collections_ import Collection, find_collection
from lodebase.query.filters.changed import CHANGED
from lodebase.query.query import Query
from lodebase.query.reading import compile_for_psycopg
from lodebase.query.version_views import AS_OF, SINCE
from lodedata.messages import Label, msg
from lodedata.write import Column, Table

CHANGES = """
SELECT id, CASE WHEN n.id IS NOT NULL THEN CASE WHEN o.id IS NULL THEN 'added' ELSE 'changed' END
  WHEN x.served_id IS NOT NULL THEN 'merged' ELSE 'withdrawn' END AS change,
  CASE WHEN n.id IS NULL THEN x.served_id END AS merged_into
FROM ({changed}) c LEFT JOIN ({new}) n USING (id) LEFT JOIN ({old}) o USING (id)
LEFT JOIN {as_of}.reported_record x ON x.record_id = id AND x.served_id <> id
WHERE n.id IS NOT NULL OR o.id IS NOT NULL ORDER BY id
"""


def build_changes_table(source: Collection) -> Table:
    """Return the table of changes of a collection."""
    columns = (
        Column("id", msg("Identifier in %(table)s", table=Label(source.name, source.kind.title_zh))),
        Column("change", msg("Change: added, changed, merged or withdrawn")),
        Column("merged_into", msg("Identifier that a merged record is served under")),
    )
    return Table("changes", msg("Changes"), columns, ("id",))


def write_changes_statement(query: Query, values: Mapping[str, Any]) -> TableStatement:
    """Return the SQL of changes between the versions in ``lode.since`` and ``lode.as_of`` to records that match or matched."""
    stored = find_collection(query.collection).table
    shape = replace(query, conditions=tuple(one for one in query.conditions if one != CHANGED)).shape(earlier=True)
    matching = compile_for_psycopg(select(stored.c.id).where(expression.build_where_condition(shape, stored)), earlier=True)
    new = matching.written(values)
    sql = CHANGES.format(
        changed=changed_records.write_changed_ids_sql(stored.name),
        new=new,
        old=new.replace(f"{AS_OF}.", f"{SINCE}."),
        as_of=AS_OF,
    )
    return TableStatement(sql, sql)
