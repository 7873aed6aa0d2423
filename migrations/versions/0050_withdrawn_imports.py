"""Keep the rows that an import replaces; 0050_withdrawn_imports.sql in this folder has the statements."""

from pathlib import Path

from alembic import op

revision = "0050_withdrawn_imports"
down_revision = "0049_zones_without_polygons"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    op.execute("REVOKE UPDATE (body) ON lode.saved_report FROM lode_import")
    op.execute("REVOKE DELETE ON lode.observation FROM lode_import")
    op.execute("DELETE FROM lode.import_request WHERE bytes = 0")
    op.execute("ALTER TABLE lode.import_request DROP CONSTRAINT ck_import_request_size")
    op.execute("ALTER TABLE lode.import_request ADD CONSTRAINT ck_import_request_size CHECK (bytes BETWEEN 1 AND 67108864)")
    op.drop_column("import_request", "withdraws", schema="lode")
    for name in ("first_run", "withdrawn_run"):
        op.drop_column("vintage", name, schema="lode")
    for name in ("withdraws", "keeps_rows", "public_before"):
        op.drop_column("import_run", name, schema="lode")
    op.drop_table("replaced_row", schema="lode")
