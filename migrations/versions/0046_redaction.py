"""Let a decision on a person reach all data; 0046_redaction.sql in this folder has the statements."""

from pathlib import Path

from alembic import op

revision = "0046_redaction"
down_revision = "0045_public_columns"
branch_labels = None
depends_on = None
GRANTED_BEFORE = ("mining_right", "right_event", "right_sale", "right_disclosure", "tailings_facility", "organisation", "flag")
"""The tables of history that imports could change before."""


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    op.execute("REVOKE UPDATE ON ALL TABLES IN SCHEMA lode_history FROM lode_import")
    bind = op.get_bind()
    for name in GRANTED_BEFORE:
        if bind.exec_driver_sql(f"SELECT to_regclass('lode_history.{name}') IS NOT NULL").scalar():
            op.execute(f"GRANT UPDATE ON lode_history.{name} TO lode_import")
    op.execute("REVOKE ALL ON lode.report, lode.report_step, lode.saved_report FROM lode_import")
    op.drop_column("import_run", "withheld", schema="lode")
    op.drop_column("holder_decision", "codes", schema="lode")
    op.drop_table("redaction", schema="lode")
