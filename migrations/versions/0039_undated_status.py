"""A status may have no date: the date of its source is not one of it."""

from alembic import op

revision = "0039_undated_status"
down_revision = "0038_derived_metal"
branch_labels = None
depends_on = None

PREFIXES = {"deposit": "mine_", "phase": ""}


def upgrade() -> None:
    for table, prefix in PREFIXES.items():
        op.execute(f"ALTER TABLE lode.{table} DROP CONSTRAINT ck_{table}_status_has_date_and_source")
        filled = " AND ".join(f"{prefix}status_{part} IS NOT NULL" for part in ("reported", "source", "inferred"))
        _add(table, "status_has_source", f"{prefix}status IS NULL OR ({filled})")
        dated = f"num_nulls({prefix}status_date, {prefix}status_date_precision) IN (0, 2)"
        _add(table, "status_date_has_precision", dated)


def downgrade() -> None:
    parts = ("reported", "date", "date_precision", "source", "inferred")
    for table, prefix in PREFIXES.items():
        for name in ("status_has_source", "status_date_has_precision"):
            op.execute(f"ALTER TABLE lode.{table} DROP CONSTRAINT ck_{table}_{name}")
        # the earlier release has no status without a date
        columns = (f"{prefix}status", *(f"{prefix}status_{part}" for part in parts))
        emptied = ", ".join(f"{name} = NULL" for name in columns)
        op.execute(f"UPDATE lode.{table} SET {emptied} WHERE {prefix}status_date IS NULL")
        filled = " AND ".join(f"{name} IS NOT NULL" for name in columns[1:])
        _add(table, "status_has_date_and_source", f"{prefix}status IS NULL OR ({filled})")


def _add(table: str, name: str, condition: str) -> None:
    op.execute(f"ALTER TABLE lode.{table} ADD CONSTRAINT ck_{table}_{name} CHECK ({condition})")
