"""Rows of an import that were not loaded or loaded without a part; 0037_named_rows.sql in this folder has the statement."""

from pathlib import Path

from alembic import op

revision = "0037_named_rows"
down_revision = "0036_held_figures"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    op.drop_column("import_run", "named_rows", schema="lode")
