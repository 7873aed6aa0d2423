"""Add rows that only roles read; 0047_internal_rows.sql in this folder has the statements."""

from pathlib import Path

from alembic import op

revision = "0047_internal_rows"
down_revision = "0046_redaction"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    op.execute("REVOKE SELECT ON lode.zone, lode.dataset_version FROM lode_desk")
    op.execute("DROP SCHEMA lode_all CASCADE")
    op.drop_table("internal_row", schema="lode")
    op.drop_table("internal_source", schema="lode")
