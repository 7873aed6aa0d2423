"""Subscriptions to changes by mail; 0030_subscriptions.sql in this folder has the statements."""

from pathlib import Path

from alembic import op

revision = "0030_subscriptions"
down_revision = "0029_process_jobs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    for name in ("subscription_try", "subscription"):
        op.drop_table(name, schema="lode")
