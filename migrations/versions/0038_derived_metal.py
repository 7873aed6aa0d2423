"""Mark metal that is derived from ore and grade, and the source of a size class."""

from alembic import op

revision = "0038_derived_metal"
down_revision = "0037_named_rows"
branch_labels = None
depends_on = None

ADDED = {
    "estimate_measure": {"contained_derived": "boolean"},
    "deposit": {"figure_contained_derived": "boolean", "size_derived": "boolean", "size_source": "text"},
    "discovery": {"figure_contained_derived": "boolean"},
}
CONVERTED = "num_nulls(contained_factor, contained_t) IN (0, 2)"
DERIVED = "contained_derived IS NOT TRUE OR (contained_reported IS NULL AND contained_t IS NOT NULL AND grade_pct IS NOT NULL)"
SIZED = "size_class, size_standard, size_commodity, size_basis, size_basis_value_t"


def upgrade() -> None:
    for schema in ("lode", "lode_history"):
        for table, columns in ADDED.items():
            op.execute(f"ALTER TABLE {schema}.{table} {', '.join(f'ADD {name} {of}' for name, of in columns.items())}")
    _check("estimate_measure", "contained_converted_with_factor", f"contained_derived IS TRUE OR {CONVERTED}")
    _add_check("estimate_measure", "contained_derived_where_not_reported", DERIVED)
    _check("deposit", "size_tells_its_origin", f"num_nulls({SIZED}, coalesce(size_estimate_id, size_source)) IN (0, 6)")


def downgrade() -> None:
    # what the earlier release cannot hold: derived metal, and a size class by an estimate that is not served
    op.execute("DROP TRIGGER IF EXISTS check_size ON lode.deposit")
    op.execute("UPDATE lode.estimate_measure SET contained_t = NULL, contained_derived = NULL WHERE contained_derived")
    op.execute(
        "UPDATE lode.deposit SET size_class = NULL, size_standard = NULL, size_commodity = NULL, size_basis = NULL,"
        " size_basis_value_t = NULL, size_estimate_id = NULL WHERE size_estimate_id IS NULL OR size_derived"
    )
    op.execute("ALTER TABLE lode.estimate_measure DROP CONSTRAINT ck_estimate_measure_contained_derived_where_not_reported")
    _check("estimate_measure", "contained_converted_with_factor", CONVERTED)
    _check("deposit", "size_tells_its_origin", f"num_nulls({SIZED}, size_estimate_id) IN (0, 6)")
    for schema in ("lode", "lode_history"):
        for table, columns in ADDED.items():
            op.execute(f"ALTER TABLE {schema}.{table} {', '.join(f'DROP COLUMN {name}' for name in columns)}")


def _check(table: str, name: str, condition: str) -> None:
    op.execute(f"ALTER TABLE lode.{table} DROP CONSTRAINT ck_{table}_{name}")
    _add_check(table, name, condition)


def _add_check(table: str, name: str, condition: str) -> None:
    op.execute(f"ALTER TABLE lode.{table} ADD CONSTRAINT ck_{table}_{name} CHECK ({condition})")
