"""The tables that every `lode db upgrade` rewrites: terms and limits of sizes."""

from sqlalchemy import Column, Double, PrimaryKeyConstraint, Table, Text

from lodebase.db.schema.tables import metadata

term = Table(
    "term",
    metadata,
    Column("vocabulary", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("label_en", Text, nullable=False),
    Column("label_zh", Text, nullable=False),
    Column("broader", Text),
    Column("uri", Text),
    PrimaryKeyConstraint("vocabulary", "code"),
    comment="The vocabularies, written anew by every `lode db upgrade`.",
)

size_threshold = Table(
    "size_threshold",
    metadata,
    Column("commodity", Text, nullable=False),
    Column("form", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("large_t", Double, nullable=False),
    Column("medium_t", Double, nullable=False),
    Column("metal_factor", Double),
    Column("standard", Text, nullable=False),
    PrimaryKeyConstraint("commodity", "form"),
    comment="Deposit size limits per commodity and form (DZ/T 0400-2022), written anew by every `lode db upgrade`.",
)
