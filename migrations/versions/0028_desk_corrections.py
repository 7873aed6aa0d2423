"""Baselines, corrections of acts and reopened entries of lists; 0028_desk_corrections.sql in this folder has the statements."""

from pathlib import Path

from alembic import op

revision = "0028_desk_corrections"
down_revision = "0027_holder_projects"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    op.execute("REVOKE DELETE ON lode.list_entry_project FROM lode_import")
    op.drop_column("list_entry_project", "reopened", schema="lode")
    for name in ("act_correction", "baseline_entry"):
        op.drop_table(name, schema="lode")
