"""Imports that administrators prepare at the desk: the file in parts, its mapping, and what became of it.

Revision ID: 0003_import_requests
Revises: 0002_column_usage
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003_import_requests"
down_revision = "0002_column_usage"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_request",
        sa.Column("number", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("mapping", sa.Text),
        sa.Column("state", sa.Text, nullable=False, server_default=sa.text("'draft'")),
        sa.Column("result", postgresql.JSONB(none_as_null=True)),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.CheckConstraint("state IN ('draft', 'dry-run', 'import', 'running', 'checked', 'imported', 'failed')", name="state"),
        sa.CheckConstraint("length(file_name) BETWEEN 1 AND 200", name="file_name"),
        sa.CheckConstraint("bytes BETWEEN 1 AND 67108864", name="size"),
        sa.CheckConstraint("length(mapping) <= 200000", name="mapping"),
        schema="lode",
        comment="Imports that administrators prepare at the desk. A background task runs those in the states dry-run and import.",
    )
    op.create_table(
        "import_part",
        sa.Column("request", sa.Integer, sa.ForeignKey("lode.import_request.number", ondelete="CASCADE"), primary_key=True),
        sa.Column("position", sa.BigInteger, primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.CheckConstraint("length(content) BETWEEN 1 AND 786432", name="size"),
        sa.CheckConstraint("position >= 0", name="position"),
        schema="lode",
        comment="The content of a file to import, in parts by their position in bytes.",
    )
    op.execute("GRANT SELECT, INSERT, DELETE ON lode.import_request TO lode_desk")
    op.execute("GRANT UPDATE (mapping, state, result, changed_at) ON lode.import_request TO lode_desk")
    op.execute("GRANT SELECT, INSERT, DELETE ON lode.import_part TO lode_desk")
    op.execute("GRANT SELECT ON lode.import_request, lode.import_part TO lode_import")
    op.execute("GRANT UPDATE (state, result, changed_at) ON lode.import_request TO lode_import")


def downgrade() -> None:
    op.drop_table("import_part", schema="lode")
    op.drop_table("import_request", schema="lode")
