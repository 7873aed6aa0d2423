"""The table of completed backups, which the site's metrics and the check of free disk space read."""

from sqlalchemy import BigInteger, Column, DateTime, Double, Identity, Index, Integer, Table, Text, text

from lodebase.db.schema.tables import metadata

backup = Table(
    "backup",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("finished_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Column("machine", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("seconds", Double, nullable=False),
    Index("ix_backup_finished_at", "finished_at"),
    comment="Finished backups: when, on which machine, to which file, how large.",
)
