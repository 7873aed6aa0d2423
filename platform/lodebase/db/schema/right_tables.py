"""The tables of relations of mining rights, which the store computes at each commit from the records that changed."""

from sqlalchemy import CheckConstraint, Column, Double, Index, PrimaryKeyConstraint, Table, Text

from lodebase.db.schema.tables import metadata, write_code_condition

CERTAINTIES = ("surely", "possibly")
DEPTHS = ("shared", "apart", "not-known")

right_cover = Table(
    "right_cover",
    metadata,
    Column("right_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("record_id", Text, nullable=False),
    Column("certainty", Text, nullable=False),
    PrimaryKeyConstraint("right_id", "record_id"),
    Index("ix_right_cover_record_id", "record_id"),
    CheckConstraint(write_code_condition("certainty", CERTAINTIES), name="certainty"),
    comment="Deposits, prospects and projects inside the ground of mining rights, by the accuracy of their positions.",
)

right_overlap = Table(
    "right_overlap",
    metadata,
    Column("right_id", Text, nullable=False),
    Column("other_id", Text, nullable=False),
    Column("area_km2", Double, nullable=False),
    Column("depth", Text, nullable=False),
    PrimaryKeyConstraint("right_id", "other_id"),
    Index("ix_right_overlap_other_id", "other_id"),
    CheckConstraint("right_id < other_id", name="once"),
    CheckConstraint(write_code_condition("depth", DEPTHS), name="depth"),
    comment="Pairs of mining rights with common ground; two rights may lie over each other at different depths.",
)
