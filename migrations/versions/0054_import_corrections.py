"""Corrected cells, chosen columns and reviews of imports; 0054_import_corrections.sql in this folder has the statements."""

from pathlib import Path

from alembic import op

revision = "0054_import_corrections"
down_revision = "0053_figure_signs"
branch_labels = None
depends_on = None

STATES = "state IN ('draft', 'dry-run', 'import', 'running', 'checked', 'imported', 'failed')"


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    op.drop_table("import_correction", schema="lode")
    op.execute("UPDATE lode.import_request SET state = 'draft' WHERE state = 'review'")
    op.execute("ALTER TABLE lode.import_request DROP CONSTRAINT ck_import_request_state")
    op.execute(f"ALTER TABLE lode.import_request ADD CONSTRAINT ck_import_request_state CHECK ({STATES})")
    for name in ("choices", "ordered_by", "reviewed_by", "review_note"):
        op.drop_column("import_request", name, schema="lode")
