"""Decisions of experts on the project of a list entry; 0021_list_entry_project.sql in this folder has the statements."""

from pathlib import Path

from alembic import op

revision = "0021_list_entry_project"
down_revision = "0020_tailings_facility"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    op.execute("REVOKE SELECT ON lode.list_entry FROM lode_desk")
    op.drop_table("list_entry_project", schema="lode")
