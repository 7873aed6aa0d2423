"""The tables of curation: imports and entries of the desk, reports, and the append-only audit trail.

Migrations set the privileges on each: the site's reading role has no right to most, its writing role may only insert.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from lodebase.db.schema.tables import build_now_column, metadata, write_code_condition
from lodedata.acts import attachments

REPORT_STATES = ("open", "looking", "corrected", "declined", "duplicate")
MONTHLY_REPORT_STATES = ("draft", "submitted", "returned", "accepted")
PROPOSAL_STATES = ("declined",)
"""States of a proposal that its steps have; an accepted one is a decision."""
IMPORT_STATES = ("draft", "dry-run", "import", "running", "checked", "review", "imported", "failed")
"""States of a prepared import; ``dry-run`` and ``import`` wait for the background task, ``review`` for a second person."""
ACT_STATES = ("uploading", "review", "returned", "waiting", "served", "refused", "withdrawing", "withdrawn")
"""States of an entered act: ``review`` waits for a second person, ``waiting`` and ``withdrawing`` for the task."""
ENTRY_STATES = ("review", "returned", "waiting", "served", "refused", "withdrawing", "withdrawn")
"""States of an entered record: ``review`` waits for a second person, ``waiting`` and ``withdrawing`` for the task."""
BASELINE_STATES = ("waiting", "applied", "refused")
IMPORT_BYTES = 64 << 20
"""Bytes of a file that can be imported at the desk."""
PART_BYTES = 3 << 18
"""Bytes of a part of it; with the rest of the form less than the megabyte that a request may have."""


def _build_parts_table(name: str, owner: str, of: Table, comment: str) -> Table:
    """Return the table of the parts of the files that the rows of a table have."""
    return Table(
        name,
        metadata,
        Column(owner, ForeignKey(of.c.number, ondelete="CASCADE"), primary_key=True),
        Column("position", BigInteger, primary_key=True),
        Column("content", LargeBinary, nullable=False),
        CheckConstraint(f"length(content) BETWEEN 1 AND {PART_BYTES}", name="size"),
        CheckConstraint("position >= 0", name="position"),
        comment=f"{comment}, in parts by their position in bytes.",
    )


import_request = Table(
    "import_request",
    metadata,
    Column("number", Integer, Identity(), primary_key=True),
    Column("account", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("mapping", Text),
    Column("state", Text, nullable=False, server_default=text("'draft'")),
    Column("result", JSONB(none_as_null=True)),
    build_now_column("made_at"),
    build_now_column("changed_at"),
    Column("source", Text),
    Column("withdraws", Integer),
    Column("choices", JSONB(none_as_null=True)),
    Column("ordered_by", Text),
    Column("reviewed_by", Text),
    Column("review_note", Text),
    CheckConstraint(write_code_condition("state", IMPORT_STATES), name="state"),
    CheckConstraint("length(review_note) <= 2000", name="review_note"),
    CheckConstraint("length(file_name) BETWEEN 1 AND 200", name="file_name"),
    CheckConstraint(f"bytes BETWEEN 1 AND {IMPORT_BYTES} OR (withdraws IS NOT NULL AND bytes = 0)", name="size"),
    CheckConstraint("length(mapping) <= 200000", name="mapping"),
    comment="Imports that administrators prepare at the desk. A background task runs those in the states dry-run and import.",
)

import_part = _build_parts_table("import_part", "request", import_request, "The content of a file to import")

import_correction = Table(
    "import_correction",
    metadata,
    Column("number", Integer, Identity(), primary_key=True),
    Column("request", ForeignKey(import_request.c.number, ondelete="CASCADE"), nullable=False, index=True),
    Column("row", Integer, nullable=False),
    Column("column", Text, nullable=False),
    Column("reported", Text, nullable=False),
    Column("corrected", Text, nullable=False),
    Column("account", Text, nullable=False),
    build_now_column(),
    CheckConstraint('"row" >= 1', name="row"),
    CheckConstraint("length(corrected) <= 10000", name="corrected"),
    comment="Cells of a file that people corrected before its import; the last correction of a cell holds.",
)

act_entry = Table(
    "act_entry",
    metadata,
    Column("number", Integer, Identity(), primary_key=True),
    Column("entered_by", Text, nullable=False),
    build_now_column("entered_at"),
    Column("fields", JSONB, nullable=False),
    Column("subjects", JSONB, nullable=False),
    Column("file_name", Text),
    Column("bytes", BigInteger),
    Column("media_type", Text),
    Column("sha256", Text),
    Column("state", Text, nullable=False),
    Column("record_id", Text, index=True),
    Column("problems", JSONB(none_as_null=True)),
    Column("withdrawn_by", Text),
    Column("withdrawn_at", DateTime(timezone=True)),
    Column("reason", Text),
    Column("changed_by", Text),
    Column("reviewed_by", Text),
    Column("review_note", Text),
    CheckConstraint(write_code_condition("state", ACT_STATES), name="state"),
    CheckConstraint("state <> 'returned' OR trim(review_note) <> ''", name="returned"),
    CheckConstraint("reviewed_by <> changed_by", name="reviewed"),
    CheckConstraint("length(file_name) BETWEEN 1 AND 210", name="file_name"),
    CheckConstraint(f"bytes BETWEEN 1 AND {attachments.MAX_FILE_BYTES}", name="size"),
    CheckConstraint(f"{write_code_condition('media_type', tuple(attachments.SUFFIXES))}", name="media_type"),
    CheckConstraint("length(sha256) = 64", name="sha256"),
    CheckConstraint("state NOT IN ('withdrawing', 'withdrawn') OR (withdrawn_by <> '' AND reason <> '')", name="withdrawn"),
    comment="Official acts that experts enter at the desk. A background task stores and removes them.",
)

act_part = _build_parts_table("act_part", "entry", act_entry, "The file of an entered act")

act_correction = Table(
    "act_correction",
    metadata,
    Column("number", BigInteger, Identity(), primary_key=True),
    Column("entry", ForeignKey("lode.act_entry.number"), nullable=False, index=True),
    Column("corrected_by", Text, nullable=False),
    build_now_column("corrected_at"),
    Column("reason", Text, nullable=False),
    Column("fields", JSONB, nullable=False),
    Column("subjects", JSONB, nullable=False),
    CheckConstraint("trim(reason) <> ''", name="reason"),
    comment="Corrections of entered acts: the values before each, who made it and why.",
)

record_entry = Table(
    "record_entry",
    metadata,
    Column("number", Integer, Identity(), primary_key=True),
    Column("form", Text, nullable=False),
    Column("entered_by", Text, nullable=False),
    build_now_column("entered_at"),
    Column("changed_by", Text, nullable=False),
    Column("fields", JSONB, nullable=False),
    Column("state", Text, nullable=False),
    Column("record_id", Text, index=True),
    Column("problems", JSONB(none_as_null=True)),
    Column("reviewed_by", Text),
    Column("review_note", Text),
    Column("withdrawn_by", Text),
    Column("reason", Text),
    CheckConstraint("form IN ('rights', 'milestones')", name="form"),
    CheckConstraint(write_code_condition("state", ENTRY_STATES), name="state"),
    CheckConstraint("state <> 'returned' OR trim(review_note) <> ''", name="returned"),
    CheckConstraint("reviewed_by <> changed_by", name="reviewed"),
    CheckConstraint("state NOT IN ('withdrawing', 'withdrawn') OR (withdrawn_by <> '' AND reason <> '')", name="withdrawn"),
    comment="Mining rights and milestones that experts enter in a form. A background task stores and removes them.",
)

record_correction = Table(
    "record_correction",
    metadata,
    Column("number", BigInteger, Identity(), primary_key=True),
    Column("entry", ForeignKey("lode.record_entry.number"), nullable=False, index=True),
    Column("corrected_by", Text, nullable=False),
    build_now_column("corrected_at"),
    Column("reason", Text, nullable=False),
    Column("fields", JSONB, nullable=False),
    CheckConstraint("trim(reason) <> ''", name="reason"),
    comment="Corrections of entered records: the values before each, who made it and why.",
)

baseline_entry = Table(
    "baseline_entry",
    metadata,
    Column("number", BigInteger, Identity(), primary_key=True),
    Column("milestone_id", Text, nullable=False),
    Column("baseline_no", Integer, nullable=False),
    Column("baseline_date", Text, nullable=False),
    Column("baseline_reason", Text),
    Column("agreed_by", Text),
    Column("entered_by", Text, nullable=False),
    build_now_column("entered_at"),
    Column("state", Text, nullable=False, server_default=text("'waiting'")),
    Column("problem", JSONB(none_as_null=True)),
    CheckConstraint(write_code_condition("state", BASELINE_STATES), name="state"),
    CheckConstraint("baseline_no = 1 OR coalesce(trim(baseline_reason), '') <> ''", name="reason"),
    Index("ix_baseline_entry_waiting", "milestone_id", unique=True, postgresql_where=text("state = 'waiting'")),
    comment="Baselines of milestones that experts enter at the desk; each later one has a reason.",
)

rate_count = Table(
    "rate_count",
    metadata,
    Column("key", Text, primary_key=True),
    Column("hits", BigInteger, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    prefixes=["UNLOGGED"],
    comment="Requests of each client in the current window; not logged, so it is empty after a crash of the server.",
)

audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    build_now_column(),
    Column("account", Text),
    Column("action", Text, nullable=False),
    Column("subject", Text),
    Column("detail", JSONB(none_as_null=True)),
    Column("operator", Text),
    comment="What was done by whom and when, written by triggers; it can be neither changed nor emptied.",
)

unserved = Table(
    "unserved",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    build_now_column(),
    Column("what", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("trouble", Text),
    Index("ix_unserved_subject", "subject"),
    comment="What people judged that the served records don't follow yet, by source row; gone once it is served.",
)

report = Table(
    "report",
    metadata,
    Column("number", BigInteger, Identity(start=1001), primary_key=True),
    build_now_column(),
    Column("collection", Text, nullable=False),
    Column("record_id", Text, nullable=False),
    Column("record_name", Text, nullable=False),
    Column("text", Text, nullable=False),
    CheckConstraint("length(text) <= 4000", name="not_overlong"),
    Index("ix_report_record_id", "record_id"),
    comment="Reports of errors in records; nothing is stored about their senders.",
)

report_step = Table(
    "report_step",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("number", BigInteger, ForeignKey("lode.report.number"), nullable=False),
    build_now_column(),
    Column("account", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("answer", Text),
    Column("shows_text", Boolean, nullable=False),
    CheckConstraint(write_code_condition("state", REPORT_STATES), name="state"),
    Index("ix_report_step_number", "number", "id"),
    comment="What the desk did about a report; the last step is its state.",
)

report_try = Table(
    "report_try",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    build_now_column(),
    Column("client", Text, nullable=False),
    comment="Who sent reports within the last day, as keyed hashes, so that nobody sends too many.",
)

proposal = Table(
    "proposal",
    metadata,
    Column("number", BigInteger, Identity(), primary_key=True),
    build_now_column(),
    Column("collection", Text, nullable=False),
    Column("record_id", Text, nullable=False),
    Column("record_name", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("value", JSONB, nullable=False),
    Column("was", JSONB),
    Column("cited", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("account", Text, nullable=False),
    Index("ix_proposal_source_key", "source", "key"),
    comment="Values that people enter in addition to those of the sources, each with its own source and a reason.",
)

proposal_step = Table(
    "proposal_step",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("number", BigInteger, ForeignKey("lode.proposal.number"), nullable=False),
    build_now_column(),
    Column("account", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("words", Text),
    CheckConstraint(write_code_condition("state", PROPOSAL_STATES), name="state"),
    Index("ix_proposal_step_number", "number", "id"),
    comment="Proposals that were declined, by whom and why; an accepted one is a row of the table of decisions.",
)

monthly_report = Table(
    "monthly_report",
    metadata,
    Column("number", BigInteger, Identity(), primary_key=True),
    build_now_column(),
    Column("project_source", Text, nullable=False),
    Column("project", Text, nullable=False),
    Column("phase", Integer),
    Column("month", Text, nullable=False),
    Column("account", Text, nullable=False),
    CheckConstraint("month ~ '^[12][0-9]{3}-(0[1-9]|1[0-2])$'", name="month"),
    Index("ix_monthly_report_of", "project_source", "project", text("coalesce(phase, 0)"), "month", unique=True),
    comment="Monthly reports that people enter on a phase of a project, one for each month; internal to the desk.",
)

monthly_report_step = Table(
    "monthly_report_step",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("number", BigInteger, ForeignKey("lode.monthly_report.number"), nullable=False),
    build_now_column(),
    Column("account", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("values", JSONB, nullable=False),
    Column("reason", Text),
    CheckConstraint(write_code_condition("state", MONTHLY_REPORT_STATES), name="state"),
    CheckConstraint("state <> 'returned' OR length(reason) > 0", name="returned_with_reason"),
    Index("ix_monthly_report_step_number", "number", "id"),
    comment="What a report had and which state it got, each time a row; the last step is its state.",
)
