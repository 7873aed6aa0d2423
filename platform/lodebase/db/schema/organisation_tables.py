"""Tables of the names of organisations and of the records that mention them."""

from sqlalchemy import ARRAY, Column, Double, Index, PrimaryKeyConstraint, Table, Text, text

from lodebase.db.schema.tables import metadata

ABOVE = ("parent", "group")
"""The roles in which an organisation names those above it."""

organisation_name = Table(
    "organisation_name",
    metadata,
    Column("organisation_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("form", Text, nullable=False),
    Column("comparable", Text, nullable=False),
    Column("short", Text, nullable=False),
    PrimaryKeyConstraint("organisation_id", "form", "name"),
    Index("ix_organisation_name_comparable", "comparable"),
    Index("ix_organisation_name_short", "short"),
    comment="Each name of an organisation (exact, former, short) in the forms in which names are compared.",
)

organisation_mention = Table(
    "organisation_mention",
    metadata,
    Column("record_kind", Text, nullable=False),
    Column("record_id", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("other_name", Text),
    Column("uscc", Text),
    Column("country", Text),
    Column("division", Text),
    Column("comparable", Text, nullable=False),
    Column("short", Text, nullable=False),
    Column("other_comparable", Text),
    Column("other_short", Text),
    Column("sources", ARRAY(Text), nullable=False),
    Column("organisation_id", Text),
    Column("method", Text),
    Column("score", Double),
    Column("judged_by", Text),
    PrimaryKeyConstraint("record_kind", "record_id", "role", "name"),
    Index("ix_organisation_mention_organisation_id", "organisation_id"),
    Index("ix_organisation_mention_short", "short"),
    Index("ix_organisation_mention_other_short", "other_short"),
    Index("ix_organisation_mention_uscc", "uscc", postgresql_where=text("uscc IS NOT NULL")),
    Index("ix_organisation_mention_open", "comparable", postgresql_where=text("organisation_id IS NULL")),
    comment="Where a record names an organisation: the name as printed, and the organisation it was matched to, with method.",
)
