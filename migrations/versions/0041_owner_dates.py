"""Dates and former roles of owners, and what organisations say of themselves; 0041_owner_dates.sql has the statements."""

from pathlib import Path

from alembic import op

revision = "0041_owner_dates"
down_revision = "0040_position_doubtful"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    op.execute("DELETE FROM lode.owner WHERE role LIKE 'former-%'")
    op.execute("ALTER TABLE lode.owner DROP CONSTRAINT ck_owner_date_basis, DROP CONSTRAINT ck_owner_role")
    op.execute("ALTER TABLE lode.owner ADD CONSTRAINT ck_owner_role CHECK (role IN ('owner', 'operator'))")
    for schema in ("lode", "lode_history"):
        for name in ("date_basis", "name_reported"):
            op.drop_column("owner", name, schema=schema)
        for name in ("stock_codes", "parent_share_pct", "parent_date", "site_countries"):
            op.drop_column("organisation", name, schema=schema)
