"""Monthly reports at the desk, the role of readers, and workbooks of sources among the imports of the desk.

0018_monthly_reports.sql in this folder has the statements.
"""

from pathlib import Path

from alembic import op

revision = "0018_monthly_reports"
down_revision = "0017_act_entry"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    for name in ("monthly_report_step", "monthly_report"):
        op.drop_table(name, schema="lode")
    op.execute("REVOKE SELECT ON lode.milestone, lode.project, lode.member, lode.source_record, lode.testimony FROM lode_desk")
    op.drop_column("import_request", "source", schema="lode")
    op.execute("UPDATE lode.account SET disabled = true, role = 'contributor' WHERE role = 'reader'")
    op.execute("ALTER TABLE lode.account DROP CONSTRAINT ck_account_role")
    op.execute(
        "ALTER TABLE lode.account ADD CONSTRAINT ck_account_role CHECK (role IN ('contributor', 'expert', 'administrator'))"
    )
