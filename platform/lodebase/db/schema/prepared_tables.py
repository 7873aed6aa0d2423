"""The tables of prepared results that the store keeps current: features, counts, search terms."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Double,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)

from lodebase.db.schema.tables import SERVED, metadata
from lodedata.kinds import KINDS

IN_KEY = ["lon", "lat", "main_commodity", "commodity_group", "country", "commodities"]
"""The columns in the key of prepared features, by which they are counted and skipped without being read."""
COUNTED_BY = ["commodity_group", "main_commodity", "country", "commodities"]
"""What the counts of cells distinguish; no country is the empty text."""


def _feature(name: str) -> Table:
    return Table(
        f"{name}_feature",
        metadata,
        Column("morton_code", BigInteger, nullable=False),
        Column("id", Text, nullable=False),
        Column("lon", Double),
        Column("lat", Double),
        Column("position_accuracy_m", Double),
        Column("country", Text),
        Column("main_commodity", Text, nullable=False),
        Column("commodity_group", Text, nullable=False),
        Column("commodities", ARRAY(Text), nullable=False),
        Column("feature", Text, nullable=False),
        PrimaryKeyConstraint("morton_code", "id", postgresql_include=IN_KEY),
        Index(f"ix_{name}_feature_main_commodity", "main_commodity", "morton_code", "id", postgresql_include=["lon", "lat"]),
        comment=f"Each {name} as a finished GeoJSON feature, in Morton order.",
    )


FEATURES = {name: _feature(name) for name, kind in KINDS.items() if kind.merged}


cell_count = Table(
    "cell_count",
    metadata,
    Column("collection", Text, nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("cell", BigInteger, nullable=False),
    Column("commodity_group", Text, nullable=False),
    Column("main_commodity", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("commodities", ARRAY(Text), nullable=False),
    Column("n", BigInteger, nullable=False),
    PrimaryKeyConstraint("collection", "level", "cell", *COUNTED_BY, postgresql_include=["n"]),
    comment="How many located records lie in each tile cell, by commodity group, main commodity, country and commodities.",
)

facet_count = Table(
    "facet_count",
    metadata,
    Column("collection", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("n", BigInteger, nullable=False),
    PrimaryKeyConstraint("collection", "field", "value"),
    comment="How many records have each value of a field; the empty value is none.",
)

collection_state = Table(
    "collection_state",
    metadata,
    Column("collection", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("located", BigInteger, nullable=False),
    *(Column(edge, Double) for edge in ("west", "south", "east", "north")),
    Column("accuracy_max_m", Double),
    comment="Rows and extent of each collection, and the version of its last change.",
)

search_term = Table(
    "search_term",
    metadata,
    Column("key", Text(collation="C"), nullable=False),
    Column("id", Text(collation="C"), nullable=False),
    Index("ix_search_term_key", "key", "id"),
    comment="Search terms of records: match type, rank and kind in a digit each, then a name or a part of one.",
)

search_word = Table(
    "search_word",
    metadata,
    Column("word", Text(collation="C"), primary_key=True),
    Index("ix_search_word_reversed", text("reverse(word)")),
    comment="Every word that was ever in a name, by which spelling is corrected.",
)


def _combination(of: Table) -> Table:
    return Table(
        f"{of.name}_combination",
        metadata,
        Column("key", Uuid, primary_key=True),
        *(Column(field.name, of.c[field.name].type) for field in KINDS[of.name].served if field.facet),
        Column("n", BigInteger, nullable=False),
        comment=f"How many rows of {of.name} share the same values of all fields that are counted by value.",
    )


COMBINATIONS = {name: _combination(SERVED[name]) for name, kind in KINDS.items() if kind.merged}

project_output = Table(
    "project_output",
    metadata,
    Column("term", Text, nullable=False),
    Column("morton_code", BigInteger, nullable=False),
    Column("id", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("lon", Double, nullable=False),
    Column("lat", Double, nullable=False),
    Column("accuracy_m", Double),
    Column("country", Text),
    Column("division", Text),
    Column("status", Text),
    Column("basis", Text),
    Column("capacity_tpa", Double),
    Index("ix_project_output_term_morton_code", "term", "morton_code"),
    Index("ix_project_output_id", "id"),
    comment="Products of each located project: a row for each phase with a product, then for products of the project alone.",
)
