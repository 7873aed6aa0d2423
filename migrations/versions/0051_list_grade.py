"""Add grade to list entries, whose province may be unknown; 0051_list_grade.sql in this folder has the statements."""

from pathlib import Path

from alembic import op

revision = "0051_list_grade"
down_revision = "0050_withdrawn_imports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    for schema in ("lode", "lode_history"):
        op.drop_column("list_entry", "grade", schema=schema)
        op.execute(f"UPDATE {schema}.list_entry SET province_as_printed = '' WHERE province_as_printed IS NULL")
        op.alter_column("list_entry", "province_as_printed", nullable=False, schema=schema)
