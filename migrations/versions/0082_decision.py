"""One table of the decisions of people; the statements are in 0082_decision.sql and 0082_decision_down.sql in this folder."""

from pathlib import Path

from alembic import op

revision = "0082_decision"
down_revision = "0081_reported_record"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _run("0082_decision.sql")


def downgrade() -> None:
    _run("0082_decision_down.sql")


def _run(name: str) -> None:
    statements = Path(__file__).with_name(name).read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
