"""Values and positions of people as decisions; the statements are in 0086_value_decisions.sql and its _down in this folder."""

from pathlib import Path

from alembic import op

revision = "0086_value_decisions"
down_revision = "0085_morton_code"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _run("0086_value_decisions.sql")


def downgrade() -> None:
    _run("0086_value_decisions_down.sql")


def _run(name: str) -> None:
    statements = Path(__file__).with_name(name).read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
