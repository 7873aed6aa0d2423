"""Add condition lists with their batches, entries and events; 0005_condition_lists.sql in this folder has the statements."""

from pathlib import Path

from alembic import op

revision = "0005_condition_lists"
down_revision = "0004_statistics"
branch_labels = None
depends_on = None

COLLECTIONS = {
    "condition_list": "condition-lists",
    "list_batch": "list-batches",
    "list_entry": "list-entries",
    "list_event": "list-events",
}


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    for name, collection in COLLECTIONS.items():
        op.execute(f"DELETE FROM lode.collection_state WHERE collection = '{collection}'")
        for schema in ("lode", "lode_history"):
            op.drop_table(name, schema=schema)
