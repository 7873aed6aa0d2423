"""Add the figures that deposits, discoveries and projects are known by."""

from alembic import op

revision = "0026_leading_figures"
down_revision = "0025_main_commodity_ground"
branch_labels = None
depends_on = None

NUMBERS = ("figure_ore_t", "figure_grade_pct", "figure_contained_t")
OF_ESTIMATES = {
    **dict.fromkeys(NUMBERS, "double precision"),
    **dict.fromkeys(("figure_commodity", "figure_class", "figure_date"), "text"),
}
ADDED = {
    "deposit": OF_ESTIMATES,
    "discovery": OF_ESTIMATES,
    "project": {"figure_capacity_tpa": "double precision", "figure_product": "text", "owner_names": "text[]"},
}


def upgrade() -> None:
    for schema in ("lode", "lode_history"):
        for kind, columns in ADDED.items():
            op.execute(f"ALTER TABLE {schema}.{kind} {', '.join(f'ADD {name} {of}' for name, of in columns.items())}")
    op.execute("ALTER TABLE lode.project ALTER owner_names SET DEFAULT '{}'")
    op.execute("UPDATE lode.project SET owner_names = '{}'")
    op.execute("ALTER TABLE lode.project ALTER owner_names SET NOT NULL")
    names = ", ".join(ADDED["project"])
    op.execute(f"GRANT INSERT ({names}), UPDATE ({names}) ON lode.project TO lode_import")


def downgrade() -> None:
    for schema in ("lode", "lode_history"):
        for kind, columns in ADDED.items():
            op.execute(f"ALTER TABLE {schema}.{kind} {', '.join(f'DROP COLUMN {name}' for name in columns)}")
