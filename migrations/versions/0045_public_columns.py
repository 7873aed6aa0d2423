"""Close the columns of source rows that no field has; 0045_public_columns.sql in this folder has the statements."""

from pathlib import Path

from alembic import op

revision = "0045_public_columns"
down_revision = "0044_uncompared"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    op.execute("REVOKE SELECT (source, key, raw, locator) ON lode.source_record FROM lode_desk")
    op.execute("GRANT SELECT ON lode.source_record, lode.quarantine TO lode_site")
    op.drop_table("source_columns", schema="lode")
