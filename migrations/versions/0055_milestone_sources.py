"""Add the dates as reported, the grade and the page to milestones; 0055_milestone_sources.sql has the statements."""

from pathlib import Path

from alembic import op

revision = "0055_milestone_sources"
down_revision = "0054_import_corrections"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    for schema in ("lode", "lode_history"):
        for name in ("page", "grade", "dates_reported"):
            op.drop_column("milestone", name, schema=schema)
