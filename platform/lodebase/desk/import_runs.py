"""The imports of the store, for the desk: what was read, and what became of the rows and columns."""

from typing import Any

from sqlalchemy import Connection, select

from lodebase.db.schema.source_tables import import_run, source
from lodebase.errors import NotFound
from lodedata.mapping.column_usage import add_reason_sentences
from lodedata.messages import msg

_RUN = select(
    *(column for column in import_run.c if column.name not in ("column_usage", "named_rows")),
    source.c.title_en,
    source.c.title_zh,
).outerjoin_from(import_run, source, source.c.name == import_run.c.source)


def read_latest_imports(connection: Connection, most: int, before: int | None = None) -> list[dict[str, Any]]:
    """Return imports with the titles of their sources, newest first; those with a number less than ``before`` if given."""
    statement = _RUN.order_by(import_run.c.id.desc()).limit(most)
    if before is not None:
        statement = statement.where(import_run.c.id < before)
    return [dict(row) for row in connection.execute(statement).mappings()]


def read_import_run(connection: Connection, number: int) -> dict[str, Any]:
    """Return an import with the use of each column and the rows that lack something. Raises NotFound."""
    other = import_run.alias()
    by = select(other.c.id).where(other.c.withdraws == import_run.c.id, other.c.state == "done").limit(1)
    columns = (import_run.c.column_usage, import_run.c.named_rows, by.scalar_subquery().label("withdrawn_by"))
    statement = _RUN.add_columns(*columns).where(import_run.c.id == number)
    row = connection.execute(statement).mappings().first()
    if row is None:
        raise NotFound(msg("There is no import %(number)s.", number=number))
    run = dict(row)
    run["columns"] = [add_reason_sentences(column) for column in run.pop("column_usage") or ()]
    return run
