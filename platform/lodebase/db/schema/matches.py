"""The tables of records that may be the same; filled by :mod:`lodebase.resolve`."""

from geoalchemy2 import Geometry
from sqlalchemy import BigInteger, CheckConstraint, Column, Double, Index, PrimaryKeyConstraint, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from lodebase.db.schema.tables import metadata, write_code_condition

RELATIONS = ("same", "works", "processes_ore_of", "became", "contains", "different")

match_side = Table(
    "match_side",
    metadata,
    Column("id", Text, primary_key=True),
    Column("geom", Geometry("POINT", srid=4326, spatial_index=False)),
    Column("reach_deg", Double, nullable=False),
    Column("facts", JSONB, nullable=False),
    Index("ix_match_side_geom", "geom", postgresql_using="gist"),
    comment="What is compared of each record.",
)

match_key = Table(
    "match_key",
    metadata,
    Column("key", Text(collation="C"), nullable=False),
    Column("id", Text, nullable=False),
    PrimaryKeyConstraint("key", "id"),
    Index("ix_match_key_id", "id"),
    comment="The keys by which records meet to be compared.",
)

match_pair = Table(
    "match_pair",
    metadata,
    Column("a_id", Text, nullable=False),
    Column("b_id", Text, nullable=False),
    Column("relation", Text, nullable=False),
    Column("probability", Double, nullable=False),
    Column("reasons", JSONB, nullable=False),
    Column("model_version", Text, nullable=False),
    PrimaryKeyConstraint("a_id", "b_id"),
    CheckConstraint(write_code_condition("relation", RELATIONS), name="relation"),
    CheckConstraint("probability >= 0 AND probability <= 1", name="probability"),
    CheckConstraint("a_id <> b_id", name="two_records"),
    Index("ix_match_pair_b_id", "b_id"),
    comment="Records that may belong together: what the first is to the second, how likely, and why.",
)

uncompared = Table(
    "uncompared",
    metadata,
    Column("record_id", Text, primary_key=True),
    Column("morton_code", BigInteger),
    Index("ix_uncompared_morton_code", "morton_code", "record_id"),
    comment="Records that an import left to be compared with others in the background, in the order of their places.",
)
