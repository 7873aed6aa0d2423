"""Alembic's environment: the connection is given by the caller, the tables are those of lodebase.db.schema.tables."""

from typing import Any

from alembic import context
from geoalchemy2 import alembic_helpers
from sqlalchemy import Connection

from lodebase.db.schema.models import METADATA
from lodebase.db.schema.tables import HISTORY_SCHEMA, SCHEMA


def _ours(name: str | None, type_: str, parents: Any) -> bool:
    return name in (SCHEMA, HISTORY_SCHEMA) if type_ == "schema" else True


def run(connection: Connection) -> None:
    """Run the migrations on an open connection, in its transaction."""
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        include_schemas=True,
        include_name=_ours,
        version_table_schema=SCHEMA,
        compare_type=True,
        include_object=alembic_helpers.include_object,
        # not the writer of these helpers: its tables lose their comments
        render_item=alembic_helpers.render_item,
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
