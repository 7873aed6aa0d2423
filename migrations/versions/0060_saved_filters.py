"""Add saved filters and webhooks of accounts and API keys; 0060_saved_filters.sql in this folder has the statements."""

from pathlib import Path

from alembic import op

revision = "0060_saved_filters"
down_revision = "0059_named_organisation"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    for table in ("webhook", "saved_filter"):
        op.drop_table(table, schema="lode")
