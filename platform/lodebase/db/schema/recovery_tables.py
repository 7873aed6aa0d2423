"""The table of the projects that recovery records belong to, which each import computes from the records that changed."""

from sqlalchemy import CheckConstraint, Column, Double, Index, Table, Text

from lodebase.db.schema.tables import metadata, write_code_condition

OUTCOMES = ("stated", "matched", "ambiguous", "unmatched")

recovery_project = Table(
    "recovery_project",
    metadata,
    Column("record_id", Text, primary_key=True),
    Column("project_id", Text),
    Column("outcome", Text, nullable=False),
    Column("probability", Double),
    Index("ix_recovery_project_project_id", "project_id"),
    CheckConstraint(write_code_condition("outcome", OUTCOMES), name="outcome"),
    CheckConstraint("(project_id IS NULL) = (outcome IN ('ambiguous', 'unmatched'))", name="project"),
    comment="Projects that recovery records belong to: stated by the source, or matched by name, place and metal.",
)
