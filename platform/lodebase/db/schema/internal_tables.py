"""Sources and rows that only people with a role read. No table or view that the site reads has them."""

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from lodebase.db.schema.tables import metadata

internal_source = Table(
    "internal_source",
    metadata,
    Column("name", Text, primary_key=True),
    Column("title_en", Text, nullable=False),
    Column("title_zh", Text, nullable=False),
    Column("licence_name", Text, nullable=False),
    Column("citation", Text, nullable=False),
    Column("as_of", Text),
    Column("imported_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Column("read", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    comment="Sources with rows that only people with a role read.",
)

internal_row = Table(
    "internal_row",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("source", Text, nullable=False, index=True),
    Column("table_name", Text, nullable=False),
    Column("record_id", Text, nullable=False),
    Column("row", JSONB, nullable=False),
    Index("ix_internal_row_table_name_record_id", "table_name", "record_id"),
    comment="Rows of records that only people with a role read, by the table that would have them if they were public.",
)
