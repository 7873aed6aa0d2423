"""Records that changed between two versions; a package of changes selects by it, no parameter does."""

from typing import Any

from sqlalchemy import Boolean, ColumnElement, literal_column
from sqlalchemy.sql.selectable import FromClause

from lodebase.query import changed_records
from lodebase.query.collections_ import Collection
from lodebase.query.conditions import SqlCondition


def match_changed(collection: Collection, table: FromClause) -> ColumnElement[bool]:
    """Return the condition of records that changed after the version in ``lode.since`` and up to that in ``lode.as_of``."""
    changed: ColumnElement[Any] = literal_column(f"({changed_records.write_changed_ids_sql(collection.table.name)})")
    return table.c.id.op("IN", return_type=Boolean())(changed)


CHANGED = SqlCondition(match_changed)
