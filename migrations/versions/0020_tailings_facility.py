"""Add tailings facilities; 0020_tailings_facility.sql in this folder has the statements."""

from pathlib import Path

from alembic import op

revision = "0020_tailings_facility"
down_revision = "0019_former_right_numbers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    op.execute("DELETE FROM lode.collection_state WHERE collection = 'tailings-facilities'")
    for schema in ("lode", "lode_history"):
        op.drop_table("tailings_facility", schema=schema)
