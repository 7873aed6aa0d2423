"""Let an entered act wait for a second person; 0065_reviewed_acts.sql in this folder has the statements."""

from pathlib import Path

from alembic import op

revision = "0065_reviewed_acts"
down_revision = "0064_mirror"
branch_labels = None
depends_on = None
EARLIER = "state IN ('uploading', 'waiting', 'served', 'refused', 'withdrawing', 'withdrawn')"


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    for name in ("reviewed", "returned", "state"):
        op.drop_constraint(op.f(f"ck_act_entry_{name}"), "act_entry", schema="lode")
    op.execute("UPDATE lode.act_entry SET state = 'refused' WHERE state IN ('review', 'returned')")
    op.create_check_constraint(op.f("ck_act_entry_state"), "act_entry", EARLIER, schema="lode")
    for name in ("changed_by", "reviewed_by", "review_note"):
        op.drop_column("act_entry", name, schema="lode")
