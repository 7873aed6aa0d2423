"""How often sources are updated; 0031_source_checks.sql in this folder has the statements."""

from pathlib import Path

from alembic import op

revision = "0031_source_checks"
down_revision = "0030_subscriptions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    for name in ("partial", "update_months"):
        op.drop_column("import_run", name, schema="lode")
