"""Add the acts that experts enter at the desk, and their files; 0017_act_entry.sql in this folder has the statements.

Revision ID: 0017_act_entry
Revises: 0016_act_subject
"""

from pathlib import Path

from alembic import op

revision = "0017_act_entry"
down_revision = "0016_act_subject"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    op.drop_table("act_part", schema="lode")
    op.drop_table("act_entry", schema="lode")
