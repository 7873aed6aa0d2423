"""Add organisations; 0009_organisation.sql in this folder has the statements."""

from pathlib import Path

from alembic import op

revision = "0009_organisation"
down_revision = "0008_progress_report"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    op.execute("DELETE FROM lode.collection_state WHERE collection = 'organisations'")
    for name in ("organisation_name", "organisation_mention", "organisation_decision"):
        op.drop_table(name, schema="lode")
    for schema in ("lode", "lode_history"):
        op.drop_table("organisation", schema=schema)
