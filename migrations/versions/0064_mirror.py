"""Add the table of the release that a store mirrors."""

from alembic import op

revision = "0064_mirror"
down_revision = "0063_unchecked"
branch_labels = None
depends_on = None

STATEMENTS = """
CREATE TABLE lode.mirror (
  origin TEXT NOT NULL,
  address TEXT NOT NULL,
  version INTEGER NOT NULL,
  read_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  files JSONB NOT NULL,
  CONSTRAINT pk_mirror PRIMARY KEY (origin)
);
COMMENT ON TABLE lode.mirror IS 'The site and the release that this store mirrors, and the digests of the files it has read; empty elsewhere.';
GRANT SELECT ON lode.mirror TO lode_import, lode_site, lode_desk;
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(STATEMENTS, execution_options={"no_parameters": True})


def downgrade() -> None:
    op.drop_table("mirror", schema="lode")
