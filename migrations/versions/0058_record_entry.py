"""Add records entered in forms, and the revocation of signing keys; 0058_record_entry.sql in this folder has the statements."""

from pathlib import Path

from alembic import op

revision = "0058_record_entry"
down_revision = "0057_signing_key"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    op.drop_column("signing_key", "revoked_reason", schema="lode")
    op.drop_column("signing_key", "revoked_at", schema="lode")
    op.drop_table("record_correction", schema="lode")
    op.drop_table("record_entry", schema="lode")
