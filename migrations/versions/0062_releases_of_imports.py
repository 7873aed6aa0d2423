"""Fill the release of earlier imports of statistics and their counts; 0062_releases_of_imports.sql has the statements."""

from pathlib import Path

from alembic import op

revision = "0062_releases_of_imports"
down_revision = "0061_loaded_releases"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    op.execute("UPDATE lode.import_run SET release = NULL, observation_counts = NULL WHERE release IS NOT NULL")
