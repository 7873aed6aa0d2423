"""The tables of earlier rows, in the schema ``lode_history``: each row as it was, with the version at which it ended."""

from sqlalchemy import Column, Index, Integer, Table

from lodebase.db.schema.source_tables import source
from lodebase.db.schema.tables import CHILDREN, HISTORY_SCHEMA, SERVED, link, metadata, named_organisation, reported_record
from lodedata.kinds import KINDS

VERSIONED = (*SERVED.values(), *CHILDREN, link, reported_record, named_organisation)
"""The tables whose earlier rows are stored."""


RECORD_IDS = tuple(f"{name}_id" for name, kind in KINDS.items() if kind.merged)
"""The columns that reference the record of a row."""


def _build_history_table(table: Table) -> Table:
    """Return the table of a table's earlier rows: the version at which each ended, then the row as it was."""
    columns = [Column(c.name, c.type, nullable=True) for c in table.columns]
    return Table(
        table.name,
        metadata,
        Column("until_version", Integer, nullable=False),
        *columns,
        Index(f"ix_history_{table.name}", *[c.name for c in table.primary_key.columns]),
        Index(f"ix_history_{table.name}_until_version", "until_version"),
        Index(f"ix_history_{table.name}_since_version", "since_version"),
        *(Index(f"ix_history_{table.name}_{name}", name) for name in RECORD_IDS if name in table.c),
        schema=HISTORY_SCHEMA,
        comment=f"Earlier rows of {table.name}.",
    )


HISTORY = {table.name: _build_history_table(table) for table in VERSIONED}
Index("ix_history_reported_record_served_id", HISTORY["reported_record"].c.served_id)
Index("ix_history_named_organisation_organisation_id", HISTORY["named_organisation"].c.organisation_id)
source_history = Table(
    source.name,
    metadata,
    Column("until_version", Integer, nullable=False),
    *(Column(column.name, column.type) for column in source.columns),
    schema=HISTORY_SCHEMA,
    comment="Earlier descriptions of sources.",
)
