"""The table of the release that a store mirrors; it has a row in stores of mirrors only."""

from sqlalchemy import Column, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from lodebase.db.schema.tables import metadata, now_column

mirror = Table(
    "mirror",
    metadata,
    Column("origin", Text, primary_key=True),
    Column("address", Text, nullable=False),
    Column("version", Integer, nullable=False),
    now_column("read_at"),
    Column("files", JSONB, nullable=False),
    comment="The site and the release that this store mirrors, and the digests of the files it has read; empty elsewhere.",
)
