"""Record finished backups, and imports that are running or were interrupted.

Revision ID: 0032
Revises: 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

CONSTRAINT = "ck_import_run_state"


def upgrade() -> None:
    op.create_table(
        "backup",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("machine", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backup")),
        schema="lode",
        comment="Finished backups: when, on which machine, to which file, how large.",
    )
    op.create_index("ix_backup_finished_at", "backup", ["finished_at"], schema="lode")
    # the site shows age and size, and nobody but the owner the paths
    op.execute("GRANT SELECT (finished_at, bytes) ON lode.backup TO lode_site")
    _set_states("'running', 'done', 'failed', 'interrupted'")


def downgrade() -> None:
    op.execute("UPDATE lode.import_run SET state = 'failed' WHERE state IN ('running', 'interrupted')")
    _set_states("'done', 'failed'")
    op.drop_table("backup", schema="lode")


def _set_states(states: str) -> None:
    op.drop_constraint(op.f(CONSTRAINT), "import_run", schema="lode", type_="check")
    op.create_check_constraint(op.f(CONSTRAINT), "import_run", f"state IN ({states})", schema="lode")
