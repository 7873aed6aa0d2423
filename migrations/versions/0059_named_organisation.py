"""Store by version which organisations records name; 0059_named_organisation.sql in this folder has the statements."""

from pathlib import Path

from alembic import op

revision = "0059_named_organisation"
down_revision = "0058_record_entry"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    for schema in ("lode_history", "lode"):
        op.drop_table("named_organisation", schema=schema)
