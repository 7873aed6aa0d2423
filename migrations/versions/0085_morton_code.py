"""Rename the column `place` of points to what it is, the Morton code of their cell, and the counts by cell likewise."""

from alembic import op

revision = "0085_morton_code"
down_revision = "0082_decision"
branch_labels = None
depends_on = None

POINTS = ("deposit", "discovery", "project", "tailings_facility", "drill_hole")
TABLES = (
    *(f"lode.{name}" for name in POINTS),
    *(f"lode_history.{name}" for name in POINTS),
    *("lode.deposit_feature", "lode.discovery_feature", "lode.project_feature", "lode.project_output", "lode.uncompared"),
)
COUNTS = ("place_count", "cell_count")
INDEXES = (
    *(f"ix_{name}" for name in POINTS),
    *("ix_deposit_country", "ix_discovery_country", "ix_project_country", "ix_project_output_term", "ix_uncompared"),
)


def upgrade() -> None:
    _rename("place", "morton_code")
    _rename_counts(*COUNTS)


def downgrade() -> None:
    _rename_counts(*reversed(COUNTS))
    _rename("morton_code", "place")


def _rename_counts(old: str, new: str) -> None:
    op.execute(f"ALTER TABLE lode.{old} RENAME TO {new}")
    op.execute(f"ALTER TABLE lode.{new} RENAME CONSTRAINT pk_{old} TO pk_{new}")


def _rename(old: str, new: str) -> None:
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}")
    for index in INDEXES:
        op.execute(f"ALTER INDEX lode.{index}_{old} RENAME TO {index}_{new}")
