"""Give tailings facilities a position; 0023_points_of_tailings.sql in this folder has the statements."""

from pathlib import Path

from alembic import op

revision = "0023_points_of_tailings"
down_revision = "0022_plants_process_ore"
branch_labels = None
depends_on = None

ADDED = ("position_accuracy_m", "position_method", "coord_original", "coord_crs", "geom")


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    for table in ("lode.tailings_facility", "lode_history.tailings_facility"):
        op.execute(f"ALTER TABLE {table} ADD longitude double precision, ADD latitude double precision")
        op.execute(f"UPDATE {table} SET longitude = ST_X(geom), latitude = ST_Y(geom)")
        # with the columns go their indexes and constraints
        op.execute(f"ALTER TABLE {table} DROP COLUMN place, {', '.join(f'DROP COLUMN {name}' for name in ADDED)}")
    op.execute(
        "UPDATE lode.collection_state SET located = 0, west = NULL, south = NULL, east = NULL, north = NULL, accuracy_max_m = NULL"
        " WHERE collection = 'tailings-facilities'"
    )
