"""Add the progress of jobs, and how often each was begun."""

import sqlalchemy as sa
from alembic import op

revision = "0043_job_progress"
down_revision = "0042_figures_reported"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("process_job", sa.Column("progress", sa.SmallInteger), schema="lode")
    op.add_column("process_job", sa.Column("tries", sa.SmallInteger, nullable=False, server_default="0"), schema="lode")
    op.execute("ALTER TABLE lode.process_job ADD CONSTRAINT ck_process_job_progress CHECK (progress BETWEEN 0 AND 100)")


def downgrade() -> None:
    for column in ("progress", "tries"):
        op.drop_column("process_job", column, schema="lode")
