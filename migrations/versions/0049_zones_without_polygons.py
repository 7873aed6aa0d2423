"""Allow zones without a polygon; 0049_zones_without_polygons.sql in this folder has the statements."""

from pathlib import Path

from alembic import op

revision = "0049_zones_without_polygons"
down_revision = "0048_rights_without_polygons"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    for schema in ("lode", "lode_history"):
        op.execute(f"DELETE FROM {schema}.zone WHERE geom IS NULL")
        op.alter_column("zone", "geom", nullable=False, schema=schema)
