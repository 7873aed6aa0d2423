"""Add unchecked to organisations; 0063_unchecked.sql in this folder has the statements."""

from pathlib import Path

from alembic import op

revision = "0063_unchecked"
down_revision = "0062_releases_of_imports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    for schema in ("lode", "lode_history"):
        op.drop_column("organisation", "unchecked", schema=schema)
