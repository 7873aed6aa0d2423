"""The table of the release that a store mirrors; it has a row in stores of mirrors only."""

from sqlalchemy import Column, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from lodebase.db.schema.tables import build_now_column, metadata

mirror = Table(
    "mirror",
    metadata,
    Column("origin", Text, primary_key=True),
    Column("address", Text, nullable=False),
    Column("version", Integer, nullable=False),
    build_now_column("read_at"),
    Column("files", JSONB, nullable=False),
    Column("keys", JSONB),
    comment="The release and site that this store mirrors, digests of the files read, keys of the site; empty elsewhere.",
)
