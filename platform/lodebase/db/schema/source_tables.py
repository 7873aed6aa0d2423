"""The tables of data origins: sources, their rows as received, imports, and rejected rows."""

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Double,
    Identity,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    column,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from lodebase.db.schema.tables import SCHEMA, metadata, write_code_condition

RUN_STATES = ("running", "done", "failed", "interrupted")
"""The states of an import. ``running`` is set before its own transaction; it becomes ``interrupted`` if no import runs."""

source = Table(
    "source",
    metadata,
    Column("name", Text, primary_key=True),
    Column("title_en", Text, nullable=False),
    Column("title_zh", Text, nullable=False),
    Column("publisher", Text, nullable=False),
    Column("licence", Text, nullable=False),
    Column("licence_name", Text, nullable=False),
    Column("licence_url", Text),
    Column("attribution", Text),
    Column("citation", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("as_of", Text),
    Column("homepage", Text),
    Column("note_en", Text),
    Column("note_zh", Text),
    comment="Published data sets: who made them and what may be done with them.",
)

source_columns = Table(
    "source_columns",
    metadata,
    Column("source", Text, primary_key=True),
    Column("public", ARRAY(Text), nullable=False),
    comment="The columns of each source that everybody may read in its rows; * is every column.",
)

import_run = Table(
    "import_run",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("source", Text, nullable=False, index=True),
    Column("path", Text, nullable=False),
    Column("content_sha256", Text),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("finished_at", DateTime(timezone=True)),
    Column("state", Text, nullable=False),
    Column("read", Integer),
    Column("loaded", Integer),
    Column("updated", Integer),
    Column("unchanged", Integer),
    Column("out_of_scope", Integer),
    Column("quarantined", Integer),
    Column("gone", Integer),
    Column("seconds", Double),
    Column("dataset_version", Integer),
    Column("message", Text),
    Column("unknown_words", JSONB(none_as_null=True)),
    Column("column_usage", JSONB(none_as_null=True)),
    Column("named_rows", JSONB(none_as_null=True)),
    Column("update_months", Integer),
    Column("withheld", Integer),
    Column("partial", Boolean, nullable=False, server_default=text("false")),
    Column("withdraws", Integer),
    Column("keeps_rows", Boolean, nullable=False, server_default=text("false")),
    Column("public_before", ARRAY(Text)),
    Column("release", Text),
    Column("observation_counts", JSONB(none_as_null=True)),
    CheckConstraint(write_code_condition("state", RUN_STATES), name="state"),
    CheckConstraint("state <> 'done' OR read = loaded + updated + unchanged + out_of_scope + quarantined", name="adds_up"),
    comment="Every import: what was read and what became of each row.",
)

source_record = Table(
    "source_record",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("source", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("raw", JSON, nullable=False),
    Column("checksum", LargeBinary, nullable=False),
    Column("locator", Text, nullable=False),
    Column("in_scope", Boolean, nullable=False),
    Column("first_run", Integer, nullable=False),
    Column("changed_run", Integer, nullable=False),
    Column("gone_run", Integer),
    UniqueConstraint("source", "key"),
    comment="Rows of sources as they came; a row that a newer file lacks has the run that missed it in gone_run.",
)

replaced_row = Table(
    "replaced_row",
    metadata,
    Column("run", Integer, nullable=False),
    Column("source_record", BigInteger, nullable=False),
    Column("raw", JSON),
    Column("checksum", LargeBinary, nullable=False),
    Column("locator", Text, nullable=False),
    Column("in_scope", Boolean, nullable=False),
    Column("gone_run", Integer),
    Column("members", JSONB, nullable=False),
    PrimaryKeyConstraint("run", "source_record"),
    comment="Rows of sources as they were before an import changed them or marked them as gone; raw is empty if it is the "
    "same.",
)

public_source_row = table(
    "public_source_row",
    *(column(c.name, c.type) for c in source_record.c if c.name != "checksum"),
    column("closed", BigInteger),
    schema=SCHEMA,
)
"""The view of the rows that everybody may read; ``raw`` has the public columns, ``closed`` is the number of the others."""

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("source", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("raw", JSON, nullable=False),
    Column("locator", Text, nullable=False),
    Column("reasons", JSONB, nullable=False),
    Column("first_run", Integer, nullable=False),
    Column("last_run", Integer, nullable=False),
    Column("resolved_run", Integer),
    UniqueConstraint("source", "locator", "key"),
    comment="Refused rows with every reason; resolved_run is the run in which the row was loaded after all.",
)

withheld_name = Table(
    "withheld_name",
    metadata,
    Column("source", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("name", Text, nullable=False),
    PrimaryKeyConstraint("source", "key", "field", "name"),
    comment="Names of natural persons, which rows and records do not have: only imports write and read them.",
)

redaction = Table(
    "redaction",
    metadata,
    Column("number", Integer, Identity(), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    comment="When names left stored data: what was made of the data before is not served any more.",
)
