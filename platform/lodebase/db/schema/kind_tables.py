"""The SQL that creates the tables of a record kind: its records, their history, and the privileges of the roles.

Kinds that another distribution adds get their tables when ``lode db upgrade`` first finds them.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, inspect
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.schema import CreateIndex, CreateTable, SetTableComment

from lodebase.db.private_cluster.cluster import DESK, IMPORTER, SITE
from lodebase.db.schema.history_tables import HISTORY
from lodebase.db.schema.tables import SCHEMA, SERVED
from lodedata.kinds import KINDS, SHIPPED


def write_kind_table_statements(name: str) -> Iterator[str]:
    """Yield the statements that create the tables of a kind without children, in order."""
    dialect = PGDialect()  # type: ignore[no-untyped-call]
    for table in (SERVED[name], HISTORY[name]):
        yield str(CreateTable(table).compile(dialect=dialect)).strip()
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            yield str(CreateIndex(index).compile(dialect=dialect)).strip()
        yield str(SetTableComment(table).compile(dialect=dialect)).strip()
    served, history = SERVED[name].fullname, HISTORY[name].fullname
    yield f"ALTER TABLE {served} ALTER since_version SET DEFAULT {SCHEMA}.current_version()"
    yield f"GRANT SELECT, INSERT, DELETE, UPDATE ON {served} TO {IMPORTER}"
    reader = DESK if KINDS[name].internal else SITE
    yield f"GRANT SELECT ON {served} TO {reader}"
    yield f"GRANT SELECT ON {history} TO {IMPORTER}, {reader}"
    # an expert may decide that a name is that of a person, which leaves earlier versions too
    yield f"GRANT UPDATE ON {history} TO {IMPORTER}"
    yield (
        f"INSERT INTO {SCHEMA}.collection_state (collection, version, n, located) "
        f"VALUES ('{KINDS[name].collection}', 0, 0, 0) ON CONFLICT DO NOTHING"
    )


def make_missing(connection: Connection) -> None:
    """Create the missing tables of the kinds that another distribution adds."""
    there = inspect(connection).get_table_names(SCHEMA)
    for name in KINDS:
        if name not in SHIPPED and name not in there:
            for statement in write_kind_table_statements(name):
                connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
