"""The table of the decisions of people, whatever they decide on."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    ForeignKey,
    Identity,
    Index,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from lodebase.db.schema.decision_kinds import WITHDRAWN, write_decision_condition, write_kind_conditions
from lodebase.db.schema.tables import build_now_column, metadata

# two rows are a pair in either order
SUBJECT_KEY = (
    "CASE WHEN kind <> 'judgement' THEN subject::text "
    "WHEN (subject ->> 'a_source', subject ->> 'a_key') < (subject ->> 'b_source', subject ->> 'b_key') "
    "THEN (subject ->> 'a_source') || chr(31) || (subject ->> 'a_key') || chr(31) "
    "|| (subject ->> 'b_source') || chr(31) || (subject ->> 'b_key') "
    "ELSE (subject ->> 'b_source') || chr(31) || (subject ->> 'b_key') || chr(31) "
    "|| (subject ->> 'a_source') || chr(31) || (subject ->> 'a_key') END"
)

decision = Table(
    "decision",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=text("gen_random_uuid()")),
    Column("number", BigInteger, Identity(), nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", JSONB, nullable=False),
    Column("decision", Text, nullable=False),
    Column("detail", JSONB, nullable=False, server_default=text("'{}'")),
    Column("reason", Text),
    Column("account", Text, nullable=False),
    build_now_column(),
    Column("undoes", Uuid, ForeignKey("lode.decision.id"), unique=True),
    Column("outcome", JSONB(none_as_null=True)),
    Column("subject_key", Text, Computed(SUBJECT_KEY, persisted=True)),
    CheckConstraint(write_decision_condition(), name="kind"),
    *(CheckConstraint(condition, name=name) for name, condition in write_kind_conditions().items()),
    CheckConstraint(f"(undoes IS NOT NULL) = (decision = '{WITHDRAWN}')", name="withdrawn_tells_what"),
    UniqueConstraint("kind", "number"),
    Index("ix_decision_subject", "kind", "subject_key", "at", "number"),
    Index("ix_decision_proposal", text("((detail ->> 'proposal')::bigint)"), postgresql_where=text("detail ? 'proposal'")),
    comment="What people decided, each time a row; undoing is a later row that names the undone one. "
    "The outcome is what an import notes when it applies a decision on a holder.",
)
