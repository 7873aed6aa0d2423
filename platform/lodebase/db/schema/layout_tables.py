"""The tables of saved layout reports and of jobs: request and result, under URLs that nobody can guess."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from lodebase.db.schema.tables import metadata

NOW = text("now()")
MAX_REPORT_BYTES = 4_000_000

saved_report = Table(
    "saved_report",
    metadata,
    Column("number", BigInteger, Identity(), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False, server_default=NOW),
    Column("collection", Text, nullable=False),
    Column("note", Text),
    Column("candidate", JSONB, nullable=False),
    Column("product", Text, nullable=False),
    Column("data_version", Integer, nullable=False),
    Column("rules_on", Text, nullable=False),
    Column("checksum", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    CheckConstraint("collection ~ '^[A-Za-z0-9_-]{24}$'", name="collection"),
    CheckConstraint("length(note) <= 200", name="note_not_overlong"),
    CheckConstraint(f"octet_length(body) <= {MAX_REPORT_BYTES}", name="not_overlong"),
    Index("ix_saved_report_collection", "collection", "number"),
    comment="Saved layout reports as gzipped JSON; only who knows the name of a collection can read it.",
)

saved_report_try = Table(
    "saved_report_try",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False, server_default=NOW),
    Column("client", Text, nullable=False),
    comment="Clients that saved layout reports within the last day, as keyed hashes, to limit their number.",
)

process_job = Table(
    "process_job",
    metadata,
    Column("id", Text, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False, server_default=NOW),
    Column("process", Text, nullable=False),
    Column("inputs", JSONB, nullable=False),
    Column("response", Text, nullable=False),
    Column("client", Text, nullable=False),
    Column("state", Text, nullable=False, server_default="accepted"),
    Column("started_at", DateTime(timezone=True)),
    Column("finished_at", DateTime(timezone=True)),
    Column("progress", SmallInteger),
    Column("tries", SmallInteger, nullable=False, server_default="0"),
    Column("result", LargeBinary),
    Column("problem", JSONB),
    CheckConstraint("id ~ '^[0-9a-f]{32}$'", name="id"),
    CheckConstraint("state IN ('accepted', 'running', 'successful', 'failed', 'dismissed')", name="state"),
    CheckConstraint("response IN ('raw', 'document')", name="response"),
    CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
    CheckConstraint(f"octet_length(result) <= {MAX_REPORT_BYTES}", name="not_overlong"),
    Index("ix_process_job_client", "client", "at"),
    Index("ix_process_job_open", "at", postgresql_where=text("state IN ('accepted', 'running')")),
    comment="Jobs of processes with their results as gzipped JSON, for a day; only who knows the id of a job can read it.",
)
