"""The tables of statistics: series, the releases that have their values, and observations."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)

from lodebase.db.schema.tables import metadata
from lodedata.statistics.series import DIMENSIONS

series = Table(
    "series",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    *(Column(name, Text, nullable=False) for name in DIMENSIONS if name != "unit_mult"),
    Column("unit_mult", SmallInteger, nullable=False),
    UniqueConstraint(*DIMENSIONS, name="uq_series_dimensions"),
    Index("ix_series_commodity", "commodity", "indicator"),
    Index("ix_series_area", "area", "indicator"),
    comment="Series of statistics by their dimensions; values are in 10 ** unit_mult of the unit.",
)

vintage = Table(
    "vintage",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("source", Text, ForeignKey("lode.source.name"), nullable=False),
    Column("release", Text, nullable=False),
    Column("released_on", Date, nullable=False),
    Column("first_run", Integer),
    Column("withdrawn_run", Integer),
    UniqueConstraint("source", "release", name="uq_vintage_release"),
    comment="Releases of statistics with their day; a later release of a series adds observations and replaces none.",
)

observation = Table(
    "observation",
    metadata,
    Column("series", Integer, ForeignKey("lode.series.id"), nullable=False),
    Column("period", Date, nullable=False),
    Column("vintage", Integer, ForeignKey("lode.vintage.id"), nullable=False),
    Column("value", Double),
    Column("value_raw", Text, nullable=False),
    Column("bound", Text),
    Column("obs_status", Text, nullable=False),
    Column("conf_status", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("source_row", Text, nullable=False),
    PrimaryKeyConstraint("series", "period", "vintage"),
    CheckConstraint("bound IN ('<', '>')", name="bound"),
    CheckConstraint("length(obs_status) = 1 AND length(conf_status) = 1", name="status"),
    comment="Observations by series, first day of the period and release, with the text that was printed and its flags.",
)
"""Without an index on the release: it is read through its series, and a release is never deleted."""

NEWEST_FIRST = "{v}.released_on DESC, CASE WHEN strpos({v}.source, '--') > 0 THEN {v}.source ELSE '' END, {v}.id DESC"
"""The order of the releases ``{v}`` of a series: of the same day those of this store, then those of other Lodes by name, so
that nodes that read the same sites in any order serve the same values."""
