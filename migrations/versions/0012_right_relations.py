"""Add the relations of mining rights; 0012_right_relations.sql in this folder has the statements."""

from pathlib import Path

from alembic import op

revision = "0012_right_relations"
down_revision = "0011_mining_rights"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    op.drop_table("right_overlap", schema="lode")
    op.drop_table("right_cover", schema="lode")
