"""Add mining rights, their events, sales and disclosures, and names that are not public; 0011_mining_rights.sql has them."""

from pathlib import Path

from alembic import op

revision = "0011_mining_rights"
down_revision = "0010_official_act"
branch_labels = None
depends_on = None
TABLES = {
    "mining_right": "mining-rights",
    "right_event": "right-events",
    "right_sale": "right-sales",
    "right_disclosure": "right-disclosures",
}


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    op.drop_table("withheld_name", schema="lode")
    for name, collection in TABLES.items():
        op.execute(f"DELETE FROM lode.collection_state WHERE collection = '{collection}'")
        for schema in ("lode", "lode_history"):
            op.drop_table(name, schema=schema)
